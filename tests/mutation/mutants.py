"""What can be changed in a module so that a good test should notice: one small thing at a time, found in its syntax tree.

A mutant is named by its file, line and number there, so that the same source has the same mutants. Texts, types,
documentation and assertions are left alone: no behaviour hangs on them.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

FILES = (
    "engine", "device", "ward", "asking", "derived", "episode", "hold", "memory", "silence", "reorder", "wheel", "plan", "quiet",
    "compile", "snapshot", "rest", "echoes",
)  # fmt: skip

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Add,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.BitXor: ast.BitOr, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: in which file and line, the how-manieth of the file, and of which kind."""

    file: str
    line: int
    number: int
    kind: str


def files(root: Path) -> list[Path]:
    """The modules that are changed."""
    package = root / "device_rules"
    named = [package / f"{name}.py" for name in FILES]
    return [*(path for path in named if path.exists()), *sorted((package / "windows").glob("*.py"))]


def mutants_of(path: Path, root: Path) -> Iterator[Mutant]:
    """All mutants of one module, in the order of its text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for number, (node, change) in enumerate(_changes(tree)):
        yield Mutant(str(path.relative_to(root)), getattr(node, "lineno", 0), number, change.kind)


def told(source: str, number: int) -> str:
    """The lines that the `number`-th change takes out, and those that it puts in their place."""
    before, after = ast.unparse(ast.parse(source)).splitlines(), mutated(source, number).splitlines()
    lines = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines)


def mutated(source: str, number: int) -> str:
    """The module's text with its `number`-th change."""
    tree = ast.parse(source)
    for place, (_, change) in enumerate(_changes(tree)):
        if place == number:
            change.apply()
            return ast.unparse(ast.fix_missing_locations(tree))
    raise ValueError(f"there is no change {number}")


@dataclass(frozen=True, slots=True)
class Change:
    """Something in the tree that becomes something else: `field` of `owner`, at `index` if that is a list."""

    kind: str
    owner: ast.AST
    field: str
    index: int | None
    new: object

    def apply(self) -> Change:
        """Make it so; answers the change that undoes it."""
        if self.index is None:
            old: object = getattr(self.owner, self.field)
            setattr(self.owner, self.field, self.new)
        else:
            old = getattr(self.owner, self.field)[self.index]
            getattr(self.owner, self.field)[self.index] = self.new
        return Change(self.kind, self.owner, self.field, self.index, old)


def _changes(tree: ast.Module) -> Iterator[tuple[ast.AST, Change]]:
    found: list[tuple[ast.AST, Change]] = []
    for owner, node in _walk(tree):
        found += ((node, change) for change in _of_node(node, owner))
    yield from sorted(
        found, key=lambda pair: (getattr(pair[0], "lineno", 0), getattr(pair[0], "col_offset", 0))
    )


def _walk(owner: ast.AST) -> Iterator[tuple[tuple[ast.AST, str, int | None], ast.AST]]:
    """Every node with its place, but what says nothing about behaviour."""
    for field, value in ast.iter_fields(owner):
        if field in {"annotation", "returns", "decorator_list", "bases", "keywords"} and not isinstance(
            owner, ast.Call
        ):
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(node, ast.AST) and not isinstance(
                node, ast.Assert | ast.Import | ast.ImportFrom | ast.JoinedStr
            ):
                if isinstance(node, ast.Assign) and _passed_over(node):
                    continue
                yield (owner, field, index), node
                yield from _walk(node)


def _passed_over(node: ast.Assign) -> bool:
    """Constants of a module that name types or slots."""
    return all(isinstance(target, ast.Name) and target.id == "__slots__" for target in node.targets)


def _of_node(node: ast.AST, place: tuple[ast.AST, str, int | None]) -> Iterator[Change]:
    match node:
        case ast.Compare():
            for index, op in enumerate(node.ops):
                yield from (
                    Change("comparison", node, "ops", index, other()) for other in COMPARISONS[type(op)]
                )
        case ast.BinOp() if type(node.op) in ARITHMETIC and not isinstance(
            node.left, ast.Constant | ast.JoinedStr
        ):
            yield Change("arithmetic", node, "op", None, ARITHMETIC[type(node.op)]())
        case ast.BoolOp():
            yield Change("boolean", node, "op", None, ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.UnaryOp() if not isinstance(node.operand, ast.Constant):
            yield Change("no not, or no minus", *place, node.operand)
        case ast.Constant():
            yield from _of_constant(node)
        case ast.Call(func=ast.Name(id=name)) if name in SWAPPED:
            yield Change("swapped", node.func, "id", None, SWAPPED[name])
        case ast.stmt():
            yield from _of_statement(node, place)


def _of_constant(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield Change("constant", node, "value", None, not node.value)
    elif isinstance(node.value, int | float):
        yield Change("constant", node, "value", None, node.value + 1)
        yield Change("constant", node, "value", None, node.value - 1)


def _of_statement(node: ast.stmt, place: tuple[ast.AST, str, int | None]) -> Iterator[Change]:
    match node:
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.Delete():
            yield Change("removed", *place, ast.Pass())
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript() | ast.Tuple()]):
            yield Change("removed", *place, ast.Pass())
        case ast.AugAssign():
            yield Change("removed", *place, ast.Pass())
            if type(node.op) in ARITHMETIC:
                yield Change("arithmetic", node, "op", None, ARITHMETIC[type(node.op)]())
        case ast.Return(value=ast.expr() as value) if not (
            isinstance(value, ast.Constant) and value.value is None
        ):
            yield Change("return None", node, "value", None, ast.Constant(None))
        case ast.Break() | ast.Continue():
            yield Change("removed", *place, ast.Pass())
        case ast.If() | ast.While():
            if isinstance(node.test, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr):
                yield Change("negated", node, "test", None, ast.UnaryOp(ast.Not(), deepcopy(node.test)))
