"""Every setting of every section, with a value of the wrong kind: refused in our words, and never with the value."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

from hub.ports import BadInput
from hub.settings import Settings, load
from hub.settings.schema import part_of, walk
from tests.settings.telling import inline, told, written

TOKEN = "glpat" + "0x7Fq3Zk9LwT2mVb8sYd"
SECRET = f"whsec_{TOKEN}"
WRONG: tuple[Any, ...] = (True, 7_000_000, -7, 0.5, "§", [], [7], [{}], {}, {"§": 7})
RAW = (
    "Input should",
    "Value error",
    "pydantic",
    "valid ",
    "another value",
    "something else",
    "it cannot be used",
)
PLACES = [place for place in walk(Settings) if place[0] and place[0][0] != "clock"]
SECTIONS = [name for name in Settings.model_fields if name != "clock"]


def fits(value: object, kind: Any) -> bool:
    """Whether a value has the type of its place; text may also be what stands for a number, or a path alone."""
    if part_of(kind) or get_origin(kind) is dict:
        return isinstance(value, dict)
    if get_origin(kind) is tuple:
        return isinstance(value, list)
    return kind is Any or type(value) in {int: (int,), float: (int, float), bool: (bool,)}.get(kind, (str,))


@pytest.mark.parametrize("section", SECTIONS)
def test_a_value_of_the_wrong_kind_is_told_with_place_cause_and_remedy(section: str, tmp_path: Path) -> None:
    file, refused = tmp_path / "beforehand.toml", 0
    for path, kind in PLACES:
        for value in WRONG if path[0] == section else ():
            file.write_text(written(path, value), encoding="utf-8")
            try:
                load({}, file)
            except BadInput as slips:
                refused += 1
                assert [raw for raw in RAW if raw in str(slips)] == [], f"{path} = {value!r}: {slips}"
                for slip in getattr(slips, "problems", [slips]):
                    assert slip.place.startswith(f"{file}:"), f"{path} = {value!r}: {slip}"
                    assert slip.remedy.strip(), f"{path} = {value!r}: {slip}"
            else:
                assert fits(value, kind), f"{path} = {value!r} was taken"
    assert refused > 3


def with_tokens(kind: Any) -> Any:
    """A value of the right shape with a token wherever text may stand."""
    if part := part_of(kind):
        return {name: with_tokens(dict(walk(part))[(name,)]) for name in part.model_fields}
    if get_origin(kind) is tuple:
        return [with_tokens(dict(walk(kind))[(0,)])]
    if get_origin(kind) is dict:
        return {SECRET: with_tokens(get_args(kind)[1])}
    return SECRET


@pytest.mark.parametrize(
    "sections", [SECTIONS, *([name] for name in ("mqtt", "push", "whatsapp", "voices", "operators"))]
)
def test_a_token_in_the_wrong_place_is_never_repeated(sections: list[str], tmp_path: Path) -> None:
    text = "" if "rules" in sections else "[rules]\npacks = []\n"
    for section in sections:
        values = with_tokens(dict(walk(Settings))[(section,)]) | {SECRET: 1}
        text += f"[{section}]\n" + "".join(f"{name} = {inline(value)}\n" for name, value in values.items())
    found = told(tmp_path, text)
    assert len(found) > len(sections)
    assert [line for line in found if TOKEN in line] == []
