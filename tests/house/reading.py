"""Reading our own Markdown: which pages there are, their fenced blocks, links and headings."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCED = {"build", "data", "node_modules"}
_BLOCK = re.compile(r"^```(\w+)[ ]?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, what stands behind that, and its text."""

    page: str
    language: str
    name: str
    text: str


def pages() -> list[Path]:
    """Every Markdown page of the repository; what is installed or produced is left out."""
    found: list[Path] = []
    for folder, inner, files in os.walk(ROOT):
        inner[:] = [name for name in inner if not name.startswith(".") and name not in PRODUCED]
        found += [Path(folder, name) for name in files if name.endswith(".md")]
    return sorted(found)


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[Block]:
    """The fenced blocks of that language in the page, in order."""
    return [Block(page, *found) for found in _BLOCK.findall(read(page)) if found[0] == language]


def links(text: str) -> list[str]:
    """Where the page points to inside the repository: `path#heading`."""
    found = re.findall(r"\]\(([^)\s]+)\)", _BLOCK.sub("", text))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(text: str) -> set[str]:
    """The headings as the usual renderers name them in an address."""
    found = re.findall(r"^#+ (.+)$", _BLOCK.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def shell(text: str) -> list[list[str]]:
    """The words behind every `beforehand` that is written as a command."""
    commands = re.findall(r"(?:^\s*|`)(?:\.venv/bin/)?beforehand +([^`#\n]+)", text, re.MULTILINE)
    return [command.split() for command in commands]
