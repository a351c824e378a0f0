"""Where settings come from: a file and the environment, merged, and where each of them was written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.ports import BadInput
from hub.settings.lines import lines_of
from hub.settings.slips import nearest, spelled

PREFIX = "BEFOREHAND_"
_LAST = 1_000_000

# Names of the tests' own switches: not settings of the hub, and no mistakes either.
_NOT_OURS = {
    "BEFOREHAND_CONTRACTS",
    "BEFOREHAND_RACE",
    "BEFOREHAND_EXAMPLES",
    "BEFOREHAND_KILLS",
    "BEFOREHAND_NO_SKIPS",
    "BEFOREHAND_STORM",
}

Step = str | int
Names = Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class Sources:
    """`lines` of the `file` by path, and the `names` of the environment by (section, field);
    `unread` is what the environment seems to mean and does not say. Two of them are always equal:
    the same settings are the same wherever they were written."""

    file: str = field(default="", compare=False)
    lines: Mapping[tuple[Step, ...], int] = field(default_factory=dict, compare=False)
    names: dict[tuple[Step, ...], str] = field(default_factory=dict, compare=False)
    unread: set[tuple[str, str]] = field(default_factory=set, compare=False)

    def place(self, path: tuple[Step, ...]) -> str:
        """Where `path` stands: the name in the environment, or file, line and name."""
        for length in (2, 1):
            if name := self.names.get(path[:length]):
                return f"{name}{_rest(path[length:])}"
        line = next(
            (self.lines[path[:length]] for length in range(len(path), 0, -1) if path[:length] in self.lines),
            0,
        )
        return f"{self.file}:{line}: {spelled(path)}" if line else spelled(path)

    def written(self, path: tuple[Step, ...]) -> bool:
        """Whether somebody wrote it, and it is no default."""
        return path in self.names or path in self.lines

    def in_order(self, problems: Iterable[BadInput]) -> list[BadInput]:
        """Those of the file by line, then those of the environment."""
        line = re.compile(rf"{re.escape(self.file)}:(\d+):")
        found = [(line.match(each.place), each) for each in problems]
        return [each for _, each in sorted(found, key=lambda pair: int(pair[0][1]) if pair[0] else _LAST)]

    def in_environment(self, path: tuple[Step, ...]) -> bool:
        """Whether it was said by the environment."""
        return path[:2] in self.names or path[:1] in self.names


def _rest(path: tuple[Step, ...]) -> str:
    rest = spelled(path)
    return f": {rest}" if rest and not rest.startswith("[") else rest


def from_file(path: Path, *, required: bool) -> tuple[dict[str, Any], Sources]:
    """What the file says, and where. Raises BadInput."""
    if not path.exists():
        if required:
            raise BadInput(str(path), "there is no such file", "Name another with --config.")
        return {}, Sources(str(path))
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text), Sources(str(path), lines_of(text))
    except OSError as error:
        raise BadInput(str(path), f"it cannot be read: {error.strerror}", "Check path and rights.") from None
    except UnicodeDecodeError:
        raise BadInput(str(path), "it is not TOML: it is not UTF-8", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput(str(path), f"it is not TOML: {error}", "Mend that line.") from None


def overlay(
    data: dict[str, Any],
    sources: Sources,
    environ: Mapping[str, str],
    known: Names,
    is_list: Callable[[str, str], bool],
) -> list[BadInput]:
    """Write what the environment says over `data`; what of it cannot be used. What `is_list` is written with commas."""
    wrong = []
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX) or name in _NOT_OURS:
            continue
        plain = name.removesuffix("_FILE") if name not in known else name
        if plain not in known:
            remedy = nearest(name, known) or "See docs/settings.md."
            wrong.append(BadInput(name, "there is no such setting", remedy))
            sources.unread.add(known.get(remedy.removeprefix("Did you mean ").removesuffix("?"), ("", "")))
            continue
        text = value if plain == name else _text_of(name, value, wrong)
        if text is None:
            sources.unread.add(known[plain])
        else:
            _write(data, sources, (*known[plain], name), _listed(text) if is_list(*known[plain]) else text)
    return wrong


def _text_of(name: str, file: str, wrong: list[BadInput]) -> str | None:
    """What is in the file that a name ending in _FILE names; None when it cannot be read, which is noted."""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or "it is no text"
        wrong.append(BadInput(name, f"its file cannot be read: {cause}", "Check path and rights."))
        return None


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _write(data: dict[str, Any], sources: Sources, where: tuple[str, str, str], value: object) -> None:
    section, field_, name = where
    if not section:
        data[field_] = value
        sources.names[(field_,)] = name
    elif isinstance(
        table := data.setdefault(section, {}), dict
    ):  # a section that is no table is told by itself
        table[field_] = value
        sources.names[(section, field_)] = name
