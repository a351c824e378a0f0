"""The street that is judged: devices that report every ten seconds, and once in a while one of them has something.

Deterministic: the same seed gives the same messages. It builds records and never judges them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from device_rules import BookError, Describe, Reading, Record, RuleBook, Tick, Value

BOOKS = Path(__file__).parent / "books"
SECOND = 1_000_000
MINUTE = 60 * SECOND
EVERY = 10 * SECOND
START = 1_700_000_000_000_000
CHUNK = 2_000  # records that the hub's judge takes at once: built just before, as a decoder would
POOL = 4_999  # different sets of values; prime, so that devices do not meet their own again
NUMBERS = {  # what a healthy device reports: mean, deviation
    "temp": (45.0, 1.0), "volt": (230.0, 1.5), "amp": (4.0, 0.3), "vib": (1.0, 0.2),
    "rpm": (900.0, 15.0), "flow": (3.0, 0.2), "press": (2.0, 0.1), "hum": (40.0, 2.0),
}  # fmt: skip
RARE = 19_997  # one message in so many begins a trouble; most make two fault changes, up and down

Values = dict[str, Value]
TROUBLES: dict[
    str, list[Values | None]
] = {  # by rule: what the next messages bring instead; None: nothing is sent
    "hot": [{"temp": 90.0}, {"temp": 86.0}, {"temp": 76.0}, {"temp": 62.0}, {"temp": 48.0}],
    "low-volt": [{"volt": 190.0}, {"volt": 203.0}],
    "shaking": [{"vib": 6.0}] * 15,
    "dry": [{"flow": 0.05}] * 33,
    "racing": [{"rpm": 1500.0}],
    "chilled": [{"temp": 19.0}],
    "surges": [{"amp": 15.0}, {}] * 3,
    "bursts": [{"press": 9.5}, {}] * 3,
    "gone": [None] * 33,
    "jammed": [{"rpm": 20.0}] * 2,
}
KINDS = tuple(TROUBLES)
LASTING: dict[str, list[Values]] = {  # what keeps that rule's fault open, over and over
    "hot": [{"temp": 90.0}],
    "low-volt": [{"volt": 190.0}],
    "shaking": [{"vib": 6.0}],
    "dry": [{"flow": 0.05}],
    "racing": [{"rpm": 1500.0}, {}],
    "chilled": [{"temp": 19.0}, {}],
    "surges": [{"amp": 15.0}, {}],
    "bursts": [{"press": 9.5}, {}],
    "jammed": [{"rpm": 20.0}],
}


def healthy(rng: random.Random) -> Values:
    """One set of values of a device that is well."""
    values: Values = {name: round(rng.gauss(mean, spread), 2) for name, (mean, spread) in NUMBERS.items()}
    values["state"] = "on"
    return values


def ten_rules() -> RuleBook:
    """The book of ten kinds of rules; its plain stand-in when this engine cannot read it."""
    try:
        return read_book("ten.yaml")
    except BookError:
        return read_book("ten-plain.yaml")


def read_book(name: str) -> RuleBook:
    """A book of this folder."""
    return RuleBook.parse((BOOKS / name).read_text(encoding="utf-8"), name)


def describe(device: str, model: str) -> Describe:
    """The registry's word about a device."""
    return Describe(device, START, START, model)


class Street:
    """So many devices, each reporting every ten seconds in an order of its own; ticks once a second."""

    def __init__(self, devices: int, rare: int = RARE) -> None:
        self._rng = random.Random(1)
        self.names = [f"device-{number:06d}" for number in range(devices)]
        self.pool = [healthy(self._rng) for _ in range(POOL)]
        self._order = self._rng.sample(range(devices), devices)
        self._script: dict[int, list[Values | None]] = {}
        self._rare = rare
        self._sent = 0
        self._ticked = START
        self.troubles = 0

    def chunk(self, size: int = CHUNK) -> list[Record]:
        """The next messages, about `size` of them, with the ticks between them."""
        records: list[Record] = []
        devices, names, order, pool = len(self.names), self.names, self._order, self.pool
        for number in range(self._sent, self._sent + size):
            at = START + MINUTE + number // devices * EVERY + number % devices * EVERY // devices
            if at >= self._ticked + SECOND:
                self._ticked = at - at % SECOND
                records.append(Tick(self._ticked, START))
            device = order[number % devices]
            values = dict(pool[(number * 7 + device) % POOL])
            if device in self._script or number % self._rare == self._rare // 2:
                changed = self._trouble(device)
                if changed is None:
                    continue
                values.update(changed)
            records.append(Reading(names[device], at, at, values, at))
        self._sent += size
        return records

    def _trouble(self, device: int) -> Values | None:
        """What this device's trouble changes in its next message; the trouble begins if it has none yet."""
        script = self._script.get(device)
        if script is None:
            script = self._script[device] = list(TROUBLES[KINDS[self.troubles % len(KINDS)]])
            self.troubles += 1
        changed = script.pop(0)
        if not script:
            del self._script[device]
        return changed

    def chunks(self, messages: int) -> Iterator[list[Record]]:
        """So many messages, chunk by chunk, each built when it is asked for."""
        for first in range(0, messages, CHUNK):
            yield self.chunk(min(CHUNK, messages - first))
