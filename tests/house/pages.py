"""Reference pages made from the tables themselves: `python -m tests.house.pages` writes them, a test checks for drift."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from hub.domain.asked import Caps
from hub.domain.because import Because
from hub.domain.stages import STAGES, Stage
from hub.domain.stages_told import TOLD
from hub.settings import Part, Settings
from hub.settings.schema import is_table
from tests.house.rules_page import reference_page

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
    if isinstance(value, dict):
        return f"`{{{', '.join(f'{key} = {list(each)}' for key, each in value.items())}}}`".replace("'", '"')
    return f"`{', '.join(map(str, value))}`" if isinstance(value, tuple) else f"`{value}`"


def settings_page() -> str:
    """Every setting: its name in the file, in the environment, and its default."""
    lines = [
        "# Settings",
        "",
        "Settings come from `beforehand.toml` in the working folder (or `--config FILE`) and from the environment, which",
        "wins; tables can only stand in the file. A name ending in `_FILE` reads the value from that file. Durations are",
        "written `90s`, `15m`, `2h`, `14d`. `beforehand check` tells every mistake at once, a line each: where it stands, what",
        "is wrong, and what to write, with the nearest name for one that is unknown. It never repeats a value: that could be a",
        "secret.",
        "",
    ]
    for section, field in Settings.model_fields.items():
        part = field.annotation
        if not (isinstance(part, type) and issubclass(part, Part)):
            continue
        lines += [f"## `[{section}]`", "", " ".join((part.__doc__ or "").split()), ""]
        lines += ["| name | environment | default |", "|---|---|---|"]
        for name, inner in part.model_fields.items():
            environment = "–" if is_table(inner.annotation) else f"`BEFOREHAND_{section}_{name}`".upper()
            default = inner.get_default(call_default_factory=True)
            for below, value in rows_of(name, default):
                lines.append(f"| `{below}` | {environment} | {shown(value)} |")
        lines.append("")
    return "\n".join(lines)


def rows_of(name: str, default: object) -> list[tuple[str, object]]:
    """A setting and its default; of a table with settings of its own, each of them."""
    if isinstance(default, Part):
        return [(f"{name}.{each}", getattr(default, each)) for each in type(default).model_fields]
    return [(name, default)]


def gate_page() -> str:
    """Which class of message passes which stage of the gate, and what each stage asks."""
    stages: dict[Stage, list[str]] = {}
    for kind, passed in STAGES.items():
        for stage in passed:
            stages.setdefault(stage, []).append(kind.value)
    lines = [
        "# The gate",
        "",
        "Nothing reaches a customer but through the gate: not what the hub writes, not what an agent writes, not what is",
        "sent again. The first stage that objects has the last word: the message waits, or does not leave, and the reason is",
        "written down. It is asked again whenever a wait is over and just before the message leaves. What ends a matter for",
        "good is asked first, so that nobody waits for morning with a message that will never leave.",
        "",
        "Drawn from the table in [`hub/domain/stages.py`](../hub/domain/stages.py); the reasons are in [reasons](reasons.md).",
        "",
        "| class of the message | stages, in this order |",
        "|---|---|",
    ]
    for kind, passed in STAGES.items():
        lines.append(f"| {kind.value} | {' → '.join(map(spelled, passed))} |")
    lines += [
        "",
        "## Class by class",
        "",
        f"| stage | {' | '.join(STAGES)} |",
        "|---" * (len(STAGES) + 1) + "|",
    ]
    for stage, kinds in stages.items():
        marks = ["●" if kind.value in kinds else "" for kind in STAGES]
        lines.append(f"| {spelled(stage)} | {' | '.join(marks)} |")
    lines += ["", "## Stage by stage", ""]
    lines += [
        "| stage | what it says | the message waits | it does not leave | default | from |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_stage_row(stage) for stage in stages]
    return "\n".join([*lines, ""])


def _stage_row(stage: Stage) -> str:
    told = TOLD[stage.__name__]
    given = [f"`{name}` {shown(getattr(Caps(), name))}" for name in told.caps]
    default = "; ".join([*given, *([told.default] if told.default else [])])
    holds, denies = (", ".join(f"`{each}`" for each in reasons) for reasons in (told.holds, told.denies))
    says = " ".join((stage.__doc__ or "").split())
    return f"| {spelled(stage)} | {says} | {holds} | {denies} | {default} | {told.source} |"


def spelled(stage: Stage) -> str:
    """A stage's name in words."""
    return stage.__name__.replace("_", " ")


def reasons_page() -> str:
    """Every reason, in its two sentences."""
    lines = [
        "# Reasons",
        "",
        "Every decision gives one of these: in the log, on the timeline, in the console, and by `beforehand explain`. The",
        "second sentence is safe to be shown to the customer. The list is made from",
        "[`hub/domain/because.py`](../hub/domain/because.py).",
        "",
        "| reason | for agents | for customers |",
        "|---|---|---|",
    ]
    lines += [f"| `{because}` | {because.agent} | {because.customer} |" for because in Because]
    return "\n".join([*lines, ""])


def decisions_page() -> str:
    """The decisions in their order, by their titles."""
    lines = [
        "# Decisions",
        "",
        "Ten lines each: what we saw, what we chose, what it costs. A new one is a new file with the next number; this list",
        "is made from their first lines by `python -m tests.house.pages`.",
        "",
    ]
    for file in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        title = file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        number, _, words = title.partition(". ")
        lines.append(f"{number}. [{words}]({file.name})")
    return "\n".join([*lines, ""])


PAGES: Mapping[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "gate.md": gate_page,
    "reasons.md": reasons_page,
    "rules-reference.md": reference_page,
    "decisions/README.md": decisions_page,
}


def main() -> None:
    """Write all pages."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())
        sys.stdout.write(f"docs/{name}\n")


if __name__ == "__main__":
    main()
