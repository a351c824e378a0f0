"""The simulated carrier, asked by Twilio's own client and checked against Twilio's own description."""

import asyncio
import json
import os
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import jsonschema
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from hub.clock import SECOND, fast_clock, micros
from simulators.carrier import Account, Carrier, Kind, Status
from simulators.carrier.message import segments
from simulators.served import Served

# Twilio's asynchronous client still uses what aiohttp will drop one day.
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated and will be removed in:DeprecationWarning")
START = micros("2026-11-21T17:00:00Z")
ADA, BEN = "+46701740605", "+491713920012"
CONTRACTS = Path(os.environ.get("BEFOREHAND_CONTRACTS") or Path(__file__).parents[3] / "shared" / "contracts")
MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"


class Hub:
    """A tiny stand-in for the hub's hooks: it checks signatures with Twilio's validator and keeps the forms."""

    def __init__(self, token: str) -> None:
        self.receipts: list[dict] = []
        self.texts: list[dict] = []
        self.twiml = "<Response/>"
        self._validator = RequestValidator(token)
        routes = [
            Route("/status", self._receipt, methods=["POST"]),
            Route("/sms", self._text, methods=["POST"]),
        ]
        self.served = Served(Starlette(routes=routes))

    async def _form(self, request: Request) -> dict:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        assert self._validator.validate(str(request.url), form, request.headers["X-Twilio-Signature"])
        return form

    async def _receipt(self, request: Request) -> Response:
        form = await self._form(request)
        self.receipts.append(form)
        return Response(status_code=204)

    async def _text(self, request: Request) -> Response:
        form = await self._form(request)
        self.texts.append(form)
        return Response(self.twiml, media_type="text/xml")

    def told(self) -> list[str]:
        return [form["MessageStatus"] for form in self.receipts]


class Local(AsyncTwilioHttpClient):
    """Twilio's client, sent to the simulator."""

    def __init__(self, base: str, **how) -> None:
        super().__init__(**how)
        self.base = base

    async def request(self, method, uri, *args, **how):
        return await super().request(method, uri.replace("https://api.twilio.com", self.base), *args, **how)


@pytest.fixture
async def carrier():
    async with Carrier(fast_clock(START, 600)) as running:
        yield running


@pytest.fixture
async def hub(carrier):
    hub = Hub(carrier.account.token)
    async with hub.served:
        carrier.inbound_url = f"{hub.served.url}/sms"
        yield hub


@asynccontextmanager
async def asking(carrier, account: Account | None = None, **how):
    account = account or carrier.account
    http = Local(carrier.url, **how)
    try:
        yield Client(account.sid, account.token, http_client=http)
    finally:
        await http.close()


async def create(carrier, hub=None, to=ADA, body="Nordwarm: your heat pump is icing up.", **more):
    callback = {"status_callback": f"{hub.served.url}/status?outbox=msg_1"} if hub else {}
    async with asking(carrier) as client:
        sender = {} if "messaging_service_sid" in more else {"from_": carrier.account.number}
        return await client.messages.create_async(to=to, body=body, **sender, **callback, **more)


async def test_a_text_is_accepted_carried_and_reported_with_signed_receipts(carrier, hub):
    answer = await create(carrier, hub, validity_period=14400)
    assert (answer.status, answer.num_segments, answer.direction) == ("queued", "1", "outbound-api")
    assert (await carrier.heard(ADA, "icing up")).sid == answer.sid
    await carrier.until(lambda it: len(it.posted) == 3)
    assert hub.told() == ["sending", "sent", "delivered"]
    assert (
        hub.receipts[-1] | {"MessageSid": answer.sid, "To": ADA, "From": carrier.account.number}
        == hub.receipts[-1]
    )
    async with asking(carrier) as client:
        now = await client.messages(answer.sid).fetch_async()
    assert now.status == "delivered"
    assert carrier.posted[-1].status == 204


async def test_a_text_through_a_messaging_service_is_accepted_first_and_has_a_sender_later(carrier):
    answer = await create(carrier, messaging_service_sid=carrier.account.service_sid)
    assert (answer.status, answer.from_) == ("accepted", None)
    await carrier.heard(ADA)
    assert carrier.messages[0].json()["from"] == carrier.account.number


async def test_a_text_whose_answer_was_lost_is_found_by_number_date_and_body(carrier):
    carrier.misbehave("hang_up_after_acceptance", to=ADA)
    with pytest.raises(Exception, match=r"[Dd]isconnected"):
        await create(carrier)
    async with asking(carrier) as client:
        today = (await client.messages.list_async(to=ADA, date_sent_after="2026-11-21"))[0]
        assert today.body == "Nordwarm: your heat pump is icing up."
        assert await client.messages.list_async(to=BEN) == []
        assert await client.messages.list_async(to=ADA, date_sent_after="2026-11-22") == []
        assert len(await client.messages.list_async(to=ADA, date_sent="2026-11-21")) == 1
    assert [asked.status for asked in carrier.asked] == [0]


async def test_a_text_that_was_never_accepted_is_not_found(carrier):
    carrier.misbehave("hang_up_before_acceptance")
    with pytest.raises(Exception, match=r"[Dd]isconnected"):
        await create(carrier)
    async with asking(carrier) as client:
        assert await client.messages.list_async(to=ADA) == []


async def test_a_request_may_stay_unanswered_although_the_text_goes_out(carrier):
    carrier.misbehave("time_out_after_acceptance")
    async with httpx.AsyncClient(auth=(carrier.account.sid, carrier.account.token)) as client:
        form = {"To": ADA, "From": carrier.account.number, "Body": "hello"}
        path = MESSAGES.replace("{AccountSid}", carrier.account.sid)
        with pytest.raises(httpx.ReadTimeout):
            await client.post(carrier.url + path, data=form, timeout=0.2)
    assert (await carrier.heard(ADA)).body == "hello"


async def test_lists_come_newest_first_in_pages(carrier):
    for number in range(7):
        await create(carrier, body=f"text {number}")
    async with asking(carrier) as client:
        found = [message.body async for message in await client.messages.stream_async(to=ADA, page_size=3)]
    assert found == [f"text {number}" for number in reversed(range(7))]


@pytest.mark.parametrize(
    ("wrong", "code", "status"),
    [
        ({"to": "hello"}, 21211, 400),
        ({"to": "0701740605"}, 21211, 400),
        ({"to": "+46850123456"}, 21614, 400),
        ({"to": "+15005550004"}, 21610, 400),
        ({"body": ""}, 21602, 400),
        ({"body": "x" * 1601}, 21617, 400),
        ({"validity_period": 36001}, 20422, 400),
        ({"messaging_service_sid": "MG" + "0" * 32}, 21701, 400),
    ],
)
async def test_a_bad_request_gets_twilios_error(carrier, wrong, code, status):
    carrier.landlines.add("+46850123456")
    carrier.opted_out.add("+15005550004")
    with pytest.raises(TwilioRestException) as caught:
        await create(carrier, **wrong)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert (carrier.messages, carrier.asked[0].code) == ([], code)


async def test_who_does_not_know_the_token_gets_401(carrier):
    async with asking(carrier, Account(token="guessed")) as client:
        with pytest.raises(TwilioRestException) as caught:
            await client.messages.create_async(to=ADA, from_=carrier.account.number, body="hello")
    assert (caught.value.status, caught.value.code) == (401, 20003)


async def test_a_busy_carrier_says_so_as_often_as_it_was_told_and_for_that_number_only(carrier):
    carrier.misbehave(Kind.BUSY, to=ADA, times=2)
    carrier.misbehave("server_error", to=ADA)
    seen = []
    for to in (ADA, BEN, ADA, ADA, ADA):
        try:
            await create(carrier, to=to)
        except TwilioRestException as refused:
            seen.append(refused.status)
        else:
            seen.append(201)
    assert seen == [429, 201, 429, 500, 201]


async def test_the_same_seed_makes_the_same_trouble():
    async def trouble(seed: int) -> list[int]:
        async with Carrier(fast_clock(START, 600), seed=seed) as carrier:
            carrier.misbehave("refuse", times=None, share=0.5, code=21408)
            for _ in range(12):
                try:
                    await create(carrier)
                except TwilioRestException:
                    continue
            return [asked.status for asked in carrier.asked]

    assert await trouble(1) == await trouble(1)
    assert set(await trouble(1)) == {201, 400}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("repeated_status", ["sending", "sending", "sent", "sent", "delivered", "delivered"]),
        ("reordered_status", ["sending", "delivered", "sent"]),
        ("contradictory_status", ["sending", "sent", "delivered", "failed"]),
        ("late_status", ["sending", "sent", "delivered"]),
        ("undeliverable", ["sending", "sent", "undelivered"]),
    ],
)
async def test_receipts_can_come_as_they_do_in_the_world(carrier, hub, kind, told):
    carrier.misbehave(kind, after=60 * SECOND)
    await create(carrier, hub)
    await carrier.until(lambda it: len(it.posted) == len(told))
    assert hub.told() == told
    late = carrier.posted[-1].at - carrier.messages[0].history[-1][0]
    assert (late >= 60 * SECOND) == (kind == "late_status")
    assert hub.receipts[-1].get("ErrorCode") == {
        "undeliverable": "30005",
        "contradictory_status": "30008",
    }.get(kind)


async def test_receipts_can_stay_away(carrier, hub):
    carrier.misbehave("no_status")
    await create(carrier, hub)
    await carrier.heard(ADA)
    assert (carrier.messages[0].status, hub.receipts) == (Status.DELIVERED, [])


async def test_a_reply_reaches_the_hub_signed_and_its_twiml_answer_comes_back(carrier, hub):
    hub.twiml = "<Response><Message>Thank you.</Message></Response>"
    posted = await carrier.text_from(ADA, "1")
    assert (posted.status, posted.answer) == (200, hub.twiml)
    assert (await carrier.heard(ADA)).body == "Thank you."
    text = hub.texts[0]
    assert (text["From"], text["To"], text["Body"], text["NumMedia"]) == (
        ADA,
        carrier.account.number,
        "1",
        "0",
    )
    await carrier.deliver(carrier.messages[0])
    assert hub.texts[1] == text, "the same text delivered again"


async def test_stop_is_answered_by_the_provider_alone_and_start_takes_it_back(carrier, hub):
    await carrier.text_from(ADA, " stop ")
    assert hub.texts[0]["OptOutType"] == "STOP"
    await carrier.heard(ADA, "unsubscribed")
    with pytest.raises(TwilioRestException) as caught:
        await create(carrier)
    assert caught.value.code == 21610
    await carrier.text_from(ADA, "START")
    await create(carrier)
    await carrier.heard(ADA, "icing up")


async def test_stop_can_be_the_hubs_own_business():
    async with Carrier(fast_clock(START, 600), opt_out="hub") as carrier:
        hub = Hub(carrier.account.token)
        async with hub.served:
            carrier.inbound_url = f"{hub.served.url}/sms"
            await carrier.text_from(ADA, "STOP")
            await create(carrier, body="You will hear no more from us.")
            assert (await carrier.heard(ADA)).body == "You will hear no more from us."
            assert "OptOutType" not in hub.texts[0]


async def test_a_hub_that_is_down_loses_the_text_but_not_the_carrier(carrier):
    carrier.inbound_url = "http://127.0.0.1:9/sms"
    assert (await carrier.text_from(ADA, "hello")).status == 0


async def test_twilios_synchronous_client_is_served_as_well(carrier):
    client = Client(carrier.account.sid, carrier.account.token)
    client.api.base_url = carrier.url
    how = {"to": ADA, "from_": carrier.account.number, "body": "hello"}
    assert (await asyncio.to_thread(client.messages.create, **how)).status == "queued"


def test_segments_are_counted_as_the_network_does():
    counted = [segments(text) for text in ("", "x" * 160, "x" * 161, "€" * 81, "°" * 70, "°" * 71, "😀" * 36)]
    assert counted == [1, 1, 2, 2, 1, 2, 2]


def contract() -> dict:
    path = CONTRACTS / "twilio_api_v2010.json"
    if not path.exists():
        pytest.skip(f"Twilio's description is not there: put twilio_api_v2010.json in {CONTRACTS}")
    return json.loads(path.read_text())


def validator(spec: dict, schema: dict) -> jsonschema.Draft202012Validator:
    """OpenAPI 3.0 says `nullable` where JSON Schema says `null`."""

    def plain(part):
        if isinstance(part, list):
            return [plain(item) for item in part]
        if not isinstance(part, dict):
            return part
        made = {name: plain(value) for name, value in part.items()}
        if made.get("nullable") and isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
        return made

    components = {"schemas": plain(spec["components"]["schemas"])}
    return jsonschema.Draft202012Validator({**plain(schema), "components": components})


async def test_what_the_carrier_is_sent_and_what_it_answers_keeps_to_twilios_description(carrier, hub):
    spec = contract()
    path = spec["paths"][MESSAGES]
    form = path["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    message = path["post"]["responses"]["201"]["content"]["application/json"]["schema"]
    listed = path["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    await create(carrier, hub, validity_period=14400)
    await create(carrier, to=BEN, messaging_service_sid=carrier.account.service_sid)
    await carrier.text_from(ADA, "1")
    await carrier.heard(BEN)
    sent = carrier.asked[0].form
    validator(spec, form).validate({**sent, "ValidityPeriod": int(sent["ValidityPeriod"])})
    assert set(sent) <= set(form["properties"])
    account = carrier.account
    async with httpx.AsyncClient(auth=(account.sid, account.token), base_url=carrier.url) as client:
        url = MESSAGES.replace("{AccountSid}", account.sid)
        page = (await client.get(url, params={"PageSize": 2})).json()
        one = (await client.get(page["messages"][0]["uri"])).json()
        own = (await client.get(f"/2010-04-01/Accounts/{account.sid}.json")).json()
    validator(spec, listed).validate(page)
    validator(spec, message).validate(one)
    validator(spec, {"$ref": "#/components/schemas/api.v2010.account"}).validate(own)
    assert set(listed["properties"]) == set(page)
    assert set(spec["components"]["schemas"]["api.v2010.account.message"]["properties"]) == set(one)
