"""Reading what people and scenarios are written in: YAML 1.2 (`on`, `no`, `12:30` stay text) and spans of time.

Errors name the file and the line or key. Nothing here knows what the words mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

UNITS = {"s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}


class BadWriting(ValueError):
    """A file says something that cannot be meant; the sentence says where and what would do."""


class _Core(yaml.SafeLoader):
    """YAML with the core schema of version 1.2, without aliases that nobody needs here."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - the parent's shape


for tag, pattern, first in (
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("bool", r"^(?:true|false)$", list("tf")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?$", list("-+.0123456789")),
):
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def _mapping(loader: _Core, node: yaml.MappingNode) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in made:
            where = f"{key_node.start_mark.name}, line {key_node.start_mark.line + 1}"
            raise BadWriting(f"{where}: {key!r} is written twice")
        made[key] = loader.construct_object(value_node, deep=True)
    return made


_Core.add_constructor("tag:yaml.org,2002:map", _mapping)


def read(path: Path) -> dict[str, Any]:
    """The mapping that the YAML file at `path` holds. Raises BadWriting."""
    return parse(path.read_text(encoding="utf-8"), str(path))


def parse(text: str, name: str = "text") -> dict[str, Any]:
    """The mapping that `text` holds; `name` is what errors call it. Raises BadWriting."""
    loader = _Core(text)
    loader.name = name
    try:
        found = loader.get_single_data()
    except yaml.YAMLError as trouble:
        raise BadWriting(f"{name} is not YAML: {trouble}") from None
    finally:
        loader.dispose()
    if not isinstance(found, dict):
        raise BadWriting(f"{name} must hold names with values (`key: value`)")
    return found


def span(text: object, where: str = "a time") -> int:
    """µs of `40s`, `6m`, `1h30m`, `2d`. Raises BadWriting."""
    parts = re.findall(r"(\d+(?:\.\d+)?)([smhd])", str(text))
    if not parts or "".join(number + unit for number, unit in parts) != str(text):
        raise BadWriting(f"{where}: a span of time is written like 40s, 6m or 1h30m; got {text!r}")
    return int(sum(float(number) * UNITS[unit] for number, unit in parts))


def only(found: Mapping[str, Any], known: set[str], where: str) -> None:
    """Raise BadWriting when `found` has a key that is not `known`."""
    for key in found:
        if key not in known:
            raise BadWriting(f"{where}: unknown {key!r}; known are {', '.join(sorted(known))}")
