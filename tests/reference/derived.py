"""The derived values of one device: what every function of time and every form says at a moment (10 to 21).

Everything is answered from what was noted of the records; nothing is kept ready.
"""

from __future__ import annotations

from collections.abc import Iterable

from device_rules.reading import Event, Micros, Reading, Value
from device_rules.source import EventMatch, Source
from device_rules.tree import Node, leaves
from tests.reference import calendar, happenings, windows
from tests.reference.happenings import Match, Noted
from tests.reference.history import History
from tests.reference.truth import Look, value_of

WATCHERS = ("share", "times", "events", "consecutive", "sequence")
OF_CONDITIONS = ("share", "times", "consecutive")
WALL = ("hour", "weekday")
MOST_KEPT = 512


class Derived:
    """Of one device. `look` finds the value in any slot."""

    def __init__(self, history: History, look: Look) -> None:
        self.history, self.look = history, look
        self.sources = {source.slot: source for source in history.book.sources}
        self.noted: dict[int, list[Noted]] = {place: [] for place in self.sources}
        self.counted: dict[int, list[Micros]] = {place: [] for place in self.sources}
        self.before: dict[int, Value | None] = {}
        self.lost: dict[int, Micros] = {}  # when a metric was brought that had not been known any more
        self.matches = {
            place: Match(source) for place, source in self.sources.items() if source.form == "sequence"
        }

    # -- taking records in -----------------------------------------------------------------------
    def before_reading(self, reading: Reading) -> None:
        """Remember what the metrics were that a reading brings, for `prev` and `stuck`."""
        for place, source in self.sources.items():
            if source.form == "prev" and source.metric in reading.values:
                self.before[place] = self.look(source.base)
            unknown = source.base >= 0 and self.look(source.base) is None
            if source.form == "stuck" and source.metric in reading.values and unknown:
                self.lost[place] = reading.effective

    def note(self, at: Micros, reading: Reading | None = None, event: Event | None = None) -> set[str]:
        """Look at the conditions that are watched, after a record has been taken in: the sequences that end."""
        brought = None if reading is None else frozenset(reading.values) & self.history.book.metrics.keys()
        for place, source in self.sources.items():
            if source.event is not None and happenings.is_such(event, source.event):
                self.counted[place].append(at)
            if source.form in OF_CONDITIONS and source.condition is not None:
                truth = value_of(source.condition, self.look)
                self.noted[place].append(Noted(at, truth, brought))
        waiting = [match for match in self.matches.values() if not match.is_done]
        for match in self.matches.values():
            match.record(at, event, lambda node: value_of(node, self.look))
        return {place_of(match.source.slot) for match in waiting if match.is_done}

    # -- values ----------------------------------------------------------------------------------
    def value(self, place: int, now: Micros) -> Value | None:
        """The value of a source at a moment."""
        source = self.sources[place]
        if source.form in WALL:
            wall = calendar.local(now, self.history.described.zone)
            return float(wall.hour if source.form == "hour" else wall.isoweekday())
        if source.form in WATCHERS:
            return self._watched(source, now) if self.history.is_heard(now) else None
        if self.look(source.base) is None:
            return None
        if source.form == "prev":
            return self.before.get(place)
        if source.form == "stuck":
            since = self.same_since(source)
            return None if since is None else now - since >= source.span
        return windows.value(source, self.window(source, now), now)

    def _watched(self, source: Source, now: Micros) -> Value | None:
        if source.form == "sequence":
            return self.matches[source.slot].is_done
        if source.form == "events":
            return float(len(self.within(source, self.counted[source.slot], now)))
        noted = self.noted[source.slot]
        if source.form == "times":
            return float(len(self.within(source, happenings.turns(noted), now)))
        if source.form == "consecutive":
            return happenings.in_a_row(noted, int(source.argument), self.fading(source))
        begin = self.begin(source, now)
        return happenings.share([note for note in noted if begin <= note.at <= now], source.needed)

    def fading(self, source: Source) -> frozenset[str]:
        """The metrics of a condition that wear off; also those behind its functions."""
        names: set[str] = set()
        if source.base >= 0:
            slot = self.history.book.slots[source.base]
            names |= {slot.name} if slot.gap > 0 else set()
        for leaf in leaves(source.condition) if source.condition is not None else []:
            slot = self.history.book.slots[leaf.slot]
            if slot.sort == "derived":
                names |= self.fading(self.sources[leaf.slot])
            elif slot.sort == "metric" and slot.gap > 0:
                names.add(slot.name)
        return frozenset(names)

    # -- windows ---------------------------------------------------------------------------------
    def begin(self, source: Source, now: Micros) -> Micros:
        """The first moment that is in the window."""
        if windows.is_exact(source):
            return now - source.span + 1
        return (now // windows.width(source) - 255) * windows.width(source)

    def within(self, source: Source, moments: list[Micros], now: Micros) -> list[Micros]:
        """The newest of the moments in the window, as many as are kept."""
        begin = self.begin(source, now)
        return [moment for moment in moments if begin <= moment <= now][-MOST_KEPT:]

    def window(self, source: Source, now: Micros) -> list[windows.Seen]:
        """The believed observations in the window, oldest first."""
        begin = self.begin(source, now)
        return [
            (seen.at, seen.value)
            for seen in self.history.observed.get(source.metric, [])
            if seen.value is not None and begin <= seen.at <= now
        ][-MOST_KEPT:]

    def same_since(self, source: Source) -> Micros | None:
        """Since when all observations have been the same."""
        since, last, lost = None, None, self.lost.get(source.slot, 0)
        for seen in self.history.observed.get(source.metric, []):
            if seen.value is not None:
                if since is None or seen.value != last or since < lost <= seen.at:
                    since = seen.at
                last = seen.value
        return since

    # -- moments ---------------------------------------------------------------------------------
    def dues(self, places: Iterable[int], now: Micros) -> list[Micros]:
        """The moments at which time alone changes one of the values in `places`, past ones too."""
        found: list[Micros] = []
        for place in places:
            found += self._dues(self.sources[place], now)
        return found

    def _dues(self, source: Source, now: Micros) -> list[Micros]:
        if source.form in WALL:
            return [calendar.next_quarter(now)]
        if source.form in ("missing", "sequence", "prev", "consecutive", "unusual", "drift"):
            return []
        if source.form == "stuck":
            since = self.same_since(source)
            return [] if since is None else [since + source.span]
        if source.form == "events":
            inside = self.within(source, self.counted[source.slot], now)
        elif source.form in OF_CONDITIONS:
            begin = self.begin(source, now)
            inside = [note.at for note in self.noted[source.slot] if note.at >= begin]
        else:
            inside = [at for at, _ in self.window(source, now)]
        return [windows.leaves_at(source, at) for at in inside]

    # -- what a rule looks at ----------------------------------------------------------------------
    def news(self, node: Node) -> set[str]:
        """What brings news to a condition: metrics, `presence`, events, the places of what runs out."""
        slots, found = self.history.book.slots, set()
        for leaf in leaves(node):
            slot = slots[leaf.slot]
            if slot.sort == "derived":
                found |= self._news(self.sources[leaf.slot])
            elif slot.sort != "attribute":
                found.add(slot.name)
        return found

    def _news(self, source: Source) -> set[str]:
        if source.form in WALL:
            return set()
        found = {place_of(source.slot)}
        if source.metric:
            found.add(source.metric)
        if source.form == "consecutive" and not self.fading(source):
            found |= set(self.history.book.metrics)
        for watched in [
            source.condition,
            source.event,
            *(step.watched for step in source.steps),
            source.until,
        ]:
            if isinstance(watched, EventMatch):
                found.add(event_of(watched.name))
            elif watched is not None:
                found |= self.news(watched)
        return found


def place_of(place: int) -> str:
    """The name of what a source brings by itself, as its time runs out."""
    return f"source {place}"


def event_of(name: str) -> str:
    """The name of what an event brings."""
    return f"event {name}"
