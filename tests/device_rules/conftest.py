"""A device, a book and a hub in a few words: minutes in, outcomes in plain words out."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent, indent
from typing import Any

import pytest

from device_rules import (
    Describe,
    Engine,
    Event,
    FaultChange,
    Presence,
    PresenceState,
    Reading,
    RuleBook,
    Tick,
)
from device_rules.durations import spell_span

MINUTE = 60_000_000
START = 1_767_225_600_000_000
LISTENING = -100_000.0  # minutes: the hub has been listening since long ago

HEAD = """\
model: test/thing
version: {version}
expect_every: 60s
metrics:
  temp: {{unit: "°C"}}
  load: {{}}
  mode: {{type: enum, values: [on, off], every: on_change}}
  flag: {{type: bool}}
attributes:
  limit: {{default: 50}}
rules:
"""


def book_of(rules: str, version: int = 1) -> RuleBook:
    """A book over `temp`, `load`, `mode`, `flag` and `attr.limit` with these rules."""
    return RuleBook.parse(HEAD.format(version=version) + indent(dedent(rules), "  "))


class Scene:
    """One engine. Moments are minutes of the hub's clock; `told` is what came, in plain words."""

    def __init__(self, rules: str) -> None:
        self.engine = Engine([book_of(rules)])
        self.since = LISTENING
        self.changes: list[FaultChange] = []
        self.describe("thing")

    def describe(self, device: str, **attributes: Any) -> None:
        self.judge(Describe(device, START, START, "test/thing", attributes=attributes))

    def judge(self, record: Any) -> list[FaultChange]:
        found = self.engine.judge(record)
        self.changes += found
        return found

    def send(self, at: float, lag: float = 0, **values: Any) -> None:
        """A live reading: received at minute `at`, `lag` minutes after it was true; ticks come before it."""
        flags = {name: values.pop(name) for name in ("late", "retained", "sent") if name in values}
        device = values.pop("device", "thing")
        self.pass_time(at)
        self.judge(Reading(device, minute(at), minute(at - lag), values, **flags))

    def keep(self, start: int, stop: int, **values: Any) -> None:
        """The same reading at every minute from `start` up to, not including, `stop`."""
        for at in range(start, stop):
            self.send(at, **values)

    def presence(self, at: float, state: str, retained: bool = False) -> None:
        self.pass_time(at)
        self.judge(Presence("thing", minute(at), minute(at), PresenceState(state), retained=retained))

    def event(self, at: float, name: str = "reboot") -> None:
        self.pass_time(at)
        self.judge(Event("thing", minute(at), minute(at), name))

    def pass_time(self, to: float) -> None:
        """Time passes up to minute `to`, with a tick whenever the engine wants one, and one at the end."""
        while (wake := self.engine.next_wake()) is not None and wake <= minute(to):
            self.judge(Tick(wake, minute(self.since)))
        self.judge(Tick(minute(to), minute(self.since)))

    def hub_was_down(self, until: float) -> None:
        """The hub comes back at minute `until`: no ticks before, and listening only since then."""
        self.since = until
        self.judge(Tick(minute(until), minute(until)))

    @property
    def told(self) -> list[str]:
        return [spell(change) for change in self.changes]


def minute(number: float) -> int:
    """The moment of a minute of the scene."""
    return START + round(number * MINUTE)


def spell(change: FaultChange) -> str:
    """`raised temp-high major at 5m`."""
    return f"{change.kind} {change.rule} {change.severity} at {spell_span(change.at - START)}"


@pytest.fixture
def scene() -> Callable[[str], Scene]:
    """Sets a scene with rules."""
    return Scene


@pytest.fixture
def make_book() -> Callable[..., RuleBook]:
    """Makes a book of rules."""
    return book_of
