"""kill -9 of the hub at random moments under 500 messages a second: no fault is missed, none is doubled.

Compared with a reference engine that was fed with every publish that the broker acknowledged, and with an engine that
judges the whole log without interruption. `BEFOREHAND_KILLS` says how often (5; CI 20, a soak 200).
"""

import asyncio
import json
import os
import random
import sys
from collections import defaultdict
from pathlib import Path

import aiomqtt
import pytest

from device_rules import Describe, Engine, FaultChange, Reading, RuleBook, Tick
from device_rules.reading import HOUR, MINUTE, SECOND
from hub.clock import WallClock, fast_clock, micros
from hub.domain.ids import DeviceId
from hub.log.sqlite import SqliteLog
from hub.store import open_store
from simulators.broker import MQTT_5, Mosquitto
from tests.system.street_half import register

pytestmark = pytest.mark.system
KILLS = int(os.environ.get("BEFOREHAND_KILLS", "20" if os.environ.get("CI") else "5"))
DEVICES = [f"oven-{n}" for n in range(100)]
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
    """A broker, devices that publish all the time, and a hub that is killed again and again."""

    def __init__(self, broker: Mosquitto, folder: Path, clock: WallClock) -> None:
        self.broker, self.folder, self.clock = broker, folder, clock
        self.acknowledged: list[Reading] = []
        self.hub: asyncio.subprocess.Process | None = None

    async def start(self, *, until_ready: bool = True) -> None:
        self.hub = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.system.street_half", f"mqtt://{self.broker.host}:{self.broker.port}",
            str(self.folder), "--rules", str(self.folder / "rules.yaml"), "--clock", str(self.clock),
            cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        while until_ready and (said := await self.hub.stdout.readline()) != b"ready\n":
            assert said, "the hub ended"

    async def kill(self) -> None:
        self.hub.kill()
        await self.hub.wait()

    async def publish(self) -> None:
        """RATE readings a second, each noted when the broker has acknowledged it."""
        rng, number, began = random.Random(3), 0, self.clock.now()
        async with aiomqtt.Client(self.broker.host, self.broker.port, protocol=MQTT_5) as client:
            while True:
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
        while behind > 2 * MINUTE:
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


def reference(book: RuleBook, readings: list[Reading]) -> list[FaultChange]:
    """What an engine says that was never interrupted."""
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
    folder: Path, book: RuleBook, clock: WallClock
) -> tuple[list[FaultChange], list[Reading]]:
    """What the whole log makes an engine say, and every reading in it."""
    log, changes, readings = SqliteLog(folder / "log", clock), [], []
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


async def in_the_store(folder: Path) -> tuple[list[FaultChange], int]:
    """Every change that was handed on, in order, and how many faults there are."""
    store, found = await open_store(f"sqlite:///{folder}/hub.sqlite", "tests"), []
    async with store.transaction() as tx:
        faults = len(await tx.faults.page("", 100_000))
        while rows := await tx.inbox.next(1000):
            for row in rows:
                found.append(row.event.change)
                await tx.inbox.done(row)
    await store.close()
    return found, faults


@pytest.mark.timeout(60 + 15 * KILLS)
async def test_no_fault_is_missed_or_doubled_however_often_the_hub_is_killed(tmp_path):
    (tmp_path / "rules.yaml").write_text(RULES)
    book = RuleBook.parse(RULES)
    await register(tmp_path, DEVICES, tmp_path / "rules.yaml")
    clock, rng = fast_clock(micros("2026-11-21T17:00:00Z"), SPEED), random.Random(KILLS)
    async with Mosquitto() as broker:
        street = Street(broker, tmp_path, clock)
        await street.start()
        publishing = asyncio.create_task(street.publish())
        await clock.wait(street.clock_micros(3.5))  # the clocks of the devices are learned from ten readings
        await street.caught_up()
        for kill in range(1, KILLS + 1):
            await clock.wait(street.clock_micros(rng.uniform(0.2, 2.0)))
            await street.kill()
            await street.start(
                until_ready=kill == KILLS or rng.random() < 0.75
            )  # else it dies while it starts
        await street.caught_up()  # what comes now is not late: a raise on late readings waits for such
        await clock.wait(street.clock_micros(2.0))
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)
        await street.settled()
        await street.kill()

    logged, readings = await in_the_log(tmp_path, book, clock)
    handed_on, faults = await in_the_store(tmp_path)
    expected = by_device(reference(book, street.acknowledged))
    assert {(one.device, one.sent) for one in street.acknowledged} <= {
        (one.device, one.sent) for one in readings
    }
    assert len({(change.fault, change.number) for change in handed_on}) == len(handed_on)
    assert {change.fault for change in handed_on} == {change.fault for change in logged}
    assert faults == len({change.fault for change in logged})
    told, heard = by_device(handed_on), by_device(logged)
    for device in DEVICES:
        assert [kinds(change) for change in told[device]] == [kinds(change) for change in heard[device]]
        assert [kinds(change)[:3] for change in told[device]] == [
            kinds(change)[:3] for change in expected[device]
        ]
        for ours, theirs in zip(told[device], expected[device], strict=True):
            assert abs(ours.start - theirs.start) < MINUTE
    assert len(handed_on) > 5 * KILLS


def kinds(change: FaultChange) -> tuple[str, str, str, str, int]:
    return change.rule, change.kind.value, change.severity.value, change.fault, change.number
