"""Operators are told over a real wire; their addresses never get into a log line."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from device_rules.reading import HOUR, MINUTE
from hub.domain.alarms import Limits, Tell, Told
from hub.domain.asked import Switches
from hub.flow.alarms import Around
from hub.loops.upkeep import Watched, beating, one_look
from hub.operators.apprise import Operators
from hub.operators.heartbeat import Heartbeat
from hub.ports import BadInput
from hub.ports.telemetry import Gauges
from hub.testing import FakeClock, MemoryStore

PAUSED = Tell(Told.BEGINS, "sending_paused", "Sending is paused.")


@dataclass
class Listening:
    """What somebody outside has heard: (path, body)."""

    port: int = 0
    heard: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200


@asynccontextmanager
async def somebody() -> AsyncIterator[Listening]:
    """A service outside: it writes down what it is told."""
    listening = Listening()

    async def hear(request: web.Request) -> web.Response:
        listening.heard.append((request.path, await request.text()))
        return web.Response(status=listening.status)

    app = web.Application()
    app.router.add_post("/{tail:.*}", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    listening.port = runner.addresses[0][1]
    try:
        yield listening
    finally:
        await runner.cleanup()


def watched(store: MemoryStore, clock: FakeClock, operators: Operators, gauges: Gauges) -> Watched:
    return Watched(store, clock, lambda: Around(gauges, 0.9), operators, Limits())


async def test_operators_hear_of_a_pause_and_of_its_end(store: MemoryStore, clock: FakeClock) -> None:
    gauges = Gauges(connected=True)
    async with somebody() as outside:
        house = watched(store, clock, Operators([f"json://127.0.0.1:{outside.port}/alarm"]), gauges)
        async with store.transaction() as tx:
            await tx.house.set_switches(Switches(paused=True, paused_because="carrier down"))
        assert [tell.what for tell in await one_look(house)] == [Told.BEGINS]
        assert await one_look(house) == []
        async with store.transaction() as tx:
            await tx.house.set_switches(Switches())
        assert [tell.what for tell in await one_look(house)] == [Told.OVER]
    bodies = [json.loads(body) for _, body in outside.heard]
    assert [body["title"] for body in bodies] == [
        "Beforehand: sending paused",
        "Beforehand, over: sending paused",
    ]
    assert "carrier down" in bodies[0]["message"]


async def test_an_alarm_that_reached_nobody_is_told_again(store: MemoryStore, clock: FakeClock) -> None:
    async with somebody() as outside:
        outside.status = 500
        operators = Operators([f"json://127.0.0.1:{outside.port}/alarm"])
        house = watched(store, clock, operators, Gauges(connected=True, log_state="full"))
        assert await one_look(house) == []
        outside.status = 200
        assert [tell.name for tell in await one_look(house)] == ["disk_fills"]


async def test_without_operators_an_alarm_is_a_log_line_once_and_then_every_four_hours(
    store: MemoryStore, clock: FakeClock
) -> None:
    house = watched(store, clock, Operators([]), Gauges(connected=False))
    with capture_logs() as lines:
        for _ in range(60):
            await one_look(house)
            await clock.advance(5 * MINUTE)
    assert [line["what"] for line in lines if line["event"] == "alarm"] == ["begins", "stands"]
    assert clock.now() - FakeClock().now() == 5 * HOUR


async def test_alarms_are_lines_of_the_timeline(store: MemoryStore, clock: FakeClock) -> None:
    await one_look(watched(store, clock, Operators([]), Gauges(connected=True, unsaved="locked")))
    await one_look(watched(store, clock, Operators([]), Gauges(connected=True)))
    async with store.reading() as tx:
        kinds = [fact.kind for fact in await tx.facts.since(0)]
    assert kinds == ["house.alarm", "house.alarm_over"]


async def test_the_heartbeat_tells_what_is_wrong_and_is_kept_in_the_store(
    store: MemoryStore, clock: FakeClock
) -> None:
    wrong: list[str] = []

    async def broker() -> str | None:
        return wrong[0] if wrong else None

    async with somebody() as outside:
        pinger = Heartbeat(f"http://127.0.0.1:{outside.port}/secret-of-the-beat")
        chore = beating(store, clock, {"broker": broker}, pinger)
        await chore.work()
        wrong.append("not connected yet")
        with capture_logs() as lines:
            await chore.work()
        await pinger.close()
    assert outside.heard == [
        ("/secret-of-the-beat", ""),
        ("/secret-of-the-beat/fail", "broker: not connected yet"),
    ]
    assert "secret-of-the-beat" not in str(lines)
    async with store.reading() as tx:
        (beat,) = await tx.upkeep.beats()
    assert (beat.name, beat.at, beat.note) == ("hub", clock.now(), "broker: not connected yet")


async def test_nobody_at_the_other_end_is_no_reason_to_break() -> None:
    pinger = Heartbeat("http://127.0.0.1:9/x")
    assert not await asyncio.wait_for(pinger.ping(""), 5)
    await pinger.close()
    assert not await Operators(["json://127.0.0.1:9/x"]).tell(PAUSED)


def test_an_address_that_apprise_does_not_know_is_refused_without_being_repeated() -> None:
    with pytest.raises(BadInput) as refused:
        Operators(["json://ops.example.org", "no-such-service://token@secret"])
    assert "address 2" in str(refused.value)
    assert "secret" not in str(refused.value)
