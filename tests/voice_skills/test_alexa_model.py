"""The skill's files: what Amazon would refuse is never written, and what people may say is what the hub understands."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hub.ports import BadInput
from voice_skills.alexa import INTENTS
from voice_skills.alexa_asked import DANGERS
from voice_skills.alexa_model import invocation, locales
from voice_skills.alexa_package import Wanted, package, write
from voice_skills.alexa_words import LOCALES, TONGUES
from voice_skills.danger_heard import danger
from voice_skills.words import house_words

HUB = "https://hub.example.com"
WANTED = Wanted("Nordwarm", HUB, "https://www.example.com/{lang}/privacy", "https://www.example.com/terms")
SERVED = locales(house_words().patterns)
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
    "PersonIntent",
    "ChoiceIntent",
    "LinkIntent",
    "StopContactIntent",
}


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    return package(WANTED)


def model_of(files: dict[str, Any], locale: str) -> dict[str, Any]:
    found: dict[str, Any] = files[f"skill-package/interactionModels/custom/{locale}.json"]["interactionModel"]
    return found


def language_model(files: dict[str, Any], locale: str) -> dict[str, Any]:
    found: dict[str, Any] = model_of(files, locale)["languageModel"]
    return found


def manifest(files: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = files["skill-package/skill.json"]["manifest"]
    return found


def test_the_package_lies_as_amazons_command_line_wants_it(files: dict[str, Any]) -> None:
    models = {f"skill-package/interactionModels/custom/{locale}.json" for locale in SERVED}
    assert set(files) == models | {"ask-resources.json", "skill-package/skill.json"}
    assert {"en-US", "en-GB", "de-DE"} <= set(SERVED) <= set(LOCALES)


@pytest.mark.parametrize("locale", SERVED)
def test_a_sample_leads_to_one_intent_only(files: dict[str, Any], locale: str) -> None:
    samples = [each for intent in language_model(files, locale)["intents"] for each in intent["samples"]]
    assert [sample for sample, times in Counter(samples).items() if times > 1] == []


@pytest.mark.parametrize("locale", SERVED)
def test_samples_hold_only_what_alexa_can_hear(files: dict[str, Any], locale: str) -> None:
    for intent in language_model(files, locale)["intents"]:
        assert intent["name"].startswith("AMAZON.") or intent["samples"], intent["name"]
        for sample in intent["samples"]:
            bare = re.sub(r"\{[a-z]+\}", "", sample)
            assert re.fullmatch(r"[a-zß-ÿ' -]*", bare), sample
            assert sample == sample.strip()


@pytest.mark.parametrize("locale", SERVED)
def test_every_intent_is_understood(files: dict[str, Any], locale: str) -> None:
    names = [intent["name"] for intent in language_model(files, locale)["intents"]]
    assert len(names) == len(set(names))
    assert REQUIRED <= set(names) <= set(INTENTS)


@pytest.mark.parametrize("locale", SERVED)
def test_every_slot_is_declared_and_has_a_type(files: dict[str, Any], locale: str) -> None:
    model = language_model(files, locale)
    types = {each["name"] for each in model["types"]} | BUILT_IN_SLOTS
    for intent in model["intents"]:
        declared = {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
        used = {name for sample in intent["samples"] for name in re.findall(r"\{([a-z]+)\}", sample)}
        assert set(declared) == used, intent["name"]
        assert set(declared.values()) <= types
    for each in model["types"]:
        values = [name for value in each["values"] for name in _names(value)]
        assert len(values) == len(set(values))


@pytest.mark.parametrize("locale", SERVED)
def test_a_dialog_waits_only_for_slots_that_there_are(files: dict[str, Any], locale: str) -> None:
    whole = model_of(files, locale)
    prompts = {each["id"] for each in whole["prompts"]}
    intents = {each["name"]: each for each in whole["languageModel"]["intents"]}
    for intent in whole["dialog"]["intents"]:
        slots = {slot["name"]: slot["type"] for slot in intents[intent["name"]]["slots"]}
        assert {slot["name"]: slot["type"] for slot in intent["slots"]} == slots
        assert {slot["prompts"]["elicitation"] for slot in intent["slots"]} <= prompts


def _names(value: dict[str, Any]) -> list[str]:
    return [value["name"]["value"], *value["name"]["synonyms"]]


def test_every_language_knows_the_same_devices() -> None:
    assert {tuple(each.devices) for each in TONGUES.values()} == {("HEAT_PUMP", "FRIDGE", "ROUTER", "WASHER")}


def test_the_skill_is_called_by_two_words(files: dict[str, Any]) -> None:
    names = {locale: language_model(files, locale)["invocationName"] for locale in SERVED}
    wanted = {"en": "nordwarm help", "de": "nordwarm hilfe", "es": "nordwarm ayuda"}
    assert names == {locale: wanted[language] for locale, language in SERVED.items()}
    assert invocation("  Nordwarm   HELP ") == "nordwarm help"


@pytest.mark.parametrize(
    "name",
    ["nordwarm", "open nordwarm", "nordwarm app", "nord 24", "n0rd help", "", "x" * 60 + " y", "a-b c!"],
)
def test_a_name_that_alexa_would_refuse_is_refused_with_a_remedy(name: str) -> None:
    with pytest.raises(BadInput):
        invocation(name)


def test_the_manifest_names_the_endpoint_and_what_it_wants_to_hear(files: dict[str, Any]) -> None:
    found = manifest(files)
    endpoint = {"uri": f"{HUB}/hooks/alexa", "sslCertificateType": "Trusted"}
    assert found["apis"]["custom"]["endpoint"] == found["events"]["endpoint"] == endpoint
    assert found["permissions"] == [{"name": "alexa::devices:all:notifications:write"}]
    assert found["events"]["publications"] == [{"eventName": "AMAZON.MessageAlert.Activated"}]
    assert {each["eventName"] for each in found["events"]["subscriptions"]} == {
        "SKILL_ENABLED",
        "SKILL_DISABLED",
        "SKILL_PERMISSION_ACCEPTED",
        "SKILL_PERMISSION_CHANGED",
        "SKILL_ACCOUNT_LINKED",
        "SKILL_PROACTIVE_SUBSCRIPTION_CHANGED",
    }
    assert {"type": "ALEXA_PRESENTATION_APL"} in found["apis"]["custom"]["interfaces"]
    assert found["privacyAndCompliance"]["containsAds"] is False


@pytest.mark.parametrize("locale", SERVED)
def test_what_the_store_shows_as_an_example_is_understood(files: dict[str, Any], locale: str) -> None:
    model, page = language_model(files, locale), manifest(files)["publishingInformation"]["locales"][locale]
    assert len(page["summary"]) <= 160
    first, *said = page["examplePhrases"]
    assert first.endswith(model["invocationName"])
    assert len(said) == 2
    devices = "|".join(name for value in model["types"][0]["values"] for name in _names(value))
    samples = [each for intent in model["intents"] for each in intent["samples"]]
    heard = [
        re.compile(
            each.replace("{device}", f"({devices})")
            .replace("{code}", "[0-9 ]+")
            .replace("{number}", "[0-9]")
            .replace("{language}", "x")
        )
        for each in samples
    ]
    for phrase in said:
        assert any(each.fullmatch(phrase) for each in heard), phrase


def test_the_makers_pages_are_shown_in_each_language_or_not_at_all(files: dict[str, Any]) -> None:
    pages = manifest(files)["privacyAndCompliance"]["locales"]
    assert pages["de-DE"] == {
        "privacyPolicyUrl": "https://www.example.com/de/privacy",
        "termsOfUseUrl": "https://www.example.com/terms",
    }
    assert manifest(package(Wanted("Nordwarm", HUB)))["privacyAndCompliance"]["locales"] == {}
    with pytest.raises(BadInput):
        package(Wanted("Nordwarm", HUB, "http://www.example.com/privacy"))


def test_account_linking_leads_to_the_hub_itself_and_is_written_only_with_its_secret(
    files: dict[str, Any],
) -> None:
    assert "account-linking.json" not in files
    whole = package(Wanted("Nordwarm", HUB, secret="a long secret"))
    asked = whole["account-linking.json"]["accountLinkingRequest"]
    assert (asked["type"], asked["clientId"], asked["clientSecret"]) == (
        "AUTH_CODE",
        "alexa",
        "a long secret",
    )
    assert asked["authorizationUrl"] == f"{HUB}/oauth/authorize"
    assert asked["accessTokenUrl"] == f"{HUB}/oauth/token"


@pytest.mark.parametrize(
    "url", ["http://hub.example.com", "https://hub.example.com:8443/x", "hub.example.com", ""]
)
def test_an_address_that_amazon_would_not_call_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        package(Wanted("Nordwarm", url))


def test_the_file_with_the_secret_is_for_its_owners_eyes(tmp_path: Path) -> None:
    for path in write(tmp_path / "new" / "skill", Wanted("Nordwarm", HUB, secret="a secret")):
        assert json.loads(path.read_text(encoding="utf-8"))
        if path.name == "account-linking.json":
            assert path.stat().st_mode & 0o077 == 0
        else:
            assert "a secret" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "es-ES"])
def test_what_a_speaker_takes_for_danger_our_own_ears_take_for_the_same(
    files: dict[str, Any], locale: str
) -> None:
    samples = {each["name"]: each["samples"] for each in language_model(files, locale)["intents"]}
    for name, kind in DANGERS.items():
        assert samples[name]
        for said in samples[name]:
            meant = danger(said.replace("{device}", "router"))
            assert meant is not None, said
            assert meant.slot == kind, said
