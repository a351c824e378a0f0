"""Days and times as people say them, in each language."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.domain.ids import Moment
from hub.domain.spoken_date import day_words, hour_said, moment_words, said

BERLIN = "Europe/Berlin"


def at(wall: str) -> Moment:
    return Moment(int(datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(BERLIN)).timestamp()) * 1_000_000)


NOW = at("2026-11-21 12:41")


@pytest.mark.parametrize(
    ("language", "wall", "words"),
    [
        ("en", "2026-11-23 09:00", "Monday at nine"),
        ("en", "2026-11-23 12:00", "Monday at noon"),
        ("en", "2026-11-23 14:30", "Monday at two thirty in the afternoon"),
        ("en", "2026-11-30 09:00", "Monday, November 30, at nine"),
        ("de", "2026-11-23 09:00", "Montag um neun Uhr"),
        ("de", "2026-11-23 13:30", "Montag um dreizehn Uhr dreißig"),
        ("de", "2026-11-30 09:00", "Montag, dem 30. November, um neun Uhr"),
        ("es", "2026-11-23 09:00", "lunes a las nueve"),
        ("es", "2026-11-23 13:30", "lunes a la una y media de la tarde"),
        ("es", "2026-11-30 09:00", "lunes 30 de noviembre a las nueve"),
        ("zh", "2026-11-23 09:00", "星期一上午九点"),
        ("zh", "2026-11-23 14:30", "星期一下午两点半"),
        ("fr", "2026-11-23 09:00", "Monday at nine"),
    ],
)
def test_a_day_and_a_time_are_said_as_people_say_them(language: str, wall: str, words: str) -> None:
    assert said(at(wall), BERLIN, language, NOW) == words


def test_the_same_moment_is_written_and_said() -> None:
    assert moment_words(at("2026-11-23 09:00"), BERLIN, "en", NOW) == {
        "slot": "Mon, Nov 23, 09:00",
        "slot_said": "Monday at nine",
    }
    assert day_words(at("2026-11-22 09:00"), BERLIN, "de", NOW) == {
        "day": "So., 22. November",
        "day_said": "Sonntag",
    }


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
def test_every_minute_of_a_day_is_said_without_digits(language: str) -> None:
    every = {
        hour_said(Moment(at("2026-11-23 00:00") + minute * 60_000_000), BERLIN, language)
        for minute in range(1440)
    }
    assert len(every) == 1440
    assert not any(sign.isdigit() for words in every for sign in words)
