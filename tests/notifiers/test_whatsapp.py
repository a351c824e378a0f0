"""The channel `whatsapp` against the simulated carrier: free words within a day of the person's own, templates otherwise."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from device_rules.reading import DAY, HOUR, MINUTE
from hub.clock import fast_clock, micros
from hub.domain.contact import MessageClass
from hub.ports import Accepted, Envelope, InDoubt, TryLater, Undeliverable
from notifiers.whatsapp.channel import Templates, WhatsApp
from simulators.carrier import Carrier
from tests.contracts.channels import account

START = micros("2026-11-21T17:00:00Z")
ADA = "+46701740605"
FIRST_EN, FIRST_DE, ANY_EN = ("HX" + letter * 32 for letter in "abc")
TEMPLATES = Templates(
    {"first": {"en": FIRST_EN, "de": FIRST_DE}, "any": {"en": ANY_EN}}, ("brand", "text", "link")
)
HELLO = Envelope(
    "msg_1",
    ADA,
    "Ada, your heat pump\nis icing up.",
    "en",
    MessageClass.FIRST,
    START,
    brand="Nordwarm",
    link="https://hub/p/1",
)


@pytest.fixture
async def carrier() -> AsyncIterator[Carrier]:
    async with Carrier(fast_clock(START, 10_000)) as carrier:
        carrier.templates.update(dict.fromkeys((FIRST_EN, FIRST_DE, ANY_EN), "{{1}}: {{2}} {{3}}"))
        yield carrier


@pytest.fixture
async def whatsapp(carrier: Carrier) -> AsyncIterator[WhatsApp]:
    made = WhatsApp(account(carrier.account, carrier.url), TEMPLATES)
    yield made
    await made.close()


async def test_an_answer_within_a_day_leaves_in_our_own_words(whatsapp: WhatsApp, carrier: Carrier) -> None:
    assert isinstance(await whatsapp.send(replace(HELLO, heard_ago=DAY - HOUR)), Accepted)
    [form] = [asked.form for asked in carrier.asked]
    assert form["To"] == f"whatsapp:{ADA}"
    assert form["From"] == f"whatsapp:{carrier.account.number}"
    assert form["Body"] == HELLO.text
    assert "ContentSid" not in form
    assert form["StatusCallback"].endswith("/hooks/twilio/status?m=msg_1")


@pytest.mark.parametrize("heard_ago", [None, DAY, DAY - MINUTE])
async def test_at_any_other_time_only_an_approved_template_leaves(
    whatsapp: WhatsApp, carrier: Carrier, heard_ago: int | None
) -> None:
    assert isinstance(await whatsapp.send(replace(HELLO, heard_ago=heard_ago)), Accepted)
    [form] = [asked.form for asked in carrier.asked]
    assert form["ContentSid"] == FIRST_EN
    assert json.loads(form["ContentVariables"]) == {
        "1": "Nordwarm",
        "2": "Ada, your heat pump is icing up.",
        "3": "https://hub/p/1",
    }
    assert "Body" not in form


@pytest.mark.parametrize(
    ("kind", "language", "template"),
    [("first", "de-AT", FIRST_DE), ("reminder", "en", ANY_EN), ("first", "fr", ""), ("reminder", "de", "")],
)
async def test_a_template_is_chosen_by_class_and_language_and_without_one_the_ladder_goes_on(
    whatsapp: WhatsApp, carrier: Carrier, kind: str, language: str, template: str
) -> None:
    told = await whatsapp.send(replace(HELLO, kind=MessageClass(kind), language=language))
    assert [asked.form["ContentSid"] for asked in carrier.asked] == ([template] if template else [])
    if not template:
        assert told == Undeliverable("no_template")


async def test_free_words_that_come_too_late_fail_on_the_way(carrier: Carrier, whatsapp: WhatsApp) -> None:
    await whatsapp.send(replace(HELLO, heard_ago=HOUR))
    await carrier.until(lambda all_of_it: all_of_it.messages[0].error_code == 63016)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (63003, Undeliverable("63003", dead=True)),
        (63024, Undeliverable("63024", dead=True)),
        (21610, Undeliverable("21610", opted_out=True)),
        (63016, Undeliverable("63016")),
        (20003, TryLater("20003")),
    ],
)
async def test_what_the_carrier_says_decides_whether_the_hub_tries_again(
    whatsapp: WhatsApp, carrier: Carrier, code: int, outcome: object
) -> None:
    carrier.misbehave("refuse", code=code)
    assert await whatsapp.send(HELLO) == outcome


async def test_somebody_who_is_not_on_whatsapp_is_reached_another_way(
    whatsapp: WhatsApp, carrier: Carrier
) -> None:
    carrier.not_on_whatsapp.add(ADA)
    assert await whatsapp.send(HELLO) == Undeliverable("63003", dead=True)


async def test_free_words_in_doubt_are_found_by_themselves(whatsapp: WhatsApp, carrier: Carrier) -> None:
    carrier.misbehave("hang_up_after_acceptance")
    free = replace(HELLO, heard_ago=HOUR)
    assert isinstance(await whatsapp.send(free), InDoubt)
    assert await whatsapp.find(free) == Accepted(carrier.created()[0].sid)


async def test_a_template_in_doubt_whose_words_only_the_carrier_knows_stays_in_doubt(
    whatsapp: WhatsApp, carrier: Carrier
) -> None:
    carrier.misbehave("hang_up_after_acceptance")
    await whatsapp.send(HELLO)
    assert await whatsapp.find(HELLO) == InDoubt("several_alike")
