"""Brokers of the simulated world: real MQTT in both versions, and no process left behind."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import aiomqtt
import pytest

from simulators.broker import MQTT_5, MQTT_311, Broker, BrokerError, Mosquitto
from simulators.child import free_port

pytestmark = pytest.mark.system
DIE = """
import asyncio, os, signal
from simulators.broker import Broker
async def main():
    broker = await Broker().start()
    print(broker.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


async def first(client: aiomqtt.Client) -> aiomqtt.Message:
    async with asyncio.timeout(10):
        async for message in client.messages:
            return message
    raise AssertionError("the connection ended")


async def test_a_device_on_mqtt_5_is_heard_by_a_client_on_3_1_1_and_the_other_way_round():
    async with (
        Broker() as broker,
        aiomqtt.Client(broker.host, broker.port, protocol=MQTT_5) as five,
        aiomqtt.Client(broker.host, broker.port_311, protocol=MQTT_311) as three,
    ):
        await three.subscribe("devices/+/telemetry", qos=1)
        await five.publish("devices/hp-1/telemetry", b"{}", qos=1)
        assert str((await first(three)).topic) == "devices/hp-1/telemetry"
        await five.subscribe("devices/+/status", qos=1)
        await three.publish("devices/hp-1/status", b"online", qos=1)
        assert (await first(five)).payload == b"online"


async def test_two_megabytes_pass_the_broker_so_that_the_hub_can_refuse_them():
    async with (
        Broker() as broker,
        aiomqtt.Client(broker.host, broker.port, protocol=MQTT_5) as client,
    ):
        await client.subscribe("devices/#", qos=1)
        await client.publish("devices/x/telemetry", b"x" * 2_000_000, qos=1)
        assert len((await first(client)).payload) == 2_000_000


async def test_a_taken_port_is_refused_with_a_remedy():
    async with Broker() as broker:
        with pytest.raises(BrokerError, match=rf"Port {broker.port} .* choose another port"):
            await Broker(port=broker.port).start()


async def test_the_broker_does_not_outlive_a_killed_parent():
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DIE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    out, _ = await parent.communicate()
    assert parent.returncode == -signal.SIGKILL
    descriptor = None
    try:
        descriptor = os.pidfd_open(int(out))
    except ProcessLookupError:
        return  # it is gone already
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, ended.set)  # readable when the process has ended
    async with asyncio.timeout(10):
        await ended.wait()
    asyncio.get_running_loop().remove_reader(descriptor)
    os.close(descriptor)


async def test_a_session_survives_a_restart_of_mosquitto():
    async with Mosquitto(port=free_port()) as broker:
        session = {"identifier": "hub", "protocol": MQTT_311, "clean_session": False}
        async with aiomqtt.Client(broker.host, broker.port, **session) as hub:
            await hub.subscribe("devices/#", qos=1)
        async with aiomqtt.Client(broker.host, broker.port, protocol=MQTT_5) as device:
            for n in range(1500):  # more than the default queue of 1000
                await device.publish("devices/1/telemetry", str(n), qos=1)
        await broker.halt()
        await broker.start()
        got = []
        async with asyncio.timeout(20), aiomqtt.Client(broker.host, broker.port, **session) as hub:
            async for message in hub.messages:
                got.append(int(message.payload))
                if len(got) == 1500:
                    break
        assert got == list(range(1500))


async def test_mosquitto_lets_in_only_who_knows_the_password():
    async with Mosquitto(passwords={"hub": "secret"}) as broker:
        with pytest.raises(aiomqtt.MqttError):
            async with aiomqtt.Client(broker.host, broker.port, username="hub", password="wrong"):
                pass
        async with aiomqtt.Client(broker.host, broker.port, username="hub", password="secret"):
            pass


async def test_a_missing_mosquitto_is_an_error_that_says_what_to_install(tmp_path):
    with pytest.raises(BrokerError, match="apt-get install mosquitto"):
        await Mosquitto(program=str(tmp_path / "mosquitto")).start()
