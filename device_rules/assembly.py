"""Puts a book together: checks conditions, references and tests, and orders the rules, parents first.

Collects problems instead of stopping at the first. Used once per book, never while judging.
"""

from __future__ import annotations

import hashlib
from graphlib import CycleError, TopologicalSorter

from device_rules.doubts import doubts
from device_rules.forms import NOTHING, Forms
from device_rules.given import check_test
from device_rules.hold import span_of
from device_rules.limits import MOST_SLOTS, too_long, too_much
from device_rules.model import LEARNED, BookText, RuleText
from device_rules.rule import Group, Metric, Rule, Slot
from device_rules.scope import GroupProblem, group_of, schedule_of
from device_rules.source import Source
from device_rules.tree import All, Node, Not, Silent, leaves
from device_rules.vocabulary import PLAIN, Vocabulary, events_of
from device_rules.yaml_file import MOST_PROBLEMS, Document, Path, Problem, nearest


class Assembly:
    """One book being put together. `problems` is empty when it may be used."""

    def __init__(self, draft: BookText, document: Document) -> None:
        self.draft, self.document = draft, document
        self.problems: list[Problem] = []
        self.words = Vocabulary(draft, self.wrong)
        self.forms = Forms(self.words, self.wrong)
        self.numbers: dict[str, int] = {}
        self.shadows = {rule.id for rule in draft.rules if rule.shadow}
        self.ids = {rule.id for rule in draft.rules}
        self.of_groups = {rule.id for rule in draft.rules if rule.share_of is not None}

    @property
    def metrics(self) -> dict[str, Metric]:
        """The metrics by name."""
        return self.words.metrics

    @property
    def slots(self) -> list[Slot]:
        """The places of a device's values; complete once `rules` has run."""
        return self.words.slots

    def wrong(self, path: Path, what: str) -> None:
        """Note a problem at `path`."""
        self.problems.append(self.document.problem(path, what))

    def rules(self) -> tuple[Rule, ...]:
        """All rules, parents before those they inhibit."""
        if what := too_long(self.draft):
            self.wrong(("rules",), what)
            return ()
        made: list[Rule] = []
        for number, text in enumerate(self.draft.rules):
            if self.numbers.setdefault(text.id, number) != number:
                self.wrong(
                    ("rules", number, "id"), f"there is another rule `{text.id}`; ids are unique in a book"
                )
            made.append(self._rule(("rules", number), text))
            if len(self.problems) > MOST_PROBLEMS or len(self.slots) > MOST_SLOTS:
                break
        if what := too_much(self.words.sources, len(self.slots)):
            self.wrong(("rules",), what)
        return self._parents_first(made) if len(made) == len(self.draft.rules) else ()

    def maintenance(self) -> Node | None:
        """The condition under which devices are being worked on."""
        written = self.draft.maintenance
        return self.forms.condition(("maintenance",), written, PLAIN) if written else None

    def _rule(self, path: Path, text: RuleText) -> Rule:
        self._references(path, text)
        conditions = self._conditions(path, text)
        when = conditions[0]
        rests = sorted(self.words.rests_on(when))
        silence = next((leaf for leaf in leaves(when) if isinstance(leaf, Silent)), None)
        rule = Rule(
            id=text.id,
            title=text.title,
            severity=text.severity,
            conditions=conditions,
            need=span_of(text.for_, text.needs.coverage),
            calm=span_of(text.calm_for, text.needs.coverage),
            levels=tuple(level.severity for level in text.levels),
            unless=self._unless(text),
            silent_for=silence.span if silence else None,
            silence_slot=silence.slot if silence else -1,
            proof_slots=tuple(slot for slot in rests if self.slots[slot].gap > 0),
            rests_on_readings=any(self.slots[slot].sort == "metric" for slot in rests),
            packet=tuple(text.packet),
            play=text.play,
            shadow=text.shadow,
            fingerprint=self._fingerprint(text, conditions),
            tests=tuple(text.tests),
            schedule=schedule_of(text.schedule),
            heeds_maintenance=text.maintenance is None,
            group=self._group(path, text),
            learned=text.silent_for == LEARNED,
            looks=frozenset(slot for node in conditions for slot, _ in self.words.looks(node)),
            events=self._events(conditions),
        )
        if when is not NOTHING:
            for inner, what in doubts(rule, text, self.words):
                self.wrong((*path, *inner), what)
        return rule

    def _events(self, conditions: tuple[Node, ...]) -> frozenset[str]:
        sources = [source for node in conditions for _, source in self.words.looks(node) if source]
        return frozenset(match.name for source in sources for match in events_of(source))

    def _group(self, path: Path, text: RuleText) -> Group | None:
        try:
            return group_of(text)
        except GroupProblem as problem:
            self.wrong((*path, problem.key), str(problem))
            return None

    def _conditions(self, path: Path, text: RuleText) -> tuple[Node, ...]:
        written = None
        if text.clear is not None:
            written = self.forms.condition((*path, "clear"), text.clear, text.needs)
        when = self.forms.when(path, text, written)
        against: Node = Not(f"not ({when.text})", when)
        clear = All(f"{written.text} and not ({when.text})", (written, against)) if written else against
        levels = [
            self.forms.condition((*path, "levels", number, "when"), level.when, text.needs)
            for number, level in enumerate(text.levels)
        ]
        return (when, clear, *levels)

    def _unless(self, text: RuleText) -> tuple[str, ...]:
        """A shadow rule is only counted: it must not hold back one that customers rely on."""
        return tuple(
            parent
            for parent in text.unless
            if parent != text.id and (text.shadow or parent not in self.shadows)
        )

    def _parents(self, path: Path, text: RuleText) -> None:
        for number, parent in enumerate(text.unless):
            if parent == text.id:
                self.wrong((*path, "unless", number), f"`{parent}` cannot hold itself back; leave it out")
            elif parent not in self.ids:
                others = self.ids - {text.id}
                self.wrong(
                    (*path, "unless", number), f"no other rule is called `{parent}`.{nearest(parent, others)}"
                )
            elif (parent in self.of_groups) is not (text.share_of is not None):
                what = f"one of `{parent}` and `{text.id}` speaks of a group (`share_of`), the other of a device; "
                self.wrong((*path, "unless", number), f"{what}neither can hold the other back")

    def _references(self, path: Path, text: RuleText) -> None:
        self._parents(path, text)
        for number, name in enumerate(text.packet):
            if name not in self.metrics:
                self.wrong(
                    (*path, "packet", number), f"unknown metric `{name}`.{nearest(name, self.metrics)}"
                )
        self._severities(path, text)
        for number, test in enumerate(text.tests):
            for inner, what in check_test(test, self.words):
                self.wrong((*path, "tests", number, *inner), what)

    def _severities(self, path: Path, text: RuleText) -> None:
        """Each level is worse than the rule, and no two are as bad as one another."""
        seen: set[str] = set()
        for number, level in enumerate(text.levels):
            what = f"two levels are {level.severity}; join their conditions with `or`"
            if level.severity.rank <= text.severity.rank:
                what = f"a level must be worse than the rule itself ({text.severity}); found {level.severity}"
            if level.severity in seen or level.severity.rank <= text.severity.rank:
                self.wrong((*path, "levels", number, "severity"), what)
            seen.add(level.severity)

    def _fingerprint(self, text: RuleText, conditions: tuple[Node, ...]) -> str:
        """What the judging of this rule depends on; equal fingerprints keep all state over a reload."""
        seen = {(slot, source) for node in conditions for slot, source in self.words.looks(node)}
        used = sorted({self.slots[slot].name for slot, _ in seen})
        meanings = [repr(self.metrics.get(name, name)) for name in used]
        meanings += sorted({_meaning(source) for _, source in seen if source})
        parts = [text.severity, *(node.text for node in conditions), text.for_, text.calm_for, text.unless]
        parts += [text.needs, text.levels, text.silent_for, text.shadow, self.draft.expect_every, *meanings]
        parts += [text.schedule, text.maintenance, text.share_of, text.fraction, text.at_least]
        return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()

    def _parents_first(self, rules: list[Rule]) -> tuple[Rule, ...]:
        """As in the book, but that nobody comes before whom it waits for."""
        order = TopologicalSorter({rule.id: rule.unless for rule in rules})
        made, ordered = {rule.id: rule for rule in rules}, []
        try:
            order.prepare()
        except CycleError as circle:
            names = ", ".join(f"`{rule_id}`" for rule_id in sorted(set(circle.args[1])))
            self.wrong(("rules",), f"{names} inhibit one another in a circle; take one `unless` out")
            return tuple(rules)
        while order.is_active():
            free = order.get_ready()
            ordered += sorted((rule_id for rule_id in free if rule_id in made), key=self.numbers.__getitem__)
            order.done(*free)
        return tuple(made[rule_id] for rule_id in ordered)


def _meaning(source: Source) -> str:
    """A derived value without the places in which this book happens to keep things."""
    return repr((source.text, source.form, source.expected, source.needed, source.counter, source.argument))
