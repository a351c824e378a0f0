"""The channel `sms` against the simulated carrier: every answer of the carrier, and what the hub makes of it."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from hub.clock import fast_clock, micros
from hub.domain.contact import MessageClass
from hub.ports import Accepted, Envelope, InDoubt, TryLater, Undeliverable
from notifiers.sms.channel import Account, Sms
from simulators.carrier import Carrier

START = micros("2026-11-21T17:00:00Z")
ADA = "+46701740605"
HELLO = Envelope("msg_1", ADA, "Ada, your heat pump is icing up. STOP ends.", "en", MessageClass.FIRST, START)


@pytest.fixture
async def carrier() -> AsyncIterator[Carrier]:
    async with Carrier(fast_clock(START, 60)) as carrier:
        yield carrier


@pytest.fixture
async def sms(carrier: Carrier) -> AsyncIterator[Sms]:
    channel = Sms(account(carrier))
    yield channel
    await channel.close()


def account(carrier: Carrier) -> Account:
    own = carrier.account
    return Account(own.sid, own.token, own.number, "http://127.0.0.1:9/", carrier.url, timeout=1.0)


async def test_the_carrier_is_told_where_to_report_and_until_when_the_text_is_worth_delivering(
    sms: Sms, carrier: Carrier
) -> None:
    await sms.send(replace(HELLO, relevant=90_000))
    await sms.send(replace(HELLO, id="msg_2", relevant=0))
    first, second = (asked.form for asked in carrier.asked)
    assert first["StatusCallback"] == "http://127.0.0.1:9/hooks/twilio/status?m=msg_1"
    assert first["ValidityPeriod"] == "36000"
    assert second["ValidityPeriod"] == "1"
    assert first["From"] == carrier.account.number


async def test_a_messaging_service_sends_in_place_of_a_number(carrier: Carrier) -> None:
    sms = Sms(replace(account(carrier), sender=carrier.account.service_sid))
    assert isinstance(await sms.send(HELLO), Accepted)
    assert carrier.asked[0].form["MessagingServiceSid"] == carrier.account.service_sid
    assert "From" not in carrier.asked[0].form
    await sms.close()


@pytest.mark.parametrize(
    ("kind", "code", "outcome"),
    [
        ("refuse", 21211, Undeliverable("21211", dead=True)),
        ("refuse", 21614, Undeliverable("21614", dead=True)),
        ("refuse", 21610, Undeliverable("21610", opted_out=True)),
        ("refuse", 21408, Undeliverable("21408")),
        ("refuse", 21617, Undeliverable("21617")),
        ("refuse", 21606, TryLater("21606")),
        ("refuse", 20003, TryLater("20003")),
        ("busy", 20429, TryLater("20429", after=1.0)),
        ("server_error", 20500, InDoubt("20500")),
        ("bad_gateway", 0, InDoubt("502")),
        ("hang_up_before_acceptance", 0, InDoubt("ServerDisconnectedError")),
        ("hang_up_after_acceptance", 0, InDoubt("ServerDisconnectedError")),
        ("time_out_after_acceptance", 0, InDoubt("SocketTimeoutError")),
    ],
)
async def test_what_the_carrier_says_decides_whether_the_hub_tries_again(
    sms: Sms, carrier: Carrier, kind: str, code: int, outcome: object
) -> None:
    carrier.misbehave(kind, code=code)
    told = await sms.send(HELLO)
    if isinstance(outcome, InDoubt) and isinstance(told, InDoubt) and not outcome.code.isdigit():
        assert not told.code.isdigit()
    else:
        assert told == outcome


@pytest.mark.parametrize(
    ("kind", "arrived"),
    [
        ("hang_up_before_acceptance", False),
        ("server_error", False),
        ("hang_up_after_acceptance", True),
        ("time_out_after_acceptance", True),
    ],
)
async def test_a_text_in_doubt_is_found_exactly_when_the_carrier_has_it(
    sms: Sms, carrier: Carrier, kind: str, arrived: bool
) -> None:
    carrier.misbehave(kind)
    assert isinstance(await sms.send(HELLO), InDoubt)
    found = await sms.find(HELLO)
    assert found == (Accepted(carrier.created()[0].sid) if arrived else None)


async def test_a_carrier_that_cannot_be_reached_got_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
    sms = Sms(Account("AC" + "0" * 32, "token", "+46701740699", "http://127.0.0.1:9", nowhere))
    assert await sms.send(HELLO) == TryLater("ClientConnectorError")
    assert isinstance(await sms.find(HELLO), InDoubt)
    await sms.close()


async def test_an_account_that_is_refused_is_an_error_for_the_operator_and_not_for_the_customer(
    carrier: Carrier,
) -> None:
    sms = Sms(replace(account(carrier), token="wrong"))
    with capture_logs() as lines:
        assert await sms.send(HELLO) == TryLater("20003")
    assert [(line["event"], line["log_level"]) for line in lines] == [("sms_account_refused", "error")]
    await sms.close()


async def test_the_same_words_in_another_message_are_not_taken_for_this_one(sms: Sms) -> None:
    earlier = await sms.send(HELLO)
    assert isinstance(earlier, Accepted)
    again = replace(HELLO, id="msg_2", known=frozenset({earlier.provider_id}))
    assert await sms.find(again) is None
    assert isinstance(await sms.send(again), Accepted)
    assert await sms.find(HELLO) == InDoubt("several_alike")


async def test_an_older_text_with_the_same_words_does_not_count(sms: Sms, carrier: Carrier) -> None:
    await sms.send(HELLO)
    assert await sms.find(replace(HELLO, created=carrier.clock.now() + 3_600_000_000)) is None


async def test_fifty_texts_use_one_client_and_are_all_found(sms: Sms, carrier: Carrier) -> None:
    batch = [replace(HELLO, id=f"msg_{n}", text=f"Text {n}. STOP ends.") for n in range(50)]
    outcomes = await asyncio.gather(*(sms.send(envelope) for envelope in batch))
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert await sms.find(batch[0]) == outcomes[0]
    assert await sms.find(batch[49]) == outcomes[49]


async def test_a_region_in_the_environment_does_not_rewrite_the_address(sms: Sms, carrier: Carrier) -> None:
    os.environ["TWILIO_EDGE"] = os.environ["TWILIO_REGION"] = "dublin"
    try:
        assert isinstance(await sms.send(HELLO), Accepted)
    finally:
        del os.environ["TWILIO_EDGE"], os.environ["TWILIO_REGION"]
