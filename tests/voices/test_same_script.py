"""One script, every voice: whatever Ada talks through, the same things happen and the same thread stands on the ticket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.contact import Direction, Message, MessageClass
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, Moment
from hub.domain.policy import CALENDARS
from hub.domain.slots import BookingKind
from tests.flow.home import ADA
from tests.voices.voices import ICE, PUMP, VOICES, WRITTEN, Voice

PLAY = "plays/heatpump/icing-up/"
SCRIPT = {
    "repeat": ["opening"],
    "1": ["look"],
    "back": ["opening"],
    "1 again": ["look"],
    "2": ["care", "clear"],
    "1 then": ["defrost"],
    "yes": ["command.sent", "watch"],
}
"""What Ada says, and what she is told, in the keys of the phrases."""
WORDS = [each.split()[0] for each in SCRIPT]
SECOND_TIME = Moment(1_795_431_600_000_000)
"""Noon in Berlin on Monday the 23rd of November 2026: one slot of each half day is offered."""
CANONICAL = {"asked to hear it again": "repeat", "go back": "back", "one": "1", "two": "2"}
"""How the desk shows what a platform has understood itself, and numbers that were spoken."""
CHOICES = ("choice.", "choices.", "frame.")
BESIDE = ("talk.watching", "command.published")
DONE = [
    ("talk.answered", "", "go"),
    ("talk.answered", "", "go"),
    ("talk.answered", "look", "blocked"),
    ("talk.answered", "clear", "done"),
    ("command.wanted", "", "defrost"),
    ("talk.command_agreed", "defrost", "defrost"),
    ("command.answered", "", ""),
]


async def thread(voice: Voice, case: CaseId) -> list[Message]:
    """The messages of the case."""
    async with voice.home.store.reading() as tx:
        return await tx.messages.of_case(case)


def said(message: Message) -> list[str]:
    """What a message says, without its numbered answers."""
    keys = [each.key for each in message.phrases if not each.key.startswith(CHOICES)]
    return [key.removeprefix(PLAY) for key in keys]


def conversation(messages: list[Message], first: str = WORDS[0]) -> list[str | list[str]]:
    """What was said in turns, from the `first` word of the script on."""
    turns: list[str | list[str]] = []
    for each in messages:
        if each.direction is Direction.IN:
            turns.append(CANONICAL.get(each.text, each.text))
        elif each.kind is MessageClass.TURN:
            turns.append(said(each))
    return turns[turns.index(first) :]


async def happened(voice: Voice, case: CaseId) -> list[tuple[str, str, str]]:
    """What the timeline says about the talk: kind, step, and what was chosen or commanded."""
    async with voice.home.store.reading() as tx:
        facts = await tx.facts.of_case(case)
    return [
        (each.kind, str(each.data.get("step", "")), _what(each.data))
        for each in facts
        if each.kind.startswith(("talk.", "command.")) and each.kind not in BESIDE
    ]


def _what(data: dict[str, Any]) -> str:
    what = data.get("choice") or data.get("name") or data.get("command") or ""
    return "" if str(what).startswith("cmd_") else str(what).rsplit("/", 1)[-1]


@pytest.mark.parametrize("name", VOICES)
async def test_h6_the_same_script_does_the_same_and_stands_alike_on_the_ticket(
    name: str, tmp_path: Path
) -> None:
    async with VOICES[name](tmp_path) as voice:
        case = await voice.talk(WORDS)
        assert conversation(await thread(voice, case)) == [
            turn for word, told in zip(WORDS, SCRIPT.values(), strict=True) for turn in (word, told)
        ]
        async with voice.home.store.reading() as tx:
            [row] = await tx.outbox.commands_of(case)
            assert await tx.bookings.of_case(case) == []
        await voice.home.device_answers(row.command)
        await voice.home.recovers(PUMP, ICE)
        assert await happened(voice, case) == DONE
        thanks = [each for each in await thread(voice, case) if "solved" in said(each)]
        assert len(thanks) == 1
        over = await voice.home.case(case)
        assert (over.state, over.proved) == (CaseState.RESOLVED, True)


@pytest.mark.parametrize("name", VOICES)
async def test_h6_the_same_words_book_the_same_visit_once_and_it_stands_alike_on_the_ticket(
    name: str, tmp_path: Path
) -> None:
    async with VOICES[name](tmp_path) as voice:
        offer_visits(voice)
        case = await voice.talk(["1", "book a technician", "2"])
        async with voice.home.store.reading() as tx:
            [booked] = await tx.bookings.of_case(case)
            facts = await tx.facts.of_case(case)
        found, told = await voice.home.case(case), conversation(await thread(voice, case), "1")
        assert (booked.slot.kind, booked.customer) == (BookingKind.VISIT, ADA)
        assert booked.slot.starts == SECOND_TIME
        assert [each.kind for each in facts].count("booking.made") == 1
        assert (found.state, found.needs_agent) == (CaseState.WITH_AGENT, Because.VISIT_BOOKED)
        assert told[1::2] == [["look"], ["booking.ask.visit"], ["booking.done.visit"]]
        assert (await happened(voice, case))[:1] == [("talk.answered", "", "go")]


def offer_visits(voice: Voice) -> None:
    """Technicians can be booked. Every part of the house was given this very calendar as it was built, so it is written into."""
    calendars = voice.home.ctx.policy.calendars
    assert isinstance(calendars, dict)
    calendars[BookingKind.VISIT] = CALENDARS[BookingKind.VISIT]


@pytest.mark.parametrize("name", VOICES)
async def test_a_person_is_one_word_away_in_the_middle_of_the_fix_on_every_voice(
    name: str, tmp_path: Path
) -> None:
    async with VOICES[name](tmp_path) as voice:
        case = await voice.talk(["1", "person"])
        found, talk = await voice.home.case(case), await voice.home.talk(case)
        assert (found.state, talk.step, talk.with_person) == (CaseState.WITH_AGENT, "look", True)
        assert (await happened(voice, case))[0] == ("talk.answered", "", "go")


@pytest.mark.parametrize("name", [each for each in VOICES if each not in WRITTEN])
async def test_text_me_sends_the_open_question_as_a_text_from_every_spoken_voice(
    name: str, tmp_path: Path
) -> None:
    async with VOICES[name](tmp_path) as voice:
        case = await voice.talk(["1", "text me"])
        texts = [
            each
            for each in await thread(voice, case)
            if each.channel is Channel.SMS and each.kind is MessageClass.TURN
        ]
        assert [said(each)[:1] for each in texts] == [["look"]]
        assert (await voice.home.talk(case)).step == "look"
