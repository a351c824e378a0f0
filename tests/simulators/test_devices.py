"""Devices of the simulated world: honest physics, real MQTT, and the lies that real telemetry tells."""

import asyncio
import json

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from hub.clock import SECOND, WallClock, fast_clock, micros
from simulators.broker import MQTT_5, MQTT_311, Broker
from simulators.devices import (
    AN_HOUR_AHEAD,
    TEN_MINUTES_SLOW,
    Fleet,
    Fridge,
    HeatPump,
    Quirks,
    Router,
    Uplink,
)

START = micros("2026-11-21T17:00:00Z")


@pytest.fixture
async def broker():
    async with Broker() as running:
        yield running


@pytest.fixture
def clock() -> WallClock:
    return fast_clock(START, 3600)


class Listener:
    """A client that is not ours, and what it was told so far."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.heard: list[aiomqtt.Message] = []

    async def next(self, topic: str, check=lambda payload: True) -> dict | bytes:
        async with asyncio.timeout(20):
            async for message in self.client.messages:
                self.heard.append(message)
                told = json.loads(message.payload) if message.payload[:1] == b"{" else message.payload
                if message.topic.matches(topic) and check(told):
                    return told
        raise AssertionError("the connection ended")


@pytest.fixture
async def listener(broker):
    async with aiomqtt.Client(broker.host, broker.port, protocol=MQTT_5) as client:
        await client.subscribe("devices/#", qos=1)
        yield Listener(client)


def after(minutes: float, body):
    for _ in range(int(minutes)):
        body.step(60)
    return body.read()


def test_a_healthy_heat_pump_defrosts_itself_and_keeps_the_house_warm():
    pump = HeatPump("hp-1")
    coils = [after(1, pump)["coil_temp"] for _ in range(12 * 60)]
    assert min(coils) > -11.5
    assert max(coils) > 5, "a defrost warms the coil"
    assert pump.read()["room_temp"] > 20.5


def test_a_blocked_heat_pump_ices_up_and_recovers_when_its_owner_clears_the_snow():
    pump = HeatPump("hp-1")
    after(30, pump)
    pump.stick_defrost()
    iced = after(150, pump)
    assert -15 < iced["coil_temp"] < -13
    assert iced["fan_speed"] < 350
    assert iced["defrost_age"] > 150
    assert iced["room_temp"] < 20.7
    assert iced["supply_temp"] > iced["room_temp"] + 2, "it is still heating"
    refused = pump.obey("defrost", {})
    assert (refused.ok, refused.said) == (False, {"error": "no airflow at the outlet"})
    pump.clear_snow()
    assert max(after(1, pump)["coil_temp"] for _ in range(20)) > 5
    assert after(20, pump)["defrost_age"] < 30
    assert after(1, pump)["coil_temp"] > -9


def test_a_fridge_warms_with_its_door_open_and_cools_when_it_is_closed():
    fridge = Fridge("fr-1")
    assert 2.5 < after(60, fridge)["inside_temp"] < 5.5
    fridge.leave_door_open()
    warm = after(45, fridge)
    assert warm["door"] == "open"
    assert warm["inside_temp"] > 9
    fridge.close_door()
    assert after(60, fridge)["inside_temp"] < 6


def test_what_else_can_happen_to_a_heat_pump_shows_and_ends():
    pump = HeatPump("hp-1")
    pump.happenings()["lose_water"]()
    assert after(40, pump)["pressure"] < 0.8
    pump.happenings()["refill_water"]()
    assert after(15, pump)["pressure"] > 1.4
    pump.happenings()["open_windows"]()
    assert after(90, pump)["room_temp"] < 18
    pump.happenings()["close_windows"]()
    assert after(150, pump)["room_temp"] > 20.5
    pump.happenings()["stick_flow"]()
    assert after(60, pump)["supply_temp"] > 76
    assert pump.obey("set", {"setpoint": 18}).ok
    assert after(60, pump)["supply_temp"] < 60
    pump.happenings()["switch_off"]()
    assert after(1, pump)["mode"] == "off"
    assert not pump.obey("defrost", {}).ok


def test_a_restart_helps_a_stalled_fridge_and_a_full_router():
    fridge, router = Fridge("fr-1"), Router("ro-1")
    fridge.stall_compressor()
    router.leak_memory()
    assert after(300, fridge)["inside_temp"] > 10
    assert after(90, router)["memory_used"] > 92
    for body in (fridge, router):
        assert body.obey("restart", {}).away
        body.booted()
    assert after(60, fridge)["inside_temp"] < 6
    assert after(1, router)["memory_used"] < 40


def test_the_same_device_tells_the_same_day_twice():
    assert after(100, HeatPump("hp-7")) == after(100, HeatPump("hp-7"))
    assert after(100, HeatPump("hp-7")) != after(100, HeatPump("hp-8"))


@pytest.mark.parametrize("version", [MQTT_5, MQTT_311], ids=["mqtt 5", "mqtt 3.1.1"])
async def test_a_strange_client_hears_a_heat_pump_come_report_and_go(broker, listener, clock, version):
    port = broker.port if version is MQTT_5 else broker.port_311
    async with Fleet(Uplink(clock, port, version=version)) as fleet:
        pump = fleet.add(HeatPump("hp-1"))
        assert await listener.next("devices/hp-1/status") == b"online"
        reading = await listener.next("devices/hp-1/telemetry")
        assert set(reading) == {
            *("supply_temp", "room_temp", "setpoint", "coil_temp", "outdoor_temp", "power"),
            *("fan_speed", "mode", "defrost_age", "pressure", "ts"),
        }
        assert abs(reading["ts"] * 1000 - clock.now()) < 600 * SECOND
        await pump.until(lambda device: device.sent >= 3)
    assert await listener.next("devices/hp-1/status") == b"offline"
    stamps = [json.loads(m.payload)["ts"] for m in listener.heard if m.topic.matches("devices/+/telemetry")]
    assert stamps[2] - stamps[1] == 60_000


async def test_a_router_answers_the_restart_then_goes_and_comes_back_healthy(broker, listener, clock):
    async with Fleet(Uplink(clock, broker.port)) as fleet:
        router = fleet.add(Router("ro-1"))
        router.happen("line_fault")
        await listener.next("devices/ro-1/telemetry", lambda reading: reading["wan_loss"] >= 35)
        asked = json.dumps({"name": "restart", "args": {}})
        await listener.client.publish("devices/ro-1/commands/cmd_1", asked, qos=1)
        assert await listener.next("devices/ro-1/commands/cmd_1/result") == {"ok": True, "seconds": 120}
        left = clock.now()
        assert await listener.next("devices/ro-1/status") == b"offline"
        assert await listener.next("devices/ro-1/status") == b"online"
        assert clock.now() - left >= 118 * SECOND
        healthy = await listener.next("devices/ro-1/telemetry")
        assert healthy["wan_loss"] < 1
        assert healthy["uptime"] == 0
        assert (await listener.next("devices/ro-1/events"))["event"] == "reboot"


async def test_a_command_that_is_delivered_twice_is_done_once_and_answered_twice(broker, listener, clock):
    async with Fleet(Uplink(clock, broker.port)) as fleet:
        pump = fleet.add(HeatPump("hp-1"))
        await pump.until(lambda device: device.online)
        for _ in range(2):
            await listener.client.publish("devices/hp-1/commands/c1", '{"name": "defrost"}', qos=1)
            answer = await listener.next("devices/hp-1/commands/c1/result")
            assert answer == {"ok": True, "minutes": 9.0}
        assert [name for name, _ in pump.commands] == ["defrost"]


async def test_a_command_by_mqtt_5_is_answered_on_its_response_topic_with_its_correlation(
    broker, listener, clock
):
    async with Fleet(Uplink(clock, broker.port)) as fleet:
        await fleet.add(Fridge("fr-1")).until(lambda device: device.online)
        properties = Properties(PacketTypes.PUBLISH)
        properties.ResponseTopic, properties.CorrelationData = "devices/hub/answers", b"42"
        await listener.client.publish(
            "devices/fr-1/commands/c1", '{"name": "open sesame"}', 1, properties=properties
        )
        answer = await listener.next("devices/hub/answers")
        assert answer == {"ok": False, "error": "unknown command open sesame"}
        assert listener.heard[-1].properties.CorrelationData == b"42"


@pytest.mark.parametrize(
    "payload", [b"restart", b"[]", b"{}", b'{"name": "set", "args": 7}', b"\xff\xfe", b""]
)
async def test_a_device_survives_a_command_that_makes_no_sense(broker, listener, clock, payload):
    async with Fleet(Uplink(clock, broker.port)) as fleet:
        await fleet.add(HeatPump("hp-1")).until(lambda device: device.online)
        await listener.client.publish("devices/hp-1/commands/c1", payload, qos=1)
        assert (await listener.next("devices/hp-1/commands/c1/result"))["ok"] is False


async def test_a_device_without_power_leaves_its_last_will_and_comes_back(broker, listener, clock):
    async with Fleet(Uplink(clock, broker.port)) as fleet:
        router = fleet.add(Router("ro-1", lost=True))
        await router.until(lambda device: device.online)
        await router.unplug()
        assert await listener.next("devices/ro-1/status", lambda told: told == b"offline") == b"offline"
        router.plug_in()
        assert await listener.next("devices/ro-1/status") == b"online"
        await listener.client.publish("devices/ro-1/commands/c1", '{"name": "restart"}', qos=1)
        assert await listener.next("devices/ro-1/status") == b"offline"
        assert await listener.next("devices/ro-1/status") == b"online"


async def test_devices_find_their_broker_again(clock):
    broker = await Broker().start()
    async with Fleet(Uplink(clock, broker.port)) as fleet:
        fridge = fleet.add(Fridge("fr-1"))
        await fridge.until(lambda device: device.sent > 1)
        broker.kill()
        await fridge.until(lambda device: not device.online)
        async with Broker(port=broker.port):
            await fridge.until(lambda device: device.online)
        await broker.stop()


@pytest.mark.parametrize(
    ("quirks", "off"),
    [
        (Quirks(clock_skew=TEN_MINUTES_SLOW), -600),
        (Quirks(clock_skew=AN_HOUR_AHEAD), 3600),
        (Quirks(in_1970=True), -START / SECOND),
        (Quirks(no_ts=True), None),
    ],
    ids=["ten minutes slow", "an hour ahead", "in 1970", "no time at all"],
)
async def test_clocks_can_be_wrong(broker, listener, quirks, off):
    clock = fast_clock(START, 60)
    async with Fleet(Uplink(clock, broker.port)) as fleet:
        fleet.add(Fridge("fr-1"), quirks)
        stamp = (await listener.next("devices/fr-1/telemetry")).get("ts")
        assert stamp == off or abs(stamp / 1000 - clock.now() / SECOND - off) < 120


async def test_readings_can_be_doubled_and_missing(broker, listener, clock):
    async with Fleet(Uplink(clock, broker.port)) as fleet:
        fridge = fleet.add(Fridge("fr-1"), Quirks(duplicates=0.5, gaps=0.3))
        await fridge.until(lambda device: device.sent >= 40)
    await listener.next("devices/fr-1/status", lambda told: told == b"offline")
    stamps = [json.loads(m.payload)["ts"] for m in listener.heard if m.topic.matches("devices/+/telemetry")]
    assert len(set(stamps)) < fridge.sent - 5, "some are missing"
    assert len(stamps) > len(set(stamps)) + 5, "some came twice"


async def test_a_hundred_devices_live_on_one_broker(broker, clock):
    fleet = Fleet(Uplink(clock, broker.port))
    for number in range(100):
        fleet.add([HeatPump, Fridge, Router][number % 3](f"d-{number}"))
    async with fleet, asyncio.TaskGroup() as tasks:
        for device in fleet:
            tasks.create_task(device.until(lambda it: it.sent >= 5))
    assert not any(device.online for device in fleet)


def test_two_devices_cannot_have_one_name_and_an_unknown_happening_names_the_known(clock):
    fleet = Fleet(Uplink(clock, 1883))
    pump = fleet.add(HeatPump("hp-1"))
    with pytest.raises(ValueError, match="already a device"):
        fleet.add(Fridge("hp-1"))
    with pytest.raises(KeyError, match="clear_snow"):
        pump.happen("clear_sky")
