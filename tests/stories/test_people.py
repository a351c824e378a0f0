"""Stories of homes, fleets and the desk: owners that change, many devices at once, going live, agents at work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE
from hub.clock import micros
from hub.domain.agent import Closing
from hub.domain.because import Because
from hub.domain.case import CaseState, TicketStatus
from hub.domain.customer import Person
from hub.domain.device import Placement
from hub.domain.events import FaultChanged
from hub.domain.gate import Caps, Mode, Switches, Verdict
from hub.domain.ids import DeviceId, Moment, SiteId
from hub.domain.incident import Limits
from hub.domain.policy import Policy
from hub.domain.site import Residence, Role
from hub.flow import handover, switching
from hub.flow.handover import By
from hub.ports import BadInput, Undeliverable
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import ADA, BEN, CLEO, DAG, DOOR, ICE, LINE, PUMP, changed, join_fleet, street


async def test_a_dead_number_takes_the_next_step_at_once_and_ends_with_an_agent(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    here.post.will([Undeliverable("21211", dead=True)])
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    case = await here.case(ICE)
    assert case.status is TicketStatus.NEEDS_AGENT and case.needs_agent is Because.CANNOT_BE_CONTACTED
    assert len(here.told) == 1


async def test_when_the_fleet_fails_together_the_cap_pauses_sending_and_calls_the_operator(
    store: MemoryStore, clock: FakeClock
) -> None:
    apart = Limits(devices=1_000, at_least=1_000)  # what is no incident yet: each is told by itself
    here = await street(store, clock, Policy(caps=Caps(fleet_hour=5), incidents=apart))
    for number in range(12):
        await here.fails(await join_fleet(here, ICE, number))
    await here.pass_time(2 * MINUTE)
    assert len(here.told) == 5
    async with store.reading() as tx:
        alarms = [fact for fact in await tx.facts.since(0) if fact.kind == "fleet.cap_reached"]
    assert [alarm.data["cap"] for alarm in alarms] == [5], "one alarm, not one per case"
    await here.pass_time(50 * MINUTE)
    assert len(here.told) == 5
    await here.pass_time(HOUR)
    assert 5 < len(here.told) <= 10


async def test_a_household_is_told_once_and_not_person_by_person(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    async with store.transaction() as tx:
        await tx.people.put_residence(Residence(SiteId("kiel"), BEN, Role.OCCUPANT, Moment(1)))
    await here.fails(ICE)
    await here.pass_time(MINUTE)
    assert len(here.told) == 1 and "Ada" in here.told[0]


async def test_the_second_person_is_asked_when_the_first_may_not_be(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    async with store.transaction() as tx:
        await tx.people.put_residence(Residence(SiteId("kiel"), BEN, Role.OCCUPANT, Moment(1)))
        await tx.people.suppress(ADA, here.now, "stop_said")
    await here.fails(ICE)
    await here.pass_time(MINUTE)
    assert len(here.told) == 1 and "Ben" in here.told[0]


async def test_the_new_owner_is_told_and_the_old_one_never_again(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await clock.set(micros("2026-11-21T23:00:00Z"))
    await here.fails(ICE)
    async with store.transaction() as tx:
        old = (await tx.people.residents(SiteId("kiel"), here.now))[0]
        await tx.people.put_residence(replace(old, until=here.now))
        await tx.people.put_residence(Residence(SiteId("kiel"), CLEO, Role.OWNER, here.now))
    await here.until(micros("2026-11-22T08:00:00Z"))
    assert len(here.told) == 1 and "Cleo" in here.told[0]


async def test_a_fault_that_returns_within_a_day_reopens_its_case_and_repeats_no_message(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    first = await here.fails(ICE)
    await here.pass_time(5 * MINUTE)
    await here.recovers(ICE)
    await here.pass_time(30 * MINUTE)
    again = await here.fails(ICE)
    assert first is not None and again is not None and again.id == first.id
    assert again.state is CaseState.HELD
    await here.pass_time(5 * MINUTE)
    assert await here.kinds(ICE) == ["first", "recovery", "reminder"]
    async with store.reading() as tx:
        parts = await tx.cases.packet(first.id)
    assert [part.number for part in parts] == [0, 1]


async def test_the_same_fault_redelivered_is_one_case_and_one_message(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    change = here.raised[PUMP, ICE.rule]
    async with store.transaction() as tx:
        assert not await tx.faults.save(change)
        await tx.inbox.put(change.device, FaultChanged(change), here.now)
    await here.pass_time(10 * MINUTE)
    async with store.reading() as tx:
        assert len(await tx.cases.of_device(PUMP)) == 1
    assert len(here.told) == 1


async def test_going_live_lists_what_is_already_wrong_and_contacts_nobody(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    async with store.transaction() as tx:
        await tx.house.set_switches(Switches(mode=Mode.PAPER))
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    await here.fails(DOOR)
    assert len(here.paper.envelopes) == 1 and here.told == []
    async with here.tx() as tx:
        listed = await switching.go_live(tx, here.now, here.ctx)
    assert {each.device for each in listed.known} == {ICE.device, DOOR.device}
    assert {each.device for each in listed.soon} == {DOOR.device}
    assert {(bool(each.customer), each.channel, each.refused) for each in listed.soon} == {(True, "sms", "")}
    await here.pass_time(3 * DAY)
    await here.recovers(ICE)
    await here.pass_time(DAY)
    assert here.told == [] and len(here.paper.envelopes) == 1
    await here.fails(LINE)
    await here.pass_time(2 * MINUTE)
    assert len(here.told) == 1


async def test_a_fault_known_before_going_live_opens_no_case(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    change = here.raised[PUMP, ICE.rule]
    old = await here.judge(ICE, changed(change, fault="0" * 20), known=True)
    assert old is None


async def test_an_agent_who_takes_a_case_silences_the_robot(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    case = await here.case(ICE)
    async with here.tx() as tx:
        taken = await handover.take(tx, case.id, By(DAG, here.now), here.ctx)
    assert taken.status is TicketStatus.WITH_AGENT
    await here.pass_time(2 * DAY)
    assert await here.kinds(ICE) == ["first"]


async def test_an_agents_words_pass_the_gate_like_everybodys(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    case = await here.case(ICE)
    async with here.tx() as tx:
        await handover.take(tx, case.id, By(DAG, here.now), here.ctx)
        said = await handover.reply(
            tx, case.id, By(DAG, here.now), "Hello Ada, may I ring you at six?", here.ctx
        )
    assert said.verdict is Verdict.ALLOW
    assert here.told[-1] == "Nordwarm, Dag: Hello Ada, may I ring you at six?"
    await here.until(micros("2026-11-21T22:00:00Z"))
    async with here.tx() as tx:
        said = await handover.reply(tx, case.id, By(DAG, here.now), "Still awake?", here.ctx)
    assert said.verdict is Verdict.HOLD and said.because is Because.QUIET_HOURS
    assert len(here.told) == 2
    await here.until(micros("2026-11-22T07:30:00Z"))
    assert here.told[-1] == "Nordwarm, Dag: Still awake?"


async def test_closing_tells_who_was_contacted_and_is_not_proved_while_the_device_disagrees(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    case = await here.case(ICE)
    async with here.tx() as tx:
        closed = await handover.close(tx, case.id, By(DAG, here.now), Closing.REPLACED, here.ctx)
    assert closed.state is CaseState.RESOLVED and not closed.proved
    assert await here.kinds(ICE) == ["first", "recovery"]
    async with store.transaction() as tx:
        with pytest.raises(BadInput):
            await handover.take(tx, case.id, By(DAG, here.now), here.ctx)
    await here.recovers(ICE)
    assert (await here.case(ICE)).proved
    assert await here.kinds(ICE) == ["first", "recovery"]


async def test_what_is_handed_back_goes_on_with_the_next_step(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    case = await here.case(ICE)
    async with here.tx() as tx:
        await handover.take(tx, case.id, By(DAG, here.now), here.ctx)
    async with here.tx() as tx:
        await handover.hand_back(tx, case.id, By(DAG, here.now), here.ctx)
    assert await here.kinds(ICE) == ["first", "reminder"]


async def test_the_kill_switch_halts_what_is_queued_until_it_is_released(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    async with here.tx() as tx:
        await switching.pause(tx, DAG, True, "a strange wave of alarms", here.now)
    await here.fails(ICE)
    await here.pass_time(HOUR)
    assert here.told == []
    async with here.tx() as tx:
        await switching.pause(tx, DAG, False, "", here.now)
    await here.pass_time(20 * MINUTE)
    assert len(here.told) == 1


async def test_a_device_without_an_owner_reaches_an_agent_after_the_hold(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    orphan = replace(ICE, device=DeviceId("pump-nobody"))
    await here.fails(orphan)
    assert (await here.case(orphan)).state is CaseState.HELD
    await here.pass_time(2 * MINUTE)
    case = await here.case(orphan)
    assert case.needs_agent is Because.NO_CUSTOMER and case.site is None


async def test_a_safety_fault_reaches_an_agent_at_once_and_a_sleeper_only_in_the_morning(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await clock.set(micros("2026-11-21T23:00:00Z"))
    case = await here.fails(replace(ICE, severity=Severity.SAFETY))
    assert case is not None and case.needs_agent is Because.SAFETY_AT_ONCE
    await here.until(micros("2026-11-22T06:59:00Z"))
    assert here.told == []
    await here.until(micros("2026-11-22T07:00:00Z"))
    assert await here.kinds(ICE) == ["safety"]


async def test_who_agreed_to_be_woken_is_woken_for_safety(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    async with store.transaction() as tx:
        ada = await tx.people.customer(ADA)
        assert ada is not None
        await tx.people.put_customer(replace(ada, wake_me=True), Person(ADA, "Ada Berg"))
    await clock.set(micros("2026-11-21T23:00:00Z"))
    await here.fails(replace(ICE, severity=Severity.SAFETY))
    assert await here.kinds(ICE) == ["safety"]


async def test_a_shadow_rule_is_counted_and_contacts_nobody(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    case = await here.fails(ICE, shadow=True)
    await here.pass_time(DAY)
    assert case is None and here.told == []
    async with store.reading() as tx:
        assert [fact.because.lower() for fact in await tx.facts.of_device(PUMP)] == ["shadow_rule"]


async def test_another_fault_of_the_same_family_joins_the_open_case(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    first = await here.fails(ICE)
    await here.pass_time(MINUTE)
    await clock.advance(MINUTE)
    second = await here.fails(ICE)
    assert first is not None and second is not None and second.id == first.id
    await here.pass_time(5 * MINUTE)
    assert len(here.told) == 1


async def test_a_device_that_was_sold_is_the_new_owners_matter_and_the_old_one_hears_no_more(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    assert "Ada" in here.told[0]
    async with store.transaction() as tx:
        await tx.devices.place(Placement(PUMP, SiteId("celle"), here.now))
    await here.pass_time(2 * HOUR)
    assert len(here.told) == 2 and "Cleo" in here.told[1]
    await here.recovers(ICE)
    assert len(here.told) == 3 and "Cleo" in here.told[2]
    async with store.reading() as tx:
        assert (await here.case(ICE)).site == "celle"


async def test_a_conversation_that_is_handed_back_goes_on_with_its_question(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    await here.writes(ADA, "1")
    question = here.told[-1]
    case = await here.case(ICE)
    async with here.tx() as tx:
        await handover.take(tx, case.id, By(DAG, here.now), here.ctx)
    async with here.tx() as tx:
        back = await handover.hand_back(tx, case.id, By(DAG, here.now), here.ctx)
    assert back.state is CaseState.TALKING
    assert len(here.told) == 3 and "1 = it is free" in here.told[-1] and here.told[-1] != question
    await here.writes(ADA, "1")
    assert "defrost" in here.told[-1]


async def test_a_case_of_somebody_who_said_stop_cannot_be_handed_back_into_silence(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    await here.writes(ADA, "STOP")
    told = len(here.told)
    case = await here.case(ICE)
    for _ in range(2):
        async with here.tx() as tx:
            await handover.take(tx, case.id, By(DAG, here.now), here.ctx)
        async with here.tx() as tx:
            back = await handover.hand_back(tx, case.id, By(DAG, here.now), here.ctx)
        assert (back.status, back.needs_agent) == (TicketStatus.NEEDS_AGENT, Because.SUPPRESSED)
    await here.pass_time(3 * DAY)
    assert (await here.case(ICE)).status is TicketStatus.NEEDS_AGENT
    assert len(here.told) == told


async def test_an_agents_note_stays_inside(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    case = await here.fails(ICE)
    assert case is not None
    async with here.tx() as tx:
        await handover.note(tx, case.id, By(DAG, here.now), "The valve was changed in May.")
    notes = [fact.data for fact in await here.facts(case.id) if fact.kind == handover.NOTE]
    assert notes == [{"by": "dag", "text": "The valve was changed in May."}]
    assert here.told == []
