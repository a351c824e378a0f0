"""What the settings know of themselves: which names a section has, and which kind of value stands at a path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hub.settings.part import Part


def kind_at(kind: Any, path: Sequence[str | int]) -> Any:
    """The annotation at `path` below `kind`, without `| None`; None where there is no such place."""
    kind = _plain(kind)
    if not path or kind is None:
        return kind
    if part := part_of(kind):
        field = part.model_fields.get(str(path[0]))
        return kind_at(field.annotation, path[1:]) if field else None
    inner = get_args(kind)
    if get_origin(kind) is tuple:
        return kind_at(inner[0], path[1:])
    return kind_at(inner[1], path[1:]) if get_origin(kind) is dict else None


def part_of(kind: Any) -> type[Part] | None:
    """The section that `kind` is; None when it is a value."""
    return kind if isinstance(kind, type) and issubclass(kind, Part) else None


def is_table(kind: Any) -> bool:
    """Whether it is a table, or a list of tables: that only a file can hold."""
    kind = _plain(kind)
    inner = _plain(get_args(kind)[0]) if get_origin(kind) is tuple else kind
    return part_of(inner) is not None or get_origin(inner) is dict


def names_at(kind: Any, path: Sequence[str | int]) -> list[str]:
    """The names that may be written at `path`: of a section, or of a table with fixed keys."""
    found = kind_at(kind, path)
    if part := part_of(found):
        return list(part.model_fields)
    keys = get_args(found)[:1] if get_origin(found) is dict else ()
    return [str(name) for key in keys if get_origin(key) is Literal for name in get_args(key)]


def sections_with(kind: type[Part], name: str) -> list[str]:
    """The sections that have a setting called `name`."""
    return [section for section in kind.model_fields if name in names_at(kind, (section,))]


def default_at(kind: type[Part], path: Sequence[str | int]) -> Any:
    """What stands at `path` when nobody writes anything; None where nothing does."""
    value: Any = kind
    for step in path:
        part = value if isinstance(value, type) else type(value)
        if not (isinstance(step, str) and issubclass(part, Part) and step in part.model_fields):
            return None
        value = part.model_fields[step].get_default(call_default_factory=True)
    return value


def walk(kind: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every place of the settings with the kind of its value; the first of each list, and one key of each table."""
    kind = _plain(kind)
    yield path, kind
    if part := part_of(kind):
        for name, field in part.model_fields.items():
            yield from walk(field.annotation, (*path, name))
    elif get_origin(kind) is tuple:
        yield from walk(get_args(kind)[0], (*path, 0))
    elif get_origin(kind) is dict:
        keys = get_args(_plain(get_args(kind)[0]))
        yield from walk(get_args(kind)[1], (*path, str(keys[0]) if keys else "one"))


def _plain(kind: Any) -> Any:
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return _plain(next(each for each in get_args(kind) if each is not type(None)))
    return kind
