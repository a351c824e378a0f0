"""The loop `listen`: acknowledged only when the log has it, whatever is in the way."""

import asyncio
import json

import pytest

from device_rules import RuleBook
from hub.domain.device import Device
from hub.domain.ids import DeviceId
from hub.flow.listen import Listener, Senses
from hub.flow.registry import Registry
from hub.ingest.clocks import DeviceClocks
from hub.ingest.decoders import conventions
from hub.log.sqlite import Keeping, SqliteLog
from hub.loops.listen import keep_quarantine, listen
from hub.ports.telemetry import Gauges, Raw
from hub.testing import eventually

BOOK = RuleBook.parse(
    """
model: acme/x
version: 1
expect_every: 60s
metrics:
  n: {type: int}
rules:
  - {id: many, title: Too many, severity: minor, when: n > 1000, for: 2m}
"""
)


class Wire:
    """A source with one batch to give; it notes what the log held when the batch was acknowledged."""

    def __init__(self, log: SqliteLog, batch: list[Raw]) -> None:
        self.log, self.waiting, self.acknowledged = log, [batch], []

    async def batch(self):
        if not self.waiting:
            await asyncio.Event().wait()
        return self.waiting.pop()

    def ack(self, batch) -> None:
        self.acknowledged.append((len(batch), self.log._ends[0]))


@pytest.fixture
async def free() -> list[float]:
    return [0.5]


@pytest.fixture
async def log(tmp_path, clock, free):
    log = SqliteLog(tmp_path / "log", clock, 1, Keeping(look=lambda _: free[0]))
    yield log
    await log.close()


@pytest.fixture
async def listener(store, clock, log):
    async with store.transaction() as tx:
        await tx.devices.put(Device(DeviceId("d"), "acme/x", "X"))
    return Listener(Senses(conventions([]), DeviceClocks(), Registry([BOOK])), log, store, clock, Gauges())


def batch(clock, count: int) -> list[Raw]:
    return [Raw("devices/d/telemetry", json.dumps({"n": n}).encode(), clock.now()) for n in range(count)]


async def test_a_batch_is_acknowledged_when_the_log_has_it(clock, log, listener):
    wire = Wire(log, batch(clock, 7))
    loop = asyncio.create_task(listen(wire, listener, log))
    await eventually(lambda: wire.acknowledged)
    assert wire.acknowledged == [(7, 8)]  # seven readings, and the description of the device before them
    loop.cancel()


async def test_while_the_disk_is_full_nothing_is_acknowledged_and_then_everything(clock, log, listener, free):
    free[0] = 0.01
    log._writer._looked = -10.0
    wire = Wire(log, batch(clock, 3))
    loop = asyncio.create_task(listen(wire, listener, log))
    await eventually(lambda: log.state == "full")
    assert wire.acknowledged == []
    free[0] = 0.5
    await eventually(lambda: wire.acknowledged)
    assert wire.acknowledged == [(3, 4)]
    loop.cancel()


async def test_refused_telemetry_is_written_down_within_moments(clock, log, listener, store):
    wire = Wire(log, [Raw("devices/d/telemetry", b"?", clock.now())])
    loops = [
        asyncio.create_task(one) for one in (listen(wire, listener, log), keep_quarantine(listener, store))
    ]

    async def kept():
        async with store.reading() as tx:
            return await tx.house.quarantined()

    (row,) = await eventually(kept)
    assert (row.topic, row.reason, row.sample) == ("devices/d/telemetry", "the payload is not JSON", b"?")
    for loop in loops:
        loop.cancel()
