"""Every guided fix that ships tells its own stories: each answer of each question, in every language, leads where it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.domain.play import Ask, Book, Check, Try
from hub.ports import BadInput
from tests.domain.talking import PACKS, ears, library
from voice_skills.play_stories import astray
from voice_skills.stories_file import load_stories

SHIPPED = Path(__file__).parents[2] / "device_rules" / "packs"
MODELS = {play.pack: model for (model, _), play in library().plays.items()}
PLAYS = {pack: [each for each in library().plays.values() if each.pack == pack] for pack in PACKS}
STORIES = {pack: load_stories(SHIPPED / pack, PLAYS[pack]) for pack in PACKS}


@pytest.mark.parametrize(
    ("pack", "play"),
    sorted((play.pack, play.id) for play in library().plays.values()),
    ids=str,
)
def test_every_story_of_a_play_holds_in_every_language(pack: str, play: str) -> None:
    told = [story for story in STORIES[pack] if story.play == play]
    assert told, f"{pack}/{play} has no stories"
    found = library().plays[MODELS[pack], play]
    assert [wrong for story in told for wrong in astray(story, found, library().words, ears())] == []


@pytest.mark.parametrize("pack", PACKS)
def test_the_stories_walk_every_answer_and_every_outcome(pack: str) -> None:
    for (_, name), play in library().plays.items():
        if play.pack != pack:
            continue
        turns = [turn for story in STORIES[pack] if story.play == name for turn in story.turns]
        said = {str(turn["says"]) for turn in turns if "says" in turn}
        reached = {turn["at"] for turn in turns if "at" in turn}
        for step in play.steps.values():
            if isinstance(step, Ask):
                assert {choice.key.rsplit("/", 1)[-1] for choice in step.choices} <= said, (name, step.id)
            if isinstance(step, Ask | Try | Check | Book):
                assert step.id in reached, (name, step.id)
            if isinstance(step, Book):
                assert {"first_time", "other_time"} <= said and step.then in reached, (name, step.id)
                assert {"visits": "none"} in turns and step.none in reached, (name, step.id)
            if isinstance(step, Check) and step.watch is not None:
                assert {"telemetry": "shown", "at": step.then} in turns, (name, step.id)


def test_a_story_that_leads_elsewhere_names_its_place_its_languages_and_what_came_instead(
    tmp_path: Path,
) -> None:
    pack = tmp_path / "heatpump"
    pack.mkdir()
    (pack / "plays_tests.yaml").write_text(
        "icing-up:\n  - name: straight to the end\n    turns:\n      - {says: go, at: look}\n      - {says: sing}\n"
        "  - name: another\n    turns: [{says: go, at: solved}]\n",
        encoding="utf-8",
    )
    play = library().plays[MODELS["heatpump"], "icing-up"]
    told = [
        str(wrong)
        for story in load_stories(pack, [play])
        for wrong in astray(story, play, library().words, ears())
    ]

    assert told == [
        "FAILED: heatpump/plays_tests.yaml:5: icing-up: straight to the end (en, de, es, zh)\n"
        "  expected: an answer `sing`\n"
        "  got:      at look nobody can say that. Known here: blocked, free, go, no, unseen, yes.",
        "FAILED: heatpump/plays_tests.yaml:7: icing-up: another (en, de, es, zh)\n"
        "  expected: at solved\n"
        "  got:      at look",
    ]


@pytest.mark.parametrize(
    ("text", "place", "cause"),
    [
        ("- one\n", 1, "stories are written by play"),
        ("icing-upp:\n  - {name: x}\n", 1, "there is no guided fix `icing-upp`. Did you mean `icing-up`?"),
        ("icing-up: once\n", 1, "stories of a play are a list"),
        ("icing-up:\n  - {name: x}\n", 2, "a story has a `name` and `turns`"),
        ("icing-up:\n  - {name: x, turns: go}\n", 2, "`turns` is a list"),
        ("icing-up:\n  - {name: x, turns: [go]}\n", 2, "a turn tells one thing of: says, device,"),
        ("icing-up:\n  - {name: x, turns: [{says: go, device: done}]}\n", 2, "a turn tells one thing of"),
        ("icing-up:\n  - {name: x, turns: [{say: go}]}\n", 2, "nothing called `say`. Did you mean `says`?"),
        ("icing-up:\n  - {name: x, turns: [{device: gone}]}\n", 2, "`device:` is one of: done, failed"),
        ("icing-up:\n  - {name: x, turns: [{proof: no}]}\n", 2, "`proof:` is one of: true"),
        ("icing-up:\n  - {name: x, turns: [{says: 1}]}\n", 2, "the id of a choice, yes, no or go"),
        (
            "icing-up:\n  - name: x\n    turns:\n      - {says: go, at: lok}\n",
            4,
            "icing-up has no step `lok`. Did you mean `look`?",
        ),
        ("icing-up: [\n", 1, "not readable as YAML"),
    ],
)
def test_a_file_of_stories_that_makes_no_sense_is_refused_at_its_line(
    tmp_path: Path, text: str, place: int, cause: str
) -> None:
    (tmp_path / "plays_tests.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        load_stories(tmp_path, PLAYS["heatpump"])
    assert refused.value.place == f"{tmp_path.name}/plays_tests.yaml:{place}"
    assert cause in refused.value.cause


def test_a_pack_without_stories_has_none(tmp_path: Path) -> None:
    assert load_stories(tmp_path, PLAYS["heatpump"]) == []


URGENT = {
    "heatpump": {"icing-up", "overheating", "frost-danger"},
    "fridge": {"door-open", "low-voltage"},
    "router": {"overheating"},
    "washer": {"leak", "door-stuck", "motor-hot"},
}
"""What burns, floods, freezes or shocks, and where food or a home cannot wait for a calendar."""


@pytest.mark.parametrize("pack", PACKS)
def test_where_there_is_danger_a_person_takes_over_at_once_and_elsewhere_a_visit_may_be_offered(
    pack: str,
) -> None:
    offering = {
        play.id
        for play in library().plays.values()
        if play.pack == pack and any(isinstance(step, Book) for step in play.steps.values())
    }
    assert offering
    assert not offering & URGENT[pack]


def test_whoever_sees_water_at_the_heat_pump_is_rung_and_not_asked_for_a_date() -> None:
    for play in ("low-pressure", "pressure-falling"):
        asks = library().plays[MODELS["heatpump"], play].steps["water"]
        assert isinstance(asks, Ask)
        assert {each.key.rsplit("/", 1)[-1]: each.then for each in asks.choices}["wet"] == "leak"
