"""One rule on one device as it stands at a moment: the values, the windows and the pauses, all as copies.

The answer is for the moment asked for, even if nothing was heard since: what wears off until then is worn
off, and windows have slid on. Nothing of the device is changed by looking.
"""

from __future__ import annotations

from collections.abc import Iterable

from device_rules.derived import Before
from device_rules.intake import plain
from device_rules.plan import Silence, conditions_of
from device_rules.reading import Micros, Value
from device_rules.source import Source
from device_rules.tree import Leafwise, Node, leaves
from device_rules.truth import truth_of, value_of
from device_rules.ward import Ward
from device_rules.windows import Window, thaw
from device_rules.windows.calendar import hour_at, weekday_at

CLOCKS = {"hour": hour_at, "weekday": weekday_at}


class Look:
    """`at` is the device's own time, `now` and `since` (listening without a gap) the hub's; all in µs.

    `values` and `seen` are by slot; `windows` are copies that have been asked about `at`, by the slot of their
    source. `heard` says whether the device counts as heard at `at`.
    """

    __slots__ = ("at", "heard", "now", "seen", "since", "sources", "values", "ward", "windows", "zone")

    def __init__(self, ward: Ward, conditions: Iterable[Node], now: Micros, since: Micros) -> None:
        memory, layout = ward.memory, ward.layout
        self.ward, self.now, self.since = ward, now, since
        self.at = max(ward.own(now), ward.effective) if ward.received >= 0 else now
        self.zone = ward.who.zone
        self.values: list[Value | None] = list(memory.values)
        self.seen: list[Micros] = list(memory.seen)
        for slot, gap in layout.fading:
            if memory.seen[slot] + gap <= self.at:
                self.values[slot] = None
        for slot in layout.silence:  # a silence is as old as the last sign of life
            self.seen[slot] = memory.heard
        self.heard = memory.listening and memory.heard + layout.unheard_after > self.at
        if not self.heard:
            for slot in layout.steady:
                self.values[slot] = None
        self.sources: dict[int, Source] = {}
        self.windows: dict[int, Window] = {}
        wanted = self._slots(conditions)
        for source, window in zip(ward.who.book.sources, ward.derived.windows, strict=True):
            if source.slot in wanted:
                self._foresee(source, window)

    def _slots(self, conditions: Iterable[Node]) -> set[int]:
        """Every slot that is looked at, those behind derived values included."""
        by_slot = {source.slot: source for source in self.ward.who.book.sources}
        found: set[int] = set()
        todo = list(conditions)
        while todo:
            for leaf in leaves(todo.pop()):
                if leaf.slot not in found:
                    found.add(leaf.slot)
                    source = by_slot.get(leaf.slot)
                    todo += conditions_of(source) if source else ()
        return found

    def _foresee(self, source: Source, window: Window | None) -> None:
        memory, at = self.ward.memory, self.at
        self.sources[source.slot] = source
        if window is not None:
            copy = Before(window.known) if isinstance(window, Before) else thaw(source, window.freeze())
            known = self.heard if source.base < 0 else self.values[source.base] is not None
            own = copy.value(at)
            self.values[source.slot] = own if known else None
            self.seen[source.slot] = memory.heard if source.base < 0 else memory.seen[source.base]
            self.windows[source.slot] = copy
        elif source.form in CLOCKS:
            self.values[source.slot] = float(CLOCKS[source.form](at, self.zone))
            self.seen[source.slot] = at
        elif source.form in {"fleet", "missing"}:
            self.seen[source.slot] = memory.seen[source.base]

    def truth(self, node: Node) -> bool | None:
        """What a condition is worth."""
        return truth_of(node, self.values)

    def value(self, node: Node) -> Value | None:
        """What a part of a condition is worth."""
        return value_of(node, self.values)

    def observed(self, found: Iterable[Leafwise]) -> Micros | None:
        """When the oldest of these was seen (own time); None when one never was, or nothing was measured."""
        moments = [self.seen[leaf.slot] for leaf in found if getattr(leaf, "measured", True)]
        return min(moments) or None if moments else None

    def silence(self, slot: int) -> tuple[Silence, Micros] | None:
        """The silence whose answer is kept in `slot`, and when what it waits for was last received (hub time)."""
        for number, silence in enumerate(self.ward.questions.silences):
            if silence.slot == slot:
                ears = self.ward.ears
                return silence, ears.heard if silence.base < 0 else ears.metrics[number]
        return None

    def silent_at(self, slot: int) -> Micros | None:
        """The hub's moment at which that silence comes true, None when it is true or cannot be said."""
        for due, silence, _ in self.ward.ears.due(self.ward.memory, self.since):
            if silence.slot == slot:
                return due
        return None

    def refused(self, slot: int, name: str) -> Value | None:
        """What the device said of a metric at its last moment, when that was not believed."""
        said = self.ward.echoes.said
        if self.ward.memory.values[slot] is None and self.seen[slot] == self.ward.effective:
            found: object = next((one[name] for one in reversed(said) if name in one), None)
            return plain({name: found})[name] if isinstance(found, int | float | str) else None
        return None
