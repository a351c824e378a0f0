"""Turns the checked trees of one model into Python: one function that says which rules may begin, and
one per rule that answers the truth of `when`, `clear` and the levels.

The text that is compiled is made from checked nodes alone (slots and constants), never from what an
author wrote. Compiled and interpreted truth agree; `tests/device_rules/test_compile.py` holds them to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from device_rules.reading import Value
from device_rules.tree import (
    Abs,
    All,
    AnyOf,
    Arith,
    Choice,
    Compare,
    Const,
    Kind,
    Member,
    Node,
    Not,
    Ref,
    Silent,
    leaves,
)

Values = list[Value | None]
Truths = tuple[bool | None, ...]
Mask = Callable[[Values], int]
Judge = Callable[[Values], Truths]

# A NaN (infinity minus infinity) is neither side of a comparison, so what is false asks the opposite.
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def compile_mask(conditions: Sequence[Node], width: int) -> Mask:
    """A function of a device's `width` values: bit i is set while condition i is known to be true."""
    lines = ["def compiled(values):", *_unpacked(conditions, width), "    found = 0"]
    for number, node in enumerate(conditions):
        lines += [f"    if {surely(node)}:", f"        found |= {1 << number}"]
    return function_of([*lines, "    return found"])  # type: ignore[return-value]


def compile_judge(conditions: Sequence[Node], width: int) -> Judge:
    """A function of a device's `width` values: the three-valued truth of each condition."""
    lines = ["def compiled(values):", *_unpacked(conditions, width)]
    answers = [
        f"(True if {surely(node)} else False if {surely(node, False)} else None)" for node in conditions
    ]
    return function_of([*lines, f"    return ({', '.join(answers)},)"])  # type: ignore[return-value]


def _unpacked(conditions: Sequence[Node], width: int) -> list[str]:
    used = {leaf.slot for node in conditions for leaf in leaves(node)}
    if not used:
        return []
    if len(used) * 2 < width:
        return [f"    v{slot} = values[{slot}]" for slot in sorted(used)]
    return ["    " + ", ".join(f"v{slot}" for slot in range(width)) + ", = values"]


def function_of(lines: list[str]) -> Callable[..., object]:
    """The function `compiled` that these lines of Python define; it sees no builtins but three."""
    room: dict[str, Callable[..., object]] = {}
    code = compile("\n".join(lines), "<compiled rules>", "exec")
    exec(code, {"__builtins__": {}, "float": float, "str": str, "abs": abs}, room)  # noqa: S102 - made from checked nodes, see the module's first words
    return room["compiled"]


def surely(node: Node, wanted: bool = True) -> str:
    """Python that is true while `node` is known to be `wanted`; unknown is neither."""
    match node:
        case Const():
            return str(bool(node.value) is wanted)
        case Ref() | Silent():
            return f"v{node.slot} is {wanted}"
        case Compare():
            op = node.op if wanted else OPPOSITE[node.op]
            return _guarded(node, f"{worth(node.left)} {op} {worth(node.right)}")
        case Member():
            word = "in" if node.inside is wanted else "not in"
            return _guarded(node, f"{worth(node.item)} {word} {node.options!r}")
        case All() | AnyOf():
            word = "and" if isinstance(node, All) is wanted else "or"
            return _joined(word, [surely(part, wanted) for part in node.parts])
        case Not():
            return surely(node.part, not wanted)
        case Choice():
            return _branches(node, surely(node.yes, wanted), surely(node.no, wanted))
    raise AssertionError(f"{node.text} is a number and never a condition: language.py refuses it")


def worth(node: Node) -> str:
    """Python for the value of `node`; means something only while `guards` hold."""
    match node:
        case Const():
            return repr(node.value)
        case Ref() | Silent():
            return f"v{node.slot}"
        case Arith():
            return f"({worth(node.left)} {node.op} {worth(node.right)})"
        case Abs():
            return f"abs({worth(node.part)})"
        case Choice() if node.kind is not Kind.BOOL:
            return f"({worth(node.yes)} if {surely(node.condition)} else {worth(node.no)})"
    return f"({surely(node)})"


def guards(node: Node) -> list[str]:
    """What must hold for the value of `node` to be known, in the order in which it must be asked."""
    match node:
        case Const():
            return []
        case Ref() | Silent():
            return [f"v{node.slot} is not None"]
        case Arith():
            inner = [*guards(node.left), *guards(node.right)]
            return [*inner, f"{worth(node.right)} != 0.0"] if _may_be_zero(node) else inner
        case Abs():
            return guards(node.part)
        case Choice() if node.kind is not Kind.BOOL:
            yes, no = (_joined("and", guards(part)) for part in (node.yes, node.no))
            return [_branches(node, yes, no)]
    return [f"({surely(node)} or {surely(node, False)})"]


def _may_be_zero(node: Arith) -> bool:
    return node.op == "/" and not isinstance(node.right, Const)


def _branches(node: Choice, yes: str, no: str) -> str:
    return f"(({surely(node.condition)} and {yes}) or ({surely(node.condition, False)} and {no}))"


def _guarded(node: Compare | Member, test: str) -> str:
    sides = (node.left, node.right) if isinstance(node, Compare) else (node.item,)
    asked = list(dict.fromkeys(guard for side in sides for guard in guards(side)))
    return _joined("and", [*asked, test])


def _joined(word: str, parts: list[str]) -> str:
    if not parts:
        return "True"
    return parts[0] if len(parts) == 1 else "(" + f" {word} ".join(parts) + ")"
