"""A home that speaks Spanish, and one that speaks Chinese: the whole way from the first word to the last, by numbers and STOP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.log.sqlite import SqliteLog
from hub.testing import FakeClock, MemoryStore
from tests.flow.home import ADA, Home

SAID = {
    "es": (
        "Hola, Ada. Su garden heat pump se cubre de hielo.",
        "Responda 1 = qué hacer sin salir. 2 = que me llamen. STOP para darse de baja.",
        "mire desde una ventana, sin salir",
        "descongelar su garden heat pump desde aquí",
        "Ya no hay hielo y su garden heat pump calienta como debe.",
    ),
    "zh": (
        "您好，Ada。 您的garden heat pump正在结冰。",
        "回复 1 = 在室内该怎么做。 2 = 给我打电话。 要联系人工客服，请拨打：+49 30 5550100。 回复 STOP 退订。",
        "请从窗户往外看，不要出门",
        "远程给您的garden heat pump除霜",
        "冰已经化了，您的garden heat pump供暖正常。",
    ),
}
STOPS = [("es", "Baja", "No volveremos a contactarle"), ("zh", "退订", "我们不会再联系您")]


@pytest.fixture
async def abroad(
    request: pytest.FixtureRequest, store: MemoryStore, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Home]:
    log = SqliteLog(tmp_path / "log", clock)
    home = Home(store, log, request.param)
    await home.move_in("hp-1")
    yield home
    await log.close()


@pytest.mark.parametrize("abroad", ["es", "zh"], indirect=True)
async def test_a_fix_is_told_from_the_first_word_to_the_last_in_the_customers_language(abroad: Home) -> None:
    hello, choices, window, defrost, solved = SAID[abroad.language]
    await abroad.fails("hp-1", "icing-up")
    [first] = await abroad.texts()
    assert hello in first
    assert first.endswith(choices)
    [asked] = await abroad.writes("1")
    assert window in asked
    [offered] = await abroad.writes("1")
    assert defrost in offered
    await abroad.writes("1")
    [command] = await abroad.commands()
    assert command.name == "defrost"
    await abroad.device_answers(command)
    await abroad.recovers("hp-1", "icing-up")
    assert solved in (await abroad.texts())[-1]


@pytest.mark.parametrize(("abroad", "word", "answer"), STOPS, indirect=["abroad"])
async def test_the_word_of_ones_own_language_ends_contact(abroad: Home, word: str, answer: str) -> None:
    await abroad.fails("hp-1", "icing-up")
    [confirmed] = await abroad.writes(word)
    assert answer in confirmed
    assert " START " in confirmed
    async with abroad.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is not None
