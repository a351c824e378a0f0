"""`beforehand run` as its users meet it: any MQTT client at one end, a carrier and the API at the other."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hub.clock import fast_clock, iso, micros
from hub.testing import eventually
from simulators.broker import Mosquitto
from simulators.carrier.carrier import Carrier
from simulators.people import personas
from simulators.registers import registers
from simulators.scenario import Scenario, load
from tests.system.hub_process import HubProcess, free_port

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        not shutil.which("mosquitto_pub"), reason="mosquitto_pub is missing: apt install mosquitto-clients"
    ),
]

NOON = micros("2026-11-21T12:00:00Z")
RATE = 240  # an hour in a quarter of a minute
MAPPING = """
[[mqtt.mapping]]
topic = "acme/{device_id}/state"
model = "nordwarm/fridge-f2"
[mqtt.mapping.metrics]
inside_temp = {path = "sensors[0].f", unit = "°F"}
door = {path = "d", values = {1 = "open", 0 = "closed"}}
"""


@pytest.fixture
async def broker() -> AsyncIterator[Mosquitto]:
    async with Mosquitto() as running:
        yield running


async def publish(broker: Mosquitto, topic: str, *payloads: str) -> None:
    """What a client that is not ours sends, one message per line, QoS 1."""
    client = await asyncio.create_subprocess_exec(
        "mosquitto_pub", "-p", str(broker.port), "-q", "1", "-t", topic, "-l", stdin=asyncio.subprocess.PIPE
    )
    await client.communicate("\n".join(payloads).encode())
    assert client.returncode == 0


def fridge(**values: Any) -> str:
    return json.dumps({"inside_temp": 5.0, "compressor_power": 60, "ambient_temp": 21, **values})


@asynccontextmanager
async def hub_with_fridge(
    folder: Path, broker: Mosquitto, **settings: Any
) -> AsyncIterator[tuple[HubProcess, Carrier]]:
    """A hub on a fast clock that knows Ada's fridge `fr-1`, and the carrier it would write through."""
    clock = fast_clock(NOON, RATE)
    async with Carrier(clock, opt_out="hub") as carrier:
        account = carrier.account
        hub = HubProcess(
            folder,
            broker.port,
            CLOCK=str(clock),
            SMS_ACCOUNT_SID=account.sid,
            SMS_AUTH_TOKEN=account.token,
            SMS_SENDER=account.number,
            SMS_BASE_URL=carrier.url,
            **settings,
        )
        carrier.inbound_url = f"{hub.url}/hooks/twilio/sms"
        await hub.settle_in(registers(story()))
        async with hub:
            yield hub, carrier


def story() -> Scenario:
    """Only the register of the demo's evening is used: Cleo's fridge stands for everybody's."""
    return load("one-afternoon")


async def open_door(broker: Mosquitto, hub: HubProcess, topic: str, payload: str) -> list[dict[str, Any]]:
    """Publish an open door until there is a ticket."""

    async def ticket() -> list[dict[str, Any]]:
        await publish(broker, topic, payload)
        return await hub.tickets()

    return await eventually(ticket, within=60, every=0.4)


async def close_door(broker: Mosquitto, hub: HubProcess, topic: str, payload: str) -> dict[str, Any]:
    """Publish a closed door until the ticket is resolved."""

    async def resolved() -> dict[str, Any] | None:
        await publish(broker, topic, payload)
        (found,) = await hub.tickets()
        return found if found["status"] == "resolved" else None

    return await eventually(resolved, within=60, every=0.4)


async def test_in_live_mode_a_stranger_s_client_raises_one_ticket_one_text_and_one_recovery(
    tmp_path: Path, broker: Mosquitto
) -> None:
    phone = personas()["cleo"].phone
    async with hub_with_fridge(tmp_path, broker) as (hub, carrier):
        await hub.command("go-live", "--yes")
        (ticket,) = await open_door(broker, hub, "devices/fr-5512/telemetry", fridge(door="open"))
        whole = await hub.get(f"/api/v1/tickets/{ticket['id']}")
        first = await carrier.heard(phone, "door of your kitchen fridge", within=30)
        done = await close_door(broker, hub, "devices/fr-5512/telemetry", fridge(door="closed"))
        await carrier.heard(phone, "closed|again|thank", within=30)

        assert ticket["device"] == "fr-5512"
        assert whole["packet"]
        assert whole["faults"][0]["evidence"]["when"]["metric"] == "door"
        assert done["proved"] is True
        assert len(await hub.tickets()) == 1
        assert [message.to for message in carrier.created()] == [phone, phone]
        assert "STOP" in first.body
        log = hub.log()
        assert phone not in log
        assert first.body[:40] not in log


async def test_a_maker_s_own_json_needs_no_code_and_on_paper_nothing_reaches_the_carrier(
    tmp_path: Path, broker: Mosquitto
) -> None:
    (tmp_path / "beforehand.toml").write_text(MAPPING)
    async with hub_with_fridge(tmp_path, broker) as (hub, carrier):
        (ticket,) = await open_door(broker, hub, "acme/fr-5512/state", acme(door=1))
        await eventually(lambda: "kitchen fridge" in paper(tmp_path), within=30)
        device = await hub.get("/api/v1/devices/fr-5512")
        await close_door(broker, hub, "acme/fr-5512/state", acme(door=0))

        assert ticket["title"] == "The fridge door is open"
        assert device["values"]["inside_temp"]["value"] == pytest.approx(5.0)
        assert carrier.asked == []
        assert 1 <= len(paper(tmp_path).splitlines()) <= 2


def acme(door: int) -> str:
    """A maker's own shape: 41 °F in a list, the door as a number."""
    return json.dumps({"sensors": [{"f": 41.0}], "d": door})


def paper(folder: Path) -> str:
    file = folder / "paper.txt"
    return file.read_text() if file.exists() else ""


async def test_a_hub_that_was_away_raises_no_silence_fault_and_a_hub_restarted_within_a_wait_raises_on_time(
    tmp_path: Path, broker: Mosquitto
) -> None:
    async with hub_with_fridge(tmp_path, broker) as (hub, _):
        await publish(broker, "devices/fr-5512/telemetry", fridge(door="open"))
        opened = NOON
        await hub.stop()
        await hub.start()
        (ticket,) = await open_door(broker, hub, "devices/fr-5512/telemetry", fridge(door="open"))

        rules = {fault["rule"] for fault in (await hub.get("/api/v1/faults"))["items"]}
        assert rules == {"door-open"}
        assert micros(ticket["since"]) >= opened, iso(opened)


async def test_a_port_that_is_taken_is_told_with_a_remedy(tmp_path: Path, broker: Mosquitto) -> None:
    hub = HubProcess(tmp_path, broker.port, WEB_PORT=broker.port)

    with pytest.raises(AssertionError, match="BEFOREHAND_WEB_PORT"):
        await hub.command("run")


def test_free_ports_differ() -> None:
    assert len({free_port() for _ in range(10)}) == 10
