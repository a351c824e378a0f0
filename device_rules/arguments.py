"""The arguments of a function as conditions write them: how many, which metric, which span of time.

Used while a book is read; mistakes are told with the call as it was written and how it should be.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Protocol

from device_rules.comparison import Wrong
from device_rules.durations import parse_span
from device_rules.functions import ABS, FUNCTIONS, Function, answer, observes
from device_rules.grammar import is_span
from device_rules.reading import Micros
from device_rules.rule import Metric
from device_rules.source import Source
from device_rules.tree import Node, Ref


class Watch(Protocol):
    """Where derived values are kept: the metrics of a book, and the needs of the rule being read."""

    expect_every: Micros
    coverage: float

    def metric(self, name: str) -> Metric | None:
        """The metric of that name."""

    def watch(self, source: Source) -> Source:
        """The source with its slot, the same one for the same meaning."""


class Reader(Protocol):
    """What reads the condition in which the call stands."""

    inside: str

    @property
    def watch(self) -> Watch | None:
        """Where derived values are kept; None where there can be none."""

    def text(self, node: ast.expr) -> str:
        """The part as it was written."""

    def metric(self, node: ast.expr, name: str) -> Ref:
        """The metric that the first argument of the function `name` names. Raises Wrong."""

    def read(self, node: ast.expr, depth: int, choices: int = 0) -> Node:
        """The part as a tree. Raises Wrong."""

    def truth(self, node: ast.expr, depth: int, choices: int) -> Node:
        """The part as a tree of kind BOOL. Raises Wrong."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call as written."""

    reader: Reader
    watch: Watch
    node: ast.Call
    name: str
    depth: int

    @property
    def function(self) -> Function:
        """What is called."""
        return FUNCTIONS[self.name]

    @property
    def text(self) -> str:
        """The call as written, cut where it gets long."""
        return self.reader.text(self.node)[:80]


def signature_of(name: str) -> str:
    """How the function is written, with an example."""
    return ABS if name == "abs" else f"{FUNCTIONS[name].signature}, like {FUNCTIONS[name].example}"


def arguments_of(name: str, node: ast.Call, text: str, *allowed: int) -> list[ast.expr]:
    """The arguments, if there are as many as allowed. Raises Wrong."""
    if len(node.args) not in allowed or any(isinstance(argument, ast.Starred) for argument in node.args):
        many = " or ".join(map(str, allowed)) if allowed[0] else "no"
        plural = "argument" if allowed == (1,) else "arguments"
        raise Wrong(
            f"`{text}`: {name} takes {many} {plural}, {len(node.args)} given; write {signature_of(name)}"
        )
    return node.args


def span_of(call: Call, node: ast.expr) -> Micros:
    """The span of time that `node` is, in µs; bare or in quotes. Raises Wrong."""
    written: object = node.id if isinstance(node, ast.Name) and is_span(node) else None
    if isinstance(node, ast.Constant):
        written = node.value
    if written is None:
        raise Wrong(
            f"`{call.text}`: `{call.reader.text(node)[:40]}` is not a span of time; write {signature_of(call.name)}"
        )
    try:
        return parse_span(written)
    except ValueError as wrong:
        raise Wrong(f"`{call.text}`: {wrong}") from None


def metric_of(call: Call, node: ast.expr) -> tuple[Ref, Metric]:
    """The metric that `node` names, if the function can look at it. Raises Wrong."""
    ref = call.reader.metric(node, call.name)
    metric = call.watch.metric(ref.text)
    if metric is None:
        raise Wrong(f"`{call.text}`: {call.name} looks at metrics, and `{ref.text}` is not one")
    if refused := observes(metric, ref.kind, call.name):
        raise Wrong(f"`{call.text}`: {refused}")
    return ref, metric


def kept(call: Call, source: Source, of: Ref | None = None) -> Ref:
    """What the condition sees of the source, which is kept from now on."""
    return answer(call.function, source.text, call.watch.watch(source).slot, of)
