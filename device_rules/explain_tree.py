"""The tree of a condition as it stands: every node with its truth, and what it saw or why it does not know.

The counterpart of `truth.leaf_of`, for people who ask: it knows windows, counts, pauses and reasons.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from device_rules.explain_look import Look
from device_rules.explain_silence import told_of_silence
from device_rules.explain_values import Told, Unknown, told_plainly
from device_rules.explain_windows import told_over_time
from device_rules.explain_words import ago, distance, distance_of, plain_number, worth
from device_rules.reading import Micros, Value
from device_rules.tree import (
    All,
    AnyOf,
    Choice,
    Compare,
    Const,
    Leafwise,
    Member,
    Node,
    Not,
    Ref,
    Silent,
    leaves,
)

TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
COUNTS = frozenset(["times", "events"])


class Point(msgspec.Struct, frozen=True):
    """One node of a condition. `text` is the condition as written, `said` what it saw, in words.

    For a comparison `metric` is what was measured, `value` and `threshold` the two sides, `unit` theirs, `away`
    the distance between them, and `observed` (own time, UTC µs) when the older of what was measured was seen.
    `unknown` is one of `Unknown`, "" when the truth is known. `facts` are numbers behind it: counts, and spans and
    moments in µs. `parts` are the branches, and the condition that a count, a share or a row watches.
    """

    text: str
    truth: bool | None
    said: str = ""
    metric: str = ""
    value: Value | None = None
    threshold: Value | None = None
    unit: str = ""
    away: float | None = None
    observed: Micros | None = None
    unknown: str = ""
    facts: Mapping[str, Value | None] = {}
    parts: tuple[Point, ...] = ()


def point_of(node: Node, look: Look) -> Point:
    """The tree of a condition."""
    match node:
        case Compare():
            return _comparison(node, look)
        case Member():
            return _member(node, look)
        case Ref() | Silent():
            return _truth(node, look)
        case All() | AnyOf():
            parts = node.parts
        case Not():
            parts = (node.part,)
        case Choice():
            parts = (node.condition, node.yes, node.no)
        case _:
            parts = ()
    return Point(node.text, look.truth(node), parts=tuple(point_of(part, look) for part in parts))


def told_of(leaf: Leafwise, look: Look) -> Told:
    """What is told of a value, whatever its sort."""
    if isinstance(leaf, Silent):
        return told_of_silence(leaf.slot, look)
    source = look.sources.get(leaf.slot)
    if source is None:
        return told_plainly(leaf, look)
    return (
        told_of_silence(leaf.slot, look) if source.form == "missing" else told_over_time(leaf, source, look)
    )


def sides_of(node: Compare) -> tuple[Node, str, Node]:
    """What was measured, how it is compared, and with what: the side that is written or computed is the threshold."""
    measured = any(isinstance(leaf, Ref) and leaf.measured for leaf in leaves(node.left))
    return (node.left, node.op, node.right) if measured else (node.right, TURNED[node.op], node.left)


def _truth(leaf: Leafwise, look: Look) -> Point:
    told, value = told_of(leaf, look), look.values[leaf.slot]
    truth = None if value is None else bool(value)
    return Point(
        leaf.text,
        truth,
        told.said,
        metric=leaf.text if isinstance(leaf, Ref) else "silence",
        value=value,
        observed=look.observed([leaf]),
        unknown=told.unknown if truth is None else "",
        facts=told.facts,
        parts=_watched(leaf, look),
    )


def _member(node: Member, look: Look) -> Point:
    found = leaves(node.item)
    told = told_of(found[0], look) if found else Told("")
    truth = look.truth(node)
    return Point(
        node.text,
        truth,
        told.said,
        metric=found[0].text if found else "",
        value=look.value(node.item),
        threshold=", ".join(map(worth, node.options)),
        observed=look.observed(found),
        unknown=told.unknown if truth is None else "",
        facts=told.facts,
        parts=tuple(part for leaf in found for part in _watched(leaf, look)),
    )


def _comparison(node: Compare, look: Look) -> Point:
    shown, op, other = sides_of(node)
    truth, found = look.truth(node), leaves(node)
    value, threshold = look.value(shown), look.value(other)
    blank = [leaf for leaf in dict.fromkeys(found) if look.values[leaf.slot] is None]
    first = _first(shown)
    reason = blank[0] if blank else first
    told = told_of(reason, look) if reason else Told("")
    return Point(
        node.text,
        truth,
        _unknown(node, blank, look) if truth is None else _known(node, look),
        metric=first.text if first else "",
        value=value,
        threshold=threshold,
        unit=getattr(shown, "unit", ""),
        away=distance_of(op, value, threshold),
        observed=look.observed(found),
        unknown=(told.unknown or Unknown.NO_VALUE) if truth is None else "",
        facts=told.facts,
        parts=tuple(part for leaf in dict.fromkeys(found) for part in _watched(leaf, look)),
    )


def _first(node: Node) -> Leafwise | None:
    refs = leaves(node)
    return next((ref for ref in refs if isinstance(ref, Ref) and ref.measured), refs[0] if refs else None)


def _unknown(node: Compare, blank: list[Leafwise], look: Look) -> str:
    """Each value that is not known, with the reason; what is derived from one that is told already is not."""
    places = {leaf.slot for leaf in blank}
    blank = [
        leaf for leaf in blank if (source := look.sources.get(leaf.slot)) is None or source.base not in places
    ]
    if not blank:
        return "is not known: nothing can be divided by zero"
    alone = len(blank) == 1 and blank[0] is node.left
    return "; ".join(f"{'' if alone else f'{leaf.text} '}{told_of(leaf, look).said}" for leaf in blank)


def _known(node: Compare, look: Look) -> str:
    shown, op, other = sides_of(node)
    value, threshold, unit = look.value(shown), look.value(other), getattr(shown, "unit", "")
    source = look.sources.get(shown.slot) if isinstance(shown, Ref) else None
    if isinstance(shown, Ref):
        said = told_of(shown, look).said
        if source and source.form in COUNTS and op == ">=" and isinstance(threshold, float):
            return said.replace(" in ", f" of {plain_number(threshold)} in ", 1)
        said = said if shown is node.left else f"{shown.text} {said}"
    else:
        seen = look.observed(leaves(shown))
        age = f", {ago(look.at - seen)}" if seen else ""
        said = f"{shown.text} is {worth(value, unit) if value is not None else 'not known'}{age}"
    if not isinstance(other, Const) and threshold is not None:
        said += f"; {other.text} is {worth(threshold, getattr(other, 'unit', ''))}"
    if look.truth(node) is False and (away := away_in_words(node, op, look)):
        said += f"; {away}"
    return said


def away_in_words(node: Compare, op: str, look: Look) -> str:
    """How far what was measured is from where `op` would hold: `5 °C too high`."""
    shown, _, other = sides_of(node)
    value, threshold = look.value(shown), look.value(other)
    source = look.sources.get(shown.slot) if isinstance(shown, Ref) else None
    if source is not None and source.form == "share" and isinstance(value, float):
        return distance(op, 100 * value, 100 * float(threshold or 0), "%")
    return distance(op, value, threshold, getattr(shown, "unit", ""))


def _watched(leaf: Leafwise, look: Look) -> tuple[Point, ...]:
    """The condition that a derived value watches, as it stands now."""
    source = look.sources.get(leaf.slot)
    if source is None or source.condition is None or source.form in {"any", "all"}:
        return ()
    return (point_of(source.condition, look),)
