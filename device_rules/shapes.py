"""What is said when a value of a book has the wrong shape: what it should be, what was found, and an example.

Words only, for `draft.py`; whether a shape is wrong is for `model.py`.
"""

from __future__ import annotations

from typing import Any

from device_rules.yaml_file import Path, nearest

EXPECTED = {
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "tuple_type": "two numbers, from low to high",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number that ends",
    "bool_type": "true or false",
    "string_type": "text",
}
EXAMPLES = {
    "metrics": 'metrics: {temp: {unit: "°C"}}',
    "attributes": 'attributes: {limit: {unit: "°C", default: 60}}',
    "rules": 'rules: [{id: hot, title: "It is hot", severity: major, when: temp > 90}]',
    "range": "range: [0, 20]",
    "values": "values: [open, closed]",
    "unless": "unless: [a]",
    "packet": "packet: [temp]",
    "days": "days: [mon, tue]",
    "levels": "levels: [{severity: critical, when: temp > 90}]",
    "needs": "needs: {coverage: 80%}",
    "schedule": 'schedule: {days: [mon, tue], from: "08:00", to: "20:00"}',
    "sequence": 'sequence: [door == "open", not door == "closed" within 5m]',
    "tests": 'tests: [{name: "hot for long", given: {temp: 95x30}, expect: [{at: 20m, raise: major}]}]',
    "given": "given: {temp: 95x30}",
    "consecutive": "consecutive: 3",
    "at_least": "at_least: 10",
    "version": "version: 1",
    "shadow": "shadow: true",
    "when": "when: temp > 90",
    "clear": "clear: temp < 80",
    "count": "count: 3 of event.reboot within 10m",
    "title": 'title: "It is hot"',
    "model": "model: acme/pump",
}
SYNONYMS = {
    "number": "float",
    "decimal": "float",
    "double": "float",
    "real": "float",
    "integer": "int",
    "boolean": "bool",
    "string": "text",
    "str": "text",
    "warning": "minor",
    "low": "minor",
    "error": "major",
    "high": "major",
}
"""What other tools call it."""


def meant(word: str, words: list[str]) -> str:
    """` Did you mean …?` for a word that other tools use, or the nearest right one."""
    right = SYNONYMS.get(word.lower())
    return f" Did you mean `{right}`?" if right in words else nearest(word, words)


def told_of_shape(error: Any, path: Path) -> str | None:
    """What to say of one of pydantic's errors; None for one that is not about shape or size."""
    kind, found = error["type"], error.get("input")
    if path[:1] == ("metrics",) and path[2:3] == ("range",):
        return (
            f"`range` is two numbers, from low to high; found {shown(found)}. Write it like `range: [0, 20]`"
        )
    if kind in EXPECTED:
        return _wrong_kind(EXPECTED[kind], found, path)
    return _wrong_size(kind, found, error.get("ctx", {}), path)


def shown(found: object) -> str:
    """What stands there, as its author sees it."""
    match found:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case bool():
            return f"`{str(found).lower()}`"
    return f"`{str(found)[:60]}`"


def _wrong_kind(expected: str, found: object, path: Path) -> str:
    key = str(path[-1]) if path else "a book"
    if path and isinstance(path[-1], int):
        return f"an entry of `{path[-2]}` is {expected}; found {shown(found)}.{_like(str(path[-2]))}"
    if len(path) == 2 and path[0] in {"metrics", "attributes"}:
        return f'`{key}` is {expected}; found {shown(found)}. Write it like `{key}: {{unit: "°C"}}`'
    if expected == "text" and not isinstance(found, dict | list | None):
        return f"{shown(found)} is not text; put it in quotes"
    return f"`{key}` is {expected}; found {shown(found)}.{_like(key)}"


def _like(key: str) -> str:
    return f" Write it like `{EXAMPLES[key]}`" if key in EXAMPLES else ""


def _wrong_size(kind: str, found: Any, limits: Any, path: Path) -> str | None:
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "a book")
    match kind:
        case "too_short":
            return f"`{key}` has {len(found)}, but needs at least {limits['min_length']}.{_like(key)}"
        case "too_long":
            return f"`{key}` has {limits.get('actual_length') or len(found)}, but at most {limits['max_length']} items are allowed"
        case "string_too_short":
            return f"`{key}` is empty.{_like(key)}"
        case "string_too_long":
            return f"`{key}` has {len(found)}; at most {limits['max_length']} characters are allowed"
        case "greater_than_equal":
            return f"`{key}` is at least {limits['ge']}; found {shown(found)}"
        case "less_than_equal":
            return f"`{key}` is at most {limits['le']}; found {shown(found)}"
    return None
