"""Reads the shape of a book: YAML in, `BookText` out, every mistake told with its line and its remedy."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from device_rules.model import BookText, keys_of, shape_at
from device_rules.shapes import meant, told_of_shape
from device_rules.yaml_file import MOST_PROBLEMS, BookError, Document, Path, Problem, load_yaml, nearest

ELSEWHERE = {
    "within": "stands inside `count: 3 of event.reboot within 10m` and the steps of `sequence`",
    "any": "is a function of conditions; write `when: any(site.devices, …)`",
    "all": "is a function of conditions; write `when: all(site.devices, …)`",
    "rate": "is a function of conditions; write `when: rate(metric, 1h) > …`",
    "delta": "is a function of conditions; write `when: delta(metric, 1h) > …`",
    "events": "need no list; conditions name them, like `count(event.reboot, 1h) >= 3`",
}
"""Words of the language that are no keys."""


def read_draft(text: str, name: str) -> tuple[BookText, Document]:
    """The book as written. Raises BookError with every mistake of shape."""
    document = load_yaml(text, name)
    if not isinstance(document.data, dict):
        raise BookError([document.problem((), "a rule book begins with `model:`; this is not a mapping")])
    try:
        return BookText.model_validate(document.data), document
    except ValidationError as broken:
        errors = broken.errors(include_url=False)
        errors.sort(key=lambda error: document.line(_path(error)))
        raise BookError(_problem(document, error) for error in errors[: MOST_PROBLEMS + 1]) from None


def _path(error: Any) -> Path:
    return tuple(step for step in error["loc"] if step != "[key]")


def _problem(document: Document, error: Any) -> Problem:
    path = _path(error)
    if error["type"] == "extra_forbidden":
        return document.problem(path, _unknown_key(path))
    return document.problem(path, _told(error, path))


def _unknown_key(path: Path) -> str:
    key = str(path[-1])
    if key in ELSEWHERE:
        return f"`{key}` {ELSEWHERE[key]}"
    shape = shape_at(path[:-1])
    return f"unknown key `{key[:80]}`.{nearest(key, keys_of(shape) if shape else [])}"


def _told(error: Any, path: Path) -> str:
    found, context = str(error.get("input"))[:60], error.get("ctx", {})
    shape = told_of_shape(error, path)
    if shape is not None:
        return shape
    match error["type"]:
        case "missing":
            return f"`{path[-1]}` is missing; add `{path[-1]}: …`"
        case "value_error":
            return str(context.get("error", error["msg"]))
        case "enum" | "literal_error":
            words = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
            return f"`{found}` is not one of {', '.join(words)}.{meant(found, words)}"
        case "string_pattern_mismatch":
            return (
                f"`{found}` is not a name: small letters, digits and {_joiner(path)}, beginning with a letter"
            )
    return f"{error['msg']}; found `{found}`"


def _joiner(path: Path) -> str:
    return "`_`" if path and path[0] in {"metrics", "attributes"} else "`-`"
