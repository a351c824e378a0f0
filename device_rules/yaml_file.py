"""The house's one YAML reader, for books, plays and phrases.

YAML 1.2 core schema: `off`, `no`, `yes`, `on`, `12:30` and dates stay text. Duplicate keys, anchors,
aliases, tags and several documents in one file are refused, and so is what is too big or too deep.
Line marks are kept so that every error can name its line. It never touches a disk: it is given text.
"""

from __future__ import annotations

import difflib
import heapq
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import yaml

Path = tuple[str | int, ...]

LARGEST = 2 * 1024 * 1024  # characters: a book of two thousand rules is about half of this
DEEPEST = 20
MOST_VALUES = 150_000
MOST_KEYS = 5_000
MOST_PROBLEMS = 50  # told at once; nobody reads more, and looking for remedies takes time
CLOSEST = 40


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
    """A file that cannot be used. `problems` holds what was found, by line; `str()` is one line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = sorted(problems, key=lambda problem: problem.line)
        if len(found) > MOST_PROBLEMS:
            last = found[MOST_PROBLEMS - 1]
            more = Problem(last.file, last.line, "", "and more like these; mend them and check again")
            found = [*found[:MOST_PROBLEMS], more]
        self.problems = tuple(found)
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
    words, written = sorted(known), str(word)[:100]
    close = difflib.get_close_matches(written, _likely(written, words), n=1, cutoff=0.6)
    if close:
        return f" Did you mean `{close[0]}`?"
    return f" Known here: {', '.join(words)}." if words and len(words) <= 24 else ""


def _likely(word: str, words: list[str]) -> list[str]:
    """Of very many words those worth a closer look: of about this length, with a like beginning or end."""
    if len(words) <= CLOSEST:
        return words

    def unlike(other: str) -> int:
        alike = _shared(word, other) + _shared(word[::-1], other[::-1])
        return abs(len(word) - len(other)) - alike

    return heapq.nsmallest(CLOSEST, words, key=unlike)


def _shared(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


class _Refused(Exception):
    def __init__(self, mark: Any, what: str) -> None:
        super().__init__(what)
        self.line, self.what = mark.line + 1, what


_PARSER: Any = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # libyaml's where it was built in, ten times as fast
_CORE: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("bool", "tTfF", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("null", "~nN", re.compile(r"~|null|Null|NULL|")),
    ("int", "-+0123456789", re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")),
    (
        "float",
        "-+0123456789.",
        re.compile(
            r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
            r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
        ),
    ),
)


def load_yaml(text: str, name: str) -> Document:
    """Read one YAML document.

    Raises BookError (file, line, what was found, what to write instead).
    """
    if len(text) > LARGEST:
        raise BookError([Problem(name, 1, "", f"{len(text)} characters; at most {LARGEST} are read")])
    try:
        return _Composer(text).document(name)
    except _Refused as refused:
        raise BookError([Problem(name, refused.line, "", refused.what)]) from None
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        what = f"not readable as YAML: {_remedy(str(broken.problem or broken.context))}"
        last = max(len(text.splitlines()), 1)
        raise BookError([Problem(name, min(mark.line + 1, last) if mark else 1, "", what)]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as broken:
        raise BookError([Problem(name, 1, "", f"not readable as YAML: {broken}")]) from None


_REMEDIES = (
    ("mapping values", 'a second `:` in one entry; put the text in quotes, like title: "Hot: boiler"'),
    ("expected '-' indicator", "this line begins too far left or right; mend the indentation"),
    ("tab character", "a tab; indent with spaces"),
    ("start any token", "a sign that text cannot begin with; put the text in quotes"),
    ("unexpected end of stream", "a quote that is never closed"),
    ("',' or ']'", "a `[` that is never closed, or a comma is missing"),
    ("',' or '}'", "a `{` that is never closed, or a comma is missing"),
)


def _remedy(problem: str) -> str:
    return next((f"{remedy} ({problem})" for sign, remedy in _REMEDIES if sign in problem), problem)


class _Composer:
    """Makes plain values of the parser's events; refuses what makes YAML surprising or explosive."""

    def __init__(self, text: str) -> None:
        self.events: Iterator[Any] = yaml.parse(text, Loader=_PARSER)
        self.lines: dict[Path, int] = {}
        self.last = max(len(text.splitlines()), 1)
        self.values = 0

    def document(self, name: str) -> Document:
        """The one document of the stream; an empty stream is None."""
        data, seen = None, False
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    raise _Refused(event.start_mark, "here begins another document; keep one in a file")
                data, seen = self.value(next(self.events), ()), True
        return Document(name, data, self.lines)

    def value(self, event: Any, path: Path) -> Any:
        """The value that begins with `event`."""
        self.allowed(event, path)
        self.lines.setdefault(path, min(event.start_mark.line + 1, self.last))  # nothing lies behind the end
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            found: list[Any] = []
            while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
                found.append(self.value(item, (*path, len(found))))
            return found
        return _scalar(event)

    def mapping(self, path: Path) -> dict[str, Any]:
        """The mapping that has just begun."""
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            self.allowed(event, path)
            mark: Any = event.start_mark
            if not isinstance(event, yaml.ScalarEvent):
                raise _Refused(mark, "a key must be one word, not a list or a mapping")
            key = event.value
            if key in found:
                where = spell_path(path)
                raise _Refused(
                    mark,
                    f"`{key[:80]}` is there twice{f' in {where}' if where else ''}; keep one of them",
                )
            self.lines[(*path, key)] = mark.line + 1
            found[key] = self.value(next(self.events), (*path, key))
            if len(found) > MOST_KEYS:
                raise _Refused(mark, f"more than {MOST_KEYS} keys in one place")
        return found

    def allowed(self, event: Any, path: Path) -> None:
        """Refuse aliases, anchors and tags, and what is too deep or too much."""
        mark: Any = event.start_mark
        self.values += 1
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(mark, f"the alias `*{event.anchor}` is not allowed; write the value out")
        if event.anchor:
            raise _Refused(mark, f"the anchor `&{event.anchor}` is not allowed; write the value out")
        if event.tag not in {None, "!"}:
            raise _Refused(mark, f"the tag `{event.tag}` is not allowed; leave it out")
        if len(path) >= DEEPEST:
            raise _Refused(mark, f"nested more than {DEEPEST} levels deep")
        if self.values > MOST_VALUES:
            raise _Refused(mark, f"more than {MOST_VALUES} values in one file")


def _scalar(event: Any) -> Any:
    value: str = event.value
    if not event.implicit[0]:
        return value
    match _tag(value):
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


def _tag(value: str) -> str:
    for tag, first, pattern in _CORE:
        if (not value or value[0] in first) and pattern.fullmatch(value):
            return tag
    return "str"
