"""Scenarios: what a story may ask for, and the languages in which people have a speaker at home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hub.clock import fast_clock
from simulators.scenario import load, parse
from simulators.talk.room import Room
from simulators.world import World
from simulators.written import BadWriting

STORY: Mapping[str, Any] = {
    "title": "A cold evening",
    "starts": "2026-11-21T17:00:00Z",
    "lasts": "2h",
    "people": {"ada": {"language": "es"}, "ben": {"language": "zh"}},
    "homes": {"berg": {"label": "Berg", "zone": "Europe/Berlin", "people": ["ada", "ben"]}},
    "speakers": {"ada": [{"on": "hola", "say": "yes"}]},
}


def world(story: Mapping[str, Any]) -> World:
    scenario = parse(story, "story")
    return World(scenario, fast_clock(scenario.starts, 1_000), lambda _: None)


def test_a_speaker_speaks_the_language_of_its_owner() -> None:
    assert world(STORY)._speaker("ada").echo.locale == "es-ES"
    german = world({**STORY, "people": {"ada": {"language": "de"}, "ben": {}}})
    assert german._speaker("ada").echo.locale == "de-DE"


def test_nobody_has_a_speaker_in_a_language_that_alexa_has_no_skills_in() -> None:
    with pytest.raises(BadWriting, match="Alexa has no skills in 'zh', which ben speaks"):
        parse({**STORY, "speakers": {"ben": []}}, "story")
    with pytest.raises(BadWriting, match="a satellite of 'cleo', who is nobody here"):
        parse({**STORY, "satellites": {"cleo": []}}, "story")
    with pytest.raises(BadWriting, match="a speaker of 'cleo', who is nobody here"):
        parse({**STORY, "speakers": {"cleo": []}}, "story")


async def test_a_newcomer_who_is_somebody_chinese_is_told_to_text_or_ring_instead() -> None:
    room = Room(world(STORY), {})
    kitchen = room._kitchens["ben"]
    assert kitchen.echo is None and room._kitchens["ada"].echo is not None
    assert await room._asked(kitchen, "Alexa, open Nordwarm") == ""
    assert "text, ring, or open the page" in kitchen.said[-1][1]


def test_a_story_that_is_not_shipped_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        BadWriting, match="there are a-stumbling-carrier, a-voice-in-the-kitchen, asked-first"
    ):
        load("nowhere")
