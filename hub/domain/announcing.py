"""Announcing: which lines of the timeline are news for the maker's own systems, and how they are told.

Pure. Nothing personal is told, because nothing personal is on the timeline: ids, states, reasons and moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TYPES: Mapping[str, str] = {
    "case.fault_opened": "case.opened",
    "case.asked": "case.opened",
    "case.reopened": "case.reopened",
    "case.customer_returned": "case.reopened",
    "case.contacted": "case.contacted",
    "case.answered": "case.acknowledged",
    "case.agent_took": "case.acknowledged",
    "fleet.cap_reached": "sending.paused",
    "house.paused": "sending.paused",
}
"""Kinds of lines that are always news, and the type that they are told as."""
STATES: Mapping[str, str] = {
    "with_agent": "case.needs_agent",
    "recovering": "case.recovering",
    "resolved": "case.resolved",
    "expired": "case.expired",
    "merged": "case.merged",
}
"""States whose beginning is news, whatever brought it about."""
ALL = tuple(sorted({*TYPES.values(), *STATES.values(), "incident.*"}))
TOLD = ("from", "to", "incident", "devices", "households", "rule", "reason", "cap", "until")


def news(kind: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    """The types of event that a line of this kind is; none when it is no news. A line that changed nothing is none."""
    if kind.startswith("incident."):
        return (kind,)
    found = [TYPES[kind]] if kind in TYPES else []
    begun = str(data.get("to"))
    moved = kind.startswith("case.") and begun != str(data.get("from"))
    if kind == "case.answered" and not moved:
        found = []  # the second answer and every one after it
    if moved and begun in STATES:
        found.append(STATES[begun])
    return tuple(dict.fromkeys(found))


def wanted(name: str, types: tuple[str, ...]) -> bool:
    """Whether somebody who asked for `types` (none: everything) wants an event of type `name`; `case.*` is all of a kind."""
    return not types or any(
        name == each or (each.endswith(".*") and name.startswith(each[:-1])) for each in types
    )


def told(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a line's data: plain values under names that are known to be harmless."""
    return {name: data[name] for name in TOLD if isinstance(data.get(name), str | int | float | bool)}
