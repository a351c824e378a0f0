"""What the town knows of one group: what every partition counted there, and how its rules stand.

A place is kept as bytes by itself, so that only the groups that changed are saved.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from device_rules.episode import Episode
from device_rules.reading import Count, Micros, Spread, Standing, Tally, Vote
from device_rules.rule import Group

FORMAT = 1
FEW = 2  # names of each answer: see `Vote`

Answers = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


class Life(msgspec.Struct, array_like=True):
    """One rule's episode on a group, with the fingerprint of the rule it was judged by.

    `headline` is what its fault was called when it was raised: the numbers of that moment.
    """

    fingerprint: str
    episode: Episode
    headline: str = ""


class Sum(msgspec.Struct, frozen=True):
    """A group over all partitions: its devices, those with a known answer, those that say yes."""

    members: int
    known: int
    true: int

    @property
    def share(self) -> float:
        """The share (0..1) of yes among the known."""
        return self.true / self.known if self.known else 0.0

    def truth(self, wanted: Group) -> bool | None:
        """Whether the share is reached. Too few known answers leave it unknown; too few devices make it false."""
        if self.members < max(wanted.at_least, 1):
            return False
        if self.known < max(wanted.at_least, 1):
            return None
        return self.share >= wanted.fraction  # a division rounds correctly: 24 of 120 is 20 %


class Place(msgspec.Struct, array_like=True):
    """One group: by rule, text or metric, and then by partition, the newest that was told; and the rules' lives."""

    counts: dict[str, dict[int, tuple[int, int, int]]] = {}
    votes: dict[str, dict[int, Answers]] = {}
    spreads: dict[str, dict[int, dict[int, int]]] = {}
    lives: dict[str, Life] = {}

    @property
    def empty(self) -> bool:
        """Nobody is there, and nothing is remembered."""
        return not (self.counts or self.votes or self.spreads or self.lives)

    def sum(self, rule: str) -> Sum:
        """The counts of one rule over all partitions."""
        parts = self.counts.get(rule, {}).values()
        return Sum(*(sum(column) for column in zip(*parts, strict=True))) if parts else Sum(0, 0, 0)

    def vote(self, group: str, watch: str) -> Vote:
        """The answers to one condition over all partitions."""
        parts = self.votes.get(watch, {}).values()
        yes, no, unsure = (sorted(name for part in parts for name in part[each])[:FEW] for each in range(3))
        return Vote(group, watch, tuple(yes), tuple(no), tuple(unsure))

    def spread(self, metric: str) -> dict[int, int]:
        """Devices by bin over all partitions."""
        found: dict[int, int] = {}
        for part in self.spreads.get(metric, {}).values():
            for number, count in part.items():
                found[number] = found.get(number, 0) + count
        return found

    def count(self, told: Count, partition: int) -> None:
        """Take what a partition counted for one rule."""
        numbers = (told.members, told.known, told.true) if told.members else None
        _put(self.counts, told.rule, partition, numbers)

    def hear(self, told: Vote, partition: int) -> None:
        """Take what the devices of a partition answered."""
        said: Answers = (told.yes, told.no, told.open)
        _put(self.votes, told.watch, partition, said if any(said) else None)

    def measure(self, told: Spread, partition: int) -> None:
        """Take the values of a partition's devices."""
        _put(self.spreads, told.metric, partition, told.bins or None)

    def forget(self, partition: int) -> Forgotten:
        """Take nothing from `partition` as known; answers what it had told something about."""
        return Forgotten(
            [rule for rule in list(self.counts) if _put(self.counts, rule, partition, None)],
            [watch for watch in list(self.votes) if _put(self.votes, watch, partition, None)],
            [metric for metric in list(self.spreads) if _put(self.spreads, metric, partition, None)],
        )


class Forgotten(msgspec.Struct, frozen=True):
    """Rules, texts and metrics about which a partition had told something."""

    rules: list[str]
    watches: list[str]
    metrics: list[str]


class Ledger(msgspec.Struct, array_like=True):
    """How far the town is: what every partition told last, what waits for the others, and what was answered.

    `fleet` is what was said of each model's percentiles; `unsent` are answers that nobody has taken yet.
    """

    reached: dict[int, Micros] = {}
    waiting: dict[int, list[Tally]] = {}
    judged: Micros = 0
    fleet: dict[str, dict[str, float | None]] = {}
    unsent: list[Standing] = []


T = TypeVar("T")


def _put(table: dict[str, dict[int, T]], name: str, partition: int, told: T | None) -> bool:
    """Keep what `partition` told under `name` (None: nothing any more); whether it had told something before."""
    parts = table.setdefault(name, {})
    before = parts.pop(partition, None) is not None
    if told is not None:
        parts[partition] = told
    elif not parts:
        del table[name]
    return before
