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
BROKEN = {"KeyError": KeyError, "TypeError": TypeError}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def compile_mask(conditions: Sequence[Node], width: int, numbers: Sequence[int] | None = None) -> Mask:
    """A function of a device's `width` values: the bit of each condition is set while it is known to be true.

    The bits are `numbers`, or the places in the sequence.
    """
    return function_of(mask_lines(conditions, width, numbers))  # type: ignore[return-value]


def mask_lines(conditions: Sequence[Node], width: int, numbers: Sequence[int] | None = None) -> list[str]:
    """The text of that function."""
    say = Python()
    lines = ["def compiled(values):", *_unpacked(conditions, width), "    found = 0"]
    for number, node in zip(range(len(conditions)) if numbers is None else numbers, conditions, strict=True):
        lines += [f"    if {say.surely(node)}:", f"        found |= {1 << number}"]
    return [*lines, "    return found"]


def compile_judge(conditions: Sequence[Node], width: int) -> Judge:
    """A function of a device's `width` values: the three-valued truth of each condition."""
    return function_of(judge_lines(conditions, width))  # type: ignore[return-value]


def judge_lines(conditions: Sequence[Node], width: int) -> list[str]:
    """The text of that function."""
    lines = ["def compiled(values):", *_unpacked(conditions, width)]
    say = Python()
    answers = [
        f"(True if {say.surely(node)} else False if {say.surely(node, False)} else None)"
        for node in conditions
    ]
    return [*lines, f"    return ({' '.join(f'{answer},' for answer in answers)})"]


def _unpacked(conditions: Sequence[Node], width: int) -> list[str]:
    used = {leaf.slot for node in conditions for leaf in leaves(node)}
    if not used:
        return []
    if len(used) * 2 < width:
        return [f"    v{slot} = values[{slot}]" for slot in sorted(used)]
    return ["    " + ", ".join(f"v{slot}" for slot in range(width)) + ", = values"]


def function_of(lines: list[str], **names: object) -> Callable[..., object]:
    """The function `compiled` that these lines of Python define; it sees few builtins, and `names`."""
    room: dict[str, Callable[..., object]] = {}
    code = compile("\n".join(lines), "<compiled rules>", "exec")
    world = {"__builtins__": {}, "float": float, "str": str, "abs": abs, **BROKEN, **names}
    exec(code, world, room)  # noqa: S102 - made from checked nodes, see the module's first words
    return room["compiled"]


class Python:
    """Conditions in Python. The value of slot 3 is called `v3`; those in `known` are never None."""

    def __init__(self, known: frozenset[int] = frozenset()) -> None:
        self.known = known

    def surely(self, node: Node, wanted: bool = True) -> str:
        """Python that is true while `node` is known to be `wanted`; unknown is neither."""
        match node:
            case Const():
                return str(bool(node.value) is wanted)
            case Ref() | Silent():
                return f"v{node.slot} is {wanted}"
            case Compare():
                op = node.op if wanted else OPPOSITE[node.op]
                return self._guarded(node, f"{self.worth(node.left)} {op} {self.worth(node.right)}")
            case Member():
                word = "in" if node.inside is wanted else "not in"
                return self._guarded(node, f"{self.worth(node.item)} {word} {node.options!r}")
            case All() | AnyOf():
                word = "and" if isinstance(node, All) is wanted else "or"
                return joined(word, [self.surely(part, wanted) for part in node.parts])
            case Not():
                return self.surely(node.part, not wanted)
            case Choice():
                return self._branches(node, self.surely(node.yes, wanted), self.surely(node.no, wanted))
        raise AssertionError(f"{node.text} is a number and never a condition: language.py refuses it")

    def worth(self, node: Node) -> str:
        """Python for the value of `node`; means something only while `guards` hold."""
        match node:
            case Const():
                return repr(node.value)
            case Ref() | Silent():
                return f"v{node.slot}"
            case Arith():
                return f"({self.worth(node.left)} {node.op} {self.worth(node.right)})"
            case Abs():
                return f"abs({self.worth(node.part)})"
            case Choice() if node.kind is not Kind.BOOL:
                return f"({self.worth(node.yes)} if {self.surely(node.condition)} else {self.worth(node.no)})"
        return f"({self.surely(node)})"

    def guards(self, node: Node) -> list[str]:
        """What must hold for the value of `node` to be known, in the order in which it must be asked."""
        match node:
            case Const():
                return []
            case Ref() | Silent():
                return [] if node.slot in self.known else [f"v{node.slot} is not None"]
            case Arith():
                inner = [*self.guards(node.left), *self.guards(node.right)]
                return [*inner, f"{self.worth(node.right)} != 0.0"] if _may_be_zero(node) else inner
            case Abs():
                return self.guards(node.part)
            case Choice() if node.kind is not Kind.BOOL:
                yes, no = (joined("and", self.guards(part)) for part in (node.yes, node.no))
                return [self._branches(node, yes, no)]
        return [f"({self.surely(node)} or {self.surely(node, False)})"]

    def _branches(self, node: Choice, yes: str, no: str) -> str:
        return (
            f"(({self.surely(node.condition)} and {yes}) or ({self.surely(node.condition, False)} and {no}))"
        )

    def _guarded(self, node: Compare | Member, test: str) -> str:
        sides = (node.left, node.right) if isinstance(node, Compare) else (node.item,)
        asked = list(dict.fromkeys(guard for side in sides for guard in self.guards(side)))
        return joined("and", [*asked, test])


def joined(word: str, parts: list[str]) -> str:
    """The parts as one condition; none of them is true."""
    if not parts:
        return "True"
    return parts[0] if len(parts) == 1 else "(" + f" {word} ".join(parts) + ")"


def _may_be_zero(node: Arith) -> bool:
    return node.op == "/" and not isinstance(node.right, Const)
