"""Asks the rules of one device, parents first, and remembers the episodes of those that have one."""

from __future__ import annotations

from collections.abc import Mapping

from device_rules.compile import Truths
from device_rules.derived import Derived
from device_rules.episode import Episode, View
from device_rules.evidence import Telling, change_of
from device_rules.fault import FaultChange
from device_rules.hold import NEVER
from device_rules.memory import Memory
from device_rules.reading import Micros, Value
from device_rules.rule import Rule
from device_rules.truth import Sight
from device_rules.who import Who
from device_rules.windows.calendar import is_open, next_edge

FEW = 2  # rules that are asked one by one
MANY = 4  # from a quarter of the metrics on, one look at all rules is cheaper


class Asking:
    """The episodes of one device by the number of their rule; a rule at rest has none."""

    __slots__ = ("begun", "derived", "device", "episodes", "late", "memory", "told", "who")

    def __init__(self, device: str, who: Who, memory: Memory, derived: Derived) -> None:
        self.device, self.who, self.memory, self.derived = device, who, memory, derived
        self.episodes: dict[int, Episode] = {}
        self.begun = 0  # the numbers of the episodes, as a set
        self.late = False  # whether the last reading was late
        self.told: Micros = -1  # when it was effective

    def revive(self, number: int, episode: Episode) -> None:
        """Take up an episode where it was left."""
        self.episodes[number] = episode
        self.begun |= 1 << number

    def ask(
        self, asked: int, at: Micros, changes: list[FaultChange], brought: Mapping[str, Value] | None = None
    ) -> None:
        """Ask the rules in `asked` that may begin, and all that have begun, at `at`.

        `brought` are the metrics of a reading, when nothing else has changed.
        """
        values, book = self.memory.values, self.who.book
        if book.sources and (looked := book.plan.sources_of(asked | self.begun)):
            self.derived.refresh(looked, at)
        begun = todo = self.begun
        if asked & ~begun:
            todo |= asked if asked.bit_count() <= FEW else asked & self._true(brought)
        while todo:
            number = (todo & -todo).bit_length() - 1
            todo &= todo - 1
            truths = book.judges[number](values)
            if truths[0] or begun >> number & 1:
                view = self.view(book.rules[number], at, asked >> number & 1 == 1)
                self._ask(number, truths, view, changes)

    def _true(self, brought: Mapping[str, Value] | None) -> int:
        """The rules whose `when` is known to be true; of those that look at what was brought, if that is little."""
        book, values = self.who.book, self.memory.values
        if brought is None or len(brought) * MANY > len(book.metrics):
            return book.mask(values)
        found, masks = 0, book.plan.masks
        for name in brought:
            mask = masks.get(name)
            if mask is not None:
                found |= mask(values)
        return found

    def _ask(self, number: int, truths: Truths, view: View, changes: list[FaultChange]) -> None:
        book = self.who.book
        rule, episode = book.rules[number], self.episodes.get(number)
        if episode is None:
            episode = Episode()
        for step in episode.step(rule, truths, view):
            telling = Telling(self.device, book, rule, self.sight(view.at))
            changes.append(change_of(telling, step))
        if not episode.idle:
            self.episodes[number] = episode
            self.begun |= 1 << number
        elif self.begun >> number & 1:
            del self.episodes[number]
            self.begun ^= 1 << number

    def view(self, rule: Rule, at: Micros, asked: bool) -> View:
        """What a rule's episode must know besides truths."""
        seen = self.memory.seen
        silent = rule.silent_for is not None
        unproved = silent or not rule.rests_on_readings  # there are no observations to wait for
        return View(
            at,
            self.late and rule.rests_on_readings,
            (bool(rule.unless) or self.who.book.upkeep is not None) and self.held_back(rule),
            rule.schedule is not None and not is_open(rule.schedule, at, self.who.zone),
            at if unproved else self._proof(rule),
            seen[rule.silence_slot] if silent else None,
            asked,
        )

    def _proof(self, rule: Rule) -> Micros:
        """When the newest observation was made that tells whether the rule's condition still holds."""
        seen, recalled = self.memory.seen, self.memory.recalled
        if not rule.proof_slots:
            return self.told
        return max(0 if slot in recalled else seen[slot] for slot in rule.proof_slots)

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
        book, due = self.who.book, NEVER
        for number, episode in self.episodes.items():
            rule = book.rules[number]
            if (next_one := episode.due(rule)) < due:
                due = next_one
            if episode.waits_for == "hours" and rule.schedule is not None:
                due = min(due, next_edge(rule.schedule, at, self.who.zone))
        plan = book.plan
        looked = plan.sources_of(self.begun) if plan.sources else ()
        if looked or plan.sequences:
            due = min(due, self.derived.due(looked, at))
        return due

    def sight(self, at: Micros) -> Sight:
        """The values as they stand, for people to read; a silence is as old as the last sign of life."""
        memory, layout = self.memory, self.who.book.layout
        seen = list(memory.seen)
        for slot in layout.silence:
            seen[slot] = memory.heard
        for silence in self.who.book.plan.silences:
            if silence.base >= 0:
                seen[silence.slot] = memory.seen[silence.base]
        return Sight(memory.values, seen, at)
