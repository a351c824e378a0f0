"""After the hand-over: no text of a customer stays without something that they can see, and what they are told is true."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.case import CaseState, TicketStatus
from hub.domain.conversation import Heard, Intent
from hub.domain.customer import CustomerId
from hub.domain.ids import CaseId, UserId
from hub.domain.policy import CALENDARS
from hub.domain.slots import BookingKind
from hub.flow import handover
from tests.flow.home import Home

PASSED_ON = "Thank you. I have passed that on to our team. To go on with the steps meanwhile, write: steps."
CALLS = {BookingKind.CALLBACK: CALENDARS[BookingKind.CALLBACK]}


async def _lost(home: Home, device: str = "fr-1", rule: str = "door-open") -> CaseId:
    """Two texts were not understood, so a person is to read them."""
    case = await home.fails(device, rule)
    await home.writes("the quick brown fox jumps")
    await home.writes("sphinx of black quartz")
    assert (await home.case(case)).state is CaseState.WITH_AGENT
    return case


async def _taken(home: Home, case: CaseId) -> None:
    async with home.store.transaction() as tx:
        await handover.take(tx, case, handover.By(UserId("dag"), home.now), home.ctx)


@pytest.mark.parametrize("text", ["1", "ok closed it"])
async def test_an_answer_to_the_last_question_goes_on_with_the_steps(home: Home, text: str) -> None:
    case = await _lost(home)
    [said] = await home.writes(text)
    assert said.startswith("All right, back to the steps.")
    assert (await home.case(case)).status is not TicketStatus.NEEDS_AGENT


async def test_a_command_is_asked_about_again_before_anything_happens(home: Home) -> None:
    await home.fails("ro-1", "line-unstable")
    await home.writes("1")
    await home.writes("the quick brown fox jumps")
    await home.writes("sphinx of black quartz")
    [said] = await home.writes("yes")
    assert "back to the steps" in said
    assert "Shall I?" in said
    assert await home.commands() == []
    await home.writes("yes")
    assert len(await home.commands()) == 1


async def test_other_words_are_passed_on_and_that_is_said_once_in_a_while(home: Home) -> None:
    case = await _lost(home)
    assert await home.writes("I cant see it its dark") == [PASSED_ON]
    assert await home.writes("you stupid useless robot") == []
    await home.wakes(16)
    assert await home.writes("shut up you") == [PASSED_ON]
    assert (await home.case(case)).state is CaseState.WITH_AGENT
    assert "you stupid useless robot" in [text for _, text in await home.thread(case)]


TOO = "I have passed that on to our team as well."


@pytest.mark.parametrize(
    "text",
    [
        "why can't you fix it from where you are?", "yes but is that going to break anything", "it's still not working",
        "hello? that is not what I asked", "thats not what i asked", "no sorry, that's the neighbours. ours is clear I think",
        "steht der Termin noch?", "why cant you fix it from there",
    ],
)  # fmt: skip
async def test_a_question_or_an_answer_always_gets_one_line(home: Home, text: str) -> None:
    await _lost(home)
    assert await home.writes("I cant see it its dark") == [PASSED_ON]
    assert len(await home.writes(text)) == 1
    assert len(await home.writes(text)) == 1
    assert await home.writes("you stupid useless robot") == []


async def test_a_line_about_words_that_are_passed_on_again_says_so(home: Home) -> None:
    await _lost(home)
    await home.writes("I cant see it its dark")
    assert await home.writes("why can't you fix it from where you are?") == [TOO]


async def test_the_word_that_we_name_goes_on_with_the_steps(home: Home) -> None:
    await _lost(home)
    await home.writes("I cant see it its dark")
    [said] = await home.writes("steps")
    assert said.startswith("All right, back to the steps.")


async def test_thanks_get_a_word_once_and_nothing_is_passed_on(home: Home) -> None:
    await _lost(home)
    assert await home.writes("thanks") == ["You are welcome."]
    assert await home.writes("thank you") == []


async def test_who_asked_for_a_person_and_says_ok_is_not_sent_back_to_the_steps(home: Home) -> None:
    case = await home.fails("fr-1", "door-open")
    await home.writes("0")
    [said] = await home.writes("ok")
    assert said == PASSED_ON
    assert (await home.case(case)).state is CaseState.WITH_AGENT


async def test_what_an_agent_who_has_taken_it_is_told_is_theirs_to_answer(home: Home) -> None:
    case = await _lost(home)
    await _taken(home, case)
    assert await home.writes("1") == ["Thank you. I have passed that on to our team."]
    assert (await home.case(case)).status is TicketStatus.WITH_AGENT


@pytest.mark.parametrize(
    ("home_speaks", "words", "line", "steps"),
    [
        ("de", "kauderwelsch hier und dort", "Danke. Ich habe es an unser Team weitergegeben.", "Schritte"),
        ("es", "galimatías por aquí y por allá", "Gracias. Se lo he pasado a nuestro equipo.", "pasos"),
        ("zh", "邻居家的猫在屋顶上", "谢谢，已经转告我们的客服人员。", "步骤"),
    ],
)
async def test_it_is_the_same_in_every_language(
    home: Home, home_speaks: str, words: str, line: str, steps: str
) -> None:
    async with home.store.transaction() as tx:
        person = await tx.people.customer(CustomerId("ada"))
        assert person is not None
        await tx.people.change_customer(replace(person, language=home_speaks))
    case = await home.fails("fr-1", "door-open")
    await home.writes("0")
    [said] = await home.writes(words)
    assert said.startswith(line)
    await home.writes(steps)
    assert (await home.case(case)).state is CaseState.TALKING


async def test_a_person_has_been_told_until_one_has_taken_it(home: Home) -> None:
    case = await _lost(home)
    assert await home.writes("what?") == ["A person from our team has been told and will get back to you."]
    await _taken(home, case)
    assert await home.writes("what?") == [
        "A person from our team is looking after this and will get back to you."
    ]


async def test_while_our_team_is_away_it_is_said_when_it_is_back(home: Home) -> None:
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, calendars=CALLS))  # a Saturday evening
    await _lost(home)
    [said] = await home.writes("what?")
    assert said.startswith("Our team has been told. It is away now and back on ")
    assert "09:00" in said
    assert "looking after" not in said


async def test_a_speaker_that_is_opened_says_the_same_and_leads_back_to_the_steps(home: Home) -> None:
    await _lost(home)
    reply = await home.says(Heard.LAUNCH)
    assert [phrase.key for phrase in reply.say] == ["person.told", "person.steps"]
    assert reply.ask is not None
    assert not reply.end
    reply = await home.says(Intent.STEPS)
    assert reply.say[0].key == "steps.back"


async def test_i_am_here_gets_the_question_again_and_counts_as_no_miss(home: Home) -> None:
    case = await home.fails("fr-1", "door-open")
    [first] = await home.writes("ok im here")
    [again] = await home.writes("ok I'm here")
    assert first == again
    assert "Reply 1" in first
    assert (await home.talk(case)).misses == 0


async def test_text_me_in_a_text_says_that_we_are_in_writing(home: Home) -> None:
    await home.fails("fr-1", "door-open")
    [said] = await home.writes("text me")
    assert said.startswith("We are in writing already.")
