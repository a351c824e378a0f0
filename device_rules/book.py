"""A rule book that has been read, checked and compiled: what the engine judges by.

`RuleBook.parse` collects everything that is wrong, each with file, line, path and remedy. A book is a
constant: nothing in it changes while devices are judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from device_rules.assembly import Assembly
from device_rules.compile import Judge, Mask, compile_judge, compile_mask
from device_rules.draft import read_draft
from device_rules.intake import Entry, Take, compile_take, doors
from device_rules.layout import Layout, layout_of
from device_rules.meanings import described
from device_rules.model import AttributeText, BookText
from device_rules.plan import Plan, plan_of
from device_rules.reading import MINUTE, Micros
from device_rules.rule import Metric, Rule, Slot
from device_rules.source import Source
from device_rules.tree import Node
from device_rules.yaml_file import BookError


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class RuleBook:
    """All rules of one model. `rules` stand in the order in which they are judged: parents first."""

    name: str
    model: str
    version: int
    expect_every: Micros
    metrics: Mapping[str, Metric]
    attributes: Mapping[str, AttributeText]
    rules: tuple[Rule, ...]
    slots: tuple[Slot, ...]
    mask: Mask
    judges: tuple[Judge, ...]
    doors: Mapping[str, Entry]
    take: Take
    layout: Layout
    plan: Plan
    upkeep: Judge | None
    sources: tuple[Source, ...] = ()
    maintenance: Node | None = None
    reorder: Micros = 0
    late_limit: Micros = 5 * MINUTE

    @classmethod
    def parse(cls, text: str, name: str = "book.yaml") -> RuleBook:
        """Read, check and compile a book. Raises BookError with everything that is wrong in it."""
        draft, document = read_draft(text, name)
        parts = Assembly(draft, document)
        rules, maintenance = parts.rules(), parts.maintenance()
        if parts.problems:
            raise BookError(parts.problems)
        width = len(parts.slots)
        entries = doors(parts.metrics.values(), tuple(parts.slots))
        plan = plan_of(rules, parts.slots, parts.words.sources)
        return cls(
            name=name,
            model=draft.model,
            version=draft.version,
            expect_every=draft.expect_every,
            metrics=parts.metrics,
            attributes=draft.attributes,
            rules=rules,
            slots=tuple(parts.slots),
            doors=entries,
            take=compile_take(entries),
            layout=layout_of(parts.slots, rules, plan, 3 * draft.expect_every),
            plan=plan,
            upkeep=compile_judge([maintenance], width) if maintenance is not None else None,
            mask=compile_mask([rule.when for rule in rules], width),
            judges=tuple(compile_judge(rule.conditions, width) for rule in rules),
            sources=parts.words.sources,
            maintenance=maintenance,
            reorder=draft.reorder,
            late_limit=draft.late_limit,
        )

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """The JSON Schema of a book, for editors; every key says what it means."""
        return described(BookText.model_json_schema(by_alias=True))

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id, if the book has it."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
