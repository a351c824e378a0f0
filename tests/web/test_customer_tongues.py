"""A page in the language that was chosen: the question once, what was said and handed on by a speaker, and every reason."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from device_rules.reading import HOUR
from hub.domain import gate
from hub.domain.asked import Decision, Verdict
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import MessageClass
from hub.domain.conversation import Heard, Intent, Meaning, Turn
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from hub.flow.thread import words_of
from hub.web.app import create_app
from hub.web.customer.because import FOLDER, reasons
from hub.web.customer.texts import shelf
from tests.web.asking import hidden
from tests.web.test_customer_page import link_to, press, words
from tests.web.world import World

OTHERS = ("de", "es", "zh")


@pytest.fixture
def app(here: World) -> FastAPI:
    return create_app(replace(here.door, secret="a secret of this house"))


@pytest.fixture
async def case(here: World) -> Case:
    return await here.ices_up()


@pytest.fixture
async def page(here: World, case: Case, client: httpx.AsyncClient) -> str:
    await client.post(await link_to(here, case))
    return (await client.get("/p")).text


async def turned(client: httpx.AsyncClient, page: str, language: str) -> str:
    await client.post("/p/language", data={"form": hidden(page, "form"), "language": language})
    return (await client.get("/p")).text


@pytest.mark.parametrize("language", OTHERS)
async def test_the_open_question_stands_there_once_and_in_the_new_language(
    client: httpx.AsyncClient, page: str, language: str
) -> None:
    page = await press(client, page, "repeat")
    english = re.findall(r'<p class="words[^"]*">([^<]*)</p>', page)
    page = await turned(client, page, language)
    said = " ".join(re.findall(r'<p class="words[^"]*">([^<]*)</p>', page))
    assert english and said
    for sentence in re.split(r"(?<=[.?!])\s+", " ".join(english)):
        assert sentence not in words(page), sentence
    sentences = [each for each in re.split(r"(?<=[.?!。？！])\s*", said) if len(each) > 8]
    assert len(sentences) == len(set(sentences))


@pytest.mark.parametrize("language", OTHERS)
async def test_what_a_speaker_handed_on_is_told_in_the_language_of_the_page(
    here: World, case: Case, client: httpx.AsyncClient, page: str, language: str
) -> None:
    await here.heard(case, "ada", "said something that was not understood", 5)
    async with here.store.transaction() as tx:
        message = (await tx.messages.of_case(case.id))[-1]
        await tx.messages.update(replace(message, channel=Channel.VOICE))
    told = words(await turned(client, page, language))
    assert "not understood" not in told
    assert shelf()[language]["did_unknown"] in told


WHY = {
    "en": ("because it belongs to your contract", "We do not write at night."),
    "de": ("weil es zu Ihrem Vertrag", "Nachts schreiben wir nicht."),
    "es": ("porque forma parte de su contrato", "De noche no escribimos."),
    "zh": ("因为这属于您与我们的合同", "夜间我们不发消息。"),
}


@pytest.mark.parametrize("language", WHY)
async def test_why_she_was_told_is_told_in_her_language_and_nothing_twice(
    here: World, case: Case, client: httpx.AsyncClient, page: str, language: str
) -> None:
    await here.told(case, "ada", "Your heat pump is icing up.", 10)
    allowed = Decision(Verdict.ALLOW, Because.ALLOWED, None, ("basis",), "")
    night = Decision(Verdict.HOLD, Because.QUIET_HOURS, Moment(here.now + HOUR), ("quiet",), "")
    async with here.store.transaction() as tx:
        message = (await tx.messages.of_case(case.id))[-1].id
        for second, decision in enumerate((night, allowed, allowed)):
            await tx.messages.decided(message, case.id, decision, Moment(here.now + second))
    await turned(client, page, language)
    told = re.findall(r"<li>(.*?)</li>", (await client.get("/p/why")).text)
    assert len(told) == len(set(told)) >= 4
    for sentence in WHY[language]:
        assert any(sentence in each for each in told), told


def test_everything_that_a_speaker_hands_on_has_words_in_every_language() -> None:
    for intent in Intent:
        if intent is not Intent.CHOICE:
            turn = Turn(Heard.TEXT, Channel.VOICE, "k", meaning=Meaning(intent))
            assert words_of(turn)
            assert all(f"did_{intent.value}" in words for words in shelf().values()), intent
    for kind in MessageClass:
        assert all(f"why_{kind.value}" in words for words in shelf().values()), kind


def test_every_reason_of_the_gate_is_told_in_every_language() -> None:
    stages = Path(gate.__file__).parent
    files = [stages / "gate.py", stages / "stage.py", *stages.glob("stages*.py"), stages / "quiet.py"]
    named = {name for file in files for name in re.findall(r"Because\.([A-Z_]+)", file.read_text())}
    assert len(named) > 20
    for file in sorted(FOLDER.glob("*.yaml")):
        told = reasons(file.stem)
        assert {name.lower() for name in named} <= set(told), file.stem
        assert set(told) <= {str(each) for each in Because}, file.stem
        assert set(told) == set(reasons("de"))
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(OTHERS)
