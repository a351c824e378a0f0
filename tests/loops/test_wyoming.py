"""The ear at home: what is said to a satellite of a Wyoming pipeline, and what junk does to the server (nothing)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from wyoming.handle import Handled, NotHandled

from hub.domain.contact import Direction
from hub.domain.ids import CustomerId, Moment
from hub.domain.satellite import place_of
from hub.flow import satellites as flow
from hub.log.sqlite import SqliteLog
from hub.loops.wyoming import SESSION, Ear, Listening, serve
from hub.ports import BadInput
from hub.testing import FakeClock, MemoryStore
from simulators.wyoming import Assist, Lost
from tests.domain.talking import library
from tests.flow.home import ADA, BEN, Home
from tests.loops.rooms import COMMON, HomeTime
from voice_skills.wyoming import WyomingVoice

KITCHEN, HALL = "assist_satellite.kitchen", "assist_satellite.hall"


@dataclass
class Ears:
    """A home with a Wyoming service, and the pipeline that uses it."""

    home: Home
    works: Listening
    assist: Assist
    server: asyncio.Server

    async def says(self, text: str, satellite: str = KITCHEN, language: str = "en") -> str:
        answer = await self.assist.says(text, satellite, language)
        await self.home.drain()
        return answer.text or ""

    async def belongs_to(self, who: CustomerId, satellite: str = KITCHEN) -> None:
        async with self.home.store.transaction() as tx:
            await tx.talks.link(flow.PLATFORM, place_of("berg", satellite), who, self.home.now)


@asynccontextmanager
async def ears(folder: Path, read: float = 5.0) -> AsyncIterator[Ears]:
    store, log = MemoryStore(), SqliteLog(folder / "log", FakeClock(), 1)
    home = Home(store, log)
    await home.move_in("hp-1", "ro-1")
    works = Listening(store, HomeTime(home), home.ctx, WyomingVoice(library().words, COMMON), read=read)
    server = await serve(works, Ear("berg", "127.0.0.1", 0))
    port = server.sockets[0].getsockname()[1]
    try:
        yield Ears(home, works, Assist("127.0.0.1", port), server)
    finally:
        server.close()
        await log.close()
        await store.close()


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Ears]:
    async with ears(tmp_path) as made:
        await made.belongs_to(ADA)
        yield made


async def test_f1_home_assistant_finds_one_program(here: Ears) -> None:
    info = await here.assist.info()
    assert [(each.name, each.installed) for each in info.handle] == [("support-hub", True)]


async def test_f2_a_fix_is_talked_through_turn_by_turn(here: Ears) -> None:
    case = await here.home.fails("ro-1", "line-unstable")
    assert "hall router" in await here.says("what is wrong")
    asked = await here.says("one")
    assert asked.endswith("Shall I?")
    assert (await here.says("yes")).startswith("Thank you. I am asking your hall router to do that now.")
    [command] = await here.home.commands()
    assert command.name == "restart"
    heard = [text for way, text in await here.home.thread(case) if way is Direction.IN]
    assert heard == ["what is wrong", "one", "yes"]


async def test_f2_the_talk_that_an_answer_belongs_to_comes_back(here: Ears) -> None:
    answer = await here.assist.says("how are my devices", KITCHEN, talk="01JX")
    assert isinstance(answer, Handled)
    assert answer.context == {"conversation_id": "01JX"}


async def test_f2_words_that_are_not_for_us_are_not_handled_and_told_to_nobody(here: Ears) -> None:
    case = await here.home.fails("ro-1", "line-unstable")
    for _ in range(3):
        answer = await here.assist.says("turn on the bedroom lights", KITCHEN)
        assert isinstance(answer, NotHandled)
        assert "cannot help with that" in (answer.text or "")
    assert (await here.home.case(case)).needs_agent is None
    assert [way for way, _ in await here.home.thread(case) if way is Direction.IN] == []


async def test_f2_in_the_middle_of_a_talk_words_that_are_not_understood_are_asked_again(here: Ears) -> None:
    await here.home.fails("ro-1", "line-unstable")
    await here.says("what is wrong")
    assert isinstance(await here.assist.says("colourless green ideas", KITCHEN), Handled)
    here.home.now = Moment(here.home.now + SESSION + 1)
    assert isinstance(await here.assist.says("colourless green ideas", KITCHEN), NotHandled)


async def test_f2_a_server_that_is_gone_is_a_lost_connection(here: Ears) -> None:
    here.server.close()
    await here.server.wait_closed()
    with pytest.raises(Lost):
        await here.assist.says("hello", KITCHEN)


async def test_f2_trouble_on_our_side_is_a_kind_word(here: Ears) -> None:
    await here.home.store.close()
    answer = await here.assist.says("what is wrong", KITCHEN)
    assert isinstance(answer, NotHandled)
    assert "something went wrong on our side" in (answer.text or "")


async def test_f3_junk_is_closed_and_the_server_goes_on(here: Ears) -> None:
    junk = [
        b"nonsense\n",
        b"{}\n",
        b"[]\n",
        b'{"type":"transcript","data":{"text":5}}\n',
        b"\x00\xff\n",
        b"x" * 70_000,
    ]
    junk += [b'{"type":"transcript","data_length":1000000000}\n', b'{"type":"x","payload_length":99999999}\n']
    for raw in junk:
        reader, writer = await asyncio.open_connection(here.assist.host, here.assist.port)
        writer.write(raw)
        assert await asyncio.wait_for(reader.read(100), 2) == b"", raw[:40]
        writer.close()
    assert (await here.assist.info()).handle


async def test_f3_a_body_that_stops_half_way_is_closed_after_a_while(tmp_path: Path) -> None:
    async with ears(tmp_path, read=0.2) as here:
        reader, writer = await asyncio.open_connection(here.assist.host, here.assist.port)
        writer.write(b'{"type":"transcript","data_length":100}\n{"text":')
        assert await asyncio.wait_for(reader.read(100), 2) == b""
        writer.close()


async def test_f3_two_hundred_idle_and_junk_connections_keep_nobody_from_talking(here: Ears) -> None:
    lines = [await asyncio.open_connection(here.assist.host, here.assist.port) for _ in range(200)]
    for number, (_, writer) in enumerate(lines):
        if number % 2:
            writer.write(b'{"type":"transcript","data_length":60000}\n{')
    assert "device" in (await here.says("how are my devices")).lower() or await here.says("help")
    for _, writer in lines:
        writer.close()
    assert (await here.assist.info()).handle


async def test_f3_a_connection_has_one_turn(here: Ears) -> None:
    reader, writer = await asyncio.open_connection(here.assist.host, here.assist.port)
    turn = b'{"type":"transcript","data":{"text":"help","context":{"satellite_id":"assist_satellite.kitchen"}}}\n'
    writer.write(b'{"type":"ping","data":{"text":"there?"}}\n' + turn + turn)
    said = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert said.count(b'"handled"') == 1
    assert b'"pong"' in said


async def test_f4_a_speaker_that_nobody_knows_hears_nothing_about_anybody(here: Ears) -> None:
    await here.home.fails("ro-1", "line-unstable")
    for words in ("what is wrong", "how are my devices", "yes", "restart my router", "stop"):
        said = await here.says(words, HALL)
        assert "router" not in said
        assert "linked" in said
    assert await here.home.commands() == []
    async with here.home.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is None


@pytest.mark.parametrize(
    "satellite", ["", "assist_satellite.kitchen2", "KITCHEN", "assist_satellite.kitchen\x00"]
)
async def test_f4_a_name_that_is_nearly_hers_is_not_hers(here: Ears, satellite: str) -> None:
    await here.home.fails("ro-1", "line-unstable")
    assert "router" not in await here.says("what is wrong", satellite)


async def test_f4_the_same_name_in_another_home_is_another_speaker(here: Ears) -> None:
    other = await serve(here.works, Ear("elsewhere", "127.0.0.1", 0))
    await here.home.fails("ro-1", "line-unstable")
    answer = await Assist("127.0.0.1", other.sockets[0].getsockname()[1]).says("what is wrong", KITCHEN)
    other.close()
    assert "router" not in (answer.text or "")


async def test_f4_two_speakers_of_two_people_are_two_conversations(here: Ears) -> None:
    await here.belongs_to(BEN, HALL)
    first = await here.home.fails("ro-1", "line-unstable")
    await here.says("what is wrong")
    await here.says("a person", HALL)
    heard = [text for way, text in await here.home.thread(first) if way is Direction.IN]
    assert "what is wrong" in heard
    async with here.home.store.reading() as tx:
        said = {m.customer: m.text for m in await tx.messages.of_case(first) if m.direction is Direction.IN}
    assert said[ADA] == "what is wrong"
    assert said.get(BEN, "a person") == "a person"


async def test_f4_a_code_that_only_they_have_links_the_speaker(here: Ears) -> None:
    [text] = await here.home.writes("link")
    found = re.search(r"\b(\d{6})\b", text)
    assert found is not None
    assert "not right" in await here.says("my code is 123456", HALL) or found[1] == "123456"
    assert "linked to you now" in await here.says(f"my code is {found[1]}", HALL)
    async with here.home.store.reading() as tx:
        assert await flow.owner(tx, f"berg/{HALL}") == ADA
        values = [each.value for each in await tx.people.addresses(ADA)]
    assert f"ha:berg/{HALL}" in values


async def test_a_code_is_good_once_and_a_speaker_that_guesses_is_locked(here: Ears) -> None:
    for _ in range(5):
        await here.says("my code is 111111", HALL)
    [text] = await here.home.writes("link")
    code = re.search(r"\b(\d{6})\b", text)
    assert code is not None
    assert "Too many codes" in await here.says(f"my code is {code[1]}", HALL)


async def test_nothing_that_is_heard_reaches_a_log(here: Ears) -> None:
    with capture_logs() as logs:
        await here.says("my code is 482917 and my name is Ada")
        await here.says("a person")
    assert "482917" not in str(logs)
    assert "Ada" not in str(logs)


async def test_a_port_that_is_taken_is_told_before_anything_runs(here: Ears) -> None:
    with pytest.raises(BadInput):
        await serve(here.works, Ear("berg", "127.0.0.1", here.assist.port))
