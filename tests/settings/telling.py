"""What an engineer reads who has written a settings file: the lines that `beforehand check` tells, without the folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.bootstrap.soundness import sound, with_further_slips
from hub.ports import BadInput
from hub.settings import BadPart, load


def told(folder: Path, toml: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """The lines; none when all is well."""
    file = folder / "beforehand.toml"
    file.write_text(toml, encoding="utf-8")
    try:
        sound(load(environ or {}, file))
    except BadPart as refused:
        return lines(with_further_slips(refused), folder)
    except BadInput as slips:
        return lines(slips, folder)
    return []


def lines(slips: BadInput, folder: Path) -> list[str]:
    """Its lines without the folder of the file."""
    return str(slips).replace(f"{folder}/beforehand.toml:", "").splitlines()


def inline(value: Any) -> str:
    """A value as TOML has it, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {inline(each)}' for key, each in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(inline, value))}]"
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f'"{value}"'
        if isinstance(value, str)
        else str(value)
    )


def written(path: tuple[str | int, ...], value: Any) -> str:
    """A file in which `value` stands at `path`, and nothing else."""
    for step in reversed(path[2:]):
        value = [value] if isinstance(step, int) else {step: value}
    return (
        f"[{path[0]}]\n{path[1]} = {inline(value)}\n" if len(path) > 1 else f"{path[0]} = {inline(value)}\n"
    )
