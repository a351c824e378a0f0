"""The hub speaks first at home: what a satellite says, what an answer does, and what happens when nobody answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from device_rules.fault import ChangeKind, Severity
from device_rules.reading import HOUR, MINUTE
from hub.domain.case import CaseState
from hub.domain.contact import Direction, MessageClass
from hub.domain.customer import Channel
from hub.domain.ids import CustomerId, Moment
from hub.loops.relay import drain
from hub.ports import Accepted, Envelope, TryLater, Undeliverable
from hub.testing import eventually
from simulators.home_assistant import ANNOUNCE, Mood, Satellite, script
from tests.flow.home import ADA, BEN, START
from tests.loops.rooms import HASTY, KITCHEN, PLACE, Room, room

GREETING = (
    "Hello, this is Nordwarm. One of your devices needs a little attention. Shall I tell you about it now?"
)
FIRST = Envelope("msg_1", f"ha:{PLACE}", GREETING, "en", MessageClass.FIRST, START)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as made:
        yield made


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[Room]:
    """A hub that waits for no answer longer than a second."""
    async with room(tmp_path, manners=HASTY) as made:
        yield made


async def statuses(here: Room) -> list[str]:
    """Where every message to the speaker is."""
    async with here.store.reading() as tx:
        return [
            each.status.value
            for case in await here.cases()
            for each in await tx.messages.of_case(case.id)
            if each.channel is Channel.VOICE and each.kind is MessageClass.FIRST
        ]


async def test_the_hub_asks_whether_it_may_speak_and_tells_nothing_before_a_yes(here: Room) -> None:
    await here.goes_wrong("no")
    assert here.said()[0] == GREETING
    assert "router" not in "".join(here.said()).split("Shall I")[0]
    assert here.sent == []


async def test_a_yes_opens_the_talk_and_an_agreed_restart_leaves_once(here: Room) -> None:
    case = await here.goes_wrong("yes", "number one", "yes please")

    assert [kind for kind, _ in here.kitchen.said] == ["ask", "ask", "ask", "announce"]
    assert "hall router" in here.said()[1]
    assert here.said()[2].endswith("Shall I?")
    assert here.said()[3].startswith("Thank you. I am asking your hall router to do that now.")
    assert [(each.name, each.device) for each in here.link.sent] == [("restart", "ro-1")]
    assert await statuses(here) == ["read"]
    found = await here.case(case)
    assert (found.acknowledged_by, found.state) == ("voice", CaseState.TALKING)
    heard = [text for way, text in await here.thread(case) if way is Direction.IN]
    assert heard == ["yes", "number one", "yes please"]


async def test_what_the_device_does_is_told_where_the_person_stands(here: Room) -> None:
    await here.goes_wrong("yes", "one", "yes", "it is firm")
    [command] = here.link.sent
    await here.device_answers(command, ok=False)
    await here.quiet()
    assert "could not do that" in here.said()[4]
    assert here.kitchen.said[4][0] == "ask"
    assert "person" in here.said()[-1].lower()
    assert here.sent == []


async def test_who_has_left_the_kitchen_reads_what_the_device_does(here: Room) -> None:
    await here.goes_wrong("yes", "one", "yes")
    [command] = here.link.sent
    here.now = Moment(here.now + HOUR)
    await here.device_answers(command, ok=False)
    await here.quiet()
    assert len(here.said()) == 4
    assert "could not do that" in (await here.texts())[-1]


async def test_e2_words_that_home_assistant_does_not_know_are_understood_by_the_hub(here: Room) -> None:
    await here.goes_wrong("yes please go on", "could you send me a text", device="hp-1", rule="icing-up")
    assert here.kitchen.asked[0]["answers"]
    assert "heat pump" in here.said()[1]
    assert "heat pump" in (await here.texts())[0]


async def test_e2_nobody_answers_twice_and_the_next_step_is_a_text_at_once(here: Room) -> None:
    case = await here.goes_wrong(None, None)
    assert here.said() == [GREETING, GREETING]
    assert await statuses(here) in (["undelivered"], ["failed"])
    [text] = await here.texts()
    assert "hall router" in text
    assert (await here.case(case)).acknowledged is None


async def test_e2_a_busy_satellite_is_tried_again_by_the_relay(here: Room) -> None:
    await here.goes_wrong(Mood.BUSY)
    assert here.said() == []
    assert await statuses(here) == ["queued"]
    here.kitchen.people = script("no")
    await here.wakes(1)
    await here.quiet()
    assert here.said()[0] == GREETING


async def test_e2_an_answer_that_never_comes_is_silence(hasty: Room) -> None:
    await hasty.goes_wrong(Mood.NEVER)
    assert hasty.said()[0] == GREETING
    assert await statuses(hasty) in (["undelivered"], ["failed"])
    assert len(await hasty.texts()) == 1


async def test_e2_silence_in_the_middle_leads_through_the_ladder_to_a_text(here: Room) -> None:
    await here.goes_wrong("yes", None, None, None, None)
    assert here.said()[2] != here.said()[1], "in other words"
    assert here.kitchen.said[-1][0] == "announce", "a kind goodbye"
    await here.wakes(121)
    assert "hall router" in (await here.texts())[-1]


async def test_e2_a_line_that_breaks_in_the_middle_of_a_question_ends_in_a_text(here: Room) -> None:
    case = await here.goes_wrong("yes", Mood.BREAK)
    await here.wakes(1)
    [text] = await here.texts()
    assert "router" in text
    assert "Reply 1" in text
    await here.writes("1")
    assert "restart" in (await here.texts())[-1]
    assert not (await here.case(case)).needs_agent


async def test_e2_a_line_that_breaks_before_anybody_answered_is_tried_again(here: Room) -> None:
    await here.goes_wrong(Mood.BREAK)
    assert await statuses(here) in (["queued"], ["accepted"], ["undelivered"])
    here.kitchen.people = script("yes", "no")
    await eventually(lambda: here.assistant.logins == 2)
    await here.wakes(1)
    await here.quiet()
    assert len(here.said()) > 1 or len(await here.texts()) == 1


async def test_e2_something_wrong_with_the_satellite_is_no_end_for_the_case(here: Room) -> None:
    await here.goes_wrong(Mood.REFUSE)
    assert len(await here.texts()) == 1


async def test_e2_one_question_at_a_time_and_a_second_message_waits(hasty: Room) -> None:
    hasty.kitchen.people = script(Mood.NEVER)
    await hasty.fault("ro-1", "line-unstable", ChangeKind.RAISED)
    await hasty.wakes(0)
    assert hasty.said() == [GREETING]
    assert await hasty.satellites.send(FIRST) == TryLater("in_use", 20.0)
    await hasty.quiet()
    assert hasty.said() == [GREETING]


async def test_a_message_in_doubt_is_not_said_twice(hasty: Room) -> None:
    hasty.kitchen.people = script(Mood.NEVER)
    await hasty.fault("ro-1", "line-unstable", ChangeKind.RAISED)
    await hasty.wakes(0)
    async with hasty.store.reading() as tx:
        [case] = await hasty.cases()
        [message] = [each for each in await tx.messages.of_case(case.id) if each.question]
    await hasty.quiet()
    assert await hasty.satellites.send(replace(FIRST, id=message.id)) == Accepted(message.id)
    assert hasty.said() == [GREETING]


async def test_e2_a_home_that_is_away_is_waited_for_only_a_little(here: Room) -> None:
    await here.assistant.stop()
    await eventually(lambda: not here.satellites.lines["berg"].up.is_set())
    assert isinstance(await here.satellites.send(FIRST), TryLater)
    await eventually(lambda: here.satellites.lines["berg"].down_for() > 0.2)
    assert await here.satellites.send(FIRST) == Undeliverable("not_connected")
    await here.assistant.start()
    await asyncio.wait_for(here.satellites.lines["berg"].up.wait(), 5)
    assert isinstance(await here.satellites.send(FIRST), Accepted)


@pytest.mark.parametrize("to", ["ha:elsewhere/assist_satellite.kitchen", "ha:berg", "amzn1.ask.account.X"])
async def test_an_address_that_is_no_satellite_of_ours_is_never_tried_again(here: Room, to: str) -> None:
    assert isinstance(await here.satellites.send(replace(FIRST, to=to)), Undeliverable)


async def test_a_satellite_that_is_gone_leads_to_the_next_step(here: Room) -> None:
    here.assistant.satellites[KITCHEN].away = True
    await here.goes_wrong()
    assert here.said() == []
    assert len(await here.texts()) == 1


async def test_e3_a_satellite_that_cannot_listen_is_asked_nothing(here: Room) -> None:
    here.assistant.satellites[KITCHEN] = Satellite(features=ANNOUNCE)
    await here.goes_wrong()
    assert [kind for kind, _ in here.kitchen.said] == ["announce"]
    assert "?" not in here.said()[0]
    assert "router" not in here.said()[0]
    assert await statuses(here) == ["delivered"]
    await here.wakes(31)
    assert "hall router" in (await here.texts())[-1]


async def test_e3_a_satellite_that_can_do_nothing_leads_to_the_next_step(here: Room) -> None:
    here.assistant.satellites[KITCHEN] = Satellite(features=0)
    await here.goes_wrong()
    assert here.said() == []
    assert len(await here.texts()) == 1


@pytest.mark.parametrize(("severity", "speaks"), [(Severity.MAJOR, False), (Severity.SAFETY, True)])
async def test_e4_after_eight_only_what_is_dangerous_is_said_aloud(
    here: Room, severity: Severity, speaks: bool
) -> None:
    here.now = Moment(START + 150 * MINUTE)  # 20:30 in Berlin
    await here.goes_wrong("no", severity=severity)
    assert bool(here.said()) is speaks
    if speaks:
        assert "needs you soon" in here.said()[0]
        return
    here.kitchen.people = script("no")
    await here.wakes(15 * 60)  # until after nine
    await here.quiet()
    assert here.said()[0] == GREETING


async def test_e4_without_leave_nothing_is_said(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await here.belongs_to(BEN, leave=False)
        await here.goes_wrong("yes")
        assert here.said() == []
        assert len(await here.texts()) == 1


async def test_e5_a_guided_fix_of_six_steps_with_repeat_back_and_text_me(here: Room) -> None:
    case = await here.goes_wrong(
        "yes", "what to do", "repeat", "two", "back", "two", "done", "text me", device="hp-1", rule="icing-up"
    )
    said = here.said()
    assert said[0] == GREETING
    assert said[1].startswith("Ice is building up on your garden heat pump.")
    assert "window" in said[2]
    assert "window" in said[3], "said again"
    assert "gloves" in said[4]
    assert "window" in said[5], "one question back"
    assert "gloves" in said[6]
    assert "defrost" in said[7]
    assert here.kitchen.said[8] == ("announce", said[8])
    assert "text" in said[8]
    [text] = await here.texts()
    assert "defrost" in text
    await here.writes("1")
    [command] = here.link.sent
    assert command.name == "defrost"
    await here.device_answers(command)
    await here.recovers("hp-1", "icing-up")
    assert (await here.case(case)).state is CaseState.RESOLVED


async def test_a_proof_by_telemetry_ends_the_talk_with_thanks_on_the_speaker(here: Room) -> None:
    case = await here.goes_wrong("yes", "one", "yes")
    await here.device_answers(here.link.sent[0])
    await here.recovers("ro-1", "line-unstable")
    await here.quiet()
    assert (await here.case(case)).state is CaseState.RESOLVED
    assert here.kitchen.said[-1][0] == "announce"
    assert "steady again" in here.said()[-1]
    assert await here.texts() == []


async def test_stop_at_a_speaker_is_asked_once_and_then_obeyed(here: Room) -> None:
    await here.goes_wrong("stop", "yes")
    assert "Shall we stop contacting you" in here.said()[1]
    async with here.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is not None


async def test_who_opens_the_talk_when_a_person_looks_after_it_hears_that(here: Room) -> None:
    case = await here.goes_wrong("yes", "a person")
    assert (await here.case(case)).needs_agent is not None
    assert "person" in here.said()[-1].lower()


async def test_a_wrong_token_is_told_without_being_told(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.assistant.token = "another"
        with capture_logs() as logs:
            await here.assistant.stop()
            await here.assistant.start()
            await eventually(lambda: here.assistant.refused > 0)
            await eventually(lambda: any(each["event"] == "home_assistant_refused" for each in logs))
        assert "s3cret" not in str(logs)
        assert "s3cret" not in repr(here.satellites.lines["berg"].access)


async def test_nothing_that_is_said_at_home_reaches_a_log(here: Room) -> None:
    with capture_logs() as logs:
        await here.goes_wrong("yes", "my name is Ada and I live here", "a person")
    assert "Ada" not in str(logs)
    assert "router" not in str(logs)


async def test_a_satellite_that_changes_hands_is_no_way_to_whoever_had_it(here: Room) -> None:
    await here.belongs_to(BEN)
    await here.goes_wrong("yes", "no")
    async with here.store.reading() as tx:
        told = {each.customer for case in await here.cases() for each in await tx.messages.of_case(case.id)}
        assert {
            each.health.value for each in await tx.people.addresses(ADA) if each.channel is Channel.VOICE
        } == {"dead"}
    assert CustomerId("ben") in told


async def test_paper_mode_says_nothing_aloud(here: Room) -> None:
    async with here.store.transaction() as tx:
        switches = await tx.house.switches()
        await tx.house.set_switches(replace(switches, mode=type(switches.mode)("paper")))
    await here.goes_wrong("yes")
    assert here.said() == []
    assert await drain(here.post) == 0
