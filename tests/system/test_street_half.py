"""The first half of the street as it runs: a broker, real clients that are not ours, a log, a judge, a store."""

import asyncio
import json
import shutil
import time
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt
import pytest

from hub.clock import WallClock
from hub.domain.device import Device
from hub.domain.effects import CommandDevice
from hub.domain.ids import CaseId, DeviceId
from hub.ingest.broker import BrokerAddress
from hub.ingest.link import MqttLink
from hub.testing import eventually
from simulators.broker import MQTT_5, MQTT_311, Broker
from simulators.devices import Device as Pump
from simulators.devices import HeatPump, Uplink
from tests.system.street_half import Half, book, register

pytestmark = pytest.mark.system


@asynccontextmanager
async def half(url: str, folder: Path):
    """The first half, running in this process."""
    made = Half(url, folder)
    await made.whole()
    made.source.start()
    tasks = [asyncio.create_task(one) for one in made.work]
    await made.source.connected()
    yield made
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await made.source.close()
    await made.log.close()
    await made.store.close()


async def state(made: Half, device: str):
    async with made.store.reading() as tx:
        return await tx.devices.state(DeviceId(device))


async def test_a_client_that_is_not_ours_is_heard_and_shown(tmp_path):
    program = shutil.which("mosquitto_pub")
    if not program:
        pytest.skip("mosquitto_pub is not installed")
    await register(tmp_path, ["hp-1"])
    async with Broker() as broker, half(f"mqtt://{broker.host}:{broker.port}", tmp_path) as made:
        child = await asyncio.create_subprocess_exec(
            program, "-V", "5", "-q", "1", "-p", str(broker.port), "-t", "devices/hp-1/telemetry", "-m",
            '{"room_temp": "19.5", "mode": "heat"}',
        )  # fmt: skip
        assert await child.wait() == 0
        shown = await eventually(lambda: state(made, "hp-1"))
        assert {name: value for name, (value, _) in shown.values.items()} == {
            "room_temp": 19.5,
            "mode": "heat",
        }


async def test_a_storm_of_garbage_over_the_wire_stops_nothing(tmp_path):
    await register(tmp_path, ["hp-1"])
    async with Broker() as broker, half(f"mqtt://{broker.host}:{broker.port}", tmp_path) as made:
        async with aiomqtt.Client(broker.host, broker.port, protocol=MQTT_5) as client:
            for what in (b"", b"\xff\xfe", b"x" * 1_000_000, b"[" * 100_000, b'{"room_temp": NaN}', b"7"):
                for topic in (
                    "devices/hp-1/telemetry",
                    "devices/hp-1/events",
                    "devices/\u00e4\x01/telemetry",
                ):
                    await client.publish(topic, what, qos=1)
            await client.publish("devices/stranger/telemetry", b'{"a": 1}', qos=1)
            await client.publish("devices/hp-1/telemetry", b'{"room_temp": 20}', qos=1)

        async def quarantined() -> bool:
            async with made.store.reading() as tx:
                return len(await tx.house.quarantined(100)) >= 8

        assert await eventually(lambda: state(made, "hp-1"))
        assert await eventually(quarantined)
        assert (made.gauges.accepted, made.gauges.unknown) == (1, 1)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_a_device_gets_a_command_and_its_answer_reaches_the_case(tmp_path, version):
    clock = WallClock()
    async with Broker() as broker:
        port = broker.port if version == "5" else broker.port_311
        url = f"mqtt://{broker.host}:{port}"
        pump = Pump(Uplink(clock, port, version=MQTT_5 if version == "5" else MQTT_311), HeatPump("hp-1"))
        await register(tmp_path, ["hp-1"])
        async with half(url, tmp_path) as made:
            pump.start()
            await pump.until(lambda device: device.online)
            command = CommandDevice(
                "cmd_1", CaseId("case_1"), DeviceId("hp-1"), "restart", {}, clock.now() + 60_000_000, True
            )
            async with made.store.transaction() as tx:
                await tx.outbox.put(command, clock.now())
            link = MqttLink(BrokerAddress(url, version=version), clock)
            assert await link.send(command)

            async def answered():
                async with made.store.reading() as tx:
                    return [row.event for row in await tx.inbox.next(10) if row.key == "case_1"]

            (event,) = await eventually(answered)
            assert (event.command, event.case) == ("cmd_1", "case_1")
            await pump.stop()
            await link.close()


async def test_a_command_that_nobody_can_take_is_not_sent(tmp_path):
    clock = WallClock()
    command = CommandDevice("c", CaseId("case"), DeviceId("d"), "restart", {}, clock.now() + 60_000_000, True)
    link = MqttLink(BrokerAddress("mqtt://127.0.0.1:9"), clock)
    assert not await link.send(command)
    async with Broker() as broker:
        link = MqttLink(BrokerAddress(f"mqtt://{broker.host}:{broker.port}"), clock)
        assert await link.send(command)
        await broker.stop()
        assert not await link.send(command)
        await broker.start()
        link = MqttLink(BrokerAddress(f"mqtt://{broker.host}:{broker.port}"), clock)
        assert await link.send(command)
        await link.close()


@pytest.mark.parametrize("clock_wrong_by", [-600, 3600, -1_795_000_000])
async def test_a_device_with_a_wrong_clock_is_dated_right_end_to_end(tmp_path, clock_wrong_by):
    await register(tmp_path, ["hp-1"])
    async with Broker() as broker, half(f"mqtt://{broker.host}:{broker.port}", tmp_path) as made:
        async with aiomqtt.Client(broker.host, broker.port, protocol=MQTT_5) as client:
            for n in range(30):
                ts = WallClock().now() / 1e6 + clock_wrong_by
                await client.publish("devices/hp-1/telemetry", json.dumps({"room_temp": n, "ts": ts}), qos=1)
        shown = await eventually(lambda: state(made, "hp-1"))
        value, at = shown.values["room_temp"]
        assert abs(at - made.clock.now()) < 5_000_000
        assert value >= 0
        span = (made.clock.now() - 10_000_000, made.clock.now() + 10_000_000)
        found = await made.log.window("hp-1", span)
        assert len([record for record in found.records if hasattr(record, "values")]) == 30


async def test_registering_a_device_while_the_hub_runs_is_enough(tmp_path):
    async with Broker() as broker, half(f"mqtt://{broker.host}:{broker.port}", tmp_path) as made:
        async with made.store.transaction() as tx:
            await tx.devices.put(Device(DeviceId("late"), book().model, "Late"))
        async with aiomqtt.Client(broker.host, broker.port, protocol=MQTT_5) as client:
            began = time.monotonic()
            await client.publish("devices/late/telemetry", b'{"room_temp": 20}', qos=1)
            assert await eventually(lambda: state(made, "late"))
            assert time.monotonic() - began < 5
