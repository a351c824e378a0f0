"""The same fault on many devices becomes one matter: found, held, decided, told once, and told when it is over."""

from __future__ import annotations

import pytest

from device_rules.fault import Severity
from device_rules.reading import HOUR, MINUTE
from hub.domain.asked import Caps
from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.ids import CaseId, CustomerId, Moment, SiteId
from hub.domain.incident import IncidentState, Limits
from hub.domain.site import Residence, Role
from hub.flow import incident_acts as acts
from hub.flow.incident_trial import dry_run
from hub.ports import BadInput
from hub.store import SqlStore
from hub.testing import FakeClock, MemoryStore
from tests.flow.fleet import EVA, MODEL, OLE, QUICK, Fleet, fleet, phone

PUMPS = [f"pump-{n}" for n in range(40)]


@pytest.fixture
async def here(store: MemoryStore, clock: FakeClock) -> Fleet:
    made = await fleet(store, clock)
    await made.homes(30)
    return made


async def test_twenty_heat_pumps_of_one_firmware_are_one_matter_and_nobody_hears_of_it_alone(
    here: Fleet,
) -> None:
    await here.fails(*PUMPS[:25])
    found = await here.incident()
    assert (found.state, found.about.words) == (IncidentState.CANDIDATE, f"{MODEL} with firmware 2.3.1")
    await here.passes(10 * MINUTE)
    assert here.post.envelopes == []
    assert (await here.tally()).cases == 25


async def test_when_nobody_decides_each_household_hears_of_its_own_device(here: Fleet) -> None:
    await here.fails(*PUMPS[:25])
    await here.passes(30 * MINUTE)
    assert (await here.incident()).state is IncidentState.LAPSED
    assert len(here.told()) == 25
    assert set(here.told().values()) == {1}


async def test_when_a_supervisor_rejects_it_contacts_go_on_one_by_one(here: Fleet) -> None:
    await here.fails(*PUMPS[:25])
    await here.passes(2 * MINUTE)
    await here.reject()
    await here.passes(20 * MINUTE)
    assert len(here.told()) == 25


async def test_approved_it_tells_one_household_first_then_all_and_each_hears_once(here: Fleet) -> None:
    await here.fails(*PUMPS[:25])
    await here.passes(2 * MINUTE)
    await here.approve()
    assert len(here.post.envelopes) == 1
    await here.passes(9 * MINUTE)
    assert len(here.post.envelopes) == 1
    await here.passes(3 * MINUTE)
    assert sorted(here.told().values()) == [1] * 25
    [text] = here.texts(3)
    assert "Many devices show the same problem" in text and "Next news by" in text and "STOP" in text


async def test_a_canary_that_could_tell_nobody_waits_until_it_has_told_somebody(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await fleet(store, clock, hold_downs=dict.fromkeys(Severity, 25 * MINUTE))
    await here.homes(30)
    await here.fails(*PUMPS[:25])
    await here.approve()
    await here.passes(12 * MINUTE)
    assert here.post.envelopes == [], "all are in the hold-down still"
    assert (await here.incident()).state is IncidentState.CANARY
    await here.passes(18 * MINUTE)
    assert len(here.post.envelopes) == 1, "one household first"
    assert (await here.incident()).state is IncidentState.CANARY
    await here.passes(12 * MINUTE)
    assert (await here.incident()).state is IncidentState.RUNNING
    assert sorted(here.told().values()) == [1] * 25


async def test_what_people_have_approved_is_not_held_by_the_cap_on_first_contacts(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await fleet(store, clock, caps=Caps(fleet_hour=2))
    await here.homes(30)
    await here.fails(*PUMPS[:25])
    await here.passes(2 * MINUTE)
    await here.approve()
    await here.passes(12 * MINUTE)
    assert sorted(here.told().values()) == [1] * 25, "the incident tells all"
    await here.fails("pump-29", rule="pump-weak")
    await here.passes(2 * MINUTE)
    assert here.told()[phone(29)] == 1, "and takes nothing from those who fail by themselves"


async def test_who_waits_for_an_approved_incident_waits_for_its_turn_and_not_for_a_decision(
    here: Fleet,
) -> None:
    await here.fails(*PUMPS[:24])
    await here.passes(3 * MINUTE)
    await here.approve()
    await here.fails("pump-28")
    await here.passes(4 * MINUTE)
    case = await here.case_of("pump-28")
    async with here.store.reading() as tx:
        [held] = [each for each in await tx.facts.of_case(case.id) if each.kind == "incident.holds"]
    assert (held.because, "until" in held.data) == ("INCIDENT_TURN", False)


async def test_a_heat_pump_that_fails_later_is_told_too_and_only_its_household(here: Fleet) -> None:
    await here.fails(*PUMPS[:25])
    await here.approve()
    await here.passes(15 * MINUTE)
    await here.fails("pump-28")
    await here.passes(5 * MINUTE)
    assert len(here.texts(28)) == 1 and sum(here.told().values()) == 26


async def test_whoever_recovers_is_told_so_once_and_the_rest_when_it_ends(here: Fleet) -> None:
    await here.fails(*PUMPS[:25])
    await here.approve()
    await here.passes(20 * MINUTE)
    await here.recover("pump-1")
    await here.passes(2 * MINUTE)
    assert "working well again" in here.texts(1)[-1]
    await here.close()
    await here.passes(10 * MINUTE)
    assert len(here.texts(1)) == 2
    assert all(len(here.texts(n)) >= 2 for n in range(25))
    assert "still shows something" in here.texts(2)[1]
    assert (await here.incident()).state is IncidentState.CLOSED


async def test_it_ends_by_itself_when_every_device_works_again(here: Fleet) -> None:
    await here.fails(*PUMPS[:25])
    await here.approve()
    await here.passes(20 * MINUTE)
    await here.recover(*PUMPS[:25])
    await here.passes(5 * MINUTE)
    found = await here.incident()
    assert (found.state, found.closing) == (IncidentState.CLOSED, "recovered")
    assert all(len(here.texts(n)) == 2 for n in range(25))


async def test_two_people_have_to_approve_what_reaches_many(both: SqlStore, clock: FakeClock) -> None:
    here = await fleet(both, clock, Limits(devices=5, two_people=5, **QUICK))
    await here.homes(8)
    await here.fails(*PUMPS[:8])
    await here.passes(2 * MINUTE)
    assert (await here.approve(EVA)).state is IncidentState.CANDIDATE
    with pytest.raises(Exception, match="somebody else"):
        await here.approve(EVA)
    assert here.post.envelopes == []
    assert (await here.approve(OLE)).state is IncidentState.CANARY
    await here.passes(15 * MINUTE)
    assert sorted(here.told().values()) == [1] * 8
    await here.recover(*PUMPS[:7])
    await here.close()
    await here.passes(3 * MINUTE)
    assert sorted(here.told().values()) == [2] * 8
    assert (await here.incident()).state is IncidentState.CLOSED


async def test_other_words_need_the_approval_of_two_people_again(both: SqlStore, clock: FakeClock) -> None:
    here = await fleet(both, clock, Limits(devices=5, two_people=5, **QUICK))
    await here.homes(8)
    await here.fails(*PUMPS[:8])
    await here.approve(EVA, OLE)
    told = len(here.post.envelopes)
    news = acts.News({"en": "Unplug the pump at seven."}, None, tell=True)
    async with here.store.transaction() as tx:
        one = await acts.edit(tx, (await here.incident()).id, acts.By(EVA, here.now), news, here.ctx)
    assert (one.state, one.approved_by) == (IncidentState.CANDIDATE, ())
    assert one.because is Because.INCIDENT_REWORDED
    await here.passes(12 * MINUTE)
    assert len(here.post.envelopes) == told, "nobody hears words that one person alone has written"
    assert (await here.approve(EVA)).state is IncidentState.CANDIDATE
    assert (await here.approve(OLE)).state is IncidentState.CANARY
    await here.passes(15 * MINUTE)
    assert all("Unplug the pump at seven." in here.texts(n)[-1] for n in range(8))
    async with both.reading() as tx:
        [edited] = [each for each in await tx.facts.of_case(CaseId(one.id)) if each.kind == "incident.edited"]
    assert (edited.data["before"], edited.data["words"]) == ({}, {"en": "Unplug the pump at seven."})


async def test_it_stops_by_itself_when_messages_fail(here: Fleet) -> None:
    await here.fails(*PUMPS[:25])
    await here.passes(2 * MINUTE)
    await here.approve()
    await here.writes(0, "STOP")
    [first] = {each.to for each in here.post.envelopes[:1]}
    number = int(first[5:])
    await here.writes(number, "STOP")
    await here.passes(2 * MINUTE)
    found = await here.incident()
    assert (found.state, found.because) == (IncidentState.HALTED, Because.INCIDENT_UNWELCOME)


async def test_danger_waits_for_no_incident(here: Fleet) -> None:
    await here.fails(*PUMPS[:24])
    await here.fails("pump-25", severity=Severity.SAFETY)
    await here.passes(MINUTE)
    case = await here.case_of("pump-25")
    assert case.needs_agent is Because.SAFETY_AT_ONCE
    await here.passes(10 * MINUTE)
    assert len(here.texts(25)) >= 1


async def test_a_rule_may_decide_by_itself(store: MemoryStore, clock: FakeClock) -> None:
    here = await fleet(store, clock, Limits(automatic=frozenset({"no-heat"}), **QUICK))
    await here.homes(25)
    await here.fails(*PUMPS[:25])
    await here.passes(20 * MINUTE)
    assert sorted(here.told().values()) == [1] * 25
    assert (await here.incident()).approved_by == ("rule:no-heat",)


async def test_a_household_with_three_failing_heat_pumps_hears_once(here: Fleet) -> None:
    await here.home(0, "pump-0", "pump-0b", "pump-0c")
    await here.fails(*PUMPS[:25], "pump-0b", "pump-0c")
    await here.approve()
    await here.passes(20 * MINUTE)
    assert len(here.texts(0)) == 1
    await here.recover("pump-0")
    await here.passes(2 * MINUTE)
    assert len(here.texts(0)) == 1
    await here.recover("pump-0b", "pump-0c")
    await here.passes(2 * MINUTE)
    assert len(here.texts(0)) == 2


async def test_who_may_not_be_told_goes_to_an_agent(here: Fleet) -> None:
    await here.home(0, agreed=False)
    async with here.store.transaction() as tx:
        await tx.people.suppress(f"owner-{0}", here.now, "STOP_SAID")  # type: ignore[arg-type]
    await here.fails(*PUMPS[:25])
    await here.approve()
    await here.passes(20 * MINUTE)
    assert here.texts(0) == []
    assert (await here.case_of("pump-0")).state is CaseState.WITH_AGENT


async def test_what_hangs_on_a_gateway_waits_for_the_gateway(here: Fleet) -> None:
    await here.home(40, "router-40", model="nordwarm/router-r3", firmware="1")
    async with here.store.transaction() as tx:
        device = await tx.devices.get("pump-1")  # type: ignore[arg-type]
        assert device is not None
        device.attributes["gateway"] = "router-40"
        await tx.devices.put(device)
    await here.fails("router-40", rule="line-down")
    await here.fails("pump-1")
    await here.passes(30 * MINUTE)
    assert here.texts(1) == [] and len(here.texts(40)) >= 1
    await here.recover("router-40")
    await here.passes(10 * MINUTE)
    assert len(here.texts(1)) == 1


async def test_faults_over_an_hour_are_no_incident(here: Fleet) -> None:
    for number in range(15):
        await here.fails(PUMPS[number])
        await here.passes(HOUR // 10)
    assert await here.incidents() == []


async def test_words_that_change_nothing_or_promise_the_past_are_refused(here: Fleet) -> None:
    await here.fails(*PUMPS[:25])
    one = await here.incident()
    wrong = {
        "nothing would change": acts.News({}, one.next_update, tell=True),
        r"words \(de\): .*is marketing": acts.News(
            {"de": "Jetzt 50% Rabatt auf neue Pumpen!"}, None, tell=True
        ),
        "fr is not spoken": acts.News({"fr": "Bonjour."}, None, tell=True),
        "has passed": acts.News({"en": "We restart it."}, Moment(here.now - MINUTE), tell=True),
    }
    for cause, news in wrong.items():
        async with here.store.transaction() as tx:
            with pytest.raises(BadInput, match=cause):
                await acts.edit(tx, one.id, acts.By(EVA, here.now), news, here.ctx)
    assert await here.incident() == one


async def test_how_many_would_be_told_leaves_out_who_may_not_be_told(here: Fleet) -> None:
    await here.home(0, agreed=False)
    async with here.store.transaction() as tx:
        await tx.people.suppress(f"owner-{0}", here.now, "STOP_SAID")  # type: ignore[arg-type]
    await here.fails(*PUMPS[:25])
    one = await here.incident()
    async with here.store.reading() as tx:
        trial = await dry_run(tx, one, here.now, here.ctx)
    assert (trial.households, trial.reach, trial.messages) == (25, 24, 24)


async def test_the_dry_run_says_who_is_asked_one_by_one_all_the_same_and_what_the_others_read(
    here: Fleet,
) -> None:
    await here.home(40, agreed=False)
    await here.home(41)
    second = Residence(SiteId("home-40"), CustomerId("owner-41"), Role.SECOND_CONTACT, Moment(0))
    async with here.store.transaction() as tx:
        await tx.people.put_residence(second)
    await here.fails(*PUMPS[:24], "pump-40")
    await here.passes(3 * MINUTE)
    async with here.store.reading() as tx:
        trial = await dry_run(tx, await here.incident(), here.now, here.ctx)
    [(household, own)] = trial.apart
    assert (household, own.customer, own.channel) == ("home-40", "owner-41", "sms")
    assert here.now <= own.at <= here.now + 11 * MINUTE, "when its turn comes"
    assert "Many devices show the same problem" in trial.texts["en"]
    await here.approve()
    await here.passes(13 * MINUTE)
    assert len(here.texts(41)) == 1, "and so it comes"
