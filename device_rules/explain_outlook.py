"""What is missing: what would have to come for a condition to become true, or false, with the distance left.

A sentence for people, as short as it can be: only what is not yet as wanted is named.
"""

from __future__ import annotations

from math import ceil

from device_rules.compile import OPPOSITE
from device_rules.explain_look import Look
from device_rules.explain_tree import COUNTS, away_in_words, sides_of, told_of
from device_rules.explain_windows import Asked, falls_below
from device_rules.explain_words import clock, worth
from device_rules.tree import All, AnyOf, Choice, Compare, Leafwise, Member, Node, Not, Ref, Silent

MOST = 5
"""So many missing things are named one by one."""


def missing(node: Node, look: Look, wanted: bool = True) -> str:
    """What has to come for `node` to be `wanted`; "" when it is."""
    if look.truth(node) is wanted:
        return ""
    match node:
        case All() | AnyOf():
            word = "and" if isinstance(node, All) is wanted else "or"
            return _joined(word, [missing(part, look, wanted) for part in node.parts])
        case Not():
            return missing(node.part, look, not wanted)
        case Compare():
            return _comparison(node, look, wanted)
        case Member():
            return _member(node, look, wanted)
        case Ref() | Silent():
            return _truth(node, look, wanted)
        case Choice():
            return _choice(node, look, wanted)
    return node.text if wanted else f"not ({node.text})"


def _joined(word: str, parts: list[str]) -> str:
    named = [part for part in dict.fromkeys(parts) if part]
    if len(named) > MOST:
        named = [*named[: MOST - 1], f"{len(named) - MOST + 1} more conditions"]
    other = " or " if word == "and" else " and "
    return f" {word} ".join(f"({part})" if len(named) > 1 and other in part else part for part in named)


def _truth(leaf: Leafwise, look: Look, wanted: bool) -> str:
    told = told_of(leaf, look)
    if said := told.rises if wanted else told.falls:
        return said
    text = leaf.text if wanted else f"not {leaf.text}"
    return f"{text} (not known now)" if told.unknown else text


def _member(node: Member, look: Look, wanted: bool) -> str:
    value = look.value(node.item)
    options = ", ".join(map(worth, node.options))
    word = "one of" if node.inside is wanted else "none of"
    now = "not known now" if value is None else f"it is {worth(value, getattr(node.item, 'unit', ''))}"
    return f"{node.item.text} is {word} {options} ({now})"


def _comparison(node: Compare, look: Look, wanted: bool) -> str:
    _, op, _ = sides_of(node)
    op = op if wanted else OPPOSITE[op]
    text = node.text
    if not wanted:
        text = f"{node.left.text} {OPPOSITE[node.op]} {node.right.text}"
    return f"{text} ({_now(node, op, look)})"


def _now(node: Compare, op: str, look: Look) -> str:
    """How it stands, in a word or two."""
    shown, _, other = sides_of(node)
    value, threshold = look.value(shown), look.value(other)
    if value is None or threshold is None:
        return "not known now"
    source = look.sources.get(shown.slot) if isinstance(shown, Ref) else None
    if source is not None and isinstance(shown, Ref) and source.form in COUNTS:
        return _count(Asked(shown, source, look), op, (float(value), float(threshold)))
    unit = getattr(shown, "unit", "")
    return (
        away_in_words(node, op, look)
        or f"{'it' if shown is node.left else shown.text} is {worth(value, unit)}"
    )


def _count(asked: Asked, op: str, numbers: tuple[float, float]) -> str:
    value, threshold = numbers
    if op in {">", ">="}:
        least = threshold + 1 if op == ">" else ceil(threshold)
        return f"{max(int(least - value), 1)} more"
    falls = falls_below(asked, int(threshold) + (op == "<="))
    if falls is None:
        return f"it is {worth(value)}"
    return f"by itself at {clock(falls, asked.look.at, asked.look.zone)} if no more comes"


def _choice(node: Choice, look: Look, wanted: bool) -> str:
    found = look.truth(node.condition)
    if found is None:
        return f"it is known whether {node.condition.text}"
    return missing(node.yes if found else node.no, look, wanted)
