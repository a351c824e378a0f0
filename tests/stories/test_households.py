"""Stories of households: one message for several things, a second person when the first is silent, peace when asked for."""

from __future__ import annotations

from dataclasses import replace

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE, SECOND
from hub.clock import micros
from hub.domain.because import Because
from hub.domain.case import CaseState, Step, TicketStatus
from hub.domain.contact import MessageClass
from hub.domain.customer import Address, Basis, BasisKind, Channel, Purpose
from hub.domain.device import Placement
from hub.domain.ids import AddressId, SiteId
from hub.domain.policy import Policy
from hub.domain.site import Residence, Role
from hub.flow import handover, seen
from hub.flow.handover import By
from hub.ports import TryLater
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import ADA, BEN, CLEO, DAG, DOOR, ICE, LINE, NUMBERS, PUMP, Street
from tests.stories.household import KIEL, ben_moves_in, cleo_has_a_key, household, transcript

COLD = replace(ICE, rule="not-heating", title="The house is not getting warm")


async def three_things(here: Street) -> None:
    await here.fails(ICE)
    await here.pass_time(30 * SECOND)
    await here.fails(DOOR)
    await here.fails(LINE)
    await here.pass_time(2 * MINUTE)


async def test_three_faults_of_one_household_are_one_message_and_the_answer_says_which_comes_first(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await three_things(here)
    await here.writes(ADA, "2")
    await here.writes(ADA, "1")
    await here.pass_time(5 * MINUTE)
    await here.recovers(DOOR)
    assert await transcript(here) == [
        "→ ada: Nordwarm: Hello Ada. Three of your devices need a little attention. Your garden heat pump is icing up. "
        "The door of your kitchen fridge is open. The internet line of your router has become unstable. "
        "Which one shall we start with? Reply 1 = garden heat pump. 2 = kitchen fridge. 3 = router. 0 = a person. "
        "Reply STOP to end.",
        "← ada: 2",
        "→ ada: The door of your kitchen fridge is open. Reply 1 = I have closed it. 2 = call me. 0 = a person.",
        "← ada: 1",
        "→ ada: Thank you. I am watching your kitchen fridge and will tell you when all is well.",
        "→ ada: Nordwarm: Hello Ada. The door of your kitchen fridge is closed, and all is well. Thank you.",
    ]
    assert (await here.case(DOOR)).acknowledged_by == "sms"
    assert (await here.case(ICE)).acknowledged is None, "answering about one thing is no answer about another"
    await here.pass_time(2 * HOUR)
    assert here.told[-1].startswith("Nordwarm: Hello Ada. Two of your devices still need a little attention.")


async def test_one_contact_belongs_to_every_case_that_it_tells_of(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await three_things(here)
    cases = {(await here.case(trouble)).id for trouble in (ICE, DOOR, LINE)}
    async with store.reading() as tx:
        for case in cases:
            [contact] = await tx.messages.contacts_of(case)
            assert set(contact.cases) == cases
            assert len(await tx.messages.of_case(case)) == 1


async def test_who_asks_for_a_person_gets_one_for_everything(store: MemoryStore, clock: FakeClock) -> None:
    here = await household(store, clock)
    await three_things(here)
    await here.writes(ADA, "0")
    for trouble in (ICE, DOOR, LINE):
        case = await here.case(trouble)
        assert case.state is CaseState.WITH_AGENT and case.needs_agent is Because.CUSTOMER_WANTS_PERSON
    await here.pass_time(DAY)
    assert len(here.told) == 2, "the message, and that a person comes"


async def test_who_has_no_time_now_is_left_in_peace_about_everything(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await three_things(here)
    await here.writes(ADA, "later")
    before = len(here.told)
    await here.pass_time(3 * HOUR)
    assert len(here.told) == before
    assert {(await here.case(each)).state for each in (ICE, DOOR, LINE)} == {CaseState.TALKING}


async def test_two_faults_of_one_device_are_told_in_one_breath_with_one_question(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await here.fails(ICE)
    await here.fails(COLD)
    await here.pass_time(2 * MINUTE)
    [text] = here.told
    assert "Your garden heat pump needs a little attention, for more than one reason." in text
    assert "icing up" in text and text.count("Reply 1") == 1


async def test_what_heals_before_the_message_leaves_is_not_mentioned_and_the_rest_is(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await here.fails(ICE)
    await here.pass_time(30 * SECOND)
    await here.fails(DOOR)
    await here.pass_time(45 * SECOND)
    await here.recovers(DOOR)
    await here.pass_time(2 * MINUTE)
    [text] = here.told
    assert "icing up" in text and "fridge" not in text


async def test_a_message_about_two_things_is_withdrawn_when_one_of_them_heals_before_it_leaves(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    here.post.will([TryLater("429", after=90.0)])
    await here.fails(ICE)
    await here.fails(DOOR)
    await here.pass_time(MINUTE + 10 * SECOND)
    assert here.post.took == []
    await here.recovers(DOOR)
    await here.pass_time(10 * MINUTE)
    [text] = [envelope.text for envelope in here.post.took]
    assert "ice on your garden heat pump" in text and "fridge" not in text


async def test_who_has_been_asked_on_one_way_is_not_asked_early_on_another_with_the_next_fault(
    store: MemoryStore, clock: FakeClock
) -> None:
    ways = frozenset({Channel.SMS, Channel.PUSH})
    texts = (Step(Channel.SMS, HOUR), Step(Channel.AGENT, 0))
    here = await household(store, clock, Policy(channels=ways, ladders_by_rule={DOOR.rule: texts}))
    async with store.transaction() as tx:
        await tx.people.put_address(Address(AddressId("ada-push"), ADA, Channel.PUSH, "token"))
        agreed = Basis(ADA, Purpose.SERVICE, Channel.PUSH, BasisKind.CONSENT, here.now, "DE", "app")
        await tx.people.add_basis(agreed)
    await here.fails(ICE)
    await here.pass_time(7 * MINUTE)
    await here.fails(DOOR)
    await here.pass_time(2 * MINUTE)
    assert len(here.told) == 2 and "icing up" in here.told[0]
    assert "fridge" in here.told[1] and "heat pump" not in here.told[1]


async def test_what_is_urgent_waits_for_nobody(store: MemoryStore, clock: FakeClock) -> None:
    here = await household(store, clock)
    await here.fails(DOOR)
    await here.fails(replace(ICE, severity=Severity.CRITICAL))
    assert len(here.told) == 1 and "icing up" in here.told[0]


async def test_a_minor_fault_waits_for_company_and_comes_alone_after_an_hour(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await here.fails(replace(DOOR, severity=Severity.MINOR))
    await here.pass_time(64 * MINUTE)
    assert here.told == []
    await here.pass_time(2 * MINUTE)
    assert len(here.told) == 1
    await here.pass_time(2 * DAY)
    case = await here.case(DOOR)
    assert case.state is CaseState.HELD and case.needs_agent is None, "informed is enough; we keep watching"
    await here.pass_time(13 * DAY)
    assert (await here.case(DOOR)).needs_agent is Because.CASE_EXPIRED


async def test_a_minor_fault_rides_along_with_a_worse_one(store: MemoryStore, clock: FakeClock) -> None:
    here = await household(store, clock)
    await here.fails(replace(DOOR, severity=Severity.MINOR))
    await here.pass_time(20 * MINUTE)
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    [text] = here.told
    assert "Two of your devices" in text and text.index("icing up") < text.index("fridge")


async def test_while_one_at_home_sleeps_nobody_else_is_woken_instead(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await cleo_has_a_key(here)
    await clock.set(micros("2026-11-21T23:00:00Z"))
    await here.fails(ICE)
    await here.pass_time(HOUR)
    assert here.told == []


async def test_an_urgent_fault_reaches_owner_then_agent_then_second_person_then_supervisor(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await ben_moves_in(here)
    await here.fails(replace(ICE, severity=Severity.CRITICAL))
    assert [m.customer for m in await here.thread((await here.case(ICE)).id)] == [ADA]
    await here.pass_time(5 * MINUTE)
    assert (await here.case(ICE)).status is TicketStatus.NEEDS_AGENT
    await here.pass_time(10 * MINUTE + SECOND)
    case = await here.case(ICE)
    assert [m.customer for m in await here.thread(case.id)] == [ADA, BEN]
    await here.pass_time(20 * MINUTE)
    case = await here.case(ICE)
    kinds = [fact.kind for fact in await here.facts(case.id)]
    assert kinds.count("supervisor.alerted") == 1
    assert case.state is CaseState.WITH_AGENT and case.status is TicketStatus.NEEDS_AGENT
    await here.recovers(ICE)
    recovery = [m.customer for m in await here.thread(case.id) if m.kind is MessageClass.RECOVERY]
    assert sorted(recovery) == [ADA, BEN], "everyone who was contacted is told once"


async def test_a_supervisor_hears_of_an_urgent_fault_at_night_that_nobody_takes(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await clock.set(micros("2026-11-21T23:00:00Z"))
    case = await here.fails(replace(ICE, severity=Severity.CRITICAL))
    await here.pass_time(21 * MINUTE)
    assert case is not None and here.told == []
    assert "supervisor.alerted" in [fact.kind for fact in await here.facts(case.id)]
    async with here.tx() as tx:
        assert (await tx.upkeep.signs(here.now)).untaken == 1, "operators hear of it until"
        await handover.take(tx, case.id, By(DAG, here.now), here.ctx)
        assert (await tx.upkeep.signs(here.now)).untaken == 0, "somebody takes it"


async def test_an_agent_who_falls_silent_is_reminded_and_then_the_case_is_everybodys_again(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    case = await here.fails(ICE)
    assert case is not None
    await here.pass_time(MINUTE)
    async with here.tx() as tx:
        await handover.take(tx, case.id, By(DAG, here.now), here.ctx)
    await here.pass_time(50 * MINUTE)
    async with here.tx() as tx:
        await handover.confirm(tx, case.id, By(DAG, here.now), here.ctx)
    await here.pass_time(HOUR + MINUTE)
    assert (await here.case(ICE)).agent == DAG
    assert "agent.reminded" in [fact.kind for fact in await here.facts(case.id)]
    await here.pass_time(15 * MINUTE)
    lapsed = await here.case(ICE)
    assert lapsed.agent is None and lapsed.needs_agent is Because.AGENT_SILENT
    assert len(here.told) == 1, "the robot stays quiet: nobody knows whom the agent has rung"
    await here.pass_time(20 * MINUTE)
    assert "supervisor.alerted" in [fact.kind for fact in await here.facts(case.id)]


async def test_who_wants_peace_until_it_gets_worse_hears_nothing_until_then(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    await here.writes(ADA, "only if it gets worse")
    assert here.told[-1].startswith(
        "All right. I will only write again if it gets worse, and when it is over."
    )
    await here.pass_time(2 * HOUR)
    assert len(here.told) == 2
    await here.becomes(ICE, Severity.CRITICAL)
    assert here.told[-1].startswith(
        "You wanted to hear from me only if your garden heat pump gets worse. It has."
    )


async def test_tomorrow_means_tomorrow_and_only_if_it_is_still_there(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await here.fails(ICE)
    await here.fails(replace(DOOR, device=DOOR.device))
    await here.pass_time(2 * MINUTE)
    await here.writes(ADA, "tomorrow")
    said = len(here.told)
    await here.until(micros("2026-11-22T05:00:00Z"))
    await here.recovers(DOOR)
    await here.until(micros("2026-11-22T06:59:00Z"))
    assert len(here.told) == said
    await here.until(micros("2026-11-22T08:00:00Z"))
    asked = [text for text in here.told[said:] if text.startswith("You asked me to come back")]
    assert len(asked) == 1 and "heat pump" in asked[0]


async def test_opening_the_link_is_seen_and_no_answer(store: MemoryStore, clock: FakeClock) -> None:
    here = await household(store, clock)
    await three_things(here)
    case = await here.case(ICE)
    async with here.tx() as tx:
        assert await seen.link_opened(tx, case.id, ADA, "page", here.now)
        assert not await seen.link_opened(tx, case.id, ADA, "page", here.now)
        assert not await seen.link_opened(tx, case.id, CLEO, "page", here.now)
    assert (await here.case(ICE)).acknowledged is None
    for trouble in (ICE, DOOR):
        facts = await here.facts((await here.case(trouble)).id)
        assert [fact.kind for fact in facts].count("contact.seen") == 1
    async with store.reading() as tx:
        assert list((await tx.cases.seen(case.id)).values()) == [here.now]


async def test_a_pump_that_moves_house_is_spoken_of_with_its_new_people_only(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await three_things(here)
    async with store.transaction() as tx:
        await tx.devices.place(Placement(PUMP, SiteId("bremen"), here.now))
    await here.pass_time(2 * HOUR)
    assert any(text.startswith("Nordwarm: Hello Ben.") and "heat pump" in text for text in here.told)
    reminders = [
        text for text in here.told if text.startswith("Nordwarm: Hello Ada. Two of your devices still")
    ]
    assert reminders and "heat pump" not in reminders[0]


async def test_who_has_moved_out_is_asked_no_more(store: MemoryStore, clock: FakeClock) -> None:
    here = await household(store, clock)
    await ben_moves_in(here)
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    async with store.transaction() as tx:
        for who in await tx.people.residents(KIEL, here.now):
            if who.customer == ADA:
                await tx.people.put_residence(Residence(KIEL, ADA, Role.OWNER, who.since, here.now))
    await here.pass_time(3 * HOUR)
    assert here.told[-1].startswith("Nordwarm: Hello Ben.")


async def test_ladders_belong_to_the_operator_by_rule_too(store: MemoryStore, clock: FakeClock) -> None:
    quick = Policy().ladders[Severity.CRITICAL]
    model = f"{ICE.model}:{ICE.rule}"
    here = await household(store, clock, Policy(ladders_by_rule={model: quick}))
    ice, door = await here.fails(ICE), await here.fails(DOOR)
    assert ice is not None and ice.ladder == quick
    assert door is not None and door.ladder == Policy().ladders[Severity.MAJOR]


async def test_what_is_critical_is_told_on_every_way_at_once(store: MemoryStore, clock: FakeClock) -> None:
    ways = frozenset({Channel.SMS, Channel.PUSH, Channel.PHONE})
    here = await household(store, clock, Policy(channels=ways))
    async with store.transaction() as tx:
        for way in (Channel.PUSH, Channel.PHONE):
            await tx.people.put_address(Address(AddressId(f"ada-{way}"), ADA, way, NUMBERS[ADA]))
            agreed = Basis(ADA, Purpose.SERVICE, way, BasisKind.CONTRACT, here.now, "DE", "app")
            await tx.people.add_basis(agreed)
    await here.fails(replace(ICE, severity=Severity.CRITICAL))
    case = await here.case(ICE)
    assert [m.channel for m in await here.thread(case.id)] == [Channel.PUSH, Channel.SMS]
    await here.pass_time(5 * MINUTE)
    assert [m.channel for m in await here.thread(case.id)] == [Channel.PUSH, Channel.SMS, Channel.PHONE]
    await here.writes(ADA, "1")
    await here.pass_time(DAY)
    asked = [m for m in await here.thread(case.id) if m.kind in (MessageClass.FIRST, MessageClass.REMINDER)]
    assert len(asked) == 3, "one answer stops every way"
