"""Where files lie: a relative path in the settings counts from the folder of the settings file, wherever a command is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from hub.settings.part import Part

_SQLITE = "sqlite:///"
_Part = TypeVar("_Part", bound=Part)


def placed(part: _Part, folder: Path) -> _Part:
    """`part` with every relative path, in it and in its sections, counted from `folder`."""
    changed: dict[str, Any] = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if (found := _placed(value, folder)) != value:
            changed[name] = found
    return part.model_copy(update=changed) if changed else part


def _placed(value: Any, folder: Path) -> Any:
    if isinstance(value, Part):
        return placed(value, folder)
    if isinstance(value, Path):
        return folder / value  # an absolute path stays what it is
    if isinstance(value, str) and value.startswith(_SQLITE) and len(value) > len(_SQLITE):
        return f"{_SQLITE}{folder / value.removeprefix(_SQLITE)}"
    if isinstance(value, tuple):
        return tuple(_placed_name(each, folder) for each in value)
    return value


def _placed_name(value: Any, folder: Path) -> Any:
    """An entry of a list: a section, or the path of a rule book (a name without a slash is a shipped pack)."""
    if isinstance(value, str) and "/" in value and (folder / value).is_dir():
        return str(folder / value)
    return _placed(value, folder) if isinstance(value, Part | Path) else value
