"""Where a rule's own test plays: the device under test, the others, and everything that an engine is told of them.

It plays nothing itself; `rehearsal.py` does, and compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from device_rules.book import RuleBook
from device_rules.given import BESIDE, events_in, every_in, start_of, zone_in
from device_rules.model import TestText
from device_rules.reading import DAY, Describe, Event, Micros, Presence, PresenceState, Reading, Tick, Value
from device_rules.series import Sample, parse_series
from device_rules.tree import Kind
from device_rules.vocabulary import KINDS

DEVICE = "device-under-test"

Told: TypeAlias = Reading | Event | Presence | Describe | Tick


@dataclass(frozen=True, slots=True)
class Actor:
    """One device of a test: how it is described, and the series of what it sends."""

    described: Describe
    series: Mapping[str, list[Sample]]
    events: list[Sample]

    def lengths(self) -> Iterator[int]:
        """How many samples each series has that has more than one."""
        yield from (len(samples) for samples in (*self.series.values(), self.events) if len(samples) > 1)

    def sample(self, number: int, at: Micros) -> Iterator[Told]:
        """What the device sends at one moment: presence, a reading, events."""
        device = self.described.device
        now = {name: _at(samples, number) for name, samples in self.series.items()}
        told = now.pop("presence", None)
        if isinstance(told, str):
            yield Presence(device, at, at, PresenceState(told))
        moving = [name for name in now if len(self.series[name]) > 1]
        values = {name: value for name, value in now.items() if value is not None}
        if values and not (moving and all(now[name] is None for name in moving)):
            yield Reading(device, at, at, values)
        happened = self.events[number] if number < len(self.events) else None
        for name, data in events_in(happened) if isinstance(happened, str) else ():
            yield Event(device, at, at, name, data)


@dataclass(frozen=True, slots=True)
class Stage:
    """When one test plays (µs), how often its devices report, and who they are, the one under test first."""

    start: Micros
    every: Micros
    cast: tuple[Actor, ...]

    @classmethod
    def of(cls, book: RuleBook, test: TestText) -> Stage:
        """The stage of a test that was checked with its book."""
        words = {name: test.given[name] for name in BESIDE if name in test.given and name not in book.metrics}
        every = every_in(words["every"]) if "every" in words else book.expect_every
        return cls(start_of(words), every, tuple(_cast(book, test.given, words)))

    def records(self, end: Micros) -> Iterator[Told]:
        """Everything that the engine is told, until at least `end` after the start."""
        lengths = [length for actor in self.cast for length in actor.lengths()]
        length = max(lengths, default=end // self.every + 1)
        yield from (actor.described for actor in self.cast)
        for number in range(length):
            at = self.start + number * self.every
            yield Tick(at, self.start - DAY)
            for actor in self.cast:
                yield from actor.sample(number, at)
        yield Tick(self.start + max((length - 1) * self.every, end), self.start - DAY)


def _cast(book: RuleBook, given: Mapping[str, Any], words: Mapping[str, Any]) -> Iterator[Actor]:
    """The device under test, then the others."""
    start, zone = start_of(words), zone_in(words)
    series, events = _series(book, given), _events(words)
    yield Actor(_described(DEVICE, book, start, zone, words), series, events)
    others = words.get("others", [])
    for part, other in enumerate(others if isinstance(others, list) else [others]):
        series, events = _series(book, other), _events(other)
        for number in range(other.get("devices", 1)):
            name = f"other-{part}-{number}"
            yield Actor(_described(name, book, start, zone, other), series, events)


def _described(name: str, book: RuleBook, start: Micros, zone: str, given: Mapping[str, Any]) -> Describe:
    """A device at the site of the test and with its firmware, unless it says otherwise."""
    place = {key: str(given.get(key, default)) for key, default in PLACE.items() if key not in book.metrics}
    return Describe(name, start, start, book.model, attributes=_attributes(given), zone=zone, **place)


PLACE = {"firmware": "1", "site": "home", "region": "here"}


def _series(book: RuleBook, given: Mapping[str, Any]) -> dict[str, list[Sample]]:
    known = {name: value for name, value in given.items() if name == "presence" or name in book.metrics}
    return {name: _samples(book, name, value) for name, value in known.items()}


def _events(given: Mapping[str, Any]) -> list[Sample]:
    return parse_series(str(given.get("events", "")), Kind.TEXT)


def _at(samples: list[Sample], number: int) -> Sample:
    if len(samples) == 1:
        return samples[0]
    return samples[number] if number < len(samples) else None


def _samples(book: RuleBook, name: str, given: Any) -> list[Sample]:
    kind = KINDS[book.metrics[name].type] if name in book.metrics else Kind.TEXT
    if isinstance(given, str):
        return parse_series(given, kind)
    return [float(given) if kind is Kind.NUMBER and not isinstance(given, bool) else given]


def _attributes(given: Mapping[str, Any]) -> dict[str, Value]:
    return {
        name: float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in given.get("attributes", {}).items()
    }
