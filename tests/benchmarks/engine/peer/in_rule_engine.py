"""rule-engine: rules compiled once, each by itself or as one list."""

from __future__ import annotations

import rule_engine
from spelling import each, spell

PACKAGE = "rule-engine"


def ways(predicates: list) -> dict:
    """Every fair way of using it. A typed context costs more here than none, so there is none."""
    words = [spell(tests, " and ") for tests in predicates]
    rules = [rule_engine.Rule(one) for one in words]
    folded = rule_engine.Rule(f"[{', '.join(words)}]")
    return {
        "apart: ten rules": (each, lambda it: [one.matches(it) for one in rules]),
        "folded: one rule that is a list": (each, folded.evaluate),
    }
