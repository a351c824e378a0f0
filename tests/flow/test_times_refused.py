"""Times that customers refuse or narrow: what they excluded is neither booked nor offered."""

from __future__ import annotations

import pytest

from tests.flow.home import Home
from tests.flow.test_times_named import asked, local, speaks, standing

__all__ = ["asked"]
ASKS = {"en": "book a visit", "de": "Techniker bitte", "es": "un tecnico porfa", "zh": "预约技术员上门"}


@pytest.mark.parametrize(
    ("language", "words", "offered"),
    [
        (
            "en",
            "monday after lunch would be great, but I'm only home from half two",
            ["Mon 14:00", "Tue 14:00"],
        ),
        ("en", "I can't do Monday, I work until six", ["Tue 08:00", "Tue 12:00"]),
        ("en", "monday is no good", ["Tue 08:00", "Tue 12:00"]),
        ("en", "I can't do Monday, but Tuesday works", ["Tue 08:00", "Tue 12:00"]),
        ("en", "not in the morning please", ["Mon 12:00", "Mon 14:00"]),
        ("en", "not before noon", ["Mon 12:00", "Mon 14:00"]),
        ("en", "only after half two", ["Mon 14:00", "Tue 14:00"]),
        ("en", "after lunch", ["Mon 14:00", "Tue 14:00"]),
        ("en", "I have to leave before ten", ["Mon 08:00", "Tue 08:00"]),
        ("en", "anything but monday", ["Tue 08:00", "Tue 12:00"]),
        ("en", "not next week", ["Mon 08:00", "Mon 12:00"]),
        ("en", "we're not home until one", ["Mon 14:00", "Tue 14:00"]),
        ("de", "Montag kann ich nicht", ["Tue 08:00", "Tue 12:00"]),
        ("de", "ich bin erst ab halb zwei zuhause", ["Mon 14:00", "Tue 14:00"]),
        ("de", "montag nach dem mittagessen, aber erst ab halb drei", ["Mon 14:00", "Tue 14:00"]),
        ("de", "Montag geht leider nicht, aber Dienstag um zehn", ["Tue 10:00", "Tue 12:00"]),
        ("de", "vor zwölf bin ich nicht da", ["Mon 12:00", "Mon 14:00"]),
        ("de", "ich arbeite am Montag bis sechs", ["Tue 08:00", "Tue 14:00"]),
        ("es", "el lunes no puedo, trabajo hasta las seis", ["Tue 08:00", "Tue 12:00"]),
        ("es", "después de comer", ["Mon 14:00", "Tue 14:00"]),
        ("es", "no estoy en casa hasta las dos", ["Mon 14:00", "Tue 14:00"]),
        ("es", "mejor a partir de las doce", ["Mon 12:00", "Mon 14:00"]),
        ("zh", "星期一不行，我上班", ["Tue 08:00", "Tue 12:00"]),
        ("zh", "周一没空，周二可以", ["Tue 08:00", "Tue 12:00"]),
        ("zh", "午饭后", ["Mon 14:00", "Tue 14:00"]),
        ("zh", "下午一点以后才在家", ["Mon 14:00", "Tue 14:00"]),
    ],
)
async def test_a_time_that_was_refused_is_neither_booked_nor_offered(
    asked: Home, language: str, words: str, offered: list[str]
) -> None:
    await speaks(asked, language)
    await asked.writes(ASKS[language])
    said = await asked.writes(words)
    [case] = await asked.cases()
    assert (await standing(asked), [local(each) for each in (await asked.talk(case.id)).offers]) == (
        [],
        offered,
    ), said


@pytest.mark.parametrize("words", ["no, tuesday at ten please", "tuesday at ten, no problem"])
async def test_a_no_to_what_was_offered_does_not_refuse_the_time_named_with_it(
    asked: Home, words: str
) -> None:
    await asked.writes("book a visit")
    await asked.writes(words)
    [case] = await asked.cases()
    offers = [local(each) for each in (await asked.talk(case.id)).offers]
    assert "Tue 10:00" in (*offers, *await standing(asked))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "星期一不行，我上班"),
        ("en", "monday is no good"),
        ("de", "Montag geht nicht"),
        ("es", "el lunes no puedo"),
    ],
)
async def test_a_day_that_will_not_do_is_never_when_we_ask_again(
    asked: Home, language: str, words: str
) -> None:
    await speaks(asked, language)
    await asked.writes(words)
    [case] = await asked.cases()
    assert (await asked.talk(case.id)).paused_until is None


@pytest.mark.parametrize(
    "words",
    [
        "thanks, leave it",
        "whats the weather tomorrow",
        "tuesday at ten or so, I think",
        "3",
        "I can't do monday",
    ],
)
async def test_while_an_appointment_is_moved_it_is_said_that_the_old_one_stands(
    asked: Home, words: str
) -> None:
    await asked.writes("book a visit")
    await asked.writes("1")
    [moving] = await asked.writes("move my appointment")
    assert "You have an appointment on Mon, Nov 23, 08:00. It stands until you choose" in moving
    [said] = await asked.writes(words)
    assert "Mon, Nov 23, 08:00" in said
    assert "stands" in said
    assert await standing(asked) == ["Mon 08:00"]
