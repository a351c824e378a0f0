"""A town of devices in several partitions, for the tests of groups: books, and people who change their minds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import msgspec

from device_rules.book import RuleBook
from device_rules.fault import FaultChange
from device_rules.groups import ROUND, DeviceKey
from device_rules.groups_census import Census, Member
from device_rules.groups_town import Town
from device_rules.reading import Record, Standing
from device_rules.rule import Group, Rule
from device_rules.source import Source

COLD = """
model: acme/pump
version: 3
expect_every: 60s
metrics:
  room: {type: float, unit: "°C", range: [0, 51.2]}
rules:
  - {id: offline-all, title: They are all away, severity: major, when: presence == "offline_lost"}
  - {id: cold, title: The house is not getting warm, severity: major, when: room < 15, for: 30s, clear_for: 60s}
"""
START = 1_000 * ROUND


def grouped(text: str = COLD, **groups: Group) -> RuleBook:
    """A book whose rules ask for shares; the names of rules with _ for -."""
    book = RuleBook.parse(text)
    wanted = {name.replace("_", "-"): group for name, group in groups.items()}
    return replace(book, rules=tuple(replace(rule, group=wanted.get(rule.id)) for rule in book.rules))


def told(rule: Rule, **changed: object) -> Rule:
    """A rule with something changed about it."""
    return replace(rule, **changed)  # type: ignore[arg-type]


def with_sources(book: RuleBook, *sources: Source) -> RuleBook:
    """A book with derived values."""
    return replace(book, sources=sources)


@dataclass
class Streets:
    """Partitions and their town, and the time."""

    books: tuple[RuleBook, ...]
    partitions: int = 2
    now: int = START
    censuses: list[Census] = field(init=False)
    town: Town = field(init=False)
    members: dict[str, tuple[int, Member]] = field(default_factory=dict)
    changes: list[FaultChange] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    saved: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.censuses = [Census(self.books) for _ in range(self.partitions)]
        self.town = Town(self.books, self.partitions)

    def enter(self, key: DeviceKey, partition: int = 0) -> None:
        member = self.censuses[partition].enter(key)
        assert member is not None
        self.members[key.id] = partition, member

    def say(self, truth: bool | None, devices: Iterable[str], number: int = 0) -> None:
        for device in devices:
            partition, member = self.members[device]
            self.censuses[partition].watch(member, number, truth)

    def level(self, device: str, value: float | None) -> None:
        partition, member = self.members[device]
        self.censuses[partition].level(member, 0, value)

    def move(self, device: str, key: DeviceKey) -> None:
        partition, member = self.members[device]
        after = self.censuses[partition].move(member, key)
        assert after is not None
        self.members[device] = partition, after

    def tallies(self) -> list[Record]:
        """What the partitions tell at this moment, first partition first."""
        return [
            msgspec.structs.replace(tally, partition=number)
            for number, census in enumerate(self.censuses)
            for tally in census.due(self.now)
        ]

    def run(self, rounds: int = 1) -> list[FaultChange]:
        """So many times ten seconds pass; answers the faults of that time."""
        news: list[FaultChange] = []
        for _ in range(rounds):
            self.now += ROUND
            for tally in self.tallies():
                changes, standings = self.town.judge(tally)  # type: ignore[arg-type]
                news += changes
                self.standings += standings
        self.changes += news
        return news

    def restart_town(self) -> None:
        """The town goes down and takes up what it had saved: now, and at the restarts before."""
        self.saved.update({name: self.town.snapshot(name) for name in self.town.changed()})
        self.town = Town(self.books, self.partitions)
        for name, blob in self.saved.items():
            assert self.town.restore(name, blob)
