"""The diagnostic packet for reading: names, times and conditions in words; the raw JSON stays beside it.

Pure. Knows the parts that the hub seals, and shows what it does not know as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from device_rules.reading import SECOND
from hub.domain.packet import PacketPart, seal
from hub.web.chart import number
from hub.web.console.known import Known
from hub.web.console.speech import plain
from hub.web.when import Watch

A_TIME = 10**14  # whole numbers from here on are moments (µs since 1970), not counts
MOST = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the packet, readable and raw. Each line is a name and one or more lines of text."""

    title: str
    at: str
    lines: tuple[tuple[str, tuple[str, ...]], ...]
    raw: str
    seal: str


def parts(known: Known, watch: Watch) -> list[Part]:
    """The packet's parts, oldest first."""
    before = ""
    out = []
    for part in known.packet:
        out.append(_part(known, part, _seal(part, before), watch))
        before = part.sha256
    return out


def _seal(part: PacketPart, before: str) -> str:
    """The part's fingerprint, computed once more from what is shown: does it still fit, and on the part before?"""
    fits = seal(part.case, part.number, part.at, part.body, before).sha256 == part.sha256
    return f"sha256 {part.sha256}, {'unbroken' if fits else 'BROKEN: this is not what was sealed'}"


def _part(known: Known, part: PacketPart, sealed: str, watch: Watch) -> Part:
    title = (
        "Sealed when the case opened"
        if part.number == 0
        else f"Sealed again when it came back, part {part.number}"
    )
    special: Mapping[str, Callable[[Any], list[str]]] = {
        "window": lambda body: _window(known, body, watch),
        "trigger": lambda body: _trigger(body, watch),
        "clock": _clock,
        "completeness": lambda body: _completeness(known, body),
    }
    lines = []
    for name, body in part.body.items():
        told = special[name](body) if name in special and isinstance(body, dict) else _told(body, watch)
        lines.append((plain(name), tuple(told[:MOST]) or ("none",)))
    raw = json.dumps(part.body, indent=2, ensure_ascii=False)
    return Part(title, watch.at(part.at), tuple(lines), raw, sealed)


def _told(body: Any, watch: Watch) -> list[str]:
    if isinstance(body, dict):
        return [
            f"{plain(name)}: {_one(value, watch)}"
            for name, value in body.items()
            if value not in ("", None, [], {})
        ]
    if isinstance(body, list):
        return [_one(one, watch) for one in body]
    return [_one(body, watch)]


def _one(value: Any, watch: Watch) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and value >= A_TIME:
        return watch.at(value)
    if isinstance(value, int | float):
        return number(float(value)) if isinstance(value, float) else str(value)
    if isinstance(value, dict | list):
        return ", ".join(_told(value, watch))
    return str(value)


def _window(known: Known, body: Mapping[str, Any], watch: Watch) -> list[str]:
    return [_samples(known, name, samples, watch) for name, samples in body.items()]


def _samples(known: Known, name: str, samples: Sequence[Sequence[Any]], watch: Watch) -> str:
    if not samples:
        return f"{known.title(name)}: nothing heard"
    (begun, first), (ended, last) = samples[0], samples[-1]
    unit = f" {known.unit(name)}" if known.unit(name) else ""
    span = f"{watch.at(begun)} {number(first)} → {watch.at(ended)} {number(last)}{unit}"
    return f"{known.title(name)}: {span}, {len(samples)} samples"


def _trigger(body: Mapping[str, Any], watch: Watch) -> list[str]:
    plainly = {name: value for name, value in body.items() if name not in ("evidence", "fault")}
    evidence = body.get("evidence", {})
    lines = _told(plainly, watch)
    lines += [f"{mark} {text}" for mark, text in _tree(evidence.get("when", {}))]
    return [*lines, f"rule book version {evidence['book']}"] if "book" in evidence else lines


def _tree(leaf: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The comparisons, each with what it saw."""
    inside = [line for part in leaf.get("parts", ()) for line in _tree(part)]
    if not leaf.get("metric"):
        return inside
    mark = {"True": "✓", "False": "✗"}.get(str(leaf.get("truth")), "?")
    value = leaf.get("value")
    saw = "unknown" if value is None else f"{number(value)} {leaf.get('unit', '')}".strip()
    return [(mark, f"{leaf.get('text', '')}: {saw}"), *inside]


# What a packet asks for, in words.
ASKED: Mapping[str, str] = {
    "registration": "the device’s registration",
    "live_state": "the device’s newest values",
    "owner": "an owner",
    "firmware": "a firmware version",
    "older_samples": "the older readings",
}


def _completeness(known: Known, body: Mapping[str, Any]) -> list[str]:
    """What was looked for and not found, in one sentence each."""
    lacking = [_asked(known, name) for name in body.get("missing", ())]
    late = [_asked(known, name) for name in body.get("timed_out", ())]
    lines = [f"Nothing was known of {', '.join(lacking)}."] if lacking else []
    lines += [f"There was no time to find {', '.join(late)}."] if late else []
    return lines or ["Everything that was looked for was found."]


def _asked(known: Known, name: str) -> str:
    kind, _, metric = name.partition(":")
    if kind == "samples" and metric:
        return f"readings of {known.title(metric).lower()}"
    return ASKED.get(name, plain(name))


def _clock(body: Mapping[str, Any]) -> list[str]:
    lag = body.get("lag")
    off = "" if lag is None else f", {lag / SECOND:.1f} s behind ours"
    return [f"{body.get('quality', 'unknown')}{off}, {body.get('readings', 0)} readings"]
