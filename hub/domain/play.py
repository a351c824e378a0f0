"""Plays: the guided fix for a fault, as data: say, ask, try, check the telemetry, next.

A play is a small graph of named steps. Words are phrase keys (`plays/<pack>/<play>/<step>`), in every language.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Who may do a step."""

    ANYONE = "anyone"
    ABLE = "able"
    TECHNICIAN = "technician"


@dataclass(frozen=True, slots=True)
class Choice:
    """One numbered answer: what it is called (`key` in the step's phrases) and the step that follows."""

    key: str
    then: str


@dataclass(frozen=True, slots=True)
class Say:
    """Tell something and go on at once."""

    id: str
    phrase: str
    then: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask one question with up to three numbered choices (a person is always a choice besides)."""

    id: str
    phrase: str
    choices: tuple[Choice, ...]
    who: Who = Who.ANYONE


@dataclass(frozen=True, slots=True)
class Try:
    """Send a device command after an explicit yes; `asks` is the question that names the device.

    `within` (µs) is how long the device may take to answer; `repeatable` whether it may be published twice.
    """

    id: str
    asks: str
    command: str
    args: dict[str, str | float | bool]
    within: int
    repeatable: bool
    then: str
    failed: str
    declined: str


@dataclass(frozen=True, slots=True)
class Check:
    """Wait until telemetry shows that the fault is over, at most `within` µs; then `then` or `failed`."""

    id: str
    phrase: str
    within: int
    then: str
    failed: str


@dataclass(frozen=True, slots=True)
class Solved:
    """The end of a play: thank the customer. Only reached when telemetry proved it."""

    id: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Agent:
    """The other end: hand over to a person."""

    id: str
    phrase: str


PlayStep = Say | Ask | Try | Check | Solved | Agent


@dataclass(frozen=True, slots=True)
class Play:
    """A guided fix. `family` joins faults of one device into one case; `opening` is the phrase of the first contact.

    `first` is the id of the first step, `steps` are by id. `self_heal` names a safe command that is tried before
    anybody is contacted (empty: none).
    """

    id: str
    pack: str
    family: str
    opening: str
    first: str
    steps: dict[str, PlayStep]
    self_heal: str = ""
