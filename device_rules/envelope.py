"""The limits within which the numbers of a healthy device lie, and what needs to be asked besides."""

from __future__ import annotations

from dataclasses import dataclass, field

from device_rules.compile import OPPOSITE
from device_rules.tree import AnyOf, Compare, Const, Node, Ref

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass
class Envelope:
    """What every number of a whole reading is held against, and the conditions that need more than that."""

    metrics: frozenset[int]
    limits: dict[int, list[tuple[str, float]]] = field(default_factory=dict)
    asked: list[Node] = field(default_factory=list)

    def add(self, node: Node) -> None:
        """A condition that must not be known to be true."""
        if isinstance(node, AnyOf):
            for part in node.parts:
                self.add(part)
            return
        limit = limit_of(node)
        if limit is None or limit[0] not in self.metrics:
            self.asked.append(node)
        else:
            slot, op, value = limit
            self.limits.setdefault(slot, []).append((op, value))


def limit_of(node: Node) -> tuple[int, str, float] | None:
    """A comparison of a metric with a number, turned into what must hold for it to be false."""
    if not isinstance(node, Compare) or node.op not in MIRRORED:
        return None
    left, op, right = node.left, node.op, node.right
    if isinstance(left, Const):
        left, op, right = right, MIRRORED[op], left
    if isinstance(left, Ref) and isinstance(right, Const) and isinstance(right.value, float):
        return left.slot, OPPOSITE[op], right.value
    return None
