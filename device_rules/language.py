"""The language of conditions: Python-like text in, a small typed tree out, checked as the book is loaded.

Parsed with `ast` and never evaluated from text. Everything `ast` knows and this file does not name is
refused; so are unknown names, values that cannot be compared, and comparisons that can never change.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from device_rules.comparison import Wrong, comparison, constant, member, same_unit, unit_of
from device_rules.tree import All, AnyOf, Arith, Choice, Const, Kind, Node, Not, Ref
from device_rules.yaml_file import nearest

LONGEST = 2000  # characters
DEEPEST = 20
MOST_NODES = 300
MOST_CHOICES = 3  # `x if c else y` inside one another: each doubles the compiled text

OPERATORS: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
NOT_BUILT = frozenset(
    [
        "avg",
        "min",
        "max",
        "sum",
        "count",
        "stddev",
        "quantile",
        "first",
        "last",
        "delta",
        "rate",
        "increase",
        "changes",
        "share",
        "prev",
        "stuck",
        "missing",
        "drift",
        "unusual",
        "forecast",
        "fleet",
        "hour",
        "weekday",
        "any",
        "all",
        "share_of",
        "sequence",
        "silent_for",
        "cohort",
        "site",
    ]
)


@dataclass(frozen=True, slots=True)
class Names:
    """What a condition may speak of: metrics and `presence` in `plain`, attributes in `attributes`."""

    plain: Mapping[str, Ref]
    attributes: Mapping[str, Ref]


def parse_condition(text: str, names: Names) -> Node:
    """A condition as a tree of kind BOOL. Raises Wrong."""
    try:
        source = " ".join(text.strip().splitlines())
        node = _Reader(names, source).read(_parse(source), 0)
    except RecursionError:
        raise Wrong(f"nested more than {DEEPEST} deep. Split it into two rules") from None
    if node.kind is not Kind.BOOL:
        raise Wrong(f"`{text}` is a {node.kind}, not something true or false. Compare it with a value")
    return node


def _parse(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise Wrong(f"{len(text)} characters; a condition has at most {LONGEST}")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as broken:
        reason = broken.msg if isinstance(broken, SyntaxError) else "too deep"
        raise Wrong(f"not readable as a condition: {reason}") from None
    return tree


class _Reader:
    """Turns one parsed expression into a tree, checking as it goes."""

    def __init__(self, names: Names, text: str) -> None:
        self.names, self.source, self.nodes = names, text, 0

    def text(self, node: ast.expr) -> str:
        """The part as it was written."""
        return ast.get_source_segment(self.source, node) or ast.unparse(node)

    def read(self, node: ast.expr, depth: int, choices: int = 0) -> Node:
        self.nodes += 1
        if depth > DEEPEST or self.nodes > MOST_NODES:
            raise Wrong(
                f"too large: at most {MOST_NODES} parts, nested {DEEPEST} deep. Split it into two rules"
            )
        match node:
            case ast.BoolOp():
                return self.joined(node, depth, choices)
            case ast.UnaryOp():
                return self.turned(node, depth, choices)
            case ast.Compare():
                return self.compared(node, depth, choices)
            case ast.BinOp():
                return self.reckoned(node, depth, choices)
            case ast.IfExp():
                return self.chosen(node, depth, choices)
        return self.single(node)

    def single(self, node: ast.expr) -> Node:
        match node:
            case ast.Constant():
                return constant(node.value)
            case ast.Name():
                return self.named(node.id)
            case ast.Attribute(value=ast.Name(id="attr"), attr=name):
                found = self.names.attributes.get(name)
                if found is None:
                    raise Wrong(f"unknown attribute `{name}`.{nearest(name, self.names.attributes)}")
                return found
            case ast.Call(func=ast.Name(id=name)) if name in NOT_BUILT:
                raise Wrong(f"`{name}` is not built yet; this version knows comparisons of the latest values")
            case ast.Call():
                raise Wrong(f"`{self.text(node)[:60]}`: functions cannot be called here")
        raise Wrong(f"`{self.text(node)[:60]}` is not part of the language of conditions")

    def named(self, name: str) -> Node:
        found = self.names.plain.get(name)
        if found is not None:
            return found
        if name in self.names.attributes:
            raise Wrong(f"`{name}` is an attribute; write `attr.{name}`")
        if any(name in ref.values for ref in self.names.plain.values()):
            raise Wrong(f'`{name}` is a value, not a metric; write "{name}" in quotes')
        raise Wrong(f"unknown name `{name}`.{nearest(name, self.names.plain)}")

    def joined(self, node: ast.BoolOp, depth: int, choices: int) -> Node:
        parts = tuple(self.truth(part, depth + 1, choices) for part in node.values)
        text = self.text(node)
        return All(text, parts) if isinstance(node.op, ast.And) else AnyOf(text, parts)

    def turned(self, node: ast.UnaryOp, depth: int, choices: int) -> Node:
        text = self.text(node)
        if isinstance(node.op, ast.Not):
            return Not(text, self.truth(node.operand, depth + 1, choices))
        part = self.read(node.operand, depth + 1, choices)
        if part.kind is not Kind.NUMBER or isinstance(node.op, ast.Invert):
            raise Wrong(f"`{text}`: a sign needs a number behind it")
        if isinstance(node.op, ast.UAdd):
            return part
        if isinstance(part, Const) and isinstance(part.value, float):
            return Const(text, Kind.NUMBER, -part.value)
        return Arith(text, "-", Const("0", Kind.NUMBER, 0.0), part, unit_of(part))

    def truth(self, node: ast.expr, depth: int, choices: int) -> Node:
        part = self.read(node, depth, choices)
        if part.kind is not Kind.BOOL:
            raise Wrong(
                f"`{part.text}` is a {part.kind}, not something true or false. Compare it with a value"
            )
        return part

    def compared(self, node: ast.Compare, depth: int, choices: int) -> Node:
        links: list[Node] = []
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            text = self.text(node) if len(node.ops) == 1 else ast.unparse(ast.Compare(left, [op], [right]))
            if isinstance(op, ast.In | ast.NotIn):
                item = self.read(left, depth + 1, choices)
                links.append(member(text, item, right, isinstance(op, ast.In)))
            elif type(op) in OPERATORS:
                sides = self.read(left, depth + 1, choices), self.read(right, depth + 1, choices)
                links.append(comparison(text, OPERATORS[type(op)], *sides))
            else:
                raise Wrong(f"`{text}`: compare with == or != instead of `is`")
            left = right
        return links[0] if len(links) == 1 else All(self.text(node), tuple(links))

    def reckoned(self, node: ast.BinOp, depth: int, choices: int) -> Node:
        text = self.text(node)
        op = OPERATORS.get(type(node.op))
        if op is None:
            raise Wrong(f"`{text[:60]}`: only + - * / can be reckoned with")
        left, right = self.read(node.left, depth + 1, choices), self.read(node.right, depth + 1, choices)
        for side in (left, right):
            if side.kind is not Kind.NUMBER:
                raise Wrong(f"`{text[:60]}`: `{side.text}` is a {side.kind}, not a number")
        if op == "/" and isinstance(right, Const) and right.value == 0:
            raise Wrong(f"`{text[:60]}` divides by zero")
        unit = ""
        if op in "+-":
            same_unit(text, left, right)
            unit = unit_of(left) or unit_of(right)
        return Arith(text, op, left, right, unit)

    def chosen(self, node: ast.IfExp, depth: int, choices: int) -> Node:
        if choices >= MOST_CHOICES:
            raise Wrong(f"more than {MOST_CHOICES} `if … else …` inside one another. Split it into two rules")
        condition = self.truth(node.test, depth + 1, choices + 1)
        yes, no = (self.read(part, depth + 1, choices + 1) for part in (node.body, node.orelse))
        if yes.kind is not no.kind:
            raise Wrong(f"`{self.text(node)[:60]}` is a {yes.kind} or a {no.kind}; both must be the same")
        same_unit(self.text(node), yes, no)
        return Choice(self.text(node), condition, yes, no, yes.kind, unit_of(yes) or unit_of(no))
