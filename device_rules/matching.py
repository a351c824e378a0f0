"""Events as conditions name them: `event.reboot`, `event.error(code="E42")`, `event["door-opened"]`."""

from __future__ import annotations

import ast
import json
import re

from device_rules.comparison import Wrong, constant
from device_rules.source import EventMatch

LONGEST_NAME = 100
MOST_WANTED = 8

_WORD = re.compile(r"[A-Za-z_]\w*")


def is_event(node: ast.expr) -> bool:
    """Whether this names an event."""
    named = node.func if isinstance(node, ast.Call) else node
    return isinstance(named, ast.Attribute | ast.Subscript) and (
        isinstance(named.value, ast.Name) and named.value.id == "event"
    )


def event_of(node: ast.expr, text: str) -> EventMatch:
    """The event that `node` names, within `text`. Raises Wrong."""
    if not isinstance(node, ast.Call):
        return EventMatch(_name(node, text))
    if node.args:
        raise Wrong(f'`{text}`: say what the data of the event must be by name, like event.error(code="E42")')
    wanted = tuple(sorted((_wanted(keyword, text) for keyword in node.keywords), key=lambda pair: pair[0]))
    if len(wanted) > MOST_WANTED:
        raise Wrong(f"`{text}` asks for {len(wanted)} things of one event; at most {MOST_WANTED}")
    return EventMatch(_name(node.func, text), wanted)


def _name(node: ast.expr, text: str) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    inside = node.slice if isinstance(node, ast.Subscript) else None
    name = inside.value if isinstance(inside, ast.Constant) else None
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        raise Wrong(f'`{text}`: name the event, like event.reboot or event["door-opened"]')
    return name


def _wanted(keyword: ast.keyword, text: str) -> tuple[str, float | str | bool]:
    negative = isinstance(keyword.value, ast.UnaryOp) and isinstance(keyword.value.op, ast.USub)
    inner = keyword.value.operand if isinstance(keyword.value, ast.UnaryOp) and negative else keyword.value
    if keyword.arg is None or not isinstance(inner, ast.Constant):
        raise Wrong(
            f'`{text}`: the data of an event is compared with constants, like event.error(code="E42")'
        )
    value = constant(inner.value).value
    if negative:
        if not isinstance(value, float):
            raise Wrong(f"`{text}`: a sign needs a number behind it")
        value = -value
    return keyword.arg, value


def spell_event(match: EventMatch) -> str:
    """An event as conditions name it, the same for the same meaning."""
    name = f"event.{match.name}" if _WORD.fullmatch(match.name) else f"event[{_quoted(match.name)}]"
    wanted = ", ".join(f"{key}={_quoted(value)}" for key, value in match.wanted)
    return f"{name}({wanted})" if wanted else name


def _quoted(value: float | str | bool) -> str:
    return (
        json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value!r}".removesuffix(".0")
    )
