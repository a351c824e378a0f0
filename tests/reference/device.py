"""One device in the plain interpreter: its history, the lives of its faults, and the order of moments (3, 4)."""

from __future__ import annotations

from device_rules.book import RuleBook
from device_rules.reading import Describe, Event, Micros, Presence, PresenceState, Reading, Tick, Value
from device_rules.rule import Rule
from device_rules.tree import leaves
from tests.reference import calendar
from tests.reference.derived import Derived, event_of, place_of
from tests.reference.history import History
from tests.reference.life import Life, Step, Truths
from tests.reference.truth import value_of

OfDevice = Reading | Event | Presence | Describe
Steps = list[tuple[str, Step]]
HEARD = "the device is heard again"
FIRST_HEARD = "the device is heard for the first time"
SIGNS = (PresenceState.ONLINE, PresenceState.SLEEPING)


class Device:
    """Judged by itself. `at` is how far its own time has been looked at."""

    def __init__(self, book: RuleBook, described: Describe, since: Micros | None) -> None:
        self.book = book
        self.history = History(book, described, since)
        self.derived = Derived(self.history, self.value)
        self.lives = {rule.id: Life(rule) for rule in book.rules}
        self.looked_at = {rule.id: self.derived.news(rule.when) | {FIRST_HEARD, HEARD} for rule in book.rules}
        self.places = {rule.id: self._derived(rule) for rule in book.rules}
        self.silent: set[str] = set()  # the rules, and the places of `missing`, whose silence has come true
        self.at: Micros | None = None

    def judge(self, record: OfDevice) -> Steps:
        """What is due before the record, and then what the record does."""
        if isinstance(record, Describe):
            steps = self.advance(record.received)
            self.history.described = record
            return steps + self.look(self.own(record.received), set())
        if isinstance(record, Reading):
            return self._reading(record)
        return self._presence(record) if isinstance(record, Presence) else self._event(record)

    # -- records ---------------------------------------------------------------------------------
    def _reading(self, reading: Reading) -> Steps:
        history = self.history
        if reading.retained:
            steps = self.advance(reading.received)
            history.fill(reading)
            return steps + self.look(self.own(reading.received), set())
        if history.is_taken(reading):
            return self._take(reading)
        if reading.late or history.is_repeated(reading) or reading.received < (history.heard or 0):
            return []
        steps = self.advance(reading.received)
        return steps + self.look(self.own(reading.received), self._hear(reading))

    def _take(self, reading: Reading) -> Steps:
        history = self.history
        steps = self.advance_own(reading.effective)
        news = self._news_of_life(reading.effective) if history.is_first(reading) else set()
        arrived = {name for name in reading.values if name in self.book.metrics}
        if history.is_first(reading) and history.is_disproved(reading.received):
            history.presence.append((reading.received, PresenceState.ONLINE))
            arrived.add("presence")
        if history.is_first(reading):
            self._break_silence()
        self.at = reading.effective
        history.wear_off(self.at)
        self.derived.before_reading(reading)
        self.silent -= {
            place_of(source.slot) for source in self.book.sources if source.metric in reading.values
        }
        history.take(reading)
        news |= self.derived.note(self.at, reading)
        return steps + self.look(self.at, arrived | news)

    def _event(self, event: Event) -> Steps:
        if event.late or self.history.is_repeated_event(event):
            return []
        steps = self.advance(event.received)
        self.history.events.append(event)
        arrived = self._hear(event) | {event_of(event.name)}
        self.at = self.own(event.received)
        self.history.wear_off(self.at)
        arrived |= self.derived.note(self.at, event=event)
        return steps + self.look(self.at, arrived)

    def _presence(self, presence: Presence) -> Steps:
        history = self.history
        sign = (presence.received, presence.state)
        if sign in history.presence or (history.presence and sign[0] < history.presence[-1][0]):
            return []
        steps = self.advance(presence.received)
        history.presence.append((presence.received, presence.state))
        alive = presence.state in SIGNS and not presence.retained
        arrived = self._hear(presence) if alive else set()
        self.at = self.own(presence.received)
        history.wear_off(self.at)
        arrived |= self.derived.note(self.at)
        return steps + self.look(self.at, arrived | {"presence"})

    def _hear(self, record: Reading | Event | Presence) -> set[str]:
        """A sign of life: what it brings."""
        own = self.own(record.received)
        news = self._news_of_life(own)
        self.history.hear(record.received, own)
        self._break_silence()
        return news

    def _break_silence(self) -> None:
        self.silent -= set(self.lives)

    def _news_of_life(self, at: Micros) -> set[str]:
        """What a sign of life brings by itself: everything if it is the first, or that it is heard again."""
        if self.history.heard is None:
            return {FIRST_HEARD}
        quiet = not self.history.is_heard(at) or bool(self.silent & self.lives.keys())
        return {HEARD} if quiet else set()

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
                steps += self.look(moment, self._run_out(moment))
            else:
                found = next(name for name, due in quiet.items() if due == silence)
                self.silent.add(found)
                steps += self.look(silence, {found})

    def _run_out(self, at: Micros) -> set[str]:
        """Steps of sequences run out."""
        out = set()
        for place, match in self.derived.matches.items():
            if match.due() == at:
                match.run_out(at)
                out.add(place_of(place))
        return out

    def dues(self) -> list[Micros]:
        """The moments at which time alone may change something, past ones too."""
        found = [moment for life in self.lives.values() for moment in life.dues()]
        found += [due for match in self.derived.matches.values() if (due := match.due()) is not None]
        for slot in self.book.slots:
            if slot.sort == "metric":
                until = self.history.until(slot.name, slot.gap)
                if until is not None:
                    found.append(until)
        if self.history.heard_until is not None:
            found.append(self.history.heard_until)
        now = self.at or 0
        for rule in self.book.rules:
            if not self.lives[rule.id].is_asleep:
                found += self.derived.dues(self.places[rule.id], now)
                if rule.schedule is not None:
                    found.append(calendar.next_quarter(now))
        return found

    def silences(self) -> dict[str, Micros]:
        """When each silence and absence will be found, by the own time."""
        history, found = self.history, {}
        for rule in self.book.rules:
            span = history.learned(rule.silent_for) if rule.learned and rule.silent_for else rule.silent_for
            since = history.counts_from(history.heard)
            if span is not None and since is not None and rule.id not in self.silent:
                found[rule.id] = self.own(since + span + history.jitter(history.heard, rule.id, span))
        for source in self.book.sources:
            since = history.counts_from(history.received.get(source.metric))
            name = place_of(source.slot)
            if source.form == "missing" and since is not None and name not in self.silent:
                late = history.jitter(history.received[source.metric], source.text, source.span)
                found[name] = self.own(since + source.span + late)
        return found

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

        when, clear, *levels = (value_of(node, self.value) for node in rule.conditions)
        upkeep = self.book.maintenance if rule.heeds_maintenance else None
        held_back = any(self.lives[parent].fault is not None for parent in rule.unless)
        held_back = held_back or (upkeep is not None and value_of(upkeep, self.value) is True)
        zone = self.history.described.zone
        closed = rule.schedule is not None and not calendar.is_open(rule.schedule, at, zone)
        silent = self.history.counts_from(self.history.heard)
        began = at if rule.silent_for is None or silent is None else self.own(silent)
        late, newest = self.history.late, self._newest(rule)
        return Truths(when, clear, tuple(levels), began, late, held_back, closed, newest)

    def value(self, place: int) -> Value | None:
        """What is in a slot at the moment that is being looked at."""
        slot = self.book.slots[place]
        if slot.sort == "silence":
            return None if self.history.heard is None else slot.name in self.silent
        if slot.sort == "derived":
            if self.derived.sources[place].form == "missing":
                known = self.derived.sources[place].metric in self.history.received
                return place_of(place) in self.silent if known else None
            return self.derived.value(place, self.at or 0)
        return self.history.value(slot)

    def _newest(self, rule: Rule) -> Micros | None:
        if not rule.rests_on_readings:
            return None
        if not rule.proof_slots:
            return self.history.taken[-1].effective if self.history.taken else 0
        names = {self.book.slots[place].name for place in rule.proof_slots}
        seen = [self.history.observed[name][-1].at for name in names if name in self.history.observed]
        return max(seen, default=0)

    def _derived(self, rule: Rule) -> set[int]:
        """The derived values that a rule looks at, or that hold it back."""
        nodes = [*rule.conditions, *([self.book.maintenance] if self.book.maintenance is not None else [])]
        return {leaf.slot for node in nodes for leaf in leaves(node) if leaf.slot in self.derived.sources}
