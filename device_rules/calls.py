"""Reads the calls of functions in conditions: arguments are checked, and each call becomes a value of its own.

What a call watches is described by a `Source`; the condition looks at the slot of that source. Two calls
of one meaning share a slot.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

from device_rules.arguments import Call, Reader, arguments_of, kept, metric_of, signature_of, span_of
from device_rules.comparison import Wrong, unit_of
from device_rules.durations import spell_span
from device_rules.functions import OF_ONE_METRIC, WORDS
from device_rules.grammar import spelled
from device_rules.limits import expected, needed
from device_rules.matching import event_of, is_event, spell_event
from device_rules.reading import MINUTE, Micros
from device_rules.rule import Metric
from device_rules.source import MOST_EXACT, Source
from device_rules.tree import Abs, Kind, Node, Ref, leaves
from device_rules.yaml_file import nearest

INSIDE = frozenset(["abs", "prev"])
"""What may stand within a condition that is watched over time."""
FINEST = 10_000
"""Quantiles are told apart to so many parts of one."""
KEPT = (0.0, float(MOST_EXACT))
"""How many observations or events can be counted where each of them is kept."""


def read_call(reader: Reader, node: ast.Call, depth: int, choices: int) -> Node:
    """The tree of a call. Raises Wrong."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    text = reader.text(node)[:80]
    if not name or name not in WORDS:
        if is_event(node):
            raise Wrong(f"`{text}` is an event, not a value; count it, like count({text}, 1h) >= 1")
        raise Wrong(f"`{reader.text(node.func)[:60]}` is not a function.{nearest(name, WORDS)}")
    if reader.inside and name not in INSIDE:
        raise Wrong(f"`{text}` stands inside `{reader.inside}`; there only prev and abs can be asked")
    if node.keywords:
        raise Wrong(f"`{text}`: arguments have no names here; write it like {signature_of(name)}")
    if name == "abs":
        return _abs(reader, node, depth, choices)
    if reader.watch is None:
        raise Wrong(f"`{text}`: functions of time cannot be asked here")
    return READERS[name](Call(reader, reader.watch, node, name, depth))


def _abs(reader: Reader, node: ast.Call, depth: int, choices: int) -> Node:
    text = reader.text(node)
    [argument] = arguments_of("abs", node, text[:80], 1)
    part = reader.read(argument, depth + 1, choices)
    if part.kind is not Kind.NUMBER:
        raise Wrong(f"`{text[:80]}`: `{part.text}` is a {part.kind}, and `abs` is of numbers")
    return Abs(text, part, unit_of(part))


def _of_metric(call: Call, of: tuple[Ref, Metric], text: str, span: Micros, argument: float = 0.0) -> Ref:
    ref, metric = of
    count = expected(text, span, metric.every)
    source = Source(
        text,
        call.function.form,
        -1,
        base=ref.slot,
        metric=metric.name,
        span=span,
        expected=count,
        needed=needed(call.function, count, call.watch.coverage),
        argument=argument,
        counter=metric.kind == "counter",
    )
    found = kept(call, source, ref)
    return replace(found, range=KEPT) if call.name == "count" and count <= MOST_EXACT else found


def _windowed(call: Call) -> Node:
    first, second = arguments_of(call.name, call.node, call.text, 2)
    if call.name == "count" and is_event(first):
        return _counted(call, first, second)
    of, span = metric_of(call, first), span_of(call, second)
    return _of_metric(call, of, f"{call.name}({of[0].text}, {spell_span(span)})", span)


def _counted(call: Call, event: ast.expr, window: ast.expr) -> Node:
    match, span = event_of(event, call.text), span_of(call, window)
    text = f"count({spell_event(match)}, {spell_span(span)})"
    expected(text, span, None)
    return replace(kept(call, Source(text, "events", -1, span=span, needed=0, event=match)), range=KEPT)


def _quantile(call: Call) -> Node:
    first, second, third = arguments_of(call.name, call.node, call.text, 3)
    of, span = metric_of(call, first), span_of(call, second)
    p = third.value if isinstance(third, ast.Constant) else None
    if not isinstance(p, int | float) or isinstance(p, bool) or not 1 / FINEST <= p <= 1:
        raise Wrong(
            f"`{call.text}`: p is a share above 0 and up to 1, like 0.95; found `{call.reader.text(third)[:40]}`"
        )
    text = f"quantile({of[0].text}, {spell_span(span)}, {float(p)!r})"
    return _of_metric(call, of, text, span, float(p))


def _forecast(call: Call) -> Node:
    first, second, *third = arguments_of(call.name, call.node, call.text, 2, 3)
    of, ahead = metric_of(call, first), span_of(call, second)
    if not ahead:
        raise Wrong(f"`{call.text}`: a forecast looks ahead; write a span like 7d")
    window = span_of(call, third[0]) if third else ahead
    spans = f"{spell_span(ahead)}, {spell_span(window)}" if window != ahead else spell_span(ahead)
    return _of_metric(call, of, f"forecast({of[0].text}, {spans})", window, float(ahead))


def _single(call: Call) -> Node:
    """`prev` and `unusual`: of a metric, without a window of the author's."""
    [argument] = arguments_of(call.name, call.node, call.text, 1)
    ref, metric = metric_of(call, argument)
    text = f"{call.name}({ref.text})"
    minute = MINUTE if call.name == "unusual" else 0
    counter = metric.kind == "counter"
    source = Source(
        text, call.function.form, -1, base=ref.slot, metric=metric.name, span=minute, counter=counter
    )
    return kept(call, source, ref)


def _watched(call: Call, node: ast.expr) -> Node:
    """The condition inside a call; functions of time cannot stand in it."""
    outer, call.reader.inside = call.reader.inside, call.name
    try:
        condition = call.reader.truth(node, call.depth + 1, 0)
    finally:
        call.reader.inside = outer
    if not leaves(condition):
        raise Wrong(f"`{call.text}`: `{condition.text}` looks at no metric and never changes")
    return condition


def _of_condition(call: Call) -> Node:
    first, second = arguments_of(call.name, call.node, call.text, 2)
    condition, span = _watched(call, first), span_of(call, second)
    text = f"{call.name}({spelled(first)}, {spell_span(span)})"
    count = expected(text, span, call.watch.expect_every) if call.name == "share" else 0
    known = needed(call.function, count, call.watch.coverage)
    source = Source(
        text, call.function.form, -1, span=span, expected=count, needed=known, condition=condition
    )
    return kept(call, source)


def _clock(call: Call) -> Node:
    arguments_of(call.name, call.node, call.text, 0)
    return kept(call, Source(f"{call.name}()", call.function.form, -1))


def _fleet(call: Call) -> Node:
    first, second = arguments_of(call.name, call.node, call.text, 2)
    ref, metric = metric_of(call, first)
    word = second.value if isinstance(second, ast.Constant) else None
    if not isinstance(word, str) or not re.fullmatch("p[1-9][0-9]?", word):
        raise Wrong(
            f"`{call.text}`: write the percentile from p1 to p99 in quotes, like {call.function.example}"
        )
    text = f'fleet({ref.text}, "{word}")'
    return kept(call, Source(text, "fleet", -1, base=ref.slot, metric=metric.name, word=word), ref)


def _of_site(call: Call) -> Node:
    first, second = arguments_of(call.name, call.node, call.text, 2)
    if spelled(first) != "site.devices":
        raise Wrong(
            f"`{call.text}`: {call.name} asks the devices of the site; write {signature_of(call.name)}"
        )
    condition = _watched(call, second)
    text = f"{call.name}(site.devices, {spelled(second)})"
    return kept(call, Source(text, call.function.form, -1, condition=condition))


READERS: dict[str, Callable[[Call], Node]] = {
    **dict.fromkeys(OF_ONE_METRIC, _windowed),
    "quantile": _quantile,
    "forecast": _forecast,
    "prev": _single,
    "unusual": _single,
    "share": _of_condition,
    "times": _of_condition,
    "hour": _clock,
    "weekday": _clock,
    "fleet": _fleet,
    "any": _of_site,
    "all": _of_site,
}
