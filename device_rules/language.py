"""The language of conditions: Python-like text in, a small typed tree out, checked as the book is loaded.

Parsed with `ast` and never evaluated from text. Everything `ast` knows and this file does not name is
refused; so are unknown names, values that cannot be compared, and comparisons that can never change.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Mapping
from dataclasses import dataclass

from device_rules.arguments import Watch
from device_rules.calls import read_call
from device_rules.comparison import Wrong, comparison, constant, member, same_unit, unit_of
from device_rules.functions import FUNCTIONS, WORDS
from device_rules.grammar import DEEPEST, is_span, parse, segment
from device_rules.matching import is_event
from device_rules.tree import All, AnyOf, Arith, Choice, Const, Kind, Node, Not, Ref
from device_rules.yaml_file import nearest

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


@dataclass(frozen=True, slots=True)
class Names:
    """What a condition may speak of: metrics and `presence` in `plain`, attributes in `attributes`.

    `said` are the words that these can say, so that one without its quotes is known for what it is.
    Functions of time keep their values with `watch`; without one there are none.
    """

    plain: Mapping[str, Ref]
    attributes: Mapping[str, Ref]
    watch: Watch | None = None
    said: Container[str] = ()


def parse_condition(text: str, names: Names) -> Node:
    """A condition as a tree of kind BOOL. Raises Wrong."""
    node = parse_value(text, names)
    if node.kind is not Kind.BOOL:
        raise Wrong(f"`{text}` is a {node.kind}, not something true or false. Compare it with a value")
    return node


def parse_value(text: str, names: Names) -> Node:
    """An expression of any kind as a tree. Raises Wrong."""
    source, tree = parse(text)
    return read_tree(source, tree, names)


def read_tree(source: str, tree: ast.expr, names: Names) -> Node:
    """What `parse` made of `source` (or a part of it) as a tree of ours. Raises Wrong."""
    try:
        return _Reader(names, source).read(tree, 0)
    except RecursionError:
        raise Wrong(f"nested more than {DEEPEST} deep. Split it into two rules") from None


class _Reader:
    """Turns one parsed expression into a tree, checking as it goes."""

    def __init__(self, names: Names, text: str) -> None:
        self.names, self.source, self.nodes = names, text.encode(), 0
        self.watch, self.inside = names.watch, ""

    def text(self, node: ast.expr) -> str:
        """The part as it was written."""
        return segment(self.source, node) if node.end_col_offset else ast.unparse(node)

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
            case ast.Call():
                return read_call(self, node, depth, choices)
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
            case ast.Tuple():
                raise Wrong(f"`{self.text(node)[:60]}`: a comma; numbers have a point, like 1.5")
        if is_event(node):
            text = self.text(node)[:60]
            raise Wrong(f"`{text}` is an event, not a value; count it, like count({text}, 1h) >= 1")
        raise Wrong(f"`{self.text(node)[:60]}` is not part of the language of conditions")

    def named(self, name: str) -> Node:
        found = self.names.plain.get(name)
        if found is not None:
            return found
        if name in self.names.attributes:
            raise Wrong(f"`{name}` is an attribute; write `attr.{name}`")
        if name[0].isdigit():
            raise Wrong(
                f"`{name}` is a span of time; it stands within functions only, like avg(temp, {name})"
            )
        if name in WORDS:
            raise Wrong(f"`{name}` is a function; write what it is of, like {_example(name)}")
        if name in self.names.said:
            raise Wrong(f'`{name}` is a value, not a metric; write "{name}" in quotes')
        raise Wrong(f"unknown name `{name}`.{nearest(name, self.names.plain)}")

    def metric(self, node: ast.expr, name: str) -> Ref:
        """The metric that `node`, the first argument of the function `name`, names. Raises Wrong."""
        text = self.text(node)[:60]
        if isinstance(node, ast.Call):
            raise Wrong(f"`{text}` stands inside `{name}`; {name} looks at one metric, by its name")
        if isinstance(node, ast.Attribute) or text in self.names.attributes:
            raise Wrong(f"`{text}` is no metric and never changes; {name} looks at one metric, by its name")
        found = self.named(node.id) if isinstance(node, ast.Name) and not is_span(node) else None
        if not isinstance(found, Ref):
            raise Wrong(f"`{text}` is not a metric; {name} looks at one metric, by its name")
        return found

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


def _example(name: str) -> str:
    return FUNCTIONS[name].example if name in FUNCTIONS else "abs(temp - 20)"
