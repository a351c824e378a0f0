"""The carrier at the door: genuine requests are taken once, forged ones change nothing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator

from device_rules.fault import Severity
from device_rules.reading import DAY
from hub.clock import fast_clock
from hub.domain.case import Case, CaseState
from hub.domain.contact import Contact, Direction, Message, MessageClass
from hub.domain.contact import MessageStatus as S
from hub.domain.customer import Address, Channel, Customer, Person
from hub.domain.device import Device
from hub.domain.events import MessageFailed, MessageHeard, ReceiptCame
from hub.domain.ids import AddressId, CaseId, ContactId, CustomerId, DeviceId, MessageId, Moment, SiteId
from hub.domain.policy import Policy
from hub.domain.site import Residence, Role, Site
from hub.flow import ARROWS
from hub.flow.context import Context
from hub.loops import flow
from hub.testing import SATURDAY_EVENING, FakeClock, MemoryStore
from hub.web.door import Door, TwilioKeys
from hub.web.hooks import twilio
from simulators.carrier import Carrier
from simulators.served import Served
from voice_skills.matcher import Matcher
from voice_skills.words import house_words

NOW = Moment(SATURDAY_EVENING)
WORDS = house_words()
EARS = Matcher(WORDS)
TOKEN, NUMBER, PUBLIC = "simulated-auth-token", "+46701740605", "https://hub.example.com"
ADA, PHONE, CASE = CustomerId("ada"), AddressId("ada-sms"), CaseId("case-1")
SMS, STATUS = "/hooks/twilio/sms", "/hooks/twilio/status"
TEXT = {"MessageSid": "SM" + "1" * 32, "From": NUMBER, "To": "+4930555", "Body": "1 please"}


class Front:
    """The hub's door to the carrier, with Ada and her open case behind it."""

    def __init__(self, public_url: str = PUBLIC, opt_out: str = "hub") -> None:
        self.store, self.clock = MemoryStore(), FakeClock()
        self.ctx = Context(Policy(), {}, WORDS, EARS, None)  # type: ignore[arg-type]
        keys = TwilioKeys(TOKEN, opt_out)
        self.door = Door(self.store, self.clock, self.ctx, public_url=public_url, twilio=keys)
        self.app = FastAPI()
        self.app.include_router(twilio.router(self.door))
        transport = httpx.ASGITransport(self.app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://inside")

    async def furnish(self) -> None:
        site = SiteId("home")
        case = Case(CASE, DeviceId("p"), site, "icing", "icing", Severity.MAJOR, CaseState.CONTACTING, NOW)
        async with self.store.transaction() as tx:
            await tx.people.put_site(Site(site, "Europe/Berlin"))
            await tx.people.put_customer(Customer(ADA, "de"), Person(ADA, "Ada"))
            await tx.people.put_address(Address(PHONE, ADA, Channel.SMS, NUMBER))
            await tx.people.put_residence(Residence(site, ADA, Role.OWNER, Moment(NOW - DAY)))
            await tx.devices.put(Device(DeviceId("p"), "heatpump", "heat pump", site=site))
            await tx.cases.save(case)
            await tx.messages.add_contact(Contact(ContactId("c"), ADA, Channel.SMS, "step:0", NOW, (CASE,)))
            await tx.messages.add(message())

    async def post(self, path: str, form: dict[str, Any], signed: str | None = None, **headers: str) -> int:
        """Post `form` as the carrier would; `signed` is another address than the true one to sign for."""
        signature = RequestValidator(TOKEN).compute_signature(signed or PUBLIC + path, form)
        sent = {"X-Twilio-Signature": signature, **headers}
        answer = await self.http.post(path, data=form, headers=sent)
        self.answer = answer.text
        return answer.status_code

    async def inbox(self) -> list[Any]:
        async with self.store.reading() as tx:
            return [row.event for row in await tx.inbox.next(50)]

    async def depth(self) -> int:
        async with self.store.reading() as tx:
            return await tx.inbox.depth()

    async def message(self) -> Message:
        async with self.store.reading() as tx:
            found = await tx.messages.get(MessageId("msg_1"))
        assert found is not None
        return found

    async def flow(self) -> None:
        """Run only the arrow of receipts: what follows is other people's business."""
        receipts = {ReceiptCame: ARROWS[ReceiptCame]}
        await flow.step(flow.Works(self.store, self.clock, self.ctx, receipts), limit=1)


def message(**changed: Any) -> Message:
    made = Message(
        MessageId("msg_1"),
        ContactId("c"),
        CASE,
        ADA,
        PHONE,
        Channel.SMS,
        MessageClass.FIRST,
        Direction.OUT,
        NOW,
        text="Hello",
        status=S.ACCEPTED,
        provider_id="SM" + "a" * 32,
    )
    return replace(made, **changed)


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    front = Front()
    await front.furnish()
    yield front
    await front.http.aclose()
    await front.store.close()


async def test_a_text_from_a_customer_is_heard_once_however_often_it_is_delivered(front):
    for _ in range(3):
        assert await front.post(SMS, TEXT) == 200
        assert front.answer.endswith("<Response/>")
    (heard,) = await front.inbox()
    assert heard == MessageHeard("sms", TEXT["MessageSid"], PHONE, ADA, "1 please")
    assert await front.depth() == 1


@pytest.mark.parametrize("path", [SMS, STATUS])
async def test_a_forged_request_gets_403_and_changes_nothing(front, path):
    form = {**TEXT, "MessageStatus": "failed"}
    forged = [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "bm9uc2Vuc2U="},
        {"X-Twilio-Signature": RequestValidator("another").compute_signature(PUBLIC + path, form)},
        {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(PUBLIC + path, TEXT)},
        {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature("https://evil.example", form)},
        {
            "X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(PUBLIC + path, form),
            "X-Twilio-Webhooks-Signature-Settings": "key=x,algorithm=NONE",
        },
    ]
    with capture_logs() as lines:
        for headers in forged:
            answer = await front.http.post(path, data=form, headers=headers)
            assert answer.status_code == 403
            assert answer.text == ""
        bad = await front.http.post(path, data=form, headers=[(b"X-Twilio-Signature", b"\xff\xfe")])
        assert bad.status_code == 403
    assert await front.depth() == 0
    assert (await front.message()).status is S.ACCEPTED
    assert "4670174" not in str(lines)


async def test_the_signature_may_name_the_default_port_and_may_be_sha256(front):
    assert await front.post(SMS, TEXT, signed="https://hub.example.com:443" + SMS) == 200
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + SMS, TEXT, "HMAC_SHA256")
    headers = {
        "X-Twilio-Signature": signature,
        "X-Twilio-Webhooks-Signature-Settings": "key=sk,algorithm=HMAC_SHA256",
    }
    assert (await front.http.post(SMS, data=TEXT, headers=headers)).status_code == 200
    assert await front.post(SMS, TEXT, signed="http://hub.example.com" + SMS) == 403


async def test_a_body_that_is_too_big_or_no_text_at_all_is_refused(front):
    big = await front.http.post(SMS, content=b"a=" + b"x" * 100_000)
    garbage = await front.http.post(SMS, content=b"\xff\xfe\x00")
    many = await front.http.post(SMS, content=b"&".join(b"a=1" for _ in range(5000)))
    assert (big.status_code, garbage.status_code, many.status_code) == (413, 400, 400)
    assert await front.post(SMS, {"Body": "nobody"}) == 400
    assert await front.depth() == 0


async def test_a_text_is_in_order_with_the_case_whose_question_is_open(front):
    async with front.store.transaction() as tx:
        await tx.messages.ask(PHONE, CASE, NOW)
    await front.post(SMS, TEXT)
    async with front.store.reading() as tx:
        (row,) = await tx.inbox.next(5)
    assert row.key == CASE


async def test_a_strangers_text_is_kept_without_the_number(front):
    stranger = {**TEXT, "From": "+4915112345678", "Body": "who\x00 are you?"}
    assert await front.post(SMS, stranger) == 200
    (heard,) = await front.inbox()
    assert (heard.address, heard.customer, heard.text) == ("", "", "who are you?")
    assert "4915112345678" not in str(heard)


async def test_the_carriers_own_stop_is_passed_on_so_that_nobody_is_told_twice(front):
    await front.post(SMS, {**TEXT, "Body": "STOP", "OptOutType": "STOP"})
    assert (await front.inbox())[0].opt_out == "stop"


async def test_where_the_carrier_answers_stop_by_setting_our_ears_recognise_it():
    front = Front(opt_out="provider")
    await front.furnish()
    await front.post(SMS, {**TEXT, "Body": "Stopp!"})
    await front.post(SMS, {**TEXT, "MessageSid": "SM2", "Body": "1"})
    async with front.store.transaction() as tx:
        rows = await tx.inbox.next(1)
        await tx.inbox.done(rows[0])
        rows += await tx.inbox.next(1)
    assert [row.event.opt_out for row in rows] == ["stop", ""]
    await front.store.close()


async def test_receipts_out_of_order_late_and_repeated_never_move_a_message_backwards(front):
    for status in ("sent", "delivered", "queued", "sent", "delivered", "accepted"):
        form = {"MessageSid": "SM" + "a" * 32, "MessageStatus": status}
        assert await front.post(STATUS + "?m=msg_1", form) == 204
        await front.flow()
    assert (await front.message()).status is S.DELIVERED
    async with front.store.reading() as tx:
        told = [fact.data["status"] for fact in await tx.facts.of_case(CASE)]
    assert told == ["sent", "delivered"]


async def test_a_receipt_is_known_by_our_id_or_by_the_carriers(front):
    await front.post(STATUS, {"MessageSid": "SM" + "a" * 32, "MessageStatus": "delivered"})
    await front.flow()
    assert (await front.message()).status is S.DELIVERED


async def test_a_message_that_the_carrier_has_twice_is_told_on_the_timeline(front):
    await front.post(STATUS + "?m=msg_1", {"MessageSid": "SM" + "b" * 32, "MessageStatus": "delivered"})
    await front.flow()
    assert (await front.message()).provider_id == "SM" + "a" * 32
    async with front.store.reading() as tx:
        (fact,) = await tx.facts.of_case(CASE)
    assert "twice" in fact.data


async def test_somebody_who_blocked_us_at_the_carrier_has_said_stop(front):
    form = {"MessageSid": "SM" + "a" * 32, "MessageStatus": "failed", "ErrorCode": "21610"}
    await front.post(STATUS + "?m=msg_1", form)
    await front.flow()
    async with front.store.reading() as tx:
        assert await tx.people.suppressed(ADA) == NOW


async def test_a_receipt_that_nobody_knows_is_kept_and_moves_nothing(front):
    await front.post(STATUS + "?m=msg_9", {"MessageSid": "SM9", "MessageStatus": "delivered"})
    await front.flow()
    await front.post(STATUS + "?m=msg_1", {"MessageSid": "SM" + "a" * 32, "MessageStatus": "teleported"})
    await front.flow()
    assert (await front.message()).status is S.ACCEPTED
    async with front.store.reading() as tx:
        facts = await tx.facts.since(0)
    assert {fact.because.lower() for fact in facts} == {"receipt_unknown"}
    assert len(facts) == 2
    assert facts[1].data["status"] == "teleported"


async def test_a_text_that_never_arrived_lets_the_case_go_on_and_buries_a_dead_number(front):
    form = {"MessageSid": "SM" + "a" * 32, "MessageStatus": "undelivered", "ErrorCode": "30005"}
    await front.post(STATUS + "?m=msg_1", form)
    await front.flow()
    assert (await front.message()).status is S.UNDELIVERED
    assert await front.inbox() == [MessageFailed(CASE, "msg_1", "carrier_refused")]
    async with front.store.reading() as tx:
        address = await tx.people.address(PHONE)
    assert address is not None
    assert address.health == "dead"


async def test_without_the_carriers_keys_there_is_no_door(front):
    app = FastAPI()
    app.include_router(twilio.router(replace(front.door, twilio=None)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC) as http:
        assert (await http.post(SMS, data=TEXT)).status_code == 404


async def test_a_real_carrier_brings_a_real_text_and_its_second_delivery_is_absorbed():
    front = Front()
    served = Served(front.app)
    await served.start()
    front.door = replace(front.door, public_url=served.url)
    front.app.router.routes.clear()
    front.app.include_router(twilio.router(front.door))
    await front.furnish()
    async with Carrier(fast_clock(SATURDAY_EVENING, 60), opt_out="provider") as carrier:
        carrier.inbound_url = served.url + SMS
        posted = await carrier.text_from(NUMBER, "Hej! 1 – tack åäö 😀")
        assert (posted.status, posted.answer.endswith("<Response/>")) == (200, True)
        again = await carrier.deliver(carrier.messages[0])
        assert (again.status, again.answer) == (posted.status, posted.answer)
        await carrier.text_from(NUMBER, "STOP")
    (heard,) = await front.inbox()
    assert heard.text == "Hej! 1 – tack åäö 😀"
    assert await front.depth() == 2
    await served.stop()
    await front.store.close()
