"""Reference pages made from the tables themselves: `python -m tests.house.pages` writes them, a test checks for drift."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from hub.settings import Part, Settings

DOCS = Path(__file__).parents[2] / "docs"
_DAY, _HOUR, _MINUTE = 86_400_000_000, 3_600_000_000, 60_000_000


def shown(value: object) -> str:
    """A default as a person would write it."""
    if isinstance(value, int) and not isinstance(value, bool):
        for unit, size in (("d", _DAY), ("h", _HOUR), ("m", _MINUTE)):
            if value >= _MINUTE and value % size == 0:
                return f"`{value // size}{unit}`"
    if value in ("", None, (), {}):
        return "–"
    return f"`{', '.join(map(str, value))}`" if isinstance(value, tuple) else f"`{value}`"


def settings_page() -> str:
    """Every setting: its name in the file, in the environment, and its default."""
    lines = [
        "# Settings",
        "",
        "Settings come from `beforehand.toml` in the working folder (or `--config FILE`) and from the environment, which",
        "wins. A name ending in `_FILE` reads the value from that file. An unknown name is an error that suggests the",
        "nearest one. Durations are written `90s`, `15m`, `2h`, `14d`.",
        "",
    ]
    for section, field in Settings.model_fields.items():
        part = field.annotation
        if not (isinstance(part, type) and issubclass(part, Part)):
            continue
        lines += [f"## `[{section}]`", "", " ".join((part.__doc__ or "").split()), ""]
        lines += ["| name | environment | default |", "|---|---|---|"]
        for name, inner in part.model_fields.items():
            default = inner.get_default(call_default_factory=True)
            lines.append(f"| `{name}` | `BEFOREHAND_{section.upper()}_{name.upper()}` | {shown(default)} |")
        lines.append("")
    return "\n".join(lines)


PAGES: Mapping[str, Callable[[], str]] = {"settings.md": settings_page}


def main() -> None:
    """Write all pages."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())
        sys.stdout.write(f"docs/{name}\n")


if __name__ == "__main__":
    main()
