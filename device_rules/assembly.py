"""Puts a book together: checks conditions, references and tests, and orders the rules, parents first.

Collects problems instead of stopping at the first. Used once per book, never while judging.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from device_rules.comparison import Wrong
from device_rules.durations import spell_span
from device_rules.hold import span_of
from device_rules.language import parse_condition
from device_rules.model import BookText, RuleText
from device_rules.rule import FOREVER, Metric, Rule, Slot
from device_rules.series import check_test
from device_rules.source import EventMatch, Source
from device_rules.tree import All, Const, Kind, Node, Not, Silent, leaves
from device_rules.vocabulary import Vocabulary
from device_rules.yaml_file import Document, Path, Problem, nearest

NOTHING = Const("nothing", Kind.BOOL, False)
"""Stands in for a condition that could not be read, so that the rest of the book is still checked."""
UNTOLD = frozenset(["missing", "fleet", "any", "all"])
"""What these tell does not come with the device's own readings."""


class Assembly:
    """One book being put together. `problems` is empty when it may be used."""

    def __init__(self, draft: BookText, document: Document) -> None:
        self.draft, self.document = draft, document
        self.problems: list[Problem] = []
        self.words = Vocabulary(draft, self.wrong)

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
        made = [self._rule(("rules", number), text) for number, text in enumerate(self.draft.rules)]
        ids: set[str] = set()
        for number, text in enumerate(self.draft.rules):
            if text.id in ids:
                self.wrong(
                    ("rules", number, "id"), f"there is another rule `{text.id}`; ids are unique in a book"
                )
            ids.add(text.id)
        return self._parents_first(made)

    def _rule(self, path: Path, text: RuleText) -> Rule:
        self._references(path, text)
        conditions = self._conditions(path, text)
        told = self._told(conditions[0])
        proof = tuple(slot for slot in told if self.slots[slot].gap > 0)
        silence = next((leaf.slot for leaf in leaves(conditions[0]) if isinstance(leaf, Silent)), -1)
        return Rule(
            id=text.id,
            title=text.title,
            severity=text.severity,
            conditions=conditions,
            need=span_of(text.for_, text.needs.coverage),
            calm=span_of(text.calm_for, text.needs.coverage),
            levels=tuple(level.severity for level in text.levels),
            unless=self._unless(text),
            silent_for=text.silent_for,
            silence_slot=silence,
            proof_slots=proof,
            rests_on_readings=any(self.slots[slot].sort == "metric" for slot in told),
            packet=tuple(text.packet),
            play=text.play,
            shadow=text.shadow,
            fingerprint=self._fingerprint(text, conditions),
            tests=tuple(text.tests),
            looks=frozenset(slot for node in conditions for slot, _ in self.words.looks(node)),
            events=frozenset(name for node in conditions for name in self._events(node)),
        )

    def _told(self, node: Node) -> list[int]:
        """The slots whose readings `node` rests on; that something is missing rests on none."""
        looks = self.words.looks(node)
        return sorted({slot for slot, through in looks if through is None or through.form not in UNTOLD})

    def _events(self, node: Node) -> Iterator[str]:
        for _, source in self.words.looks(node):
            matches = [source.event, *(step.watched for step in source.steps)] if source else []
            yield from (match.name for match in matches if isinstance(match, EventMatch))

    def _conditions(self, path: Path, text: RuleText) -> tuple[Node, ...]:
        when = self._when(path, text)
        against = Not(f"not ({when.text})", when)
        clear: Node = against
        if text.clear is not None:
            written = self._condition((*path, "clear"), text.clear, text)
            clear = All(f"{written.text} and not ({when.text})", (written, against))
        levels = [
            self._condition((*path, "levels", number, "when"), level.when, text)
            for number, level in enumerate(text.levels)
        ]
        return (when, clear, *levels)

    def _when(self, path: Path, text: RuleText) -> Node:
        if (text.when is None) == (text.silent_for is None):
            self.wrong(path, f"rule `{text.id}` needs either `when:` or `silent_for:`, and not both")
            return NOTHING
        if text.silent_for is None:
            return self._condition((*path, "when"), text.when or "", text)
        if text.for_:
            self.wrong((*path, "for"), "`silent_for` already says how long; leave `for` out")
        if text.silent_for < self.draft.expect_every:
            every = spell_span(self.draft.expect_every)
            self.wrong(
                (*path, "silent_for"), f"shorter than `expect_every` ({every}): every device would be silent"
            )
        slot = self.words.slot(Slot(text.id, "silence", FOREVER))
        return Silent(f"silent for {spell_span(text.silent_for)}", slot, text.silent_for)

    def _condition(self, path: Path, written: str, rule: RuleText) -> Node:
        try:
            node = parse_condition(written, self.words.names(rule.needs))
        except Wrong as wrong:
            self.wrong(path, str(wrong))
            return NOTHING
        if not leaves(node):
            self.wrong(path, f"`{node.text}` looks at no metric and never changes")
        return node

    def _unless(self, text: RuleText) -> tuple[str, ...]:
        """A shadow rule is only counted: it must not hold back one that customers rely on."""
        shadows = {rule.id for rule in self.draft.rules if rule.shadow}
        return tuple(parent for parent in text.unless if text.shadow or parent not in shadows)

    def _references(self, path: Path, text: RuleText) -> None:
        ids = {rule.id for rule in self.draft.rules} - {text.id}
        for number, parent in enumerate(text.unless):
            if parent not in ids:
                self.wrong(
                    (*path, "unless", number), f"no other rule is called `{parent}`.{nearest(parent, ids)}"
                )
        for number, name in enumerate(text.packet):
            if name not in self.metrics:
                self.wrong(
                    (*path, "packet", number), f"unknown metric `{name}`.{nearest(name, self.metrics)}"
                )
        for number, level in enumerate(text.levels):
            if level.severity.rank <= text.severity.rank:
                what = f"a level must be worse than the rule itself ({text.severity}); found {level.severity}"
                self.wrong((*path, "levels", number, "severity"), what)
        for number, test in enumerate(text.tests):
            for inner, what in check_test(test, self.words):
                self.wrong((*path, "tests", number, *inner), what)

    def _fingerprint(self, text: RuleText, conditions: tuple[Node, ...]) -> str:
        """What the judging of this rule depends on; equal fingerprints keep all state over a reload."""
        seen = {(slot, source) for node in conditions for slot, source in self.words.looks(node)}
        used = sorted({self.slots[slot].name for slot, _ in seen})
        meanings = [repr(self.metrics.get(name, name)) for name in used]
        meanings += sorted({_meaning(source) for _, source in seen if source})
        parts = [text.severity, *(node.text for node in conditions), text.for_, text.calm_for, text.unless]
        parts += [text.needs, text.levels, text.silent_for, text.shadow, self.draft.expect_every, *meanings]
        return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()

    def _parents_first(self, rules: list[Rule]) -> tuple[Rule, ...]:
        waiting = {rule.id: rule for rule in rules}
        ordered: list[Rule] = []
        while waiting:
            free = [rule for rule in waiting.values() if not set(rule.unless) & waiting.keys()]
            if not free:
                circle = ", ".join(f"`{rule_id}`" for rule_id in waiting)
                self.wrong(("rules",), f"{circle} inhibit one another in a circle; take one `unless` out")
                return tuple(rules)
            ordered.extend(waiting.pop(rule.id) for rule in free)
        return tuple(ordered)


def _meaning(source: Source) -> str:
    """A derived value without the places in which this book happens to keep things."""
    return repr((source.text, source.form, source.expected, source.needed, source.counter, source.argument))
