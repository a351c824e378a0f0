"""Made-up telemetry: some thirty records of a device from a seed, with all that goes wrong in the field."""

from __future__ import annotations

from random import Random

from device_rules.reading import (
    MINUTE,
    SECOND,
    Describe,
    Event,
    Presence,
    PresenceState,
    Reading,
    Record,
    Tick,
    Value,
)
from tests.reference.books import READY

START = 1_767_225_600 * SECOND
NONSENSE: tuple[Value, ...] = (float("nan"), "warm", True, 1e9)
LAGS = tuple(lag * SECOND for lag in (607, 247, 67, 37, 0, -53, -233))
PAUSES = (60, 60, 60, 60, 60, 59, 61, 30, 90, 120, 10, 1)


class SeriesMaker:
    """One series."""

    def __init__(self, seed: str, length: int = 44) -> None:
        self.random, self.length = Random(f"series {seed}"), length
        self.now = START + self.random.choice([0, 7 * SECOND, 1])
        self.since, self.lag = START - 1000 * MINUTE, self.random.choice([0, 0, *LAGS])
        self.level = self.random.choice([10.0, 25.0, 35.0])
        self.attributes: dict[str, Value] = {}
        self.total, self.zone = 0.0, self.random.choice(["", "Europe/Berlin", "Asia/Kolkata"])
        self.records: list[Record] = []

    def make(self) -> list[Record]:
        """Its records in the order in which they were received."""
        self.describe()
        if self.random.random() < 0.95:
            self.tick()
        self.reading()  # before anything else, so that its own time does not step back
        while len(self.records) < self.length:
            self.pass_time()
            self.tick()  # a hub ticks every second: absences are told before what is received next
            kinds = ["reading"] * 24 + ["tick", "tick", "tick", "event", "presence", "presence"]
            kinds += ["older", "again", "down", "clock"] + ["describe"] + ["retained"] * ("retained" in READY)
            getattr(self, self.random.choice(kinds))()
        self.now += self.random.choice([1, 5, 30]) * MINUTE
        self.tick()
        return self.records

    def pass_time(self) -> None:
        """A step of the hub's clock, with now and then a gap."""
        chance = self.random.random()
        if chance < 0.06:
            self.now += self.random.choice([3, 4, 6, 10]) * MINUTE
        elif chance < 0.08:
            self.now += self.random.choice([17, 61]) * MINUTE
        elif chance < 0.95:
            self.now += self.random.choice(PAUSES) * SECOND
        if chance > 0.4:
            self.level = self.random.choice([self.level, 8.5, 20.5, 25.0, 31.0, 41.0, 45.5])

    def values(self) -> dict[str, Value]:
        """What a reading says; not always everything."""
        values: dict[str, Value] = {"temp": self.level}
        if self.random.random() < 0.5:
            values["load"] = self.random.choice([5.0, 15.0, 20, 35.0, 0.0])
        if self.random.random() < 0.4:
            values["flag"] = self.random.random() < 0.7
        if self.random.random() < 0.25:
            values["mode"] = self.random.choice(["on", "off", "eco", "on"])
        if self.random.random() < 0.25:
            values["power"] = self.random.choice([5.5, 20.0, 35.0])
        if self.random.random() < 0.5:
            self.total = self.random.choice([self.total + 12.5, self.total + 40, 0.0, 5.0])
            values["total"] = self.total
        if self.random.random() < 0.2:
            values.pop("temp")
        if self.random.random() < 0.05:
            values[self.random.choice(["temp", "load", "mode", "flag"])] = self.random.choice(NONSENSE)
        return values or {"other": 1.0}

    def reading(self) -> None:
        """A live one, or a few."""
        for _ in range(self.random.choice([1, 1, 1, 2, 4])):
            lag = self.lag
            late = lag > 5 * MINUTE
            self.records.append(Reading("thing", self.now, self.now - lag, self.values(), late=late))
            if self.random.random() < 0.7:
                self.now += MINUTE
                self.tick()

    def tick(self) -> None:
        """Time passes."""
        self.records.append(Tick(self.now, self.since))

    def down(self) -> None:
        """The hub was away."""
        if self.random.random() < 0.5:
            self.since = self.now
            self.tick()

    def event(self) -> None:
        """Something happens."""
        name = self.random.choice(["reboot", "error"])
        data: dict[str, Value] = {"code": self.random.choice(["E1", "E2"])} if name == "error" else {}
        late = self.random.random() < 0.1
        self.records.append(Event("thing", self.now, self.now - self.lag, name, data, late=late))

    def presence(self) -> None:
        """It comes or goes."""
        state = self.random.choice(list(PresenceState))
        retained = self.random.random() < 0.2
        self.records.append(Presence("thing", self.now, self.now, state, retained=retained))

    def retained(self) -> None:
        """A message kept by the broker."""
        self.records.append(Reading("thing", self.now, self.now - self.lag, self.values(), retained=True))

    def older(self) -> None:
        """A reading that comes too late to be news."""
        lag = self.lag + self.random.choice([1, 2, 10]) * MINUTE + 3 * SECOND
        newest = max((old.effective for old in self.records if isinstance(old, Reading)), default=self.now)
        effective = min(self.now - lag, newest - 3 * SECOND)
        late = self.random.random() < 0.5 and all(
            effective != getattr(old, "effective", 0) for old in self.records
        )
        self.records.append(Reading("thing", self.now, effective, self.values(), late=late))

    def again(self) -> None:
        """One of the last readings or events once more."""
        said = [old for old in self.records[-8:] if isinstance(old, Reading | Event)]
        self.records += said[:1]

    def describe(self) -> None:
        """The registry speaks."""
        choices: list[Value] = [20.0, 40, "nonsense"]
        for name in ("limit", "bound"):
            if self.random.random() < 0.6:
                self.attributes[name] = self.random.choice(choices)
        firmware = self.random.choice(["1.0", "1.0", "1.1"])
        known, zone = dict(self.attributes), self.zone
        self.records.append(Describe("thing", self.now, self.now, "made/up", firmware, known, zone=zone))

    def clock(self) -> None:
        """The device's clock jumps: ahead, or back as well once that is ready. No two moments become the same."""
        lags = [lag for lag in LAGS if lag < self.lag or "steps back" in READY]
        self.lag = self.random.choice(lags or [self.lag])
