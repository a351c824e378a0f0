"""What the simulated Alexa makes of words, by the interaction model that the skill is published with."""

import pytest

from hub.bootstrap.skill_model import skill_models
from simulators.talk.ears import SkillEars

MODELS = skill_models("Nordwarm")


@pytest.mark.parametrize(
    ("words", "name", "slots"),
    [
        ("Alexa, open Nordwarm.", "LaunchRequest", {}),
        ("open nordwarm help", "LaunchRequest", {}),
        ("Yes!", "AMAZON.YesIntent", {}),
        ("two", "ChoiceIntent", {"number": "2"}),
        ("number 3", "ChoiceIntent", {"number": "3"}),
        ("my code is 4 8 3 9 2 7", "LinkIntent", {"code": "4 8 3 9 2 7"}),
        ("My code is 483927", "LinkIntent", {"code": "483927"}),
        ("a person", "PersonIntent", {}),
        ("how is my garden heat pump", "StatusIntent", {"device": "garden heat pump"}),
        ("the colour of the sky is lovely", "AMAZON.FallbackIntent", {}),
        ("", "AMAZON.FallbackIntent", {}),
    ],
)
def test_a_speaker_hears_an_intent_with_its_slots(words: str, name: str, slots: dict[str, str]) -> None:
    heard = SkillEars("en", MODELS["en-US"], ["garden heat pump"]).hear(words)
    assert (heard.name, heard.slots) == (name, slots)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Alexa, öffne Nordwarm", "LaunchRequest"),
        ("ja bitte", "AMAZON.YesIntent"),
        ("zwei", "ChoiceIntent"),
        ("nummer drei", "ChoiceIntent"),
        ("mein code ist 4 8 3 9 2 7", "LinkIntent"),
    ],
)
def test_it_hears_german_as_well(words: str, name: str) -> None:
    assert SkillEars("de", MODELS["de-DE"], ["Kühlschrank"]).hear(words).name == name
