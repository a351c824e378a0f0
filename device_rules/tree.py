"""The typed tree of a checked condition. Nodes are plain values: `language.py` makes them, `truth.py`
interprets them, `compile.py` turns them into Python. Every node keeps the text it was written as.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from device_rules.reading import Micros, Value


class Kind(StrEnum):
    """What a value is: two kinds never compare."""

    NUMBER = "number"
    TEXT = "text"
    BOOL = "truth"


@dataclass(frozen=True, slots=True)
class Const:
    """A value written into the book."""

    text: str
    kind: Kind
    value: Value


@dataclass(frozen=True, slots=True)
class Ref:
    """A metric, an attribute (`attr.name`) or `presence`: the place of its value among the device's values.

    An attribute is not `measured`: nobody observes it, it is just so.
    """

    text: str
    kind: Kind
    slot: int
    unit: str = ""
    values: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    measured: bool = True


@dataclass(frozen=True, slots=True)
class Arith:
    """`left + right` and its kin. Division by zero is unknown."""

    text: str
    op: str
    left: Node
    right: Node
    unit: str = ""
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`; a chain is `All` of its links."""

    text: str
    op: str
    left: Node
    right: Node
    kind: Kind = Kind.BOOL


@dataclass(frozen=True, slots=True)
class Member:
    """`item in (…)`, or `not in` when `inside` is false."""

    text: str
    item: Node
    options: tuple[Value, ...]
    inside: bool
    kind: Kind = Kind.BOOL


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    text: str
    parts: tuple[Node, ...]
    kind: Kind = Kind.BOOL


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    text: str
    parts: tuple[Node, ...]
    kind: Kind = Kind.BOOL


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    text: str
    part: Node
    kind: Kind = Kind.BOOL


@dataclass(frozen=True, slots=True)
class Choice:
    """`yes if condition else no`; unknown while the condition is."""

    text: str
    condition: Node
    yes: Node
    no: Node
    kind: Kind
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Abs:
    """The distance of a number from zero."""

    text: str
    part: Node
    unit: str = ""
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing live was heard for `span` µs while the hub was listening. Its slot holds the answer."""

    text: str
    slot: int
    span: Micros
    kind: Kind = Kind.BOOL


Node: TypeAlias = Const | Ref | Arith | Compare | Member | All | AnyOf | Not | Choice | Abs | Silent

Leafwise: TypeAlias = Ref | Silent


def leaves(node: Node) -> list[Leafwise]:
    """Every value the tree looks at, from left to right, repeats included."""
    match node:
        case Ref() | Silent():
            return [node]
        case Const():
            return []
        case Arith() | Compare():
            below: tuple[Node, ...] = (node.left, node.right)
        case Member():
            below = (node.item,)
        case All() | AnyOf():
            below = node.parts
        case Not() | Abs():
            below = (node.part,)
        case Choice():
            below = (node.condition, node.yes, node.no)
    return [leaf for part in below for leaf in leaves(part)]
