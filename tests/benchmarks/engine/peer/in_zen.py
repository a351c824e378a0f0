"""zen-engine: expressions compiled once, each by itself or as one list; or a decision table."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import zen
from spelling import each, encoded, spell

PACKAGE = "zen-engine"


def ways(predicates: list) -> dict:
    """Every fair way of using it."""
    words = [spell(tests, " and ") for tests in predicates]
    programs = [zen.compile_expression(one) for one in words]
    folded = zen.compile_expression(f"[{', '.join(words)}]")
    rows = [{"_id": f"r{n}", "i": one, "o": str(n)} for n, one in enumerate(words)]

    def apart(message: Any) -> list:
        return [one.evaluate(message) for one in programs]

    return {
        "apart: ten compiled expressions": (each, apart),
        "apart: ten compiled expressions, JSON bytes": (encoded, apart),
        "apart: a decision table of ten rows": (each, table(rows)),
        "folded: one compiled list": (each, folded.evaluate),
        "folded: one compiled list, JSON bytes": (encoded, folded.evaluate),
    }


def table(rows: list) -> Callable[[dict], list]:
    """A decision table that collects the rows that hit; every cell is an expression of its own."""
    content = {
        "hitPolicy": "collect",
        "inputs": [{"id": "i", "name": "any"}],
        "outputs": [{"id": "o", "name": "hit", "field": "hit"}],
        "rules": rows,
    }
    nodes = [
        {"id": "a", "type": "inputNode", "name": "in"},
        {"id": "b", "type": "decisionTableNode", "name": "table", "content": content},
        {"id": "c", "type": "outputNode", "name": "out"},
    ]
    edges = [{"id": "1", "sourceId": "a", "targetId": "b"}, {"id": "2", "sourceId": "b", "targetId": "c"}]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def answer(message: dict) -> list:
        hit = {one["hit"] for one in decision.evaluate(message)["result"]}
        return [number in hit for number in range(len(rows))]

    return answer
