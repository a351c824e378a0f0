"""A call or an opened speaker: whoever says what is wrong, or asks, is told what is known, and the line stays open."""

from __future__ import annotations

import pytest

from hub.domain.conversation import Heard, Intent, Reply
from hub.domain.customer import Channel
from tests.flow.home import Home
from tests.flow.test_live_words import says_on


async def _handed_over(home: Home) -> None:
    await home.fails("fr-1", "door-open")
    await home.writes("0")


def _open(reply: Reply) -> bool:
    return reply.ask is not None and not reply.end and not any(p.key.startswith("goodbye") for p in reply.say)


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.ASSISTANT])
@pytest.mark.parametrize("words", ["it hums and it is far too warm in there", "what is going on with it"])
async def test_who_says_what_is_wrong_hears_how_the_device_is_and_the_line_stays_open(
    home: Home, channel: Channel, words: str
) -> None:
    await _handed_over(home)
    reply = await says_on(home, channel, words)
    assert _open(reply)
    keys = [phrase.key for phrase in reply.say]
    assert keys[0] == "status.still"
    assert "person.told" in keys
    assert keys[-1] == "voice.more"


async def test_what_is_told_next_is_passed_on_and_said_without_the_status_again(home: Home) -> None:
    await _handed_over(home)
    await says_on(home, Channel.PHONE, "it hums and it is far too warm in there")
    reply = await says_on(home, Channel.PHONE, "the meat smells, and the cheese too")
    assert [phrase.key for phrase in reply.say] == ["person.passed_on", "voice.more"]
    assert _open(reply)


async def test_a_plain_question_is_answered_and_the_line_stays_open(home: Home) -> None:
    reply = await says_on(home, Channel.PHONE, "what does this cost me?")
    assert _open(reply)
    await _handed_over(home)
    assert _open(await says_on(home, Channel.PHONE, "what does this cost me?"))


async def test_a_goodbye_closes_the_line(home: Home) -> None:
    await _handed_over(home)
    await says_on(home, Channel.PHONE, "it hums and it is far too warm in there")
    reply = await says_on(home, Channel.PHONE, "no thanks, goodbye")
    assert reply.end
    assert [phrase.key for phrase in reply.say] == ["goodbye"]


@pytest.mark.parametrize("words", ["no", "no thank you", "nothing else", "that's all"])
async def test_nothing_more_closes_the_line_too(home: Home, words: str) -> None:
    await _handed_over(home)
    await says_on(home, Channel.PHONE, "it hums and it is far too warm in there")
    assert (await says_on(home, Channel.PHONE, words)).end


async def test_a_speaker_that_is_asked_how_it_stands_listens_on(home: Home) -> None:
    await _handed_over(home)
    await home.says(Heard.LAUNCH)
    assert _open(await home.says(Intent.STATUS))


async def test_words_after_the_case_ended_are_told_how_the_device_is_and_the_line_stays_open(
    home: Home,
) -> None:
    await home.fails("fr-1", "door-open")
    await home.writes("1")
    await home.recovers("fr-1", "door-open")
    reply = await says_on(home, Channel.PHONE, "it hums and it is far too warm in there")
    assert _open(reply)
    assert [phrase.key for phrase in reply.say][-2:] == ["asked.reopened", "voice.more"]
