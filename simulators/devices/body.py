"""What a simulated device is apart from its connection: physics, commands, and what can happen to it.

A body is stepped, read and told; it never waits, connects or asks the time, so its physics can be tested in
microseconds. Noise comes from a random generator seeded by the device's id: the same day happens again.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

Metric = float | int | str
SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device says to a command: `ok`, more fields for the result, and how long it reboots after it.

    `away` is in µs of business time, 0 when it stays; `lost` drops the connection without a goodbye.
    """

    ok: bool
    said: Mapping[str, Metric] = field(default_factory=dict)
    away: int = 0
    lost: bool = False


def refused(why: str) -> Answer:
    """The answer of a device that cannot do it, with the reason as `error`."""
    return Answer(False, {"error": why})


class Body(Protocol):
    """A device model. `model` and `every` (µs between readings) belong to the type."""

    model: str
    every: int
    id: str

    def step(self, seconds: float) -> None:
        """Let `seconds` pass."""

    def read(self) -> dict[str, Metric]:
        """The metrics as its sensors give them now."""

    def obey(self, name: str, args: Mapping[str, object]) -> Answer:
        """Do what command `name` asks, or say why not."""

    def booted(self) -> None:
        """It has just come back from a reboot."""

    def events(self) -> list[dict[str, Metric]]:
        """What it has to report since the last call, each with an `event` name."""

    def happenings(self) -> Mapping[str, Callable[[], None]]:
        """What people and fate can do to it, by name: faults and repairs."""


class Noise:
    """The small lies of sensors, the same ones every day."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def around(self, value: float, spread: float, digits: int = 1) -> float:
        """`value` with normal noise of standard deviation `spread`, rounded as a sensor rounds."""
        return round(self._random.gauss(value, spread), digits)

    def between(self, low: float, high: float, digits: int = 1) -> float:
        """Any value from `low` to `high`."""
        return round(self._random.uniform(low, high), digits)

    def chance(self, share: float) -> bool:
        """True in `share` (0 to 1) of all cases."""
        return share > 0 and self._random.random() < share


def towards(value: float, goal: float, seconds: float, minutes: float) -> float:
    """`value` after `seconds` of approaching `goal` with a time constant of `minutes`."""
    return goal + (value - goal) * math.exp(-seconds / (60 * minutes))
