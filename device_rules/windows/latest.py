"""What needs no more than the last observations: `last(m, w)`, `stuck(m, w)`."""

from __future__ import annotations

from device_rules.hold import NEVER
from device_rules.reading import Micros, Value
from device_rules.source import BUCKETS, MOST_EXACT, Source
from device_rules.windows.state import Observed, State, parts, values, whole


class Last:
    """`last(m, w)`: the newest observation, until it (or its bucket) leaves the window."""

    __slots__ = ("gone", "gone_at", "last", "span", "width")
    resting = True

    def __init__(self, source: Source) -> None:
        self.span = source.span
        self.width = -(-source.span // BUCKETS) if source.expected > MOST_EXACT else 0
        self.last: Observed = None
        self.gone_at = NEVER
        self.gone = False  # as of the last moment asked about

    def told(self, at: Micros, value: Observed) -> Value | None:
        """Push it and say what the window is worth now."""
        width = self.width
        self.gone_at = (at // width + BUCKETS) * width if width else at + self.span
        self.last = value
        self.gone = False
        return value  # type: ignore[no-any-return]

    def push(self, at: Micros, value: Observed) -> None:
        self.told(at, value)

    def value(self, at: Micros) -> Value | None:
        self.gone = gone = at >= self.gone_at
        return None if gone else self.last

    def due(self) -> Micros:
        return NEVER if self.gone else self.gone_at

    def freeze(self) -> State:
        return [] if self.last is None else [self.last, self.gone_at, self.gone]

    def thaw(self, state: State) -> None:
        """Take the state of another one into this fresh one. Raises ValueError for another shape."""
        if state not in ([], ()):
            last, gone_at, gone = parts(state, 3)
            (self.last,) = values([last], 1)
            self.gone_at, self.gone = whole(gone_at), bool(gone)


class Stuck:
    """`stuck(m, w)`: the last change, or the first observation, is at least `w` ago."""

    __slots__ = ("asked", "last", "since", "span")
    resting = True

    def __init__(self, source: Source) -> None:
        self.span = source.span
        self.last: Observed = None
        self.since: Micros = 0
        self.asked = False  # whether the answer was yes

    def told(self, at: Micros, value: Observed) -> Value | None:
        """Push it and say whether it has been like that for long."""
        if value != self.last:
            self.last = value
            self.since = at
        self.asked = asked = at - self.since >= self.span
        return asked

    def push(self, at: Micros, value: Observed) -> None:
        self.told(at, value)

    def begin_anew(self) -> None:
        """The metric was unknown meanwhile: nobody knows whether it was like that."""
        self.last, self.asked = None, False

    def value(self, at: Micros) -> Value | None:
        if self.last is None:
            return None
        self.asked = asked = at - self.since >= self.span
        return asked

    def due(self) -> Micros:
        return NEVER if self.last is None or self.asked else self.since + self.span

    def freeze(self) -> State:
        return [self.last, self.since, self.asked]

    def thaw(self, state: State) -> None:
        """Take the state of another one into this fresh one. Raises ValueError for another shape."""
        last, since, asked = parts(state, 3)
        if last is not None:
            values([last], 1)
        self.last, self.since, self.asked = last, whole(since), bool(asked)
