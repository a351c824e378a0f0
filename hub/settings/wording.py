"""What is wrong with the settings, in our words: one `BadInput` for each mistake that pydantic finds.

Place, cause and remedy. What was written is never repeated, for it could be a secret in the wrong place: the place says where
to look, and where a known word is near, it is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, get_origin

from pydantic import ValidationError

from hub.ports import BadInput
from hub.settings.part import Part
from hub.settings.schema import default_at, is_table, kind_at, names_at, sections_with
from hub.settings.slips import Slip, harmless, nearest
from hub.settings.sources import Sources, Step

Error = Mapping[str, Any]  # one of ValidationError.errors()
Words = tuple[str, str]  # cause and remedy

PAGE = "See docs/settings.md."
KEY = "[key]"
"""pydantic's name for a key that is wrong, behind the key itself."""

_WANTED = {
    "tuple": "a list",
    "dict": "a table",
    "model": "a table",
    "string": "text in quotes",
    "path": "the path of a file, in quotes",
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "bool": "true or false",
}
_EXAMPLES: Mapping[type, str] = {bool: "true", int: "1", float: "0.5"}
_SECRET = {("store", "secret")}
"""Settings with a default that nobody should be told to write."""

_FOUND: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    (str, "text"),
    ((int, float), "a number"),
    ((list, tuple), "a list"),
    (dict, "a table"),
    ((date, time), "a date or time without quotes"),
)


def in_words(error: ValidationError, sources: Sources, root: type[Part]) -> list[BadInput]:
    """Every mistake, told."""
    mistakes = error.errors()
    meant = {_meant(each, root) for each in mistakes if each["type"] == "extra_forbidden"}
    there = [each for each in mistakes if each["type"] != "missing" or path_of(each) not in meant]
    held = {path_of(each)[:-1] for each in mistakes}
    there = [
        each for each in there if each["type"] != "too_short" or path_of(each) not in held
    ]  # an entry that is refused
    return [_told(each, sources, root) for each in there]


def _meant(unknown: Error, root: type[Part]) -> tuple[Step, ...]:
    """What an unknown name was meant to be: that is not missing, too."""
    *within, name = path_of(unknown)
    near = nearest(name, names_at(root, within))
    return (*within, near.removeprefix("Did you mean ").removesuffix("?"))


def path_of(mistake: Error) -> tuple[Step, ...]:
    """Where a mistake is."""
    return tuple(step for step in mistake["loc"] if step != KEY)


def _told(mistake: Error, sources: Sources, root: type[Part]) -> BadInput:
    path, kind = path_of(mistake), str(mistake["type"])
    if sources.in_environment(path) and is_table(kind_at(root, path)) and kind.startswith(("dict", "model")):
        within = path[:-1] if isinstance(path[-1], int) else path
        remedy = f"Write it as {_header(within, root)}."
        return BadInput(sources.place(within), "only a settings file can hold a table", remedy)
    if kind == "literal_error" and mistake["loc"][-1:] == (KEY,):
        cause, remedy = "there is no such name here", nearest(path[-1], names_at(root, path[:-1]))
    elif kind in _SPECIAL:
        cause, remedy = _SPECIAL[kind](mistake, path, root)
    else:
        cause, remedy = _wrong_kind(mistake, path, root)
    if sources.in_environment(path):
        remedy = remedy.replace(f"Write {path[-1]} = ", "Write ")  # it has a name already
    return BadInput(sources.place(path), cause, remedy)


def _unknown(_: Error, path: tuple[Step, ...], root: type[Part]) -> Words:
    name, known = str(path[-1]), names_at(root, path[:-1])
    remedy = nearest(name, known)
    if not remedy.startswith("Did") and (elsewhere := sections_with(root, name)):
        remedy = f"There is one in {' and '.join(f'[{each}]' for each in elsewhere[:4])}."
    return "there is no such setting", remedy or PAGE


def _slip(mistake: Error, _: tuple[Step, ...], __: type[Part]) -> Words:
    slip = mistake.get("ctx", {}).get("error")
    return (slip.cause, slip.remedy) if isinstance(slip, Slip) else ("it cannot be used", PAGE)


def _no_choice(mistake: Error, _: tuple[Step, ...], __: type[Part]) -> Words:
    choices = [each for each in re.findall(r"'([^']*)'", mistake["ctx"]["expected"]) if each]
    allowed, near = ", ".join(choices), nearest(mistake["input"], choices)
    return "there is no such choice", " ".join(
        filter(None, (near if near[:3] == "Did" else "", f"Choices: {allowed}."))
    )


def _missing(_: Error, path: tuple[Step, ...], root: type[Part]) -> Words:
    return "it is missing", f"Write {_example(path, root)}"


def _bound(cause: str, remedy: str, limit: str) -> Callable[[Error, tuple[Step, ...], type[Part]], Words]:
    def words(mistake: Error, _: tuple[Step, ...], __: type[Part]) -> Words:
        return cause, remedy.format(mistake["ctx"][limit])

    return words


def _too_short(mistake: Error, _: tuple[Step, ...], __: type[Part]) -> Words:
    least, unit = (
        mistake["ctx"]["min_length"],
        "character" if mistake["type"].startswith("string") else "entry",
    )
    cause = "it is too short" if len(mistake["input"]) else "it is empty"
    plural = unit.replace("entry", "entrie") + "s"
    return cause, f"Write {least} {unit if least == 1 else plural} or more."


_SPECIAL: Mapping[str, Callable[[Error, tuple[Step, ...], type[Part]], Words]] = {
    "extra_forbidden": _unknown,
    "value_error": _slip,
    "literal_error": _no_choice,
    "missing": _missing,
    "greater_than": _bound("it is too small", "Write more than {}.", "gt"),
    "greater_than_equal": _bound("it is too small", "Write {} or more.", "ge"),
    "less_than": _bound("it is too large", "Write less than {}.", "lt"),
    "less_than_equal": _bound("it is too large", "Write {} or less.", "le"),
    "string_too_long": _bound("it is too long", "Write {} characters or fewer.", "max_length"),
    "string_too_short": _too_short,
    "too_short": _too_short,
}


def _wrong_kind(mistake: Error, path: tuple[Step, ...], root: type[Part]) -> Words:
    wanted = _WANTED.get(str(mistake["type"]).split("_")[0], "another value")
    found = next((words for kinds, words in _FOUND if isinstance(mistake["input"], kinds)), "something else")
    number = found == "a number" and wanted == "a whole number"
    said = found == "text" and "number" in wanted
    cause = f"it is no {wanted[2:]}" if number or said else f"it is {found}, not {wanted}"
    quotes = wanted.endswith("in quotes") and not isinstance(mistake["input"], list | dict)
    return cause, "Put it in quotes." if quotes else f"Write {_example(path, root)}"


def _example(path: tuple[Step, ...], root: type[Part]) -> str:
    """How a value at `path` is written: with what stands there by default, if something does."""
    kind = kind_at(root, path)
    if is_table(kind):
        return f"{_header(path, root)} and what it holds below."
    default = None if path in _SECRET else default_at(root, path)
    begins = f"{harmless(path[-1])} = " if isinstance(path[-1], str) else ""
    if get_origin(kind) is tuple:
        return begins + (_shown(default) if default else '["…"]')
    if kind in _EXAMPLES:
        return begins + (_EXAMPLES[kind] if default is None else _shown(default))
    return begins + (_shown(default) if default and isinstance(default, str | Path) else '"…"')


def _shown(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_shown(each) for each in value[:2])}{', …' if len(value) > 2 else ''}]"
    return f'"{value}"' if isinstance(value, str | Path) else str(value)


def _header(path: tuple[Step, ...], root: type[Part]) -> str:
    """`[sending.rates]`, or `[[voices.homes]]` for a list of tables."""
    listed = isinstance(path[-1], int) or get_origin(kind_at(root, path)) is tuple
    name = ".".join(step for step in path if isinstance(step, str))
    return f"[[{name}]]" if listed else f"[{name}]"
