"""What one device adds to the counts of its groups: asked by its ward whenever something about it may have changed."""

from __future__ import annotations

from device_rules.derived import Derived
from device_rules.groups_census import Census, Member
from device_rules.memory import Memory
from device_rules.reading import Micros


class Ballot:
    """Of a device whose book asks about groups; the others have none."""

    __slots__ = ("census", "member")

    def __init__(self, census: Census, member: Member) -> None:
        self.census, self.member = census, member

    def count(self, memory: Memory, derived: Derived, at: Micros) -> Micros:
        """Tell what is true at `at` (own time); answers when time alone may change that."""
        sources = self.member.counted.sources
        if sources:
            derived.refresh(sources, at)
        self.tell(memory)
        return derived.due(sources, at)

    def tell(self, memory: Memory) -> None:
        """Tell the census what the values as they stand are worth. Of a device never heard nothing is known."""
        if not memory.heard:
            return
        values, member, counted = memory.values, self.member, self.member.counted
        upkeep = memory.book.upkeep
        away = upkeep is not None and upkeep(values)[0] is True
        for number, truth in enumerate(counted.judge(values)):
            said = None if away and counted.watches[number].rests else truth
            if said is not member.truths[number]:
                self.census.watch(member, number, said)
        for number, gauge in enumerate(counted.gauges):
            value = values[gauge.slot]
            self.census.level(member, number, value if isinstance(value, float) else None)
