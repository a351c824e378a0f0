"""Asks the rules of one device, parents first, and remembers the episodes of those that have one."""

from __future__ import annotations

from device_rules.derived import Derived
from device_rules.episode import Episode, View
from device_rules.evidence import Telling, change_of
from device_rules.fault import FaultChange
from device_rules.hold import NEVER
from device_rules.memory import Memory
from device_rules.reading import Micros
from device_rules.rule import Rule
from device_rules.truth import Sight
from device_rules.who import Who
from device_rules.windows.calendar import is_open, next_edge


class Asking:
    """The episodes of one device by the number of their rule; a rule at rest has none."""

    __slots__ = ("derived", "device", "episodes", "memory", "who")

    def __init__(self, device: str, who: Who, memory: Memory, derived: Derived) -> None:
        self.device, self.who, self.memory, self.derived = device, who, memory, derived
        self.episodes: dict[int, Episode] = {}

    def ask(self, asked: int, at: Micros, late: bool, told: Micros, changes: list[FaultChange]) -> None:
        """Ask the rules in `asked` that may begin, and all that have begun, at `at`.

        `late` says whether the last reading was late, `told` is when it was effective.
        """
        values, book = self.memory.values, self.who.book
        begun = 0
        for number in self.episodes:
            begun |= 1 << number
        if book.sources:
            self.derived.refresh(book.plan.sources_of(asked | begun), at)
        todo = begun | (asked & book.mask(values) if asked & ~begun else 0)
        while todo:
            number = (todo & -todo).bit_length() - 1
            todo &= todo - 1
            self._ask(number, self.view(book.rules[number], at, late, told), changes)

    def _ask(self, number: int, view: View, changes: list[FaultChange]) -> None:
        book = self.who.book
        rule = book.rules[number]
        episode = self.episodes.get(number) or Episode()
        for step in episode.step(rule, book.judges[number](self.memory.values), view):
            telling = Telling(self.device, book, rule, self.sight(view.at))
            changes.append(change_of(telling, step))
        if episode.idle:
            self.episodes.pop(number, None)
        else:
            self.episodes[number] = episode

    def view(self, rule: Rule, at: Micros, late: bool, told: Micros) -> View:
        """What a rule's episode must know besides truths."""
        seen = self.memory.seen
        silent = rule.silent_for is not None
        return View(
            at=at,
            late=late and rule.rests_on_readings,
            inhibited=self.held_back(rule),
            closed=rule.schedule is not None and not is_open(rule.schedule, at, self.who.zone),
            proof=at if silent else max((seen[slot] for slot in rule.proof_slots), default=told),
            since=seen[rule.silence_slot] if silent else None,
        )

    def held_back(self, rule: Rule) -> bool:
        """Whether a parent is raised, or the device is being worked on."""
        if rule.unless and self.inhibitors(rule):
            return True
        upkeep = self.who.book.upkeep
        return upkeep is not None and rule.heeds_maintenance and upkeep(self.memory.values)[0] is True

    def inhibitors(self, rule: Rule) -> list[str]:
        """The parents of `rule` that are raised."""
        numbers = self.who.book.layout.numbers
        found = ((parent, self.episodes.get(numbers[parent])) for parent in rule.unless)
        return [parent for parent, episode in found if episode is not None and episode.fault is not None]

    def due(self, at: Micros) -> Micros:
        """The next moment of own time at which time alone changes something for a rule that has begun."""
        due, rules = NEVER, 0
        for number, episode in self.episodes.items():
            rule = self.who.book.rules[number]
            due = min(due, episode.due(rule))
            if episode.waits_for == "hours" and rule.schedule is not None:
                due = min(due, next_edge(rule.schedule, at, self.who.zone))
            rules |= 1 << number
        if self.who.book.sources:
            due = min(due, self.derived.due(self.who.book.plan.sources_of(rules), at))
        return due

    def sight(self, at: Micros) -> Sight:
        """The values as they stand, for people to read; a silence is as old as the last sign of life."""
        memory, layout = self.memory, self.who.book.layout
        seen = list(memory.seen)
        for slot in layout.silence:
            seen[slot] = memory.heard
        return Sight(memory.values, seen, at)
