"""The skill's files: what Amazon's console would refuse is never written."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hub.ports import BadInput
from voice_skills.alexa import INTENTS
from voice_skills.alexa_model import DEVICES, LOCALES, invocation, main, manifest, write

URL = "https://hub.example.com/hooks/alexa"
BUILT_IN_SLOTS = {"AMAZON.NUMBER"}
REQUIRED = {
    "AMAZON.HelpIntent",
    "AMAZON.StopIntent",
    "AMAZON.CancelIntent",
    "AMAZON.NavigateHomeIntent",
    "AMAZON.FallbackIntent",
    "AMAZON.YesIntent",
    "AMAZON.NoIntent",
    "AMAZON.RepeatIntent",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("skill")
    write(made, "Nordwarm", URL)
    return made


def language_model(folder: Path, locale: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"{locale}.json").read_text(encoding="utf-8"))
    model: dict[str, Any] = found["interactionModel"]["languageModel"]
    return model


def test_one_file_per_locale_and_the_manifest_are_written(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {*(f"{each}.json" for each in LOCALES), "skill.json"}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sample_leads_to_one_intent_only(folder: Path, locale: str) -> None:
    samples = [each for intent in language_model(folder, locale)["intents"] for each in intent["samples"]]
    assert [sample for sample, times in Counter(samples).items() if times > 1] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_samples_hold_only_what_alexa_can_hear(folder: Path, locale: str) -> None:
    for intent in language_model(folder, locale)["intents"]:
        assert intent["name"].startswith("AMAZON.") or intent["samples"], intent["name"]
        for sample in intent["samples"]:
            bare = re.sub(r"\{[a-z]+\}", "", sample)
            assert re.fullmatch(r"[a-zäöüß' -]*", bare), sample
            assert sample == sample.strip()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_intent_is_understood_and_every_understood_intent_is_there(folder: Path, locale: str) -> None:
    names = [intent["name"] for intent in language_model(folder, locale)["intents"]]
    assert len(names) == len(set(names))
    assert set(names) == set(INTENTS)
    assert set(names) >= REQUIRED


@pytest.mark.parametrize("locale", LOCALES)
def test_every_slot_is_declared_and_has_a_type(folder: Path, locale: str) -> None:
    model = language_model(folder, locale)
    types = {each["name"] for each in model["types"]} | BUILT_IN_SLOTS
    for intent in model["intents"]:
        declared = {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
        used = {name for sample in intent["samples"] for name in re.findall(r"\{([a-z]+)\}", sample)}
        assert set(declared) == used, intent["name"]
        assert set(declared.values()) <= types
    values = [name for value in model["types"][0]["values"] for name in _names(value)]
    assert len(values) == len(set(values))


def _names(value: dict[str, Any]) -> list[str]:
    return [value["name"]["value"], *value["name"]["synonyms"]]


def test_every_language_knows_the_same_devices() -> None:
    assert {tuple(devices) for devices in DEVICES.values()} == {("HEAT_PUMP", "FRIDGE", "ROUTER")}


def test_the_skill_is_called_by_two_words(folder: Path) -> None:
    names = {locale: language_model(folder, locale)["invocationName"] for locale in LOCALES}
    assert names == {"en-US": "nordwarm help", "en-GB": "nordwarm help", "de-DE": "nordwarm hilfe"}
    assert invocation("  Nordwarm   HELP ") == "nordwarm help"


@pytest.mark.parametrize(
    "name",
    ["nordwarm", "open nordwarm", "nordwarm app", "nord 24", "n0rd help", "", "x" * 60 + " y", "a-b c!"],
)
def test_a_name_that_alexa_would_refuse_is_refused_with_a_remedy(name: str) -> None:
    with pytest.raises(BadInput):
        invocation(name)


def test_the_manifest_names_the_endpoint_and_wants_to_hear_who_leaves(folder: Path) -> None:
    found = json.loads((folder / "skill.json").read_text(encoding="utf-8"))["manifest"]
    assert found["apis"]["custom"]["endpoint"] == {"uri": URL, "sslCertificateType": "Trusted"}
    assert {"eventName": "SKILL_DISABLED"} in found["events"]["subscriptions"]
    pages = found["publishingInformation"]["locales"]
    assert set(pages) == set(LOCALES)
    for locale, page in pages.items():
        assert len(page["summary"]) <= 160
        first, *said = page["examplePhrases"]
        assert first.endswith(language_model(folder, locale)["invocationName"])
        assert len(said) == 2


@pytest.mark.parametrize("locale", LOCALES)
def test_what_the_store_shows_as_an_example_is_understood(folder: Path, locale: str) -> None:
    model = language_model(folder, locale)
    page = json.loads((folder / "skill.json").read_text(encoding="utf-8"))["manifest"]
    devices = "|".join(name for value in model["types"][0]["values"] for name in _names(value))
    samples = [each for intent in model["intents"] for each in intent["samples"]]
    heard = [
        re.compile(
            each.replace("{device}", f"({devices})").replace("{code}", "[0-9 ]+").replace("{number}", "[0-9]")
        )
        for each in samples
    ]
    for phrase in page["publishingInformation"]["locales"][locale]["examplePhrases"][1:]:
        assert any(each.fullmatch(phrase) for each in heard), phrase


@pytest.mark.parametrize(
    "url", ["http://hub.example.com/hooks/alexa", "https://hub.example.com:8443/x", "hub.example.com", ""]
)
def test_an_address_that_amazon_would_not_call_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        manifest("Nordwarm", url, {"en": "nordwarm help", "de": "nordwarm hilfe"})


def test_the_command_writes_the_files_or_says_what_to_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "new" / "skill"), "--url", URL]) == 0
    assert capsys.readouterr().out.count(".json") == 4
    assert main([str(tmp_path), "--url", URL, "--invocation", "open sesame"]) == 2
    assert "for herself" in capsys.readouterr().err
