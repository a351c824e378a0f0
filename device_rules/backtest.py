"""Backtest: judges recorded telemetry at full engine speed, as if the hub had been listening while it was recorded.

Records go in as they are read, fault changes come out with the hub's moment at which each became known. Time passes
by the records themselves: before each, everything that is due by then is done. Pure: it reads no file, asks no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from device_rules.book import RuleBook
from device_rules.engine import Engine
from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf
from device_rules.groups import ROUND, counted_of
from device_rules.groups_town import Town
from device_rules.reading import (
    HOUR,
    MINUTE,
    SECOND,
    Describe,
    Event,
    Micros,
    Presence,
    Reading,
    Record,
    Tick,
    Value,
)

BEAT = 10 * SECOND  # a tick at least so often, as far as records go on
BACK = HOUR  # a new device that begins so much earlier than the last record belongs to another run of the recording
FRESH = 15 * MINUTE
FLEET = 20  # when so many devices fall silent together, the recording did
NEVER: Micros = 1 << 62

Introduce = Callable[[str, Micros], Describe | None]


class Turn(msgspec.Struct, frozen=True, gc=False):
    """A fault change without its evidence, and when the hub knew it (`now`, UTC µs). `values` are the device's values
    of the last quarter of an hour at a raise."""

    now: int
    change: FaultChange
    values: dict[str, Value]


class Counts(msgspec.Struct):
    """What a backtest was told. `older` readings were older than the last of their device: history only (those of one
    moment in several lines are not). `late` ones
    came out of order. `strangers` are devices that no book judges. `runs` counts how often the recording began anew
    with other devices, `pauses` (and `paused`, µs) when the whole fleet was silent, which is nobody's fault."""

    readings: int = 0
    events: int = 0
    presences: int = 0
    older: int = 0
    late: int = 0
    devices: int = 0
    strangers: int = 0
    runs: int = 1
    pauses: int = 0
    paused: int = 0
    first: int = 0
    last: int = 0


class Backtest:
    """One pass of `books` over a recording: `feed` it records in order, `finish` it, read its `counts`.

    `introduce` describes a device that is heard before it was described (default: of the first book's model). With
    `ticking=False` the records bring their own ticks, as those of the hub's log do. Devices of which nothing says where
    they stand live in `zone` (an IANA name).
    """

    def __init__(
        self,
        books: Iterable[RuleBook],
        introduce: Introduce | None = None,
        *,
        ticking: bool = True,
        zone: str = "",
    ) -> None:
        self._books = tuple(books)
        self._introduce = introduce or _of_model(self._books)
        self._ticking = ticking
        self._zone = zone
        self._engine = Engine(self._books)
        self._grouped = any(counted_of(book) is not None for book in self._books)
        self._town = Town(self._books)
        self._seen: dict[str, Micros] = {}  # of this run: device → newest effective moment
        self._past: dict[str, tuple[Engine, Micros]] = {}  # of runs before
        self._told: dict[str, Describe] = {}
        self._clock: Micros = 0
        self._began = False
        self._due: Micros = 0 if ticking else NEVER
        self._ticked: Micros = 0
        self._listening: Micros = 0
        self._plain: dict[tuple[str, str], Evidence] = {}
        self._late = min((book.late_limit for book in self._books), default=5 * MINUTE)
        self._reorder = max((book.reorder for book in self._books), default=0)
        self._pause = max(5 * MINUTE, *(3 * book.expect_every for book in self._books))
        self.counts = Counts()

    def feed(self, records: Sequence[Record]) -> list[Turn]:
        """Judge the next records; the changes that follow, in order."""
        turns: list[Turn] = []
        others = 0
        judge, seen, due, clock = self._engine.judge, self._seen, self._due, self._clock
        for record in records:
            if record.__class__ is not Reading:
                others += 1
                self._other(record, turns)
                judge, seen, due, clock = self._engine.judge, self._seen, self._due, self._clock
                continue
            moment, device = record.received, record.device
            last = seen.get(device)
            if moment >= due or moment < clock or last is None:
                self._clock = clock
                self._slowly(record, turns)
                judge, seen, due, clock = self._engine.judge, self._seen, self._due, self._clock
                continue
            if record.effective >= last:
                seen[device] = record.effective
            else:
                self.counts.older += record.effective + self._reorder < last
            clock = moment
            found = judge(record)
            if found:
                self._note(found, moment, turns)
        self._clock = clock
        self.counts.readings += len(records) - others
        return turns

    def finish(self) -> list[Turn]:
        """What is due by the end of the recording."""
        turns: list[Turn] = []
        if self._ticking and self._clock:
            self._catch_up(self._clock, turns)
        self._close_run()
        return turns

    def _slowly(self, record: Reading, turns: list[Turn]) -> None:
        """A second has passed, the device is new here, or the record is out of order."""
        moved = self._in_time(record, turns)
        last = self._seen[record.device]
        self._seen[record.device] = max(last, moved.effective)
        self.counts.older += moved.effective + self._reorder < last
        self._note(self._engine.judge(moved), moved.received, turns)

    def _in_time(self, record: Reading | Event | Presence, turns: list[Turn]) -> Reading | Event | Presence:
        if record.received < self._clock:
            new = record.device not in self._seen
            if new and self._ticking and self._clock - record.received > BACK:
                self._new_run(turns)
            else:
                record = self._behind(record)
        if self._ticking and record.received >= self._due:
            self._catch_up(record.received, turns)
        if not self._began:  # a log's own ticks may have set the clock before
            self.counts.first = min(self.counts.first or record.received, record.received)
            self._began = True
        self._clock = record.received
        if record.device not in self._seen:
            self._meet(record.device, record.received, turns)
        return record

    def _behind(self, record: Reading | Event | Presence) -> Reading | Event | Presence:
        """Out of order: the hub gets it now, after what came before."""
        self.counts.late += 1
        if isinstance(record, Presence):
            return msgspec.structs.replace(record, received=self._clock)
        late = record.late or self._clock - record.effective > self._late
        return msgspec.structs.replace(record, received=self._clock, late=late)

    def _catch_up(self, moment: Micros, turns: list[Turn]) -> None:
        """Let time pass up to `moment`: everything due by then happens at its own moment."""
        engine = self._engine
        if not self._clock:
            self._listening = moment
        elif moment - self._clock > self._pause and len(self._seen) >= FLEET:
            self._listening = moment
            self.counts.pauses += 1
            self.counts.paused += moment - self._clock
            self._tick(moment, turns)
        while (wake := self._next(engine.next_wake())) is not None and wake <= moment:
            self._tick(wake, turns)
        if moment - self._ticked >= BEAT:
            self._tick(moment, turns)
        self._due = moment - moment % SECOND + SECOND

    def _next(self, wake: Micros | None) -> Micros | None:
        """The next tick that is wanted: by the engine, or because groups are counted at every whole ten seconds."""
        if not self._grouped or not self._ticked:
            return wake
        count = self._ticked - self._ticked % ROUND + ROUND
        return count if wake is None else min(wake, count)

    def _tick(self, now: Micros, turns: list[Turn]) -> None:
        self._ticked = max(now, self._ticked)
        self._note(self._engine.judge(Tick(now, self._listening)), now, turns)
        if self._grouped:
            self._count(now, turns)

    def _count(self, now: Micros, turns: list[Turn]) -> None:
        """What the engine has counted about groups is put together, and told to it."""
        town = self._town
        for tally in self._engine.tallies():
            changes, _ = town.judge(tally)
            self._note(changes, now, turns)
        owed = town.standings
        for standing in owed:
            self._note(self._engine.judge(standing), now, turns)
        town.sent(len(owed))

    def _new_run(self, turns: list[Turn]) -> None:
        """The recording begins anew with devices not heard so far, such as an export device by device."""
        turns += self.finish()
        self.counts.runs += 1
        self._past |= {device: (self._engine, last) for device, last in self._seen.items()}
        self._engine, self._town, self._seen = Engine(self._books), Town(self._books), {}
        self._clock = self._due = self._ticked = 0
        self._began = False

    def _close_run(self) -> None:
        self.counts.last = max(self.counts.last, self._clock)

    def _meet(self, device: str, moment: Micros, turns: list[Turn]) -> None:
        """The device is heard for the first time in this run."""
        engine, last = self._past.get(device, (None, -NEVER))
        self._seen[device] = last
        if engine is not None:
            if engine.model(device) is not None:
                self._engine.restore(device, engine.snapshot(device))
            return
        self.counts.devices += 1
        if self._engine.model(device) is not None:
            return
        found = self._told.get(device) or self._introduce(device, moment)
        if found is None or found.model not in {book.model for book in self._books}:
            self.counts.strangers += 1
        if found is not None:
            self._note(self._engine.judge(self._placed(found)), moment, turns)

    def _placed(self, found: Describe) -> Describe:
        return found if found.zone or not self._zone else msgspec.structs.replace(found, zone=self._zone)

    def _other(self, record: Record, turns: list[Turn]) -> None:
        """Everything but a reading: rare, so it may take its time."""
        if isinstance(record, Tick):
            if record.now > self._ticked or record.listening_since > self._listening:
                self._listening = record.listening_since
                self._clock = max(self._clock, record.now)
                self._tick(record.now, turns)
            return
        if isinstance(record, Describe):
            self._told[record.device] = record
            self._note(self._engine.judge(self._placed(record)), max(record.received, self._clock), turns)
            return
        assert isinstance(record, Event | Presence)
        moved = self._in_time(record, turns)
        if isinstance(record, Event):
            self.counts.events += 1
        else:
            self.counts.presences += 1
        self._note(self._engine.judge(moved), moved.received, turns)

    def _note(self, found: list[FaultChange], now: Micros, turns: list[Turn]) -> None:
        for change in found:
            values: dict[str, Value] = {}
            if change.kind is ChangeKind.RAISED:
                known = self._engine.values(change.device).items()
                values = {name: value for name, (value, at) in known if change.at - at <= FRESH}
            turns.append(Turn(now, self._light(change), values))

    def _light(self, change: FaultChange) -> FaultChange:
        """Without its evidence: a year of changes must fit into memory."""
        key = (change.evidence.model, change.rule)
        plain = self._plain.get(key)
        if plain is None:
            plain = self._plain[key] = Evidence(*key, change.evidence.book, Leaf(""))
        return msgspec.structs.replace(change, evidence=plain, packet=())


def backtest(
    books: Iterable[RuleBook], records: Iterable[Record], introduce: Introduce | None = None
) -> Iterator[Turn]:
    """The fault changes of `books` over `records`, one after the other, as they become known."""
    judging = Backtest(books, introduce)
    for record in records:
        yield from judging.feed((record,))
    yield from judging.finish()


def _of_model(books: Sequence[RuleBook]) -> Introduce:
    model = books[0].model if books else ""
    return lambda device, moment: Describe(device, moment, moment, model)
