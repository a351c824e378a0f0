"""The channel `phone` against a telephone company: what a call is made with, and what every answer means."""

import json
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.clock import fast_clock, micros
from hub.domain.contact import MessageClass
from hub.ports import Accepted, Envelope, InDoubt, TryLater, Undeliverable
from notifiers.phone.channel import Phone
from simulators.phone import PhoneCompany
from tests.contracts.channels import account

START = micros("2026-11-21T17:00:00Z")
ADA = "+46701740605"
HELLO = Envelope("msg_1", ADA, "Ada, your heat pump is icing up.", "en", MessageClass.FIRST, START)
CONTRACTS = Path(os.environ.get("BEFOREHAND_CONTRACTS") or Path(__file__).parents[3] / "shared" / "contracts")


@pytest.fixture
async def company() -> AsyncIterator[PhoneCompany]:
    async with PhoneCompany(fast_clock(START, 60)) as company:
        yield company


@pytest.fixture
async def phone(company: PhoneCompany) -> AsyncIterator[Phone]:
    made = Phone(account(company.account, company.url), ring=20)
    yield made
    await made.close()


async def test_a_call_fetches_its_words_from_us_and_tells_how_it_went(
    phone: Phone, company: PhoneCompany
) -> None:
    assert isinstance(await phone.send(HELLO), Accepted)
    form = company.forms[0]
    one = dict(form)
    assert one["Url"] == "http://127.0.0.1:9/hooks/twilio/voice?m=msg_1"
    assert one["StatusCallback"] == "http://127.0.0.1:9/hooks/twilio/call?m=msg_1"
    assert (one["MachineDetection"], one["Timeout"]) == ("DetectMessageEnd", "20")
    events = [value for name, value in form if name == "StatusCallbackEvent"]
    assert events == ["initiated", "ringing", "answered", "completed"]
    assert "heat pump" not in str(form)


@pytest.mark.parametrize(
    ("kind", "code", "outcome"),
    [
        ("refuse", 21211, Undeliverable("21211", dead=True)),
        ("refuse", 21217, Undeliverable("21217", dead=True)),
        ("refuse", 21215, Undeliverable("21215")),
        ("refuse", 21210, TryLater("21210")),
        ("busy", 20429, TryLater("20429", after=1.0)),
        ("server_error", 20500, InDoubt("20500")),
    ],
)
async def test_what_the_carrier_says_decides_whether_the_hub_tries_again(
    phone: Phone, company: PhoneCompany, kind: str, code: int, outcome: object
) -> None:
    company.misbehave(kind, code=code)
    assert await phone.send(HELLO) == outcome


@pytest.mark.parametrize(
    ("kind", "rang"),
    [
        ("hang_up_before_acceptance", False),
        ("hang_up_after_acceptance", True),
        ("time_out_after_acceptance", True),
    ],
)
async def test_a_call_in_doubt_is_found_exactly_when_the_carrier_has_it(
    phone: Phone, company: PhoneCompany, kind: str, rang: bool
) -> None:
    company.misbehave(kind)
    assert isinstance(await phone.send(HELLO), InDoubt)
    assert await phone.find(HELLO) == (Accepted(company.calls[0].sid) if rang else None)


async def test_two_calls_to_the_same_number_cannot_be_told_apart(phone: Phone) -> None:
    first = await phone.send(HELLO)
    assert isinstance(first, Accepted)
    await phone.send(replace(HELLO, id="msg_2"))
    assert await phone.find(HELLO) == InDoubt("several_alike")
    known = replace(HELLO, id="msg_2", known=frozenset({first.provider_id}))
    assert isinstance(await phone.find(known), Accepted)


async def test_the_request_and_the_answer_are_as_the_carrier_describes_them(
    phone: Phone, company: PhoneCompany
) -> None:
    file = CONTRACTS / "twilio_api_v2010.json"
    if not file.exists():
        pytest.skip(f"Twilio's description is not there: put twilio_api_v2010.json in {CONTRACTS}")
    described = json.loads(file.read_text())
    await phone.send(HELLO)
    create = described["paths"]["/2010-04-01/Accounts/{AccountSid}/Calls.json"]["post"]
    schema = create["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    sent = {name for name, _ in company.forms[0]}
    assert sent <= set(schema["properties"])
    assert set(schema["required"]) <= sent
    call: dict[str, Any] = described["components"]["schemas"]["api.v2010.account.call"]["properties"]
    assert set(company.calls[0].json()) <= set(call)
