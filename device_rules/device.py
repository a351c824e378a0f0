"""One device under judgement: its memory, its own clock, and the episodes of its rules.

The device's own now is the effective time of its last reading plus what has passed on the hub's clock
since that was received; `for`, `clear_for` and the wearing off of values know no other time. Silence
alone is counted on the hub's clock. Everything due before a record is done before that record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from device_rules.book import RuleBook
from device_rules.episode import Episode, Fault, View
from device_rules.evidence import Telling, change_of, closed
from device_rules.fault import FaultChange
from device_rules.hold import NEVER
from device_rules.memory import Memory
from device_rules.reading import Event, Micros, Presence, PresenceState, Reading, Value
from device_rules.rule import Rule
from device_rules.truth import Sight
from device_rules.vocabulary import fitting

AWAY = frozenset({PresenceState.OFFLINE_CLEAN, PresenceState.OFFLINE_LOST, PresenceState.STALE})
HERE = frozenset({PresenceState.ONLINE, PresenceState.SLEEPING})
MOST_ECHOES = 32  # different readings of one and the same moment that are remembered as said

Changes = list[FaultChange]


class Device:
    """All that is known of one device. `heard` and `received` are hub time, the rest its own time (µs)."""

    __slots__ = (
        "attributes", "away", "book", "due", "echoes", "effective", "episodes", "firmware", "heard", "id",
        "late", "layout", "memory", "presence", "received", "silent", "wake", "withdrawn",
    )  # fmt: skip

    def __init__(self, device: str, book: RuleBook) -> None:
        self.id, self.book, self.layout, self.memory = device, book, book.layout, Memory(book)
        self.firmware = ""
        self.attributes: dict[str, Value] = {}
        self.effective: Micros = -1
        self.received: Micros = -1
        self.heard: Micros = 0
        self.late = False
        self.silent = True
        self.away = False
        self.presence: Presence | None = None
        self.echoes: list[Mapping[str, Value]] = []
        self.episodes: dict[int, Episode] = {}
        self.due: Micros = NEVER
        self.wake: Micros = NEVER
        self.withdrawn: dict[str, Fault] = {}

    def own(self, hub: Micros) -> Micros:
        """The device's own time at a moment of the hub's clock."""
        return hub + self.effective - self.received

    def describe(self, firmware: str, attributes: Mapping[str, Value]) -> None:
        """Take the registry's word for the attributes; unknown or unfitting ones keep the book's default."""
        self.firmware, self.attributes = firmware, dict(attributes)
        for slot, name in self.layout.attributes:
            text = self.book.attributes[name]
            given = fitting(text, attributes.get(name))
            self.memory.values[slot] = fitting(text, text.default) if given is None else given

    def read(self, reading: Reading) -> Changes:
        """Judge a reading. What is older than the last one is history only, what was said already is absorbed."""
        at = reading.effective
        if at <= self.effective or reading.retained:
            return self._aside(reading)
        changes = self.advance(at) if at >= self.due else []
        memory = self.memory
        memory.take(reading.values, at)
        self.effective = at
        memory.heard = max(memory.heard, at)
        self.received, self.late = reading.received, reading.late
        self.echoes = [reading.values]
        self.heard = max(self.heard, reading.received)
        if self.silent or self.away or not memory.listening:
            self._alive(at, reading)
        self.due = min(self.due, at + self.layout.shortest)
        mask = self.book.mask(memory.values)
        if mask or self.episodes:
            changes += self.judge(at)
        return changes

    def _aside(self, reading: Reading) -> Changes:
        """Not the next reading in line: retained, said already, of the same moment, or older."""
        if reading.retained:
            self.memory.recall(reading.values, reading.effective, reading.sent is not None)
            self.due = min(self.due, self.memory.next_expiry())
            return []
        if reading.effective < self.effective:
            return [] if reading.late else self._sign_of_life(reading.received)
        if reading.values in self.echoes or len(self.echoes) >= MOST_ECHOES:
            return []
        self.echoes.append(reading.values)
        self.memory.take(reading.values, reading.effective)
        return self.judge(reading.effective)

    def _alive(self, at: Micros, reading: Reading | None = None) -> None:
        """Something live was heard: silence is over, and what holds while it is heard holds again."""
        self.memory.hear(at)
        if self.silent:
            self.silent = False
            for slot in self.layout.silence:
                self.memory.values[slot] = False
        if reading is not None and self.away:
            here = PresenceState.ONLINE
            self.show(Presence(self.id, reading.received, at, here, "it sent a reading", "reading"))

    def show(self, presence: Presence) -> None:
        """Take a sign of presence as the present one."""
        self.presence, self.away = presence, presence.state in AWAY
        for slot in self.layout.presence:
            self.memory.values[slot] = presence.state.value
            self.memory.seen[slot] = presence.effective

    def notice(self, record: Event | Presence) -> Changes:
        """An event or a sign of presence: the device may be heard by it, and presence may change."""
        if isinstance(record, Event):
            return [] if record.late else self._sign_of_life(record.received)
        if self.presence is not None and record.received < self.presence.received:
            return []
        at = max(self.own(record.received), self.effective)
        changes = self.advance(at)
        if not record.retained or self.presence is None or self.presence.state is not record.state:
            self.show(record)
        if record.state in HERE and not record.retained:
            changes += self._sign_of_life(record.received)
        return changes + (self.judge(at) if self.heard else [])

    def _sign_of_life(self, received: Micros) -> Changes:
        """Something live that moves no clock: an event, a birth message, a reading that is only history."""
        if received <= self.heard:
            return []
        at = max(self.own(received), self.effective)
        changes = self.advance(at)
        self.heard = received
        self._alive(at)
        return changes + self.judge(at)

    def advance(self, until: Micros) -> Changes:
        """Do everything that is due up to `until`, each at its own moment."""
        changes: Changes = []
        while self.due <= until:
            at = self.due
            self.memory.expire(at)
            if self.episodes:
                changes += self.judge(at)
            else:
                self.due = self.memory.next_expiry()
            self.due = max(self.due, at + 1)  # whatever is due next, time moves on
        return changes

    def tick(self, now: Micros, listening_since: Micros) -> Changes:
        """Time has passed on the hub's clock: silences come true, and own time moves along."""
        changes = self.withdraw(self.own(now))
        for due, rule in sorted(self._silences(listening_since), key=lambda pair: pair[0]):
            if due > now:
                break
            at = self.own(due)
            changes += self.advance(at)
            self.memory.values[rule.silence_slot] = True
            self.memory.seen[rule.silence_slot] = self.own(max(self.heard, listening_since))
            self.silent = True
            changes += self.judge(at)
        return changes + self.advance(self.own(now))

    def withdraw(self, at: Micros) -> Changes:
        """Close the faults whose rules are gone from the book."""
        gone, self.withdrawn = self.withdrawn, {}
        return [closed(self.id, self.book, rule, fault, at) for rule, fault in gone.items()]

    def wake_at(self, listening_since: Micros) -> Micros:
        """The hub's moment at which this device next wants a tick; it may turn out to be too early."""
        if self.withdrawn:
            return 0
        own = self.due - self.effective + self.received if self.episodes else NEVER
        return min([own, *(due for due, _ in self._silences(listening_since))])

    def _silences(self, listening_since: Micros) -> list[tuple[Micros, Rule]]:
        """When each rule about silence comes true. A device that was never heard is not silent: it is new."""
        if not self.heard:
            return []
        since = max(self.heard, listening_since)
        jitter = listening_since > self.heard
        return [
            (since + (rule.silent_for or 0) + (self._jitter(rule) if jitter else 0), rule)
            for rule in self.layout.silent_rules
            if self.memory.values[rule.silence_slot] is not True
        ]

    def _jitter(self, rule: Rule) -> Micros:
        """Up to a tenth more after our own absence, so that a fleet does not speak up at once."""
        digest = hashlib.blake2b(f"{self.id}\x00{rule.id}".encode(), digest_size=6).digest()
        return int.from_bytes(digest, "big") % max((rule.silent_for or 0) // 10, 1)

    def judge(self, at: Micros) -> Changes:
        """Ask every rule that may have something to say at `at`, parents first."""
        values, book = self.memory.values, self.book
        todo = book.mask(values)
        for number in self.episodes:
            todo |= 1 << number
        changes: Changes = []
        while todo:
            number = (todo & -todo).bit_length() - 1
            todo &= todo - 1
            self._ask(number, at, changes)
        self.plan()
        return changes

    def plan(self) -> None:
        """Find the next moment of own time at which something is due."""
        self.due = self.memory.next_expiry()
        for number, episode in self.episodes.items():
            self.due = min(self.due, episode.due(self.book.rules[number]))

    def _ask(self, number: int, at: Micros, changes: Changes) -> None:
        rule = self.book.rules[number]
        episode = self.episodes.get(number) or Episode()
        truths = self.book.judges[number](self.memory.values)
        for step in episode.step(rule, truths, self.view(rule, at)):
            changes.append(change_of(Telling(self.id, self.book, rule, self.sight(at)), step))
        if episode.idle:
            self.episodes.pop(number, None)
        else:
            self.episodes[number] = episode

    def view(self, rule: Rule, at: Micros) -> View:
        """What a rule's episode must know besides truths."""
        seen = self.memory.seen
        silent = rule.silent_for is not None
        return View(
            at=at,
            late=self.late and rule.rests_on_readings,
            inhibited=bool(rule.unless) and bool(self.inhibitors(rule)),
            proof=at if silent else max((seen[slot] for slot in rule.proof_slots), default=self.effective),
            since=seen[rule.silence_slot] if silent else None,
        )

    def inhibitors(self, rule: Rule) -> list[str]:
        """The parents of `rule` that are raised."""
        numbers = self.layout.numbers
        found = ((parent, self.episodes.get(numbers[parent])) for parent in rule.unless)
        return [parent for parent, episode in found if episode is not None and episode.fault is not None]

    def sight(self, at: Micros) -> Sight:
        """The values as they stand, for people to read; a silence is as old as the last sign of life."""
        seen = list(self.memory.seen)
        for slot in self.layout.silence:
            seen[slot] = self.own(self.heard) if self.heard else 0
        return Sight(self.memory.values, seen, at)
