"""A speaker with a screen: what is said stands there, what may be answered can be touched, and an old page acts on nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Question, Reply
from hub.ports.beside import Beside
from tests.domain.talking import library
from tests.web.hooks.kitchen import COMMON, Kitchen, kitchen
from voice_skills.alexa import AlexaVoice
from voice_skills.alexa_screen import Button, screen

YES = "AMAZON.YesIntent"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Kitchen]:
    async with kitchen(tmp_path, "hp-1", "ro-1") as made:
        await made.links()
        made.ada.screen = True
        yield made


def buttons(here: Kitchen) -> list[str]:
    return [each["words"] for each in here.ada.page["datasources"]["page"]["buttons"]]


async def test_b8_a_screen_shows_the_step_and_a_speaker_without_one_nothing(here: Kitchen) -> None:
    """B8 No APL directive without the interface; with it, token = step id, and a touch "done" equals the spoken "done"."""
    await here.home.fails("hp-1", "icing-up")
    here.ada.screen = False
    await here.ada.open()  # the speaker refuses a page that it cannot show
    assert here.ada.page == {}

    here.ada.screen = True
    await here.ada.open()
    await here.says(YES)
    assert here.ada.page["token"] == "opening"
    await here.says("ChoiceIntent", number="1")
    assert here.ada.page["token"] == "look"
    assert buttons(here)[-1] == "a person"
    assert here.ada.page["datasources"]["page"]["title"] == "Nordwarm"


async def steps(here: Kitchen, *, touching: bool) -> list[tuple[str, str]]:
    """The way through a fix; what is heard and where the screen stands, step by step."""
    await here.home.fails("hp-1", "icing-up")
    await here.ada.open()
    way = []
    for answer in (YES, 1, 2, "done"):
        if touching:
            words = buttons(here)[int(answer) - 1 if isinstance(answer, int) else 0]
            said = await here.ada.touch(words)
            await here.home.drain()
        else:
            name = "DoneIntent" if answer == "done" else YES if answer == YES else "ChoiceIntent"
            said = await here.says(name, **({"number": str(answer)} if isinstance(answer, int) else {}))
        way.append((said, str(here.ada.page["token"])))
    return way


async def test_b8_a_touch_is_the_same_as_the_words_on_it(tmp_path: Path) -> None:
    """B8: a touch "done" equals the spoken "done"."""
    ways = []
    for touching in (True, False):
        async with kitchen(tmp_path / str(touching), "hp-1") as made:
            await made.links()
            made.ada.screen = True
            ways.append(await steps(made, touching=touching))
    assert ways[0] == ways[1]
    assert len({token for _, token in ways[0]}) >= 3


async def test_a_touch_on_a_page_that_we_have_left_acts_on_nothing(here: Kitchen) -> None:
    await here.home.fails("ro-1", "line-unstable")
    await here.ada.open()
    greeting = here.ada.page
    await here.says(YES, "RestartIntent")
    asked = here.ada.page
    here.ada.page = greeting
    said = await here.ada.touch(buttons(here)[0])
    assert "restart your hall router" in said  # asked again
    assert await here.home.commands() == []

    here.ada.page = asked
    await here.ada.touch(buttons(here)[0])
    assert len(await here.home.commands()) == 1


@pytest.mark.parametrize(
    "sends",
    [
        None,
        [],
        "yes",
        ["choice"],
        ["choice", "1"],
        ["choice", 0],
        ["choice", 99],
        ["restart"],
        [{"a": 1}],
        [1],
    ],
)
async def test_a_touch_that_we_did_not_offer_is_answered_with_nothing(here: Kitchen, sends: Any) -> None:
    await here.home.fails("ro-1", "line-unstable")
    await here.ada.open()
    event = {"type": "Alexa.Presentation.APL.UserEvent", "arguments": sends, "token": "opening"}
    answer = await here.cloud.post(here.ada.envelope(event))
    assert answer.json() == {"version": "1.0", "response": {}}


async def test_the_same_request_again_shows_the_same_page(here: Kitchen) -> None:
    await here.home.fails("hp-1", "icing-up")
    await here.ada.open()
    body = here.ada.envelope({"type": "IntentRequest", "intent": {"name": YES, "slots": {}}})
    first = await here.cloud.post(body)
    await here.says("ChoiceIntent", number="1")
    assert (await here.cloud.post(body)).content == first.content


def test_words_stay_words_and_never_become_expressions() -> None:
    page = screen("step", "Nordwarm", "${payload.secret} R&D <oven>", [Button("${1+1}", ("choice", 1))])
    assert page["datasources"]["page"]["words"] == "${payload.secret} R&D <oven>"
    assert "secret" not in json.dumps(page["document"])
    assert "1+1" not in json.dumps(page["document"])


def test_what_does_not_fit_leaves_the_names_and_the_page_out_before_the_words() -> None:
    voice = AlexaVoice(library().words, COMMON)
    much = Phrase("status.still", {"device": "ü " * 15_000})
    asks = Reply(
        (much, much), Question(Expecting.YES_NO, (Phrase("choice.yes"), Phrase("choice.no")), (much,))
    )
    shows = {"context": {"System": {"device": {"supportedInterfaces": {"Alexa.Presentation.APL": {}}}}}}
    names = {f"d{number}" * 20: "Wärmepumpe " * 9 for number in range(40)}
    answer = voice.say(asks, {**shows, "request": {"type": "LaunchRequest"}}, "en", Beside(names, "step"))
    assert len(json.dumps(answer, ensure_ascii=False).encode()) <= 24_000
    assert answer["response"]["outputSpeech"]["ssml"].endswith("?</speak>")
    kinds = [each["type"] for each in answer["response"].get("directives", [])]
    assert "Dialog.UpdateDynamicEntities" not in kinds
