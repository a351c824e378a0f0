"""One device under a closer look: every value with its own age, every rule judged exactly.

A device comes here with its first reading, with anything unusual, and for as long as a rule has something
to remember. Its own now is the effective time of its last reading plus what has passed on the hub's clock
since that was received, less what the model waits to put readings into order; `for`, `clear_for` and the
wearing off of values know no other time. Silence alone is counted on the hub's clock. Everything due
before a record is done before that record.

A rule without an episode is asked only when something its `when` looks at arrives; one with an episode at
every record, and whenever time alone changes what it looks at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TypeAlias

from device_rules.asking import Asking
from device_rules.derived import Derived, Was
from device_rules.echoes import Echoes
from device_rules.episode import Fault
from device_rules.evidence import closed
from device_rules.fault import FaultChange
from device_rules.groups_ballot import Ballot
from device_rules.hold import NEVER
from device_rules.memory import Memory
from device_rules.plan import Plan
from device_rules.reading import Event, Micros, Presence, PresenceState, Reading, Value
from device_rules.reorder import Waiting
from device_rules.silence import Ears, Listening
from device_rules.who import Who

AWAY = frozenset({PresenceState.OFFLINE_CLEAN, PresenceState.OFFLINE_LOST, PresenceState.STALE})
HERE = frozenset({PresenceState.ONLINE, PresenceState.SLEEPING})
BACK = (PresenceState.ONLINE, "it sent a reading", "reading")

Changes: TypeAlias = list[FaultChange]
NONE: Mapping[str, Fault] = MappingProxyType({})


class Ward:
    """All that is known of one device. `received` and what `ears` hold is hub time, the rest its own (µs)."""

    __slots__ = (
        "asking", "away", "ballot", "derived", "due", "ears", "echoes", "effective", "fades", "id", "layout",
        "listening", "memory", "planned", "presence", "received", "waiting", "who", "withdrawn",
    )  # fmt: skip

    def __init__(self, device: str, who: Who, listening: Listening, was: Was = ((), ())) -> None:
        book = who.book
        self.id, self.who, self.layout, self.listening = device, who, book.layout, listening
        self.memory = Memory(book)
        if who.fixed:
            self.memory.fix(who.fixed)
        self.derived = Derived(book.plan, self.memory, who.zone, was)
        self.asking = Asking(device, who, self.memory, self.derived)
        self.ears = Ears(device, book.plan, book.expect_every)
        self.effective: Micros = -1
        self.received: Micros = -1
        self.away = False
        self.presence: Presence | None = None
        self.echoes = Echoes()
        self.due: Micros = NEVER
        self.planned: Micros = -1  # the moment at which `due` was found out
        self.fades: Micros = NEVER  # no value wears off before this moment
        self.ballot: Ballot | None = None  # for a book that asks about groups
        self.withdrawn: Mapping[str, Fault] = NONE
        self.waiting: Waiting | None = Waiting(book.reorder) if book.reorder else None

    @property
    def questions(self) -> Plan:
        """The plan of the device's book."""
        return self.who.book.plan

    def own(self, hub: Micros) -> Micros:
        """The device's own time at a moment of the hub's clock."""
        return hub + self.effective - self.received - self.who.book.reorder

    def describe(self, who: Who, received: Micros) -> Changes:
        """Take the registry's word for who this is; another firmware begins its habits anew."""
        changes = self.release(received)
        at = max(self.own(received), self.effective)
        changes += self.advance(at)
        if who.firmware != self.who.firmware:
            self.derived.begin_anew()
        self.who = self.asking.who = who
        self.derived.zone = who.zone
        self.memory.fix(who.fixed)
        return self.judge(at, 0, changes) if self.asking.begun else changes

    def read(self, reading: Reading) -> Changes:
        """Judge a reading, or let it wait for those that may still come before it."""
        if self.waiting is None or reading.retained:
            return self.take(reading)
        changes: Changes = []
        if reading.effective <= self.effective or not self.waiting.add(reading):
            changes += self.take(reading)
        for ready in self.waiting.until(self.waiting.newest - self.who.book.reorder):
            changes += self.take(ready)
        return changes

    def release(self, hub: Micros) -> Changes:
        """Take the readings that have waited long enough at a moment of the hub's clock; each may turn own time."""
        changes: Changes = []
        while self.waiting and (first := self.waiting.first) is not None and first <= self.own(hub):
            for ready in self.waiting.until(first):
                changes += self.take(ready)
        return changes

    def take(self, reading: Reading) -> Changes:
        """What is older than the last one is history only, what was said already is absorbed."""
        at, memory = reading.effective, self.memory
        if at <= self.effective or reading.retained:
            return self._aside(reading)
        changes = self.advance(at) if at >= self.due else []
        if self.questions.prevs:
            self.derived.shift(reading.values)
        memory.take(reading.values, at)
        memory.heard = max(memory.heard, at)
        self.effective, self.received = at, reading.received
        self.asking.late, self.asking.told = reading.late, at
        self.echoes.begin(reading.values)
        self.fades = min(self.fades, at + self.layout.shortest)
        asked, more = self._brought(reading.values, at, reading.received), 0
        if not memory.listening or reading.received > self.ears.heard:
            more = self._alive(at, reading.received)
        if self.away:
            more |= self.show(Presence(self.id, reading.received, at, *BACK))
        if self.questions.watchers:
            more |= self.derived.happen(None, at, reading.values)
        self.derived.ahead = False
        return self.judge(at, asked | more, changes, None if more else reading.values)

    def _aside(self, reading: Reading) -> Changes:
        """Not the next reading in line: retained, said already, of the same moment, or older."""
        at = reading.effective
        if reading.retained:
            return self._recall(reading)
        if at < self.effective:
            return [] if reading.late else self._sign_of_life(reading.received)
        if self.echoes.repeats(reading.values, self.who.book.metrics):
            return []
        self.derived.shift(reading.values)
        self.memory.take(reading.values, at)
        self.fades = min(self.fades, at + self.layout.shortest)
        asked = self._brought(reading.values, at, reading.received)
        asked |= self.derived.happen(None, at, reading.values)
        return self.judge(at, asked, [])

    def _recall(self, reading: Reading) -> Changes:
        """A retained message is no news, but what has begun looks at what it fills."""
        now = max(self.own(reading.received), self.effective)
        changes = self.advance(now) if self.asking.begun else []
        self.memory.recall(reading.values, reading.effective, reading.sent is not None)
        self.fades = self.memory.next_expiry()
        return self.judge(now, 0, changes)

    def _brought(self, names: Collection[str], at: Micros, received: Micros) -> int:
        """What a reading's metrics set in motion: windows, absences, the rules that look at them."""
        plan, asked = self.questions, 0
        for name in names:
            asked |= plan.asked.get(name, 0)
        if plan.pushed:
            self.derived.push(names, at)
        if plan.silences:
            self.ears.bring(names, received, self.memory, self.listening.since)
        return asked

    def _alive(self, at: Micros, received: Micros) -> int:
        """Something live was heard: silence is over, and what holds while it is heard holds again."""
        again = self.memory.hear(at)
        self.fades = min(self.fades, at + self.layout.unheard_after)
        ended = self.ears.hear(received, self.memory, self.listening.since)
        return self.questions.every_rule if again or ended else 0

    def show(self, presence: Presence) -> int:
        """Take a sign of presence as the present one; answers the rules that look at it."""
        self.presence, self.away = presence, presence.state in AWAY
        asked = 0
        for slot in self.layout.presence:
            self.memory.values[slot] = presence.state.value
            self.memory.seen[slot] = presence.effective
            asked |= self.questions.by_slot.get(slot, 0)
        return asked

    def notice(self, record: Event | Presence) -> Changes:
        """An event or a sign of presence: the device may be heard by it, and presence may change."""
        if isinstance(record, Event):
            return [] if record.late else self._happened(record)
        if self.presence is not None and record.received < self.presence.received:
            return []
        changes, asked = self.release(record.received), 0
        changes += self.advance(at := max(self.own(record.received), self.effective))
        if not record.retained or self.presence is None or self.presence.state is not record.state:
            asked |= self.show(record)
        if record.state in HERE and not record.retained and record.received > self.ears.heard:
            asked |= self._alive(at, record.received)
        if not self.ears.heard:
            return changes
        asked |= self.derived.happen(None, at, None)
        return self.judge(at, asked, changes)

    def _happened(self, event: Event) -> Changes:
        """An event is news even when it is the second of one moment; a sign of life it is only once."""
        changes = self.release(event.received)
        at = max(self.own(event.received), self.effective)
        changes += self.advance(at)
        asked = self.questions.by_event.get(event.name, 0)
        if event.received > self.ears.heard:
            asked |= self._alive(at, event.received)
        asked |= self.derived.happen(event, at, None)
        return self.judge(at, asked, changes)

    def _sign_of_life(self, received: Micros) -> Changes:
        """Something live that moves no clock: a reading that is only history."""
        at = max(self.own(received), self.effective)
        if received <= self.ears.heard:
            return []
        changes = self.advance(at)
        return self.judge(at, self._alive(at, received), changes)

    def judge(
        self, at: Micros, asked: int, changes: Changes, brought: Mapping[str, Value] | None = None
    ) -> Changes:
        """Ask every rule that has something to say at `at`, and find out when time will be up next."""
        if asked or self.asking.begun:
            self.asking.ask(asked, at, changes, brought)
        self.plan(at)
        return changes

    def plan(self, at: Micros) -> None:
        """Find the next moment of own time at which something is due; what holds now is counted for groups."""
        due = self.fades
        if (self.asking.begun or self.who.book.plan.sequences) and (first := self.asking.due(at)) < due:
            due = first
        if self.ballot is not None:
            due = min(due, self.ballot.count(self.memory, self.derived, at))
        self.due, self.planned = due, at

    def advance(self, until: Micros) -> Changes:
        """Do everything that is due up to `until`, each at its own moment."""
        changes: Changes = []
        while self.due <= until and self.due < NEVER:
            at = self.due
            if at >= self.fades:
                self.fades = self.memory.expire(at)
            if self.asking.begun or self.questions.sequences:
                self.judge(at, self.derived.run_out(at), changes)
            else:
                self.plan(at)
            if self.due <= at:
                self.due = at + 1  # whatever is due next, time moves on
        return changes

    def tick(self, now: Micros, listening_since: Micros) -> Changes:
        """Time has passed on the hub's clock: silences come true, and own time moves along."""
        changes = self.withdraw(self.own(now)) + self.release(now) if self.withdrawn or self.waiting else []
        own = self.own(0)  # what is to be added to a moment of the hub's clock
        for due, silence, since in self.ears.due(self.memory, listening_since, now):
            at = due + own
            changes += self.advance(at)
            self.memory.values[silence.slot] = True
            self.memory.seen[silence.slot] = since + own
            self.ears.silent = self.ears.silent or silence.base < 0
            self.judge(at, self.who.book.plan.by_slot.get(silence.slot, 0), changes)
        return changes + self.advance(now + own) if self.due <= now + own else changes

    def withdraw(self, at: Micros) -> Changes:
        """Close the faults whose rules are gone from the book."""
        gone, self.withdrawn = self.withdrawn, NONE
        return [closed(self.id, self.who.book, rule, fault, at) for rule, fault in sorted(gone.items())]

    def wake_at(self, listening_since: Micros, anew: bool) -> Micros:
        """The hub's moment at which this device next wants a tick; it may turn out to be too early.

        Silences move further away with all that is heard, so they are looked at only when asked `anew`, or
        when one has ended.
        """
        if self.withdrawn:
            return 0
        book = self.who.book
        lag = self.received - self.effective + book.reorder
        wake = NEVER
        if self.asking.episodes or book.plan.sequences or self.ballot:
            wake = self.due + lag
        if self.waiting is not None and (first := self.waiting.first) is not None:
            wake = min(wake, first + lag)
        if anew or self.ears.turned:
            self.ears.turned = False
            wake = min(wake, self.ears.next(self.memory, listening_since))
        return wake

    def close_all(self, received: Micros) -> Changes:
        """Close every fault: the device is another one now."""
        rules, begun = self.who.book.rules, self.asking.episodes
        faults = {rules[number].id: one.fault for number, one in begun.items() if one.fault is not None}
        self.withdrawn = {**self.withdrawn, **faults}
        return self.withdraw(max(self.own(received), self.effective))
