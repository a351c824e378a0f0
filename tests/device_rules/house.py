"""One device in a house: minutes in, explanations out. For the tests of what agents read."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from device_rules import Describe, Engine, Event, Reading, RuleBook, Tick, Why, as_text

MINUTE = 60_000_000
START = 1_767_225_600_000_000  # 1 January 2026, 00:00 UTC, a Thursday
BOOK = """
model: test/thing
version: 3
expect_every: 60s
maintenance: mode == "service"
metrics:
  temp: {unit: "°C", range: [-40, 60]}
  load: {}
  flag: {type: bool}
  mode: {type: enum, values: ["on", "off", service], every: on_change}
attributes:
  limit: {unit: "°C", default: 25}
rules:
"""


class House:
    """One engine with one device; `minute` counts from START, on the clocks of the hub and of the device."""

    def __init__(self, rules: str, **described: Any) -> None:
        self.engine, self.since = Engine([RuleBook.parse(BOOK + dedent(rules))]), 0
        self.engine.judge(Describe("thing", START, START, "test/thing", **described))

    def at(self, minute: float) -> int:
        return START + round(minute * MINUTE)

    def tick(self, minute: float) -> None:
        while (wake := self.engine.next_wake()) is not None and wake <= self.at(minute):
            self.engine.judge(Tick(wake, self.since))
        self.engine.judge(Tick(self.at(minute), self.since))

    def send(self, minute: float, late: bool = False, **values: Any) -> None:
        self.tick(minute)
        self.engine.judge(Reading("thing", self.at(minute), self.at(minute), values, late=late))

    def keep(self, start: int, stop: int, **values: Any) -> None:
        """The same reading at every minute from `start` up to, not including, `stop`."""
        for minute in range(start, stop):
            self.send(minute, **values)

    def event(self, minute: float, name: str) -> None:
        self.tick(minute)
        self.engine.judge(Event("thing", self.at(minute), self.at(minute), name))

    def why(self, minute: float, rule: str) -> Why:
        """Why, after everything that is due by then."""
        self.tick(minute)
        return self.engine.why("thing", rule, self.at(minute))

    def text(self, minute: float, rule: str) -> str:
        """The same in words."""
        return as_text(self.why(minute, rule))


def told(text: str) -> str:
    """A text of several lines as it stands in a test, without its margin."""
    return dedent(text).strip()
