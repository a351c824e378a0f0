"""Who waits for an incident reads the true reason, is told soon after a pause ends, and operators hear of a canary that tells nobody."""

from __future__ import annotations

import pytest

from device_rules.fault import Severity
from device_rules.reading import MINUTE
from hub.domain.alarms import Looked
from hub.domain.because import Because
from hub.domain.contact import MessageClass
from hub.domain.customer import Channel
from hub.domain.ids import CustomerId, UserId
from hub.domain.pauses import Pause, Scope
from hub.flow.alarms import Around, look
from hub.flow.pausing import pause_part, resume_part
from hub.flow.saying import Draft, compose, judge
from hub.ports.telemetry import Gauges
from hub.testing import FakeClock, MemoryStore
from tests.flow.fleet import Fleet, fleet

PUMPS = [f"pump-{n}" for n in range(40)]
DAG = UserId("dag")


@pytest.fixture
async def here(store: MemoryStore, clock: FakeClock) -> Fleet:
    made = await fleet(store, clock)
    await made.homes(30)
    return made


async def reason(here: Fleet, device: str) -> Because:
    """What the gate says of a first message about this device just now."""
    case = await here.case_of(device)
    async with here.store.transaction() as tx:
        owner = (await tx.people.residents(case.site, here.now))[0].customer  # type: ignore[arg-type]
        draft = Draft(
            case.id,
            CustomerId(owner),
            Channel.SMS,
            MessageClass.FIRST,
            "step:0",
            text="Hello. Reply STOP to end.",
        )
        message, _ = await compose(tx, draft, here.now)
        return (await judge(tx, message, here.now, here.ctx)).because


async def test_the_gate_says_that_a_household_waits_for_its_turn_once_people_have_decided(
    here: Fleet,
) -> None:
    await here.fails(*PUMPS[:24])
    await here.passes(3 * MINUTE)
    assert await reason(here, "pump-20") is Because.INCIDENT_HOLD
    await here.approve()
    assert await reason(here, "pump-20") is Because.INCIDENT_TURN


async def test_the_gate_says_that_a_device_waits_for_its_gateway(here: Fleet) -> None:
    await here.home(40, "router-40", model="nordwarm/router-r3", firmware="1")
    async with here.store.transaction() as tx:
        device = await tx.devices.get("pump-1")  # type: ignore[arg-type]
        assert device is not None
        device.attributes["gateway"] = "router-40"
        await tx.devices.put(device)
    await here.fails("router-40", rule="line-down")
    await here.fails("pump-1")
    assert await reason(here, "pump-1") is Because.BEHIND_GATEWAY


async def test_households_of_an_incident_are_told_soon_after_their_channel_runs_again(here: Fleet) -> None:
    await here.fails(*PUMPS[:24])
    await here.passes(3 * MINUTE)
    async with here.store.transaction() as tx:
        await pause_part(tx, Pause(Scope.CHANNEL, "sms", "a carrier's trouble", DAG, here.now))
    await here.approve()
    await here.passes(2 * MINUTE)
    assert here.post.envelopes == []
    async with here.store.transaction() as tx:
        await resume_part(tx, (Scope.CHANNEL, "sms"), DAG, here.now)
    await here.passes(MINUTE)
    assert len(here.post.envelopes) == 1, "the first household, and not in a quarter of an hour"


async def test_operators_hear_of_a_canary_that_could_tell_nobody_in_its_time(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await fleet(store, clock, hold_downs=dict.fromkeys(Severity, 25 * MINUTE))
    await here.homes(30)
    await here.fails(*PUMPS[:25])
    await here.approve()

    async def seen() -> Looked:
        async with here.store.reading() as tx:
            return await look(tx, Around(Gauges()), here.now)

    await here.passes(5 * MINUTE)
    assert (await seen()).canaries == 0
    await here.passes(7 * MINUTE)
    assert (await seen()).canaries == 1
    await here.passes(18 * MINUTE)
    assert (await seen()).canaries == 0, "one household has been told"
