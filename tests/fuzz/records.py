"""Records that no decent device would send: every kind of value, every order of times, everything twice."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from device_rules import Describe, Event, Presence, PresenceState, Reading, Record, RuleBook, Tick
from device_rules.reading import DAY, HOUR, MINUTE, SECOND, Standing, Vote

START = 1_767_225_600 * SECOND
DEVICES = ("thing", "other", "th\u00efng \U0001f525", "")
EDGES = (START + 40 * DAY, START - 40 * DAY, START - 1, START)
FAR = (0, 1, -1, -DAY, 2**31, 2**53, 2**62, -(2**62), START + 400 * DAY)
STEPS = (0, 1, SECOND, 10 * SECOND, MINUTE, MINUTE, MINUTE, 5 * MINUTE, HOUR, DAY, -MINUTE, -HOUR)
ZONES = (
    "",
    "Europe/Berlin",
    "Asia/Kolkata",
    "America/St_Johns",
    "Nowhere/At_All",
    "../../etc/passwd",
    "\x00",
    "x" * 500,
)


def nasty(random: Random) -> Any:
    """A value that is none, or hardly one."""
    return random.choice(
        [
            None, [], [1.0, "a"], {}, {"a": {"b": [None, {"c": 1}]}}, b"", b"\xff\x00", 10**400, -(10**400), 2**63, 2**64, -(2**63) - 1,
            float("nan"), float("inf"), float("-inf"), -0.0, 5e-324, 1e308, -1e308, 1.7976931348623157e308, True, False, 0, 1, "",
            "on", "nan", "\x00", "x" * 5_000, (1, 2), 1e16, -1e16, 3, "unknown",
        ]
    )  # fmt: skip


def looks_at_clocks(book: RuleBook) -> bool:
    """Whether time is gone through hour by hour: a century at once would take its time, and the gate lets none through."""
    return any(source.form in {"hour", "weekday"} for source in book.sources) or any(
        rule.schedule for rule in book.rules
    )


class Hostile:
    """The records of one case. `calm` is the share of those that are as they should be."""

    def __init__(self, books: list[RuleBook], random: Random) -> None:
        self.books, self.random = books, random
        self.calm = random.choice([0.2, 0.7, 0.9, 0.97])
        self.wild_times = random.random() < 0.4
        self.edges = EDGES if any(map(looks_at_clocks, books)) else EDGES + FAR
        self.now, self.since, self.lag = START, START - DAY, 0
        self.said: list[Record] = []
        self.level = dict.fromkeys([name for book in books for name in book.metrics], 0.5)

    def records(self, count: int) -> Iterator[Record]:
        """So many, and the descriptions before them."""
        for device in DEVICES[:2]:
            yield self.describe(device)
        yield Tick(self.now, self.since)
        for _ in range(count):
            record = self.one()
            self.said = [*self.said[-20:], record]
            yield record

    def one(self) -> Record:
        """The next one."""
        random = self.random
        self.now += (
            random.choice(STEPS)
            if random.random() > self.calm
            else random.choice([MINUTE, MINUTE, 30 * SECOND, 61 * SECOND])
        )
        chance = random.random()
        if chance < 0.62:
            return self.reading()
        if chance < 0.72:
            return self.tick()
        if chance < 0.80:
            return self.event()
        if chance < 0.89:
            return self.presence()
        if chance < 0.93:
            return self.describe(self.device())
        if chance < 0.94:
            return self.standing()
        return random.choice(self.said) if self.said else self.tick()

    def moment(self) -> int:
        """A moment as it should be, or any."""
        if self.wild_times and self.random.random() > self.calm:
            return self.random.choice(self.edges) + self.random.choice([0, 1, -1, MINUTE])
        return self.now

    def device(self) -> str:
        """Mostly the same."""
        return (
            self.random.choice(DEVICES)
            if self.random.random() > self.calm
            else DEVICES[self.random.random() < 0.2]
        )

    def value(self, name: str, book: RuleBook) -> Any:
        """A value of that metric, or anything."""
        random, metric = self.random, book.metrics[name]
        if random.random() > self.calm:
            return nasty(random)
        if metric.type == "bool":
            return random.random() < 0.5
        if metric.values:
            return random.choice(metric.values)
        if metric.type == "text":
            return random.choice(["a", "b"])
        low, high = metric.range or (-100.0, 1000.0)
        if random.random() < 0.3:
            self.level[name] = random.choice([0.0, 0.01, 0.2, 0.5, 0.9, 1.0])
        return low + (high - low) * self.level[name] + random.choice([0.0, 0.25])

    def values(self) -> dict[Any, Any]:
        """What a reading brings: all metrics, some, or what nobody asked for."""
        random = self.random
        book = random.choice(self.books)
        names = list(book.metrics)
        if random.random() < 0.5:
            names = random.sample(names, random.randint(0, len(names)))
        found: dict[Any, Any] = {name: self.value(name, book) for name in names}
        if random.random() > self.calm:
            found |= {random.choice(["other", "", 7, None, ("a",), "x" * 300]): nasty(random)}
        return found

    def reading(self) -> Reading:
        """Live, late, retained, early, again."""
        random = self.random
        if random.random() > self.calm:
            self.lag = random.choice([0, 0, MINUTE, -MINUTE, HOUR, -HOUR, DAY, 40 * DAY, 7, -1])
        effective = (
            self.now - self.lag if random.random() < 0.95 else self.now - random.choice([MINUTE, HOUR])
        )
        if self.wild_times and random.random() > self.calm:
            effective = self.moment()
        odd = random.random() > self.calm
        return Reading(
            self.device(), self.moment(), effective, self.values(), sent=random.choice([None, effective]),
            retained=odd and random.random() < 0.3, late=odd and random.random() < 0.3,
        )  # fmt: skip

    def tick(self) -> Tick:
        """Time passes, or goes back; the hub was away, or will be."""
        if self.random.random() > self.calm:
            self.since = self.random.choice([self.now, self.now - HOUR, 0, self.moment()])
        return Tick(self.moment(), self.since)

    def event(self) -> Event:
        """With any data."""
        random = self.random
        name = random.choice(["reboot", "error", "restart", "boot", "", "x" * 300])
        data: dict[Any, Any] = {"code": random.choice(["E1", "E2"])} if random.random() < 0.5 else {}
        if random.random() > self.calm:
            data |= {random.choice(["code", "other", 7]): nasty(random)}
        return Event(
            self.device(), self.moment(), self.moment() - self.lag, name, data, late=random.random() < 0.05
        )

    def presence(self) -> Presence:
        """One of those; they come in storms."""
        state = self.random.choice(list(PresenceState))
        return Presence(
            self.device(), self.moment(), self.moment(), state, retained=self.random.random() < 0.2
        )

    def describe(self, device: str) -> Describe:
        """The registry speaks, of whatever model."""
        random = self.random
        model = random.choice(self.books).model if random.random() < 0.95 else "no/such"
        names = [*(name for book in self.books for name in book.attributes), "limit", "odd"]
        attributes = {
            name: nasty(random) if random.random() > self.calm else 30.0
            for name in names
            if random.random() < 0.5
        }
        return Describe(
            device, self.now, self.now, model, random.choice(["", "1.0", "1.1|%"]), attributes,
            random.choice(["", "home|%7C", "away"]), random.choice(ZONES[:3] if random.random() < self.calm else ZONES), "eu",
        )  # fmt: skip

    def standing(self) -> Standing:
        """What is said of groups, of none that there is."""
        model = self.random.choice(self.books).model
        votes = (
            Vote(
                self.random.choice(["", "group:site:x|y", f"group:site:{model}|away"]), "any(x)", ("thing",)
            ),
        )
        return Standing(
            self.moment() // (10 * SECOND) * 10 * SECOND, model, {"fleet(x)": None, "y": float("nan")}, votes
        )
