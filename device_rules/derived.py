"""The derived values of one device in the ward: fed with what arrives, asked for what they are worth.

They lie among the device's values like any metric. A derived value is unknown while what it watches is:
its metric, or, for conditions and events, the device itself while it is not heard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from device_rules.hold import NEVER
from device_rules.intake import plain
from device_rules.memory import Memory
from device_rules.plan import KEPT, Plan, Watcher
from device_rules.reading import Event, Micros, Value
from device_rules.source import EventMatch, Source
from device_rules.windows import Window, thaw, window_of
from device_rules.windows.calendar import hour_at, next_hour, weekday_at
from device_rules.windows.latest import Stuck
from device_rules.windows.sequence import Sequence as Chain
from device_rules.windows.state import Observed, State

CLOCKS = {"hour": hour_at, "weekday": weekday_at}
COUNTING = frozenset(["share", "times"])


Said: TypeAlias = list[tuple[Micros, str, dict[str, Value]]]
"""The last events of a device that its book counts: moment, name and data. What repeats one is absorbed."""
MOST_SAID = 8
Was: TypeAlias = tuple[tuple[Window | None, ...], Sequence[Value | None]]
"""What a quiet device keeps of them: its windows, and the previous values, which have none there."""


class Derived:
    """`windows` are the states by the number of their source; None for what remembers nothing."""

    __slots__ = ("ahead", "memory", "plan", "said", "windows", "zone")

    def __init__(self, plan: Plan, memory: Memory, zone: str, was: Was) -> None:
        self.plan, self.memory, self.zone = plan, memory, zone
        self.windows = with_previous(plan, was) if was[0] else fresh_windows(plan)
        self.said: Said | None = None
        self.ahead = False  # the windows have slid on for this reading already

    def shift(self, names: Collection[str]) -> None:
        """A reading is about to bring these metrics: what is known of them now will be the previous value."""
        prevs = self.plan.prevs
        for name in prevs if len(prevs) < len(names) else names:
            for index in prevs.get(name, ()) if name in names else ():
                window, known = self.windows[index], self.memory.values[self.plan.sources[index].base]
                if isinstance(window, Before):
                    window.known = known
                elif isinstance(window, Stuck) and known is None:
                    window.begin_anew()

    def push(self, names: Iterable[str], at: Micros) -> None:
        """A reading brought these metrics: the windows of those that are believed slide on."""
        if self.ahead:
            return
        values, pushed = self.memory.values, self.plan.pushed
        for name in names:
            for index in pushed.get(name, ()):
                source, window = self.plan.sources[index], self.windows[index]
                value = values[source.base]
                if value is not None and window is not None:
                    window.push(at, value)

    def refresh(self, indices: Iterable[int], at: Micros) -> None:
        """What these derived values are worth at `at`."""
        memory, sources = self.memory, self.plan.sources
        for index in indices:
            source, window = sources[index], self.windows[index]
            if window is not None:
                known = memory.listening if source.base < 0 else memory.values[source.base] is not None
                worth = window.value(at)  # asked even while it does not count: what has left must leave
                memory.values[source.slot] = worth if known else None
                memory.seen[source.slot] = memory.heard if source.base < 0 else memory.seen[source.base]
            elif source.form in CLOCKS:
                memory.values[source.slot] = float(CLOCKS[source.form](at, self.zone))
                memory.seen[source.slot] = at
            elif source.form == "fleet":  # told from outside, and compared with the device's own value
                memory.seen[source.slot] = memory.seen[source.base]

    def foreseen(
        self, at: Micros, values: Sequence[Value | None], heard: bool
    ) -> Iterator[tuple[int, Value | None, Micros]]:
        """Slot, worth and age of each derived value at `at` to come, if the others are then `values`."""
        memory = self.memory
        for source, window in zip(self.plan.sources, self.windows, strict=True):
            if window is not None:
                known = heard if source.base < 0 else values[source.base] is not None
                ahead = Before(window.known) if isinstance(window, Before) else thaw(source, window.freeze())
                age = memory.heard if source.base < 0 else memory.seen[source.base]
                yield source.slot, ahead.value(at) if known else None, age
            elif source.form in CLOCKS:
                yield source.slot, float(CLOCKS[source.form](at, self.zone)), at

    def happen(self, event: Event | None, at: Micros, brought: Iterable[str] | None) -> int:
        """What watches conditions and events looks. `brought` are the metrics of a reading, else None.

        Answers the rules whose sequence came to its end, as a set.
        """
        plan = self.plan
        if event is not None:
            if self._said_before(event):
                return 0
            for index in plan.counted.get(event.name, ()):
                window, source = self.windows[index], plan.sources[index]
                if window is not None and source.event is not None and matches(source.event, event):
                    window.push(at, True)
        if plan.watchers:
            self.refresh(plan.needed_by_watchers, at)
        for watcher in plan.watchers:
            self._look(watcher, event, at, brought)
            if watcher.place in plan.needed_by_watchers:
                self.refresh((watcher.place,), at)
        return self.run_out(at) if plan.sequences else 0

    def _said_before(self, event: Event) -> bool:
        if event.name not in self.plan.by_event and event.name not in self.plan.counted:
            return False
        told, said = (event.effective, event.name, plain(event.data)), self.said or []
        if told in said:
            return True
        self.said = [*said, told][-MOST_SAID:]
        return False

    def _look(self, watcher: Watcher, event: Event | None, at: Micros, brought: Iterable[str] | None) -> None:
        window, form = self.windows[watcher.place], watcher.source.form
        assert window is not None
        truths = watcher.judge(self.memory.values)
        if form == "sequence":
            if watcher.until is not None and watcher.until(self.memory.values)[0]:
                assert isinstance(window, Chain)
                window.cleared()
            window.push(at, _each_step(watcher, truths, event))
            return
        if form == "share" and brought is None:
            return
        if form in COUNTING and self.ahead:
            return
        if form == "consecutive" and (brought is None or not self._brings(watcher, brought)):
            return
        if truths[0] is not None:
            window.push(at, truths[0])

    def _brings(self, watcher: Watcher, brought: Iterable[str]) -> bool:
        doors = self.memory.book.doors
        known = [doors[name] for name in brought if name in doors]
        return any(
            not watcher.brings or entry.slot in watcher.brings or watcher.brings.intersection(entry.others)
            for entry in known
        )

    def due(self, indices: Iterable[int], at: Micros) -> Micros:
        """When time alone next changes one of these, or ends a sequence."""
        due, sources = NEVER, self.plan.sources
        for index in indices:
            window = self.windows[index]
            if window is not None:
                due = min(due, window.due())
            elif sources[index].form in CLOCKS:
                due = min(due, next_hour(at, self.zone))
        for index in self.plan.sequences:
            window = self.windows[index]
            if window is not None:
                due = min(due, window.due())
        return due

    def run_out(self, at: Micros) -> int:
        """The rules whose sequence has come to its end since this was asked last, as a set."""
        asked = 0
        for index in self.plan.sequences:
            source = self.plan.sources[index]
            before = self.memory.values[source.slot]
            self.refresh((index,), at)
            if self.memory.values[source.slot] is True and before is not True:
                asked |= self.plan.by_slot.get(source.slot, 0)
        return asked

    def look_back(self) -> tuple[Value | None, ...]:
        """The previous values, for a quiet device to keep."""
        return tuple(window.known for window in self.windows if isinstance(window, Before))

    def without_previous(self) -> tuple[Window | None, ...]:
        """The windows without those of previous values, which a quiet device keeps by themselves."""
        return tuple(None if isinstance(window, Before) else window for window in self.windows)

    @property
    def resting(self) -> bool:
        """Nothing is under way that a quiet device would have to attend to; it goes on counting by itself."""
        pairs = zip(self.plan.sources, self.windows, strict=True)
        return all(window is None or source.form in COUNTING or window.resting for source, window in pairs)

    def begin_anew(self) -> None:
        """The device has another firmware: what it has made a habit of counts no more."""
        self.windows = tuple(
            window_of(source) if source.form in {"drift", "unusual"} else window
            for source, window in zip(self.plan.sources, self.windows, strict=True)
        )


class Before:
    """`prev`: what was known of a metric when its last observation came."""

    __slots__ = ("known",)
    resting = True

    def __init__(self, known: Value | None = None) -> None:
        self.known = known

    def push(self, at: Micros, value: Observed) -> None:
        """Nothing: it is told by `Derived.shift`, before the observation is taken."""

    def value(self, at: Micros) -> Value | None:
        """The previous observation."""
        return self.known

    def told(self, at: Micros, value: Observed) -> Value | None:
        """As `value`."""
        return self.known

    def due(self) -> Micros:
        """It does not change by time alone."""
        return NEVER

    def freeze(self) -> State:
        """What to keep."""
        return self.known

    def thaw(self, state: State) -> None:
        """Take it back."""
        self.known = state


def with_previous(plan: Plan, was: Was) -> tuple[Window | None, ...]:
    """The windows of a quiet device, those of previous values among them again."""
    if not plan.previous:
        return was[0]
    windows = [*was[0]]
    for number, index in enumerate(plan.previous):
        windows[index] = Before(was[1][number])
    return tuple(windows)


def fresh_windows(plan: Plan) -> tuple[Window | None, ...]:
    """The windows of a device of which nothing was heard yet."""
    return tuple(fresh(source) for source in plan.sources)


def fresh(source: Source) -> Window | None:
    """The state of a derived value of which nothing was heard yet; None if it has none."""
    if source.form == "prev":
        return Before()
    return window_of(source) if source.form in KEPT else None


def thawed(sources: Sequence[Source], states: Mapping[str, Any]) -> tuple[Window | None, ...]:
    """The windows as they were frozen, by the texts of their sources; a state of another shape begins anew."""
    return tuple(_thawed(source, states.get(source.text)) for source in sources)


def _thawed(source: Source, state: Any) -> Window | None:
    if source.form == "prev":
        return Before(state)
    if state is None or source.form not in KEPT:
        return fresh(source)
    try:
        return thaw(source, state)
    except (ValueError, TypeError):
        return fresh(source)


def matches(match: EventMatch, event: Event) -> bool:
    """Whether the event is of that name and its data say so."""
    return event.name == match.name and all(event.data.get(key) == value for key, value in match.wanted)


def _each_step(
    watcher: Watcher, truths: tuple[bool | None, ...], event: Event | None
) -> tuple[bool | None, ...]:
    """The truth of every step: of conditions as judged, of events whether this is one."""
    judged = iter(truths)
    return tuple(
        next(judged) if match is None else event is not None and matches(match, event)
        for match in watcher.events
    )
