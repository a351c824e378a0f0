"""A hundred ovens that publish all the time, what an engine makes of it, and a hub that somebody else kills.

Shared by the tests that kill the hub. It never ends a process by itself.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from pathlib import Path

import aiomqtt

from device_rules import Describe, Engine, FaultChange, Reading, RuleBook, Tick
from device_rules.reading import HOUR, MINUTE, SECOND
from hub.clock import WallClock, micros
from hub.domain.ids import DeviceId
from hub.log.sqlite import SqliteLog
from hub.store import open_store
from simulators.broker import MQTT_5, Mosquitto

DEVICES = [f"oven-{n}" for n in range(100)]
START = micros("2026-11-21T12:00:00Z")
RATE, HOTNESS, PERIOD = 500, 4 * MINUTE, 40 * MINUTE
SPEED = (
    20.0  # so fast is the clock: five minutes, after which a reading is late, are a hub away for 15 seconds
)
RULES = """
model: acme/oven
version: 1
expect_every: 10s
metrics:
  temp: {type: float, max_gap: 60s}
rules:
  - {id: hot, title: Too hot, severity: major, when: temp > 30, for: 1m, clear: temp < 25, clear_for: 1m,
     levels: [{severity: critical, when: temp > 50}]}
"""


class Street:
    """A broker and devices that publish all the time; what was acknowledged is noted."""

    def __init__(self, broker: Mosquitto, folder: Path, clock: WallClock) -> None:
        self.broker, self.folder, self.clock = broker, folder, clock
        self.acknowledged: list[Reading] = []
        self.enough = False

    async def publish(self) -> None:
        """RATE readings a second until `enough`, each noted when the broker has acknowledged it."""
        rng, number, began = random.Random(3), 0, self.clock.now()
        async with aiomqtt.Client(self.broker.host, self.broker.port, protocol=MQTT_5) as client:
            while not self.enough:
                now = self.clock.now()
                while number < self.clock.wall_seconds(now - began) * RATE:
                    device = DEVICES[number % len(DEVICES)]
                    sent = self.clock.now()
                    temp = heat(device, sent - began) + rng.uniform(-2, 2)
                    what = json.dumps({"temp": temp, "ts": sent})
                    await client.publish(f"devices/{device}/telemetry", what, qos=1)
                    self.acknowledged.append(Reading(device, sent, sent, {"temp": temp}, sent))
                    number += 1
                await self.clock.wait(self.clock_micros(0.01))

    async def caught_up(self) -> None:
        """Return when what devices say is judged within two minutes (six real seconds), backlog and all."""
        store, behind = await open_store(f"sqlite:///{self.folder}/hub.sqlite", "tests"), HOUR
        end = self.clock.now() + self.clock_micros(60.0)
        while behind > 2 * MINUTE:
            assert self.clock.now() < end, (
                f"the hub is {behind / MINUTE:.1f} minutes behind and does not catch up"
            )
            await self.clock.wait(MINUTE // 2)
            async with store.reading() as tx:
                states = [await tx.devices.state(DeviceId(device)) for device in DEVICES]
            seen = [state.values["temp"][1] if state and state.values else 0 for state in states]
            behind = self.clock.now() - min(seen)
        await store.close()

    async def settled(self) -> None:
        """Return when nothing more can come of what was acknowledged: every `for` and every hold is over."""
        store, before = await open_store(f"sqlite:///{self.folder}/hub.sqlite", "tests"), -1
        await self.clock.wait(5 * MINUTE // 2)
        while True:
            async with store.reading() as tx:
                depth = await tx.inbox.depth()
            if depth == before:
                break
            before = depth
            await self.clock.wait(MINUTE // 2)
        await store.close()

    def clock_micros(self, seconds: float) -> int:
        return int(seconds * self.clock.rate * SECOND)


def heat(device: str, passed: int) -> float:
    """Hot for four minutes out of forty, very hot in the last two of them; one device after the other."""
    rest = (passed + DEVICES.index(device) * PERIOD // len(DEVICES)) % PERIOD
    return 20.0 if rest >= HOTNESS else 40.0 if rest < HOTNESS // 2 else 60.0


def reference(readings: list[Reading]) -> list[FaultChange]:
    """What an engine says that was never interrupted."""
    book = RuleBook.parse(RULES)
    engine, end = Engine([book]), readings[-1].effective + HOUR
    changes = [change for device in DEVICES for change in engine.judge(Describe(device, 0, 0, book.model))]
    for reading in sorted(readings, key=lambda one: one.effective):
        changes += engine.judge(reading)
    return changes + engine.judge(Tick(end, end))


def by_device(changes: list[FaultChange]) -> dict[str, list[FaultChange]]:
    found = defaultdict(list)
    for change in changes:
        found[change.device].append(change)
    return found


async def in_the_log(
    folder: Path, clock: WallClock, partitions: int
) -> tuple[list[FaultChange], list[Reading]]:
    """What the whole log makes an engine say, and every reading in it."""
    book = RuleBook.parse(RULES)
    log, changes, readings = SqliteLog(folder / "log", clock, partitions), [], []
    for partition in range(log.partitions):
        engine, after = Engine([book]), 0
        while entries := await log.read(partition, after, 5_000):
            assert [entry.position for entry in entries] == list(range(after + 1, after + len(entries) + 1))
            for entry in entries:
                changes += engine.judge(entry.record)
                if isinstance(entry.record, Reading):
                    readings.append(entry.record)
            after = entries[-1].position
    await log.close()
    return changes, readings
