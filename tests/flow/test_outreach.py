"""Outreach in the small: wakes that are out of date, messages that fail, modes, faults that change their severity."""

from __future__ import annotations

from dataclasses import replace

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.case import CaseState, TicketStatus
from hub.domain.contact import MessageClass
from hub.domain.events import CommandAnswered, MessageFailed, TicketWanted, Woke
from hub.domain.gate import Mode, Switches, Verdict
from hub.domain.ids import Moment
from hub.domain.policy import Policy
from hub.flow import handover, switching
from hub.flow.handover import By
from hub.flow.healing import self_heal_id
from hub.ports import InDoubt
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import ADA, BEN, DAG, DOOR, ICE, NUMBERS, Street, street


async def contacted(store: MemoryStore, clock: FakeClock, policy: Policy | None = None) -> Street:
    here = await street(store, clock, policy)
    await here.fails(ICE)
    await here.pass_time(MINUTE)
    assert len(here.told) == 1
    return here


async def test_a_wake_that_is_out_of_date_changes_nothing(store: MemoryStore, clock: FakeClock) -> None:
    here = await contacted(store, clock)
    before = await here.case(ICE)
    for wake in (
        Woke(before.id, "step", "1"),
        Woke(before.id, "hold"),
        Woke(before.id, "settle"),
        Woke(before.id, "nonsense"),
        Woke("case_unknown", "step"),
    ):
        await here.happen(before.id, wake)
    assert await here.case(ICE) == before
    assert len(here.told) == 1


async def test_a_customer_who_cannot_hear_our_answer_gets_a_person(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await contacted(store, clock)
    await here.writes(ADA, "1")
    case = await here.case(ICE)
    turn = [m for m in await here.thread(case.id) if m.kind is MessageClass.TURN][-1]
    await here.happen(case.id, MessageFailed(case.id, turn.id, "carrier_refused"))
    case = await here.case(ICE)
    assert case.status is TicketStatus.NEEDS_AGENT and case.needs_agent is Because.CARRIER_REFUSED


async def test_an_older_message_that_fails_late_takes_no_step(store: MemoryStore, clock: FakeClock) -> None:
    here = await contacted(store, clock)
    case = await here.case(ICE)
    first = (await here.thread(case.id))[0]
    await here.pass_time(2 * HOUR)
    assert await here.kinds(ICE) == ["first", "reminder"]
    before = await here.case(ICE)
    await here.happen(case.id, MessageFailed(case.id, first.id, "carrier_refused"))
    assert await here.case(ICE) == before


async def test_what_nobody_can_tell_about_is_shown_to_a_person_while_the_ladder_goes_on(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    here.post.in_doubt = "park"
    here.post.will([InDoubt("timeout")])
    await here.fails(ICE)
    await here.pass_time(10 * MINUTE)
    case = await here.case(ICE)
    assert case.needs_agent is Because.IN_DOUBT and case.state is CaseState.CONTACTING
    await here.pass_time(2 * HOUR)
    assert len(here.told) == 2


async def test_on_paper_the_whole_street_works_and_nothing_leaves(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    async with store.transaction() as tx:
        await tx.house.set_switches(Switches(mode=Mode.PAPER))
    await here.fails(ICE)
    await here.pass_time(2 * HOUR + 2 * MINUTE)
    await here.recovers(ICE)
    assert [each.kind for each in here.paper.envelopes] == ["first", "reminder", "recovery"]
    assert here.told == []


async def test_in_test_mode_only_test_numbers_get_real_texts(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock, Policy(test_numbers=frozenset({NUMBERS[ADA]})))
    async with here.tx() as tx:
        await switching.set_mode(tx, Mode.TEST_NUMBERS, here.now)
    await here.fails(ICE)
    await here.fails(DOOR)
    await here.pass_time(MINUTE)
    assert [each.to for each in here.post.envelopes] == [NUMBERS[ADA]]
    assert [each.to for each in here.paper.envelopes] == [NUMBERS[BEN]]


async def test_a_fault_that_becomes_critical_takes_its_own_ladder_at_once(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await contacted(store, clock)
    await here.pass_time(10 * MINUTE)
    await here.becomes(ICE, Severity.CRITICAL)
    assert await here.kinds(ICE) == ["first", "reminder"]
    await here.pass_time(10 * MINUTE)
    case = await here.case(ICE)
    assert case.status is TicketStatus.NEEDS_AGENT
    await here.becomes(ICE, Severity.MINOR)
    assert (await here.case(ICE)).severity is Severity.MINOR


async def test_a_fault_that_becomes_a_danger_calls_an_agent_whatever_was_going_on(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await contacted(store, clock)
    await here.writes(ADA, "1")
    await here.becomes(ICE, Severity.SAFETY)
    assert (await here.case(ICE)).needs_agent is Because.SAFETY_AT_ONCE


async def test_a_safe_command_is_tried_before_anybody_is_asked(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    healing = {key: replace(play, self_heal="defrost") for key, play in here.ctx.plays.items()}
    here.ctx = replace(here.ctx, plays=healing)
    case = await here.fails(ICE)
    assert case is not None
    assert [command.id for command in here.wire.commands] == [self_heal_id(case.id)]
    async with store.transaction() as tx:
        await tx.outbox.set_command(here.wire.commands[0].id, "done", "", here.now)  # type: ignore[arg-type]
    await here.happen(case.id, CommandAnswered(case.id, here.wire.commands[0].id, ok=True))
    assert here.told == []
    await here.recovers(ICE)
    await here.pass_time(DAY)
    assert here.told == []


async def test_a_case_that_nobody_closes_ends_with_an_agent_and_not_in_silence(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock, Policy(expiry=HOUR, patience=DAY))
    await here.fails(ICE)
    await here.pass_time(MINUTE)
    await here.writes(ADA, "1")
    await here.pass_time(2 * HOUR)
    case = await here.case(ICE)
    assert case.status is TicketStatus.NEEDS_AGENT


async def test_nothing_asks_for_an_agent_twice(store: MemoryStore, clock: FakeClock) -> None:
    here = await contacted(store, clock)
    case = await here.case(ICE)
    for _ in range(2):
        await here.happen(case.id, TicketWanted(case.id, "CUSTOMER_WANTS_PERSON"))
    async with store.reading() as tx:
        assert len(await tx.cases.page("unassigned", "", 10)) == 1


async def test_while_all_is_paused_an_agent_hears_so_at_once(store: MemoryStore, clock: FakeClock) -> None:
    here = await contacted(store, clock)
    case = await here.case(ICE)
    async with here.tx() as tx:
        await switching.pause(tx, DAG, True, "a test", here.now)
        said = await handover.reply(tx, case.id, By(DAG, here.now), "Hello", here.ctx)
    assert said.verdict is Verdict.DENY and said.because is Because.KILL_SWITCH


async def test_every_no_is_kept_with_its_reason_and_its_stages(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    async with store.transaction() as tx:
        await tx.people.suppress(ADA, Moment(here.now), "stop_said")
    await here.fails(ICE)
    await here.pass_time(MINUTE)
    case = await here.case(ICE)
    async with store.reading() as tx:
        decisions = [decision for _, _, decision in await tx.messages.decisions(case.id)]
    assert decisions and all(each.because is Because.SUPPRESSED for each in decisions)
    assert decisions[0].stages[-1] == "suppression" and len(decisions[0].inputs) == 64
