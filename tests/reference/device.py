"""One device in the plain interpreter: its history, the lives of its faults, and the order of moments (3, 4)."""

from __future__ import annotations

from device_rules.book import RuleBook
from device_rules.reading import Describe, Event, Micros, Presence, PresenceState, Reading, Tick, Value
from device_rules.rule import WHILE_HEARD, Rule
from device_rules.tree import Node, leaves
from tests.reference.history import History
from tests.reference.life import Life, Step, Truths
from tests.reference.truth import value_of

OfDevice = Reading | Event | Presence | Describe
Steps = list[tuple[str, Step]]
FIRST_HEARD = "the device is heard for the first time"
HEARD = "the device is heard again"
SIGNS = (PresenceState.ONLINE, PresenceState.SLEEPING)


class Device:
    """Judged by itself. `at` is how far its own time has been looked at."""

    def __init__(self, book: RuleBook, described: Describe, since: Micros | None) -> None:
        self.book = book
        self.history = History(book, described, since)
        self.lives = {rule.id: Life(rule) for rule in book.rules}
        self.looked_at = {rule.id: self._names(rule.when) for rule in book.rules}
        self.silent = {rule.id: False for rule in book.rules}
        self.at: Micros | None = None

    def judge(self, record: OfDevice) -> Steps:
        """What is due before the record, and then what the record does."""
        if isinstance(record, Describe):
            steps = self.advance(record.received)
            self.history.described = record
            return steps
        if isinstance(record, Reading):
            return self._reading(record)
        return self._presence(record) if isinstance(record, Presence) else self._event(record)

    def _record(self, at: Micros, arrived: set[str]) -> Steps:
        """Look at what a record brought, and at what retained readings filled in before it."""
        filled, self.history.filled = self.history.filled, set()
        return self.look(at, arrived | filled)

    # -- records ---------------------------------------------------------------------------------
    def _reading(self, reading: Reading) -> Steps:
        history = self.history
        if reading.retained:
            steps = self.advance(reading.received)
            history.fill(reading)
            return steps
        if history.is_taken(reading):
            return self._take(reading)
        if reading.late or history.is_repeated(reading):
            return []
        steps = self.advance(reading.received)
        return steps + self._record(self.own(reading.received), self._hear(reading))

    def _take(self, reading: Reading) -> Steps:
        history = self.history
        steps = self.advance_own(reading.effective)
        news = self._news_of_life(reading.effective) if history.is_first(reading) else set()
        arrived = {name for name in reading.values if name in self.book.metrics}
        if history.is_first(reading) and history.is_disproved(reading.received):
            history.presence.append((reading.received, PresenceState.ONLINE))
            arrived.add("presence")
        if history.is_first(reading):
            self.silent = dict.fromkeys(self.silent, False)
        history.take(reading)
        return steps + self._record(reading.effective, arrived | news)

    def _event(self, event: Event) -> Steps:
        if event.late:
            return []
        steps = self.advance(event.received)
        return steps + self._record(self.own(event.received), self._hear(event))

    def _presence(self, presence: Presence) -> Steps:
        history = self.history
        if history.presence and presence.received < history.presence[-1][0]:
            return []
        steps = self.advance(presence.received)
        history.presence.append((presence.received, presence.state))
        alive = presence.state in SIGNS and not presence.retained
        arrived = self._hear(presence) if alive else set()
        return steps + self._record(self.own(presence.received), arrived | {"presence"})

    def _hear(self, record: Reading | Event | Presence) -> set[str]:
        """A sign of life: what it brings."""
        own = self.own(record.received)
        news = self._news_of_life(own)
        self.history.hear(record.received, own)
        self.silent = dict.fromkeys(self.silent, False)
        return news

    def _news_of_life(self, at: Micros) -> set[str]:
        """What a sign of life brings by itself: everything if it is the first, or that it is heard again."""
        if self.history.heard is None:
            return {FIRST_HEARD}
        return set() if self.history.is_heard(at) else {HEARD}

    # -- time ------------------------------------------------------------------------------------
    def own(self, hub: Micros) -> Micros:
        """The own time at a moment of the hub's clock."""
        return hub + self.history.skew

    def advance(self, hub: Micros) -> Steps:
        """Do all that is due up to a moment of the hub's clock."""
        return self.advance_own(self.own(hub))

    def tick(self, tick: Tick) -> Steps:
        """Time passes; only a tick says that the hub has been listening, so only now silence comes true."""
        self.history.listening_since = tick.listening_since
        return self.advance_own(self.own(tick.now), ticking=True)

    def advance_own(self, to: Micros, ticking: bool = False) -> Steps:
        """Do all that is due up to `to`, each at its own moment."""
        steps: Steps = []
        while True:
            moment = min((due for due in self.dues() if self.at is None or due > self.at), default=to + 1)
            quiet = self.silences() if ticking else {}
            silence = min(quiet.values(), default=to + 1)
            if min(moment, silence) > to:
                return steps
            if moment <= silence:
                steps += self.look(moment, set())
            else:
                arrived = {rule for rule, due in quiet.items() if due == silence}
                self.silent.update(dict.fromkeys(arrived, True))
                steps += self.look(silence, arrived)

    def dues(self) -> list[Micros]:
        """The moments at which time alone may change something, past ones too."""
        found = [moment for life in self.lives.values() for moment in life.dues()]
        for slot in self.book.slots:
            if slot.sort == "metric":
                until = self.history.until(slot.name, slot.gap)
                if until is not None:
                    found.append(until)
        return found

    def silences(self) -> dict[str, Micros]:
        """When each rule that asks for silence will find it, by the own time."""
        history = self.history
        since = history.silent_since
        if since is None:
            return {}
        return {
            rule.id: self.own(since + rule.silent_for + history.jitter(rule.id, rule.silent_for))
            for rule in self.book.rules
            if rule.silent_for is not None and not self.silent[rule.id]
        }

    # -- looking ---------------------------------------------------------------------------------
    def look(self, at: Micros, arrived: set[str]) -> Steps:
        """Ask the rules that are to be asked, parents first."""
        steps: Steps = []
        self.at = at
        self.history.wear_off(at)
        if self.history.heard is None:
            return steps
        for rule in self.book.rules:
            life = self.lives[rule.id]
            if life.is_asleep and not arrived & self.looked_at[rule.id]:
                continue
            steps += [(rule.id, step) for step in life.judge(at, self.truths(rule, at))]
        return steps

    def truths(self, rule: Rule, at: Micros) -> Truths:
        """What a rule sees at a moment."""

        def look(place: int) -> Value | None:
            slot = self.book.slots[place]
            if slot.sort == "silence":
                return None if self.history.heard is None else self.silent[slot.name]
            return self.history.value(slot)

        when, clear, *levels = (value_of(node, look) for node in rule.conditions)
        held_back = any(self.lives[parent].fault is not None for parent in rule.unless)
        silent = self.history.silent_since
        began = at if rule.silent_for is None or silent is None else self.own(silent)
        newest = self._newest(rule)
        return Truths(when, clear, tuple(levels), began, self.history.late, held_back, False, newest)

    def _newest(self, rule: Rule) -> Micros | None:
        if not rule.rests_on_readings:
            return None
        if not rule.proof_slots:
            return self.history.taken[-1].effective if self.history.taken else 0
        names = {self.book.slots[place].name for place in rule.proof_slots}
        seen = [self.history.observed[name][-1].at for name in names if name in self.history.observed]
        return max(seen, default=0)

    def _names(self, node: Node) -> set[str]:
        """What brings news to a rule: metrics, `presence`, its own silence, the device heard again."""
        slots = [self.book.slots[leaf.slot] for leaf in leaves(node)]
        found = {FIRST_HEARD} | {slot.name for slot in slots if slot.sort != "attribute"}
        if any(slot.sort == "metric" and slot.gap == WHILE_HEARD for slot in slots):
            found.add(HEARD)
        return found
