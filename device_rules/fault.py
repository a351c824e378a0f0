"""What the engine answers: changes of faults, each with the evidence that made it.

A fault is one episode of one rule on one device: pending, raised, cleared. Its id is derived from
(device, rule, start) and never changes.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any

import msgspec


class Severity(StrEnum):
    """How bad a fault is; ordered by `Severity.rank`."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    SAFETY = "safety"

    @property
    def rank(self) -> int:
        """0 for info up to 4 for safety."""
        return _RANKS[self._value_]


_EMPTY = hashlib.blake2b(digest_size=10)
_RANKS = {severity.value: rank for rank, severity in enumerate(Severity)}


class ChangeKind(StrEnum):
    """What happened to a fault."""

    RAISED = "raised"
    SEVERITY = "severity"
    UNSTABLE = "unstable"
    CLEARED = "cleared"


class Leaf(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One node of a condition tree as it stood: what was compared with what, and since when it is known.

    `truth` is True, False or None (unknown). `text` is the condition as written. For a comparison,
    `metric`, `value`, `threshold`, `unit` and `observed` (UTC µs) say what it saw; for `and`/`or`/`not`
    and whole-rule forms `parts` hold the branches.
    """

    text: str
    truth: bool | None = None
    metric: str = ""
    value: float | str | bool | None = None
    threshold: float | str | bool | None = None
    unit: str = ""
    observed: int | None = None
    parts: tuple[Leaf, ...] = ()


class Evidence(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Why a fault was raised: rule, book version and the condition tree with its values.

    `held` is the time in µs during which the condition was known true, `coverage` the known share
    (0..1) of the time since the start.
    """

    model: str
    rule: str
    book: int
    when: Leaf
    held: int = 0
    coverage: float = 1.0
    notes: tuple[str, ...] = ()


class FaultChange(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One step in the life of a fault; `number` counts the steps of this fault from 0, so replays are absorbed.

    `at` is the effective moment (UTC µs) at which the change holds, `start` when the condition began.
    """

    fault: str
    device: str
    rule: str
    kind: ChangeKind
    severity: Severity
    at: int
    start: int
    number: int
    evidence: Evidence
    title: str = ""
    play: str = ""
    shadow: bool = False
    packet: tuple[str, ...] = ()


def fault_id(device: str, rule: str, start: int) -> str:
    """The id of the episode of `rule` on `device` that began at `start` (UTC µs): 20 hex digits."""
    digest = _EMPTY.copy()  # half as long as a new one
    digest.update(f"{device}\x00{rule}\x00{start}".encode())
    return digest.hexdigest()


def as_json(value: Any) -> Any:
    """A plain JSON-ready copy of a Struct (dicts, lists, numbers, text)."""
    return msgspec.to_builtins(value)
