"""Times as people say them, in four languages, as the moment it is where they live."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.domain.conversation import Expecting, Intent
from hub.domain.ids import Moment
from hub.domain.spoken_time import moment_of
from voice_skills.matcher import Matcher
from voice_skills.words import house_words

EARS = Matcher(house_words())
BERLIN = "Europe/Berlin"
NOW = "2026-03-11 10:20"  # a Wednesday


def at(wall: str, zone: str = BERLIN) -> Moment:
    return Moment(int(datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000)


SAID = [
    ("en", "in two hours", "2026-03-11 12:20"), ("en", "in half an hour", "2026-03-11 10:50"),
    ("en", "remind me in 20 minutes", "2026-03-11 10:40"), ("en", "tomorrow at eight", "2026-03-12 08:00"),
    ("en", "tomorrow at three", "2026-03-12 15:00"), ("en", "at half past seven in the evening", "2026-03-11 19:30"),
    ("en", "ask me again on Friday morning", "2026-03-13 09:00"), ("en", "at 6 pm", "2026-03-11 18:00"),
    ("en", "at 18:45", "2026-03-11 18:45"), ("en", "at eight", "2026-03-11 20:00"), ("en", "an hour from now", "2026-03-11 11:20"),
    ("de", "morgen um acht", "2026-03-12 08:00"), ("de", "in einer halben Stunde", "2026-03-11 10:50"),
    ("de", "in zwei Stunden", "2026-03-11 12:20"), ("de", "heute Abend um halb acht", "2026-03-11 19:30"),
    ("de", "um 18.30 Uhr", "2026-03-11 18:30"), ("de", "übermorgen früh", "2026-03-13 09:00"),
    ("de", "am Freitag um Viertel nach neun", "2026-03-13 09:15"), ("de", "morgen früh", "2026-03-12 09:00"),
    ("es", "mañana por la tarde", "2026-03-12 15:00"), ("es", "mañana a las ocho", "2026-03-12 08:00"),
    ("es", "en media hora", "2026-03-11 10:50"), ("es", "dentro de dos horas", "2026-03-11 12:20"),
    ("es", "a las siete y media de la tarde", "2026-03-11 19:30"), ("es", "el viernes por la mañana", "2026-03-13 09:00"),
    ("es", "pasado mañana", "2026-03-13 09:00"), ("zh", "明天下午三点", "2026-03-12 15:00"),
    ("zh", "两小时后", "2026-03-11 12:20"), ("zh", "半小时后", "2026-03-11 10:50"), ("zh", "今晚八点半", "2026-03-11 20:30"),
    ("zh", "周五早上九点", "2026-03-13 09:00"), ("zh", "明天早上提醒我", "2026-03-12 09:00"), ("zh", "后天上午十点", "2026-03-13 10:00"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "said", "wall"), SAID)
def test_a_spoken_time_is_the_moment_it_is_where_the_person_lives(
    language: str, said: str, wall: str
) -> None:
    meaning = EARS.understand(said, language, Expecting.YES_NO, ())
    assert meaning.intent in (Intent.LATER, Intent.TOMORROW)
    assert meaning.when is not None
    assert moment_of(meaning.when, at(NOW), BERLIN) == at(wall)


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("call me tomorrow at nine", "en"),
        ("rufen Sie mich morgen um neun an", "de"),
        ("llámeme mañana a las nueve", "es"),
        ("明天上午九点给我打电话", "zh"),
    ],
)
def test_a_call_that_is_wanted_at_a_time_is_a_callback(said: str, language: str) -> None:
    meaning = EARS.understand(said, language, Expecting.NOTHING, ())
    assert meaning.intent is Intent.CALLBACK
    assert meaning.when is not None
    assert moment_of(meaning.when, at(NOW), BERLIN) == at("2026-03-12 09:00")


@pytest.mark.parametrize("said", ["yes, tomorrow at eight", "ok in two hours", "yes in half an hour"])
def test_a_yes_for_later_is_no_yes(said: str) -> None:
    assert EARS.understand(said, "en", Expecting.YES_NO, ()).intent in (Intent.LATER, Intent.TOMORROW)


@pytest.mark.parametrize(
    "said",
    [
        "it has been beeping for two hours",
        "it is 8 degrees inside",
        "at 25:00",
        "the technician was here yesterday at eight",
    ],
)
def test_what_only_mentions_a_time_is_no_wish(said: str) -> None:
    assert EARS.understand(said, "en", Expecting.YES_NO, ()).when is None
