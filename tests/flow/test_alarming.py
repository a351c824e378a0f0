"""Danger: whoever tells of fire, smoke, gas, a shock or an injury hears what is safe, and our people know at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device_rules.fault import Severity
from hub.domain.because import Because
from hub.domain.case import CaseState, TicketStatus
from hub.domain.conversation import Intent
from hub.domain.ids import CaseId
from tests.flow.home import Home
from tests.flow.test_consent import stranger_writes

SAFE = "Get everybody out now, touch nothing, and call 112 from outside."


async def endangered(home: Home, case: CaseId) -> None:
    """The case is a safety matter that waits for an agent, and a supervisor knows."""
    found = await home.case(case)
    assert (found.severity, found.state) == (Severity.SAFETY, CaseState.WITH_AGENT)
    assert found.needs_agent is Because.DANGER_TOLD
    async with home.store.reading() as tx:
        facts = await tx.facts.of_case(case)
    assert "supervisor.alerted" in [fact.kind for fact in facts]
    assert await home.commands() == []


async def test_fire_is_heard_before_the_open_question_and_asks_nothing(home: Home) -> None:
    case = await home.fails("fr-1", "door-open")
    said = await home.writes("it is on fire")
    assert len(said) == 1
    assert SAFE in said[0]
    assert "Reply" not in said[0]
    assert "0 =" not in said[0]
    await endangered(home, case)


async def test_it_is_said_again_as_often_as_it_is_told_also_after_the_hand_over(home: Home) -> None:
    case = await home.fails("fr-1", "door-open")
    await home.writes("a person please")
    for words in ("there is smoke coming out of the fridge", "i smell gas", "i smell gas"):
        said = await home.writes(words)
        assert len(said) == 1
        assert "all 112 from outside" in said[0]
    await endangered(home, case)


async def test_with_gas_no_switch_is_touched_and_nobody_telephones_inside(home: Home) -> None:
    await home.fails("hp-1", "icing-up")
    [said] = await home.writes("I smell gas")
    assert "touch no switch" in said
    assert "do not telephone inside" in said


@pytest.mark.parametrize("words", ["es brennt!", "hay humo, huele a quemado", "着火了"])
async def test_it_is_heard_in_every_language_whatever_theirs_is(home: Home, words: str) -> None:
    case = await home.fails("fr-1", "door-open")
    [said] = await home.writes(words)
    assert SAFE in said
    await endangered(home, case)


async def test_a_command_that_was_to_be_agreed_never_leaves_after_it(home: Home) -> None:
    case = await home.fails("ro-1", "bad-line")
    await home.writes("1")
    await home.writes("smoke comes out of the router")
    await home.writes("1")
    await home.writes("yes")
    await home.writes("steps")
    await endangered(home, case)


async def test_without_a_case_one_is_opened_for_the_device_that_they_name(home: Home) -> None:
    [said] = await home.writes("my kitchen fridge is burning")
    assert SAFE in said
    [case] = await home.cases()
    assert (case.device, case.status) == ("fr-1", TicketStatus.NEEDS_AGENT)
    await endangered(home, case.id)
    await home.writes("it still burns")
    assert len(await home.cases()) == 1


async def test_it_is_answered_at_night_after_a_stop_and_while_everything_is_paused(home: Home) -> None:
    await home.writes("stop")
    async with home.store.transaction() as tx:
        await tx.house.set_switches(replace(await tx.house.switches(), paused=True, paused_because="tests"))
    await home.wakes(6 * 60)
    [said] = await home.writes("FIRE")
    assert SAFE in said


async def test_the_device_being_well_again_does_not_end_it(home: Home) -> None:
    case = await home.fails("fr-1", "door-open")
    await home.writes("it is on fire")
    before = await home.texts()
    await home.recovers("fr-1", "door-open")
    await endangered(home, case)
    assert await home.texts() == before


async def test_a_speaker_that_hears_of_danger_says_it_and_closes(home: Home) -> None:
    case = await home.fails("fr-1", "door-open")
    reply = await home.says(Intent.DANGER, slot="power")
    assert [phrase.key for phrase in reply.say] == ["danger.power", "danger.told"]
    assert reply.ask is None
    assert reply.end
    await endangered(home, case)


async def test_a_stranger_who_tells_of_danger_is_answered_each_time_and_a_person_is_called(
    home: Home,
) -> None:
    for words in ("es brennt!", "es brennt immer noch"):
        [said] = await stranger_writes(home, words)
        assert said.startswith("Das klingt gefährlich.")
    async with home.store.reading() as tx:
        [case] = await tx.cases.page("unassigned", None, 9)
    await endangered(home, case.id)


async def test_the_number_is_that_of_the_country_unless_the_operator_names_another(home: Home) -> None:
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, emergency={"DE": "911"}))
    [said] = await home.writes("it is on fire")
    assert "call 911 from outside" in said
