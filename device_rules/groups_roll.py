"""The roll of one engine: which of its devices are counted for groups, and what these are told in return.

It belongs to the engine, which tells it of every device that comes, changes or goes. Only devices of books that ask
about groups are here; for all others every call answers at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from device_rules.book import RuleBook
from device_rules.device import Device
from device_rules.fault import FaultChange
from device_rules.groups import DeviceKey, parts_of
from device_rules.groups_ballot import Ballot
from device_rules.groups_census import Census
from device_rules.groups_standing import Standings, others
from device_rules.reading import Micros, Standing, Tally, Vote
from device_rules.source import Source
from device_rules.ward import Ward


class Roll:
    """Who is counted. `standings` is what the partition was told about the fleets."""

    def __init__(self, books: Iterable[RuleBook]) -> None:
        kept = tuple(books)
        self.census = Census(kept)
        self.standings = Standings()
        self._told = {
            book.model: tuple(source for source in book.sources if source.form in {"fleet", "any", "all"})
            for book in kept
        }
        self._devices: dict[str, dict[str, Device]] = {}
        self._homes: dict[tuple[str, str], dict[str, Device]] = {}
        self._tallies: list[Tally] = []

    def enroll(self, device: Device) -> None:
        """The device was described, described anew, or restored."""
        ward, who = device.ward, device.who
        if ward is None or self.census.counted(who.book.model) is None:
            return
        key = DeviceKey(who.book.model, device.id, who.site, who.firmware, who.region)
        before = ward.ballot.member if ward.ballot else None
        member = self.census.enter(key) if before is None else self.census.move(before, key)
        assert member is not None
        ward.ballot = Ballot(self.census, member)
        if before is not None and before.key.site != key.site:
            self._leave_home(before.key)
            self._forget_others(ward)
        self._devices.setdefault(key.model, {})[device.id] = device
        if key.site:
            self._homes.setdefault((key.model, key.site), {})[device.id] = device
        for source in self._told[key.model]:
            if source.form == "fleet":
                self._tell(ward, source)
        ward.ballot.tell(ward.memory)
        ward.due = min(ward.due, ward.derived.due(member.counted.sources, ward.effective))

    def strike(self, device: Device) -> None:
        """The device is no longer of this model."""
        ballot = device.ward.ballot if device.ward else None
        if ballot is not None:
            self.census.leave(ballot.member)
            self._leave_home(ballot.member.key)
            del self._devices[ballot.member.key.model][device.id]

    def tick(self, now: Micros) -> None:
        """Time has passed, and everything due by `now` is done."""
        told = self.census.due(now)
        if told:
            self._tallies += told
            self.standings.counted, self.standings.changed = self.census.at, True

    def thaw(self, blob: bytes) -> bool:
        """Take back what `standings` froze, before any device is restored."""
        known = self.standings.thaw(blob)
        self.census.at = self.standings.counted
        return known

    def tallies(self) -> list[Tally]:
        """What was counted since the last call."""
        told, self._tallies = self._tallies, []
        return told

    def hear(self, standing: Standing) -> list[tuple[Device, list[FaultChange]]]:
        """Take what all partitions have counted; answers the devices that were judged by it. What is old changes nothing."""
        if not self.standings.take(standing):
            return []
        for source in self._told.get(standing.model, ()):
            if source.text in standing.fleet:
                for device in self._devices.get(standing.model, {}).values():
                    if device.ward is not None:
                        self._tell(device.ward, source)
        judged = []
        for vote in standing.votes:
            judged += self._hear_vote(standing, vote)
        return judged

    def _hear_vote(self, standing: Standing, vote: Vote) -> list[tuple[Device, list[FaultChange]]]:
        found = [source for source in self._told.get(standing.model, ()) if source.text == vote.watch]
        here = self._homes.get((standing.model, parts_of(vote.group).site), {}) if found else {}
        judged = []
        for device in here.values():
            ward, source = device.ward, found[0]
            answer = others(vote, "any" if source.form == "any" else "all", device.id)
            if ward is not None and ward.memory.values[source.slot] is not answer:
                device.touch()
                judged.append((device, _answered(ward, source, answer, standing.at)))
        return judged

    def _tell(self, ward: Ward, source: Source) -> None:
        """The percentile counts from the device's next record on: it is no record of the device itself."""
        ward.memory.values[source.slot] = self.standings.fleet(ward.who.book.model, source.text)

    def _forget_others(self, ward: Ward) -> None:
        for source in self._told[ward.who.book.model]:
            if source.form != "fleet":
                ward.memory.values[source.slot] = None

    def _leave_home(self, key: DeviceKey) -> None:
        home = self._homes.get((key.model, key.site), {})
        home.pop(key.id, None)
        if not home:
            self._homes.pop((key.model, key.site), None)


def _answered(ward: Ward, source: Source, answer: bool | None, hub: Micros) -> list[FaultChange]:
    """The others at the site say something else than before."""
    at = max(ward.own(hub), ward.effective)
    changes = ward.advance(at)
    ward.memory.values[source.slot], ward.memory.seen[source.slot] = answer, at
    asked = ward.who.book.plan.by_slot.get(source.slot, 0)
    return ward.judge(at, asked, changes) if ward.ears.heard else changes
