"""The house's one YAML reader, for books, plays and phrases.

YAML 1.2 core schema: `off`, `no`, `yes`, `on`, `12:30` and dates stay text. Duplicate keys, anchors,
aliases, tags and several documents in one file are refused, and so is what is too big or too deep.
Line marks are kept so that every error can name its line. It never touches a disk: it is given text.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]

LARGEST = 512 * 1024  # characters: a book of two hundred rules is about a tenth of this
DEEPEST = 20
MOST_NODES = 30_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file: where, what was found, and what to write instead."""

    file: str
    line: int
    path: str
    what: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.path}: {self.what}" if self.path else f"{where}: {self.what}"


class BookError(ValueError):
    """A file that cannot be used. `problems` holds every fault found; `str()` is one line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file said (`data`: dicts, lists, text, numbers, booleans, None) and on which lines."""

    name: str
    data: Any
    lines: dict[Path, int] = field(default_factory=dict, repr=False)

    def line(self, path: Path) -> int:
        """The line (from 1) of `path`, or of the nearest thing around it that the file does have."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path, what: str) -> Problem:
        """A `Problem` at `path` in this file."""
        return Problem(self.name, self.line(path), spell_path(path), what)


def spell_path(path: Path) -> str:
    """`("rules", 0, "when")` as `rules[0].when`."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(parts).removeprefix(".")


def nearest(word: object, known: Iterable[str]) -> str:
    """` Did you mean …?` when one of the known words is close, else the list of them."""
    words = sorted(known)
    close = difflib.get_close_matches(str(word), words, n=1, cutoff=0.6)
    if close:
        return f" Did you mean `{close[0]}`?"
    return f" Known here: {', '.join(words)}." if words and len(words) <= 24 else ""


class _Refused(Exception):
    def __init__(self, mark: Any, what: str) -> None:
        super().__init__(what)
        self.mark, self.what = mark, what


class _CoreLoader(yaml.SafeLoader):
    """Composes nodes by the core schema; refuses what makes YAML surprising or explosive."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012 - the library's own class attribute
    depth = 0
    nodes = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(
                event.start_mark, f"the alias `*{event.anchor}` is not allowed; write the value out"
            )
        if getattr(event, "anchor", None):
            raise _Refused(
                event.start_mark, f"the anchor `&{event.anchor}` is not allowed; write the value out"
            )
        if getattr(event, "tag", None) not in (None, "!"):
            raise _Refused(event.start_mark, f"the tag `{event.tag}` is not allowed; leave it out")
        self.depth += 1
        self.nodes += 1
        if self.depth > DEEPEST:
            raise _Refused(event.start_mark, f"nested more than {DEEPEST} levels deep")
        if self.nodes > MOST_NODES:
            raise _Refused(event.start_mark, f"more than {MOST_NODES} values in one file")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


_CoreLoader.add_implicit_resolver("bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_CoreLoader.add_implicit_resolver("null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_CoreLoader.add_implicit_resolver(
    "int", re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"), list("-+0123456789")
)
_CoreLoader.add_implicit_resolver(
    "float",
    re.compile(
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
    ),
    list("-+0123456789."),
)


def load_yaml(text: str, name: str) -> Document:
    """Read one YAML document.

    Raises BookError (file, line, what was found, what to write instead).
    """
    if len(text) > LARGEST:
        raise BookError([Problem(name, 1, "", f"{len(text)} characters; at most {LARGEST} are read")])
    try:
        loader = _CoreLoader(text)
        root = loader.get_single_node()
        lines: dict[Path, int] = {}
        data = None if root is None else _build(root, (), lines)
    except _Refused as refused:
        raise BookError([Problem(name, refused.mark.line + 1, "", refused.what)]) from None
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        what = f"not readable as YAML: {broken.problem or broken.context}"
        raise BookError([Problem(name, mark.line + 1 if mark else 1, "", what)]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as broken:
        raise BookError([Problem(name, 1, "", f"not readable as YAML: {broken}")]) from None
    return Document(name, data, lines)


def _build(node: Any, path: Path, lines: dict[Path, int]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, number), lines) for number, item in enumerate(node.value)]
    return _scalar(node.tag, node.value)


def _mapping(node: Any, path: Path, lines: dict[Path, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise _Refused(key_node.start_mark, "a key must be one word, not a list or a mapping")
        key = key_node.value
        if key in found:
            where = spell_path(path)
            raise _Refused(
                key_node.start_mark,
                f"`{key}` is there twice{f' in {where}' if where else ''}; keep one of them",
            )
        lines[(*path, key)] = key_node.start_mark.line + 1
        found[key] = _build(value_node, (*path, key), lines)
    return found


def _scalar(tag: str, value: str) -> Any:
    match tag:
        case "bool":
            return value.lower() == "true"
        case "null":
            return None
        case "int":
            if len(value) > 40:
                raise ValueError("a number of more than 40 digits")
            return int(value, 0) if value.startswith(("0o", "0x")) else int(value)
        case "float":
            return float(value.replace(".", "") if value[-1] in "fFnN" else value)
    return value
