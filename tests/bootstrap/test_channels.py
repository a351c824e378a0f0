"""Channels as the settings set them up: what is empty is not there, and what cannot work is refused before anything runs."""

import base64
from pathlib import Path
from typing import Any

import pytest

from hub.bootstrap.channels import channels_of, notifiers_of
from hub.bootstrap.errands import delivery_of, errands_of
from hub.bootstrap.policy import policy_of
from hub.clock import WallClock
from hub.domain.customer import Channel
from hub.ports import BadInput
from hub.settings import Settings
from hub.testing import MemoryStore

ACCOUNT = {"account_sid": "AC" + "0" * 32, "auth_token": "token"}
EMAIL = {"host": "127.0.0.1", "sender": "Nordwarm <care@nordwarm.example>"}
ALEXA = {"skill_id": "amzn1.ask.skill.x", "client_id": "id", "client_secret": "secret"}
SECRET = "whsec_" + base64.b64encode(b"s" * 24).decode()


def settings(folder: Path, **parts: Any) -> Settings:
    return Settings.model_validate({"paper": {"file": folder / "paper.txt"}, **parts})


def test_a_hub_with_nothing_set_up_writes_texts_on_paper(tmp_path: Path) -> None:
    bare = settings(tmp_path)
    assert channels_of(bare) == {Channel.PAPER, Channel.SMS}
    _, found = notifiers_of(bare, None, WallClock())
    assert found == {}


def test_every_channel_that_is_set_up_is_on_the_ladders_and_can_send(tmp_path: Path) -> None:
    whole = settings(
        tmp_path,
        sms={**ACCOUNT, "sender": "+4930555010"},
        whatsapp={"sender": "+4930555010", "templates": {"first": {"en": "HX" + "a" * 32}}},
        phone={"sender": "+4930555010"},
        email=EMAIL,
        alexa=ALEXA,
    )
    _, found = notifiers_of(whole, None, WallClock())
    assert set(found) == {Channel.SMS, Channel.WHATSAPP, Channel.PHONE, Channel.EMAIL, Channel.VOICE}
    assert channels_of(whole) == {*found, Channel.PAPER}
    assert all(notifier.channel is channel for channel, notifier in found.items())
    assert policy_of(whole.policy, channels_of(whole)).channels == {*found, Channel.PAPER}


def test_whatsapp_and_calls_need_no_sender_of_texts(tmp_path: Path) -> None:
    _, found = notifiers_of(
        settings(tmp_path, sms=ACCOUNT, phone={"sender": "+4930555010"}), None, WallClock()
    )
    assert set(found) == {Channel.PHONE}


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"sms": ACCOUNT}, "sms"),
        ({"phone": {"sender": "+4930555010"}}, "phone"),
        ({"whatsapp": {"sender": "+4930555010"}}, "whatsapp"),
        ({"email": {"host": "127.0.0.1", "sender": ""}}, "email.sender"),
        ({"email": {**EMAIL, "user": "hub", "tls": "none"}}, "email.tls"),
        ({"alexa": {"client_id": "id"}}, "alexa"),
    ],
)
def test_a_channel_that_cannot_work_is_refused_with_a_remedy(
    tmp_path: Path, parts: dict[str, Any], place: str
) -> None:
    with pytest.raises(BadInput) as told:
        notifiers_of(settings(tmp_path, **parts), None, WallClock())
    assert told.value.place == place
    assert told.value.remedy


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ({"url": "https://systems.example"}, "webhooks.secrets"),
        ({"url": "https://systems.example", "secrets": ["secret"]}, "webhooks.secrets"),
        (
            {"url": "https://systems.example", "secrets": [SECRET], "events": ["case.opend"]},
            "webhooks.events[0]",
        ),
    ],
)
def test_events_that_cannot_be_sent_are_refused_with_a_remedy(
    tmp_path: Path, part: dict[str, Any], place: str
) -> None:
    with pytest.raises(BadInput) as told:
        delivery_of(settings(tmp_path, webhooks=part), WallClock())
    assert told.value.place == place
    assert told.value.remedy


@pytest.mark.parametrize("events", [[], ["case.opened"], ["case.*", "incident.found"]])
def test_events_that_are_known_are_sent(tmp_path: Path, events: list[str]) -> None:
    part = {"url": "https://systems.example", "secrets": [SECRET], "events": events}
    assert delivery_of(settings(tmp_path, webhooks=part), WallClock()) is not None
    assert delivery_of(settings(tmp_path), WallClock()) is None


async def test_the_list_of_numbers_is_read_only_where_that_is_set(tmp_path: Path) -> None:
    store = MemoryStore()
    sms = {**ACCOUNT, "sender": "+4930555010"}
    assert errands_of(settings(tmp_path, sms=sms), store, WallClock()) == ()
    [chore] = errands_of(settings(tmp_path, sms={**sms, "deactivations": True}), store, WallClock())
    assert chore.name == "numbers"
    await store.close()
