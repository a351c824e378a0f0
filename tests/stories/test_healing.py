"""Stories of devices that heal themselves: their safe command has its time before anybody is asked, asleep or awake."""

from __future__ import annotations

from dataclasses import replace

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE, SECOND, PresenceState
from hub.domain.because import Because
from hub.domain.device import DeviceState
from hub.domain.events import CommandAnswered
from hub.domain.ids import DeviceId
from hub.flow.healing import self_heal_id
from hub.flow.judge import Draft, _save
from hub.ports import Checkpoint
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import ICE, PUMP, Street
from tests.stories.household import household


async def test_a_sleeping_device_gets_its_command_when_it_wakes(store: MemoryStore, clock: FakeClock) -> None:
    here = await healing_home(store, clock)
    await falls_asleep(here, PUMP)
    case = await here.fails(ICE)
    assert case is not None and here.wire.commands == []
    await here.pass_time(MINUTE)
    await wakes_up(here, PUMP)
    assert [command.id for command in here.wire.commands] == [self_heal_id(case.id)]
    await wakes_up(here, PUMP)
    assert len(here.wire.commands) == 1


async def test_a_command_that_waited_too_long_for_a_sleeper_is_never_sent(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await healing_home(store, clock)
    await falls_asleep(here, PUMP)
    await here.fails(ICE)
    await here.pass_time(2 * HOUR)
    await wakes_up(here, PUMP)
    assert here.wire.commands == []


async def test_a_command_for_a_sleeper_is_called_off_when_the_fault_is_over(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await healing_home(store, clock)
    await falls_asleep(here, PUMP)
    case = await here.fails(ICE)
    await here.recovers(ICE)
    await wakes_up(here, PUMP)
    assert case is not None and here.wire.commands == []
    assert "command.called_off" in [fact.kind for fact in await here.facts(case.id)]


async def falls_asleep(here: Street, device: DeviceId) -> None:
    state = DeviceState(device, PresenceState.SLEEPING, presence_since=here.now, received=here.now)
    await saved(here, state)


async def wakes_up(here: Street, device: DeviceId) -> None:
    await saved(here, DeviceState(device, PresenceState.ONLINE, presence_since=here.now, received=here.now))


async def saved(here: Street, state: DeviceState) -> None:
    """A checkpoint of the judge with this state of a device."""
    async with here.tx() as tx:
        await _save(tx, Draft(Checkpoint(0, 1, {}, (state,)), []), here.now)


async def test_a_device_that_heals_itself_is_never_mentioned_and_counted(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await healing_home(store, clock)
    case = await here.fails(ICE)
    assert case is not None
    assert [command.id for command in here.wire.commands] == [self_heal_id(case.id)]
    await here.pass_time(MINUTE + 30 * SECOND)
    assert here.told == [], "it has two minutes to work"
    await here.recovers(ICE)
    await here.pass_time(DAY)
    assert here.told == []
    assert Because.HEALED_ALONE.name in [fact.because for fact in await here.facts(case.id)]


async def test_a_device_that_cannot_help_itself_is_not_waited_for(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await healing_home(store, clock)
    case = await here.fails(ICE)
    assert case is not None
    failed = CommandAnswered(case.id, self_heal_id(case.id), ok=False, note="blocked")
    await here.happen(case.id, failed)
    await here.pass_time(MINUTE)
    assert len(here.told) == 1


async def test_a_danger_gets_its_command_and_its_people_at_once(store: MemoryStore, clock: FakeClock) -> None:
    here = await healing_home(store, clock)
    case = await here.fails(replace(ICE, severity=Severity.SAFETY))
    assert case is not None and case.needs_agent is Because.SAFETY_AT_ONCE
    assert len(here.wire.commands) == 1 and len(here.told) == 1


async def healing_home(store: MemoryStore, clock: FakeClock) -> Street:
    here = await household(store, clock)
    healing = {key: replace(play, self_heal="defrost") for key, play in here.ctx.plays.items()}
    here.ctx = replace(here.ctx, plays=healing)
    return here
