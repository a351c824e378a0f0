"""A case that a customer opened while the device reports well is never spoken of as a problem that the device shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from device_rules.reading import PresenceState
from hub.domain.conversation import Heard, Intent
from hub.domain.device import DeviceState
from hub.domain.ids import DeviceId
from hub.log.sqlite import SqliteLog
from hub.ports import Checkpoint
from hub.testing import FakeClock, MemoryStore
from tests.flow.home import Home

NOISE, MEND, STOP = 0, 1, 2
SAID = {
    "en": ("my pump makes a strange noise", "is it fixed?", "stop writing to me"),
    "de": ("meine Pumpe macht so ein komisches Geräusch", "Status", "STOP"),
    "es": ("Hola, oigo un ruido raro en la bomba", "esta arreglado?", "STOP"),
    "zh": ("热泵有奇怪的声音", "修好了吗", "STOP"),
}
TOLD = {
    "en": ("itself reports nothing wrong", "What you told us", "problem"),
    "de": ("meldet keinen Fehler", "Was Sie uns", "Problem"),
    "es": ("no avisa de ningún fallo", "Lo que nos contó", "problema"),
    "zh": ("没有报告任何故障", "您说的", "的问题"),
}


@pytest.fixture(params=sorted(SAID))
async def anywhere(
    request: pytest.FixtureRequest, store: MemoryStore, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Home]:
    log = SqliteLog(tmp_path / "log", clock)
    home = Home(store, log, request.param)
    await home.move_in("hp-1")
    yield home
    await log.close()


async def test_asked_whether_it_is_fixed_a_device_that_reports_well_is_not_said_to_have_a_problem(
    anywhere: Home,
) -> None:
    await anywhere.measures("hp-1", room_temp=20.6)
    await anywhere.writes(SAID[anywhere.language][NOISE])
    [said] = await anywhere.writes(SAID[anywhere.language][MEND])
    well, _, never = TOLD[anywhere.language]
    assert well in said
    assert never not in said


async def test_stop_says_that_what_was_told_is_with_our_team_and_claims_no_problem(anywhere: Home) -> None:
    await anywhere.measures("hp-1", room_temp=20.6)
    await anywhere.writes(SAID[anywhere.language][NOISE])
    [said] = await anywhere.writes(SAID[anywhere.language][STOP])
    _, told, never = TOLD[anywhere.language]
    assert told in said
    assert never not in said


async def test_who_is_promised_a_person_hears_that_their_words_are_with_our_team(home: Home) -> None:
    await home.writes("my kitchen fridge makes a funny noise")
    await home.writes("0")
    [said] = await home.writes("is it fixed?")
    assert said.startswith(
        "Your kitchen fridge itself reports nothing wrong. What you told us is with our team."
    )
    [why] = await home.writes("why do you ask?")
    assert "shows a problem" not in why


async def test_a_speaker_does_not_greet_them_with_a_device_that_needs_attention(home: Home) -> None:
    await home.writes("my kitchen fridge makes a funny noise")
    reply = await home.says(Heard.LAUNCH)
    assert [phrase.key for phrase in reply.say] == ["voice.told"]
    reply = await home.says(Intent.STATUS)
    assert [phrase.key for phrase in reply.say] == ["status.told", "asked.help"]


async def test_a_device_that_cannot_be_heard_is_not_said_to_report_well(home: Home) -> None:
    await home.writes("my kitchen fridge makes a funny noise")
    lost = DeviceState(DeviceId("fr-1"), PresenceState.OFFLINE_LOST)
    async with home.store.transaction() as tx:
        await tx.partitions.save(Checkpoint(0, 2, {}, (lost,)))
    [said] = await home.writes("is it fixed?")
    assert said.startswith("I cannot hear your kitchen fridge right now")
