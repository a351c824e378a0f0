"""Rules as they stand on a page: whole books, rules alone (their book is the page's first), and tables of forms."""

from __future__ import annotations

import re
from itertools import takewhile

from device_rules import BookError, RuleBook
from tests.house.reading import Block, blocks

HEAD = {"model": "page/device", "version": "1", "expect_every": "60s"}
PLAIN = {"id": "on-the-page", "title": "Of the page", "severity": "minor"}


def head_of(page: str) -> str:
    """What the first book of a page says before its rules."""
    return blocks(page, "yaml")[0].text.split("\nrules:")[0]


def book_text(block: Block) -> str:
    """A block as a whole book: rules alone get the head of the page, and a book without one a plain head."""
    if block.text.startswith("- id:"):
        indented = "".join(f"  {line}\n" for line in block.text.splitlines())
        return f"{head_of(block.page)}\nrules:\n{indented}"
    missing = [
        f"{key}: {value}"
        for key, value in HEAD.items()
        if not re.search(rf"^{key}:", block.text, re.MULTILINE)
    ]
    return "\n".join([*missing, block.text])


def rule_text(head: str, keys: list[str]) -> str:
    """One rule of these keys, as a whole book."""
    lines = [f"{key}: {value}" for key, value in PLAIN.items()] + keys
    return f"{head}\nrules:\n  - " + "\n    ".join(lines)


def table(text: str, headings: str) -> list[list[str]]:
    """The rows of the table below these headings, cell by cell."""
    _, _, below = text.partition(f"| {headings} |\n")
    rows = takewhile(lambda line: line.startswith("|"), below.splitlines()[1:])
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def code(cell: str) -> list[str]:
    """What stands as code in a cell, in single or double quotes."""
    return [
        double.strip() or single for double, single in re.findall(r"``\s?(.+?)\s?``(?!`)|`([^`]+)`", cell)
    ]


def complaint(text: str) -> str:
    """What is said of a book that cannot be used, without its place; "" when it can."""
    try:
        RuleBook.parse(text, "book.yaml")
    except BookError as error:
        return "; ".join(problem.what for problem in error.problems)
    return ""
