"""The generated Python of a rule book, laid out for people: `beforehand rules show PATH --source`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from device_rules import RuleBook
from device_rules.compile import judge_lines, mask_lines
from device_rules.quiet import source_of
from device_rules.rule import Rule
from device_rules.tree import leaves

WIDTH = 100
BREAKS = re.compile(r"(?<= and )|(?<= or )|(?<=, )|(?= if )|(?= else )")


def source_page(book: RuleBook, rule: Rule | None) -> str:
    """The function that reads for devices of which all is well; with `rule`, the two that judge that rule."""
    lines = list(_of_book(book) if rule is None else _of_rule(book, rule))
    return "\n".join(part for line in lines for part in _folded(line))


def _of_book(book: RuleBook) -> Iterator[str]:
    yield f"# {book.model}, version {book.version}: what every reading of a healthy device goes through."
    yield "# It is made from the book. What it does not find plainly in order is judged `closely`, rule by"
    yield "# rule: `beforehand rules show PATH --source --rule ID` prints how."
    yield "#"
    yield from _names(book, range(len(book.slots)))
    for number, source in enumerate(book.sources):
        yield f"# windows[{number}]: {source.text}"
    if not book.plan.quick:
        yield "#"
        yield "# There is none for this book: it asks about other devices or learns pauses, so all its devices are"
        yield "# judged closely."
        return
    yield ""
    yield from source_of(book).split("\n")


def _of_rule(book: RuleBook, rule: Rule) -> Iterator[str]:
    number, width = book.rules.index(rule), len(book.slots)
    yield f"# {book.model}, version {book.version}, {rule.id}: {rule.title}"
    yield "#"
    yield from _names(book, sorted({leaf.slot for node in rule.conditions for leaf in leaves(node)}))
    yield ""
    yield f"# May it begin? Bit {number} is set while this is known to be true: {rule.when.text}"
    yield from mask_lines([rule.when], width, [number])
    yield ""
    levels = "".join(f", then {severity}" for severity in rule.levels)
    yield f"# What are its conditions worth: `when`, `clear`{levels}? None stands for unknown."
    yield from judge_lines(rule.conditions, width)


def _names(book: RuleBook, places: Iterable[int]) -> Iterator[str]:
    sources = {source.slot: source.text for source in book.sources}
    for place in places:
        slot = book.slots[place]
        name = sources.get(place) or {
            "attribute": f"attr.{slot.name}",
            "silence": f"silence ({slot.name})",
        }.get(slot.sort, slot.name)
        metric = book.metrics.get(slot.name) if slot.sort == "metric" else None
        yield f"# v{place}: {name}{f' ({metric.unit})' if metric and metric.unit else ''}"


def _folded(line: str) -> Iterator[str]:
    """A line of Python that is too long, broken within its brackets; a comment, broken between words."""
    if line.startswith("#"):
        yield from _comment(line)
        return
    margin, depth = " " * (len(line) - len(line.lstrip())), 0
    while len(line) > WIDTH and (cut := _cut(line, len(margin))):
        depth += _opened(line[:cut])
        yield line[:cut].rstrip() + ("" if depth else " \\")
        line = f"{margin}        {line[cut:].lstrip()}"
    yield line


def _comment(line: str) -> Iterator[str]:
    while len(line) > WIDTH and (cut := line.rfind(" ", 4, WIDTH)) > 0:
        yield line[:cut]
        line = f"#   {line[cut + 1 :]}"
    yield line


def _cut(line: str, margin: int) -> int:
    """Where to break: the last place that fits where the fewest brackets are open; 0 when there is none."""
    places = [place.start() for place in BREAKS.finditer(line) if margin + 8 < place.start() < WIDTH - 1]
    return max(places, key=lambda place: (-_opened(line[:place]), place), default=0)


def _opened(text: str) -> int:
    """How many more brackets are opened in it than closed."""
    return sum(map(text.count, "([{")) - sum(map(text.count, ")]}"))
