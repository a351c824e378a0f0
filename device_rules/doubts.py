"""What is wrong with a rule although every word of it is right: it would never begin, or too easily."""

from __future__ import annotations

from collections.abc import Iterator

from device_rules.forms import FORMS
from device_rules.model import RuleText
from device_rules.rule import Rule
from device_rules.tree import All, AnyOf, Node, Not, leaves
from device_rules.vocabulary import Vocabulary, conditions_of
from device_rules.weighing import weighed
from device_rules.yaml_file import Path

ARRIVING = frozenset(["metric", "presence", "silence"])


def doubts(rule: Rule, text: RuleText, words: Vocabulary) -> Iterator[tuple[Path, str]]:
    """Each doubt with its path inside the rule."""
    at: Path = tuple(form for form in FORMS if getattr(text, form) is not None)
    sorts = {words.slots[slot].sort for slot, _ in words.looks(rule.when)}
    if not sorts & ARRIVING and not rule.events:
        yield (
            at,
            (
                f"`{rule.when.text}` looks at nothing that arrives from a device, so it would never begin; add a metric"
            ),
        )
    if not rule.shadow and _leans_on_unusual(rule.when, words):
        yield (
            at,
            (
                "`unusual` alone is too often wrong to contact anybody: add `and` with a condition that does not use it, "
                "or let the rule run on trial with `shadow: true`"
            ),
        )
    if rule.schedule and rule.schedule.start == rule.schedule.end:
        yield ("schedule",), "`from` and `to` are the same; leave both out for the whole day"
    yield from weighed(rule, text)


def _leans_on_unusual(node: Node, words: Vocabulary, wanted: bool = True) -> bool:
    """Whether `unusual` by itself could make `node` what is `wanted`."""
    if not _uses_unusual(node, words):
        return False
    match node:
        case Not():
            return _leans_on_unusual(node.part, words, not wanted)
        case All() | AnyOf():
            lean = [_leans_on_unusual(part, words, wanted) for part in node.parts]
            return all(lean) if isinstance(node, All) is wanted else any(lean)
    sources = [words.source(leaf.slot) for leaf in leaves(node)]
    inner = [part for source in sources if source for part in conditions_of(source)]
    return all(_leans_on_unusual(part, words) for part in inner)


def _uses_unusual(node: Node, words: Vocabulary) -> bool:
    return any(source is not None and source.form == "unusual" for _, source in words.looks(node))
