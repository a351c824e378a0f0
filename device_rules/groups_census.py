"""The census of one partition: who is in which group, and what is known of each group here.

Told by the engine when the truth of a watched condition or the bin of a watched value changes, which is seldom; a
reading that changes neither costs nothing. It keeps nothing over a restart: the engine enters every device that it
restores, with its truths, and the first tally afterwards is a whole one.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest

from device_rules.book import RuleBook
from device_rules.groups import BINS, FLEET, ROUND, Counted, DeviceKey, counted_of, group_of
from device_rules.reading import Count, Micros, Spread, Tally, Vote

FEW = 2  # names of each answer: see `Vote`


class Heads:
    """The devices of one group here, counted for one `share_of`."""

    __slots__ = ("known", "members", "place", "true")

    def __init__(self, place: tuple[str, str]) -> None:
        self.place = place
        self.members = self.known = self.true = 0

    def put(self, device: str, old: bool | None, new: bool | None) -> None:
        """One device changes its mind."""
        self.known += (new is not None) - (old is not None)
        self.true += (new is True) - (old is True)

    def join(self, device: str) -> None:
        """Another device, of which nothing is known yet."""
        self.members += 1

    def part(self, device: str, truth: bool | None) -> None:
        """A device goes, with what was known of it."""
        self.put(device, truth, None)
        self.members -= 1


class Hands:
    """The devices at one site here, each with its answer to one condition, for `any` and `all`."""

    __slots__ = ("answers", "place")

    def __init__(self, place: tuple[str, str]) -> None:
        self.place = place
        self.answers: dict[str, bool | None] = {}

    @property
    def members(self) -> int:
        """How many devices."""
        return len(self.answers)

    def put(self, device: str, old: bool | None, new: bool | None) -> None:
        """One device changes its mind."""
        self.answers[device] = new

    def join(self, device: str) -> None:
        """Another device, of which nothing is known yet."""
        self.answers[device] = None

    def part(self, device: str, truth: bool | None) -> None:
        """A device goes."""
        self.answers.pop(device, None)

    def vote(self) -> Vote:
        """Who says what, the first two of each by name."""
        said = {
            answer: tuple(nsmallest(FEW, (one for one, found in self.answers.items() if found is answer)))
            for answer in (True, False, None)
        }
        return Vote(*self.place, said[True], said[False], said[None])


class Member:
    """A device that is counted: its truths and bins by number, and the groups where they are counted.

    It belongs to the census; the engine only hands it back.
    """

    __slots__ = ("bins", "cells", "counted", "key", "truths")

    def __init__(self, key: DeviceKey, counted: Counted) -> None:
        self.key, self.counted = key, counted
        self.truths: list[bool | None] = [None] * len(counted.watches)
        self.bins: list[int] = [-1] * len(counted.gauges)
        self.cells: list[Heads | Hands | None] = []


class Census:
    """Counts per group in one partition. `at` is the newest whole ten seconds that were told."""

    def __init__(self, books: Iterable[RuleBook]) -> None:
        self._counted = {book.model: found for book in books if (found := counted_of(book)) is not None}
        self._cells: dict[tuple[str, str], Heads | Hands] = {}
        self._spreads: dict[tuple[str, str], list[int]] = {}
        self._changed: set[tuple[str, str]] = set()
        self._whole = True
        self.at: Micros = 0

    @property
    def idle(self) -> bool:
        """No book asks anything about groups."""
        return not self._counted

    def counted(self, model: str) -> Counted | None:
        """What is counted about devices of `model`: the numbers of watches and gauges are places in it."""
        return self._counted.get(model)

    def enter(self, key: DeviceKey) -> Member | None:
        """A device was described or restored; None when nothing about its model is counted."""
        counted = self._counted.get(key.model)
        if counted is None:
            return None
        member = Member(key, counted)
        for watch in counted.watches:
            group = group_of(watch.by, key)
            cell = self._cell((group, watch.name), watch.voting) if group else None
            if cell is not None:
                cell.join(key.id)
            member.cells.append(cell)
        return member

    def leave(self, member: Member) -> None:
        """The device is described no more, or as something else."""
        for cell, truth in zip(member.cells, member.truths, strict=True):
            if cell is not None:
                cell.part(member.key.id, truth)
                self._changed.add(cell.place)
        for number, found in enumerate(member.bins):
            if found >= 0:
                self._spread(member, number)[found] -= 1

    def move(self, member: Member, key: DeviceKey) -> Member | None:
        """The device goes on as `key` (new firmware, another site, another model): the member it is from now on.

        Of the same model, it takes along what is known of it.
        """
        if key == member.key:
            return member
        self.leave(member)
        after = self.enter(key)
        if after is not None and key.model == member.key.model:
            for number, truth in enumerate(member.truths):
                self.watch(after, number, truth)
            for number, found in enumerate(member.bins):
                if found >= 0:
                    self._spread(after, number)[found] += 1
                    after.bins[number] = found
        return after

    def watch(self, member: Member, number: int, truth: bool | None) -> None:
        """The watched condition `number` of its book is `truth` on this device from now on."""
        old = member.truths[number]
        if truth is old:
            return
        member.truths[number] = truth
        cell = member.cells[number]
        if cell is not None:
            cell.put(member.key.id, old, truth)
            self._changed.add(cell.place)

    def level(self, member: Member, number: int, value: float | None) -> None:
        """The watched metric `number` of its book has this latest value on this device, None when it is not known."""
        new = -1 if value is None else member.counted.gauges[number].bin(value)
        old = member.bins[number]
        if new == old:
            return
        member.bins[number] = new
        spread = self._spread(member, number)
        if old >= 0:
            spread[old] -= 1
        if new >= 0:
            spread[new] += 1

    def due(self, now: Micros) -> list[Tally]:
        """What is to be told when the hub's clock shows `now`: one tally, or nothing before the next ten seconds.

        It is told even when nothing has changed: whoever puts the counts together waits for every partition.
        """
        at = now - now % ROUND
        if self.idle or at <= self.at:
            return []
        tally = self._tally(at)
        self.at, self._whole, self._changed = at, False, set()
        return [tally]

    def _tally(self, at: Micros) -> Tally:
        places = sorted({*self._cells, *self._spreads} if self._whole else self._changed)
        counts, votes, spreads = [], [], []
        for place in places:
            cell = self._cells.get(place)
            if isinstance(cell, Heads):
                counts.append(Count(*place, cell.members, cell.known, cell.true))
            elif isinstance(cell, Hands):
                votes.append(cell.vote())
            elif place in self._spreads:
                bins = {number: count for number, count in enumerate(self._spreads[place]) if count}
                spreads.append(Spread(*place, bins))
            if cell is not None and not cell.members:
                del self._cells[place]
        return Tally(at, 0, self._whole, tuple(counts), tuple(votes), tuple(spreads))

    def _cell(self, place: tuple[str, str], voting: bool) -> Heads | Hands:
        cell = self._cells.get(place)
        if cell is None:
            cell = self._cells[place] = Hands(place) if voting else Heads(place)
        self._changed.add(place)
        return cell

    def _spread(self, member: Member, number: int) -> list[int]:
        gauge = member.counted.gauges[number]
        place = group_of(FLEET, member.key), gauge.metric
        self._changed.add(place)
        return self._spreads.setdefault(place, [0] * BINS)
