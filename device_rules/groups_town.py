"""The town: puts together what all partitions have counted, and judges the rules that ask about groups.

Told the tallies of the partitions, in any order between them, it answers fault changes and standings. It judges a
whole ten seconds once every partition has told of it, so the same counts give the same faults, bit for bit, whichever
partition was faster. It is single-threaded and pure: no clock, no store, no log call.

A group's fault has the group for its device and no play: nobody is guided through it, and nothing is sent to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from device_rules.book import RuleBook
from device_rules.episode import Episode, View
from device_rules.explain_groups import why_group
from device_rules.explain_told import Why
from device_rules.fault import FaultChange
from device_rules.groups import FLEET, ROUND, Counted, DeviceKey, Watch, counted_of, group_of, parts_of
from device_rules.groups_place import FORMAT, Ledger, Life, Place
from device_rules.groups_telling import Telling, change_of, headline_of, withdrawn
from device_rules.reading import Micros, Standing, Tally, Vote
from device_rules.rule import Rule

LEDGER = "group:town"
"""The name under which the town's own progress is kept, among the groups."""
HOLDS: Micros = 3 * ROUND
"""A count holds for so long when nothing follows it: the hub was down, and nobody knows."""

_LEDGER = msgspec.msgpack.Decoder(tuple[int, Ledger])
_PLACE = msgspec.msgpack.Decoder(tuple[int, Place])
_ENCODER = msgspec.msgpack.Encoder()


class Asked(NamedTuple):
    """One rule on one group; sorts in the order of judging: by model, parents first."""

    model: str
    number: int
    group: str


class Town:
    """Judges the groups of `partitions` partitions by the books of their models.

    `standings` are the answers that nobody has sent on yet; they are part of what is kept, so that a crash between
    judging and sending loses none.
    """

    def __init__(self, books: Iterable[RuleBook], partitions: int = 1) -> None:
        self._books = {book.model: book for book in books}
        found = {model: counted_of(book) for model, book in self._books.items()}
        self._counted: dict[str, Counted] = {model: one for model, one in found.items() if one is not None}
        self._partitions = range(partitions)
        self._places: dict[str, Place] = {}
        self._ledger = Ledger()
        self._changed: set[str] = set()
        self._alive: set[Asked] = set()
        self._gone: list[tuple[str, str]] = []
        self._todo: set[Asked] = set()
        self._heard: set[tuple[str, str]] = set()
        self._repeat = False

    def judge(self, tally: Tally) -> tuple[list[FaultChange], list[Standing]]:
        """What follows from the next tally of a partition. One that was told before changes nothing."""
        ledger = self._ledger
        if tally.at <= ledger.reached.get(tally.partition, 0) or tally.partition not in self._partitions:
            return [], []
        self._changed.add(LEDGER)
        ledger.reached[tally.partition] = tally.at
        ledger.waiting.setdefault(tally.partition, []).append(tally)
        until = min(ledger.reached.get(partition, 0) for partition in self._partitions)
        changes: list[FaultChange] = []
        standings: list[Standing] = []
        for at in sorted(
            {one.at for waiting in ledger.waiting.values() for one in waiting if one.at <= until}
        ):
            self._take(at)
            changes += self._judge(at)
            standings += self._answer(at)
        ledger.unsent += standings
        return changes, standings

    @property
    def standings(self) -> list[Standing]:
        """The answers that are not marked as sent, oldest first."""
        return list(self._ledger.unsent)

    def sent(self, count: int) -> None:
        """The first `count` of `standings` are where they belong."""
        del self._ledger.unsent[:count]
        self._changed.add(LEDGER)

    def why(self, group: str, rule_id: str) -> Why:
        """Why a rule is raised on a group, or why not, as of the last count. Raises KeyError for neither."""
        key, place = parts_of(group), self._places.get(group, Place())
        for number, rule in enumerate(self._shares(key.model)):
            if rule.id == rule_id and rule.group is not None and group_of(rule.group.by, key) == group:
                counted, life = place.sum(rule_id), place.lives.get(rule_id)
                telling = Telling(group, self._books[key.model], rule, counted, counted.truth(rule.group))
                back = self._inhibited(rule, Asked(key.model, number, group))
                return why_group(telling, life.episode if life else Episode(), self._ledger.judged, back)
        raise KeyError(rule_id)

    def next_wake(self) -> None:
        """Never: the partitions' tallies bring the time along."""

    def changed(self) -> set[str]:
        """The names whose state differs from what their last `snapshot`, `restore` or `mark` left."""
        return set(self._changed)

    def mark(self) -> None:
        """Take everything as kept."""
        self._changed.clear()

    def snapshot(self, name: str) -> bytes:
        """The state of one group (or of `LEDGER`) as bytes, and note it as kept."""
        self._changed.discard(name)
        return _ENCODER.encode((FORMAT, self._ledger if name == LEDGER else self._places.get(name, Place())))

    def restore(self, name: str, blob: bytes) -> bool:
        """Take back a snapshot; False when it cannot be used and the tallies must be judged again instead."""
        try:
            version, kept = (_LEDGER if name == LEDGER else _PLACE).decode(blob)
        except msgspec.DecodeError:
            return False
        if version != FORMAT:
            return False
        if isinstance(kept, Ledger):
            self._ledger = kept
        elif not kept.empty:
            self._places[name] = kept
            self._revive(name, kept)
        self._changed.discard(name)
        return True

    def _revive(self, group: str, place: Place) -> None:
        """Rules that judge as before keep all their state; a changed one keeps the fault that it raised."""
        model = parts_of(group).model
        rules = {rule.id: (number, rule) for number, rule in enumerate(self._shares(model))}
        for rule_id, life in list(place.lives.items()):
            if rule_id not in rules:
                self._gone.append((group, rule_id))
                continue
            number, rule = rules[rule_id]
            if life.fingerprint != rule.fingerprint:
                life.fingerprint, life.episode = rule.fingerprint, life.episode.renewed(rule)
            if life.episode.idle:
                del place.lives[rule_id]
                continue
            self._alive.add(Asked(model, number, group))

    def _shares(self, model: str) -> tuple[Rule, ...]:
        counted = self._counted.get(model)
        return counted.shares if counted else ()

    def _take(self, at: Micros) -> None:
        """Believe what every partition told of `at`."""
        waiting = self._ledger.waiting
        for partition in sorted(waiting):
            while waiting[partition] and waiting[partition][0].at == at:
                self._believe(waiting[partition].pop(0))
            if not waiting[partition]:
                del waiting[partition]

    def _believe(self, tally: Tally) -> None:
        if tally.whole:
            self._repeat = True
            for group, place in self._places.items():
                before = place.forget(tally.partition)
                for rule in before.rules:
                    self._ask(group, rule)
                for name in (*before.watches, *before.metrics):
                    self._hear(group, name)
        for count in tally.counts:
            self._place(count.group).count(count, tally.partition)
            self._ask(count.group, count.rule)
        for vote in tally.votes:
            self._place(vote.group).hear(vote, tally.partition)
            self._hear(vote.group, vote.watch)
        for spread in tally.spreads:
            self._place(spread.group).measure(spread, tally.partition)
            self._hear(spread.group, spread.metric)

    def _place(self, group: str) -> Place:
        return self._places.setdefault(group, Place())

    def _ask(self, group: str, rule_id: str) -> None:
        self._changed.add(group)
        model = parts_of(group).model
        for number, rule in enumerate(self._shares(model)):
            if rule.id == rule_id:
                self._todo.add(Asked(model, number, group))

    def _hear(self, group: str, name: str) -> None:
        self._changed.add(group)
        self._heard.add((group, name))

    def _judge(self, at: Micros) -> list[FaultChange]:
        changes = self._withdraw(at)
        last, self._ledger.judged = self._ledger.judged, at
        if last and at > last + HOLDS:
            for asked in sorted(self._alive):
                changes += self._step(asked, last + HOLDS, blind=True)
        todo, self._todo = sorted(self._todo | self._alive), set()
        for asked in todo:
            changes += self._step(asked, at)
        return changes

    def _step(self, asked: Asked, at: Micros, blind: bool = False) -> list[FaultChange]:
        """Ask one rule about one group; `blind` when nobody has counted for too long."""
        rule, place = self._shares(asked.model)[asked.number], self._place(asked.group)
        assert rule.group is not None
        counted = place.sum(rule.id)
        truth = None if blind else counted.truth(rule.group)
        against = None if truth is None else not truth
        life = place.lives.get(rule.id) or Life(rule.fingerprint, Episode())
        telling = Telling(asked.group, self._books[asked.model], rule, counted, truth)
        # A count rests on what was observed up to a round before: what ends with it is not proof of what is left.
        view = View(at=at, inhibited=self._inhibited(rule, asked), proof=at - ROUND)
        changes = []
        for step in life.episode.step(rule, (truth, against, *(None for _ in rule.levels)), view):
            life.headline = life.headline if step.number else headline_of(telling)
            changes.append(change_of(telling, step, life.headline))
        self._keep(asked, rule, life)
        return changes

    def _keep(self, asked: Asked, rule: Rule, life: Life) -> None:
        self._changed.add(asked.group)
        place = self._places[asked.group]
        if not life.episode.idle:
            place.lives[rule.id] = life
            self._alive.add(asked)
            return
        place.lives.pop(rule.id, None)
        self._alive.discard(asked)
        if place.empty:
            del self._places[asked.group]

    def _inhibited(self, rule: Rule, asked: Asked) -> bool:
        """Whether one of its parents is raised on a group that holds this one."""
        key = parts_of(asked.group)
        for parent in self._shares(asked.model):
            if parent.id in rule.unless and parent.group is not None:
                place = self._places.get(group_of(parent.group.by, key))
                life = place.lives.get(parent.id) if place else None
                if life is not None and life.episode.fault is not None:
                    return True
        return False

    def _withdraw(self, at: Micros) -> list[FaultChange]:
        """Close the faults whose rules are gone from the books."""
        changes = []
        for group, rule_id in self._gone:
            life = self._place(group).lives.pop(rule_id)
            self._changed.add(group)
            if life.episode.fault is not None:
                book = self._books.get(parts_of(group).model)
                changes.append(withdrawn(group, rule_id, life, book, at))
        self._gone = []
        return changes

    def _answer(self, at: Micros) -> list[Standing]:
        """What the partitions must know, model by model: percentiles that changed, and sites where somebody answered."""
        heard, self._heard = sorted(self._heard), set()
        repeat, self._repeat = self._repeat, False
        votes: dict[str, list[Vote]] = {}
        for group, name in heard:
            model, place = parts_of(group).model, self._place(group)
            if any(watch.voting and watch.name == name for watch in self._watches(model)):
                votes.setdefault(model, []).append(place.vote(group, name))
            if place.empty:
                del self._places[group]
        standings = []
        for model in sorted(self._counted):
            fleet = self._fleet(model, repeat)
            if fleet or model in votes:
                standings.append(Standing(at, model, fleet, tuple(votes.get(model, ()))))
        return standings

    def _watches(self, model: str) -> tuple[Watch, ...]:
        counted = self._counted.get(model)
        return counted.watches if counted else ()

    def _fleet(self, model: str, repeat: bool) -> dict[str, float | None]:
        """The percentiles of a model that are others than were told before; all of them to `repeat`."""
        place = self._places.get(group_of(FLEET, DeviceKey(model)), Place())
        told = self._ledger.fleet.setdefault(model, {})
        news: dict[str, float | None] = {}
        for gauge in self._counted[model].gauges:
            bins = place.spread(gauge.metric)
            for text, wanted in gauge.asked:
                value = gauge.percentile(bins, wanted)
                if repeat or told.get(text) != value:
                    news[text] = told[text] = value
        return news
