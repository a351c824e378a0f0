"""What the operator's tools are told."""

from __future__ import annotations

import dataclasses

import httpx

from device_rules import Describe, Engine, Reading, RuleBook
from device_rules.report import Report
from hub.ports.telemetry import Gauges
from hub.web.app import create_app
from tests.web.world import World

BOOK = RuleBook.parse("""
model: acme/pump
version: 1
expect_every: 60s
metrics: {temp: {}}
rules:
  - {id: hot, title: Too hot, severity: major, when: temp > 30}
""")


async def well() -> None:
    return None


async def broker() -> str:
    return "the broker does not answer"


async def breaks() -> None:
    raise OSError("secret path")


async def test_the_hub_says_that_it_lives(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).text == "ok\n"


async def test_the_hub_is_ready_only_while_every_check_is_well(here: World) -> None:
    door = dataclasses.replace(here.door, checks={"store": well, "broker": broker, "log": breaks})
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=create_app(door)), base_url="http://hub"
    ) as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "store": "ok",
        "broker": "the broker does not answer",
        "log": "the check broke: OSError",
    }


async def test_the_figures_count_tickets_and_what_is_owed(client: httpx.AsyncClient, here: World) -> None:
    await here.asks_for_person(await here.ices_up())
    told = (await client.get("/metrics")).text
    assert "beforehand_lag_seconds" not in told, "a process that does not listen has no lag"
    assert 'beforehand_tickets{view="unassigned"} 1.0' in told
    assert 'beforehand_outbox{state="parked"} 0.0' in told
    assert 'beforehand_mode{mode="live"} 1.0' in told
    assert "Ada" not in told


async def test_the_figures_tell_how_far_telemetry_has_come(here: World) -> None:
    gauges = Gauges(received=12, rejected=2, connected=True, lag=0.5, written={0: 9}, judged={0: 7})
    app = create_app(dataclasses.replace(here.door, gauges=gauges))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://hub") as client:
        told = (await client.get("/metrics")).text
    assert 'beforehand_telemetry{what="rejected"} 2.0' in told
    assert "beforehand_lag_seconds 0.5" in told and "beforehand_behind 2.0" in told


async def test_the_figures_tell_how_the_judged_devices_are(here: World) -> None:
    engine = Engine([BOOK])
    engine.judge(Describe("pump-7", 0, 0, BOOK.model))
    engine.judge(Reading("pump-7", 1, 1, {"temp": 99.0}))

    async def report() -> Report:
        return engine.report()

    app = create_app(dataclasses.replace(here.door, report=report))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://hub") as client:
        told = (await client.get("/metrics")).text
    assert 'beforehand_devices{state="ward"} 1.0' in told
    assert 'beforehand_open_faults{rule="acme/pump hot"} 1.0' in told
    assert float(told.split("\nbeforehand_state_bytes ")[1].split()[0]) > 500
