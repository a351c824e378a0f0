"""WhatsApp in and out: a template first, free words after an answer, receipts to the reading; and signed JSON at the door."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from twilio.request_validator import RequestValidator

from hub.clock import fast_clock
from hub.domain.case import CaseState
from hub.domain.customer import Channel
from hub.testing import eventually
from notifiers.twilio_wire import Account
from notifiers.whatsapp.channel import Templates, WhatsApp
from simulators.carrier import Carrier
from tests.flow.home import ADA, START
from tests.web.hooks.line import Line, line

NUMBER, TEMPLATE = "+4915112345601", "HX" + "a" * 32
ADA_THERE = f"whatsapp:{NUMBER}"


class Chat:
    """Ada's WhatsApp, and the hub that writes to her."""

    def __init__(self, house: Line, carrier: Carrier) -> None:
        self.house, self.home, self.carrier = house, house.home, carrier

    async def writes(self, text: str) -> None:
        """Ada writes, and the hub answers."""
        posted = await self.carrier.text_from(ADA_THERE, text)
        assert posted.status == 200
        await self.home.drain()

    def forms(self) -> list[dict[str, str]]:
        return [asked.form for asked in self.carrier.asked if asked.method == "POST"]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Chat]:
    async with Carrier(fast_clock(START, 10_000), opt_out="hub") as carrier:
        carrier.templates[TEMPLATE] = "A message about your device: {{1}}"
        own = carrier.account

        def make(hub: str) -> WhatsApp:
            carrier.inbound_url = f"{hub}/hooks/twilio/sms"
            templates = Templates({"any": {"en": TEMPLATE}})
            return WhatsApp(Account(own.sid, own.token, own.number, hub, carrier.url), templates)

        async with line(tmp_path, Channel.WHATSAPP, NUMBER, make) as house:
            yield Chat(house, carrier)


async def test_the_first_message_is_a_template_and_the_answer_to_an_answer_is_not(here: Chat) -> None:
    case = await here.home.fails("hp-1", "icing-up")
    assert here.forms()[0]["ContentSid"] == TEMPLATE
    await here.writes("1")
    found = await here.home.case(case)
    assert (found.acknowledged_by, found.state) == ("whatsapp", CaseState.TALKING)
    assert "Body" in here.forms()[1]
    assert "ContentSid" not in here.forms()[1]


async def test_receipts_move_the_message_to_its_reading(here: Chat) -> None:
    await here.home.fails("hp-1", "icing-up")
    await here.carrier.until(lambda all_of_it: len(all_of_it.posted) >= 3)
    sid = here.carrier.created()[0].sid
    await signed(here, "/hooks/twilio/status", {"MessageSid": sid, "MessageStatus": "read", "To": ADA_THERE})
    await here.home.drain()
    assert await here.home.statuses(Channel.WHATSAPP) == ["read"]


async def test_free_words_that_the_carrier_refuses_on_the_way_let_the_ladder_go_on(here: Chat) -> None:
    case = await here.home.fails("hp-1", "icing-up")
    sid = here.carrier.created()[0].sid
    receipt = {"MessageSid": sid, "MessageStatus": "failed", "ErrorCode": "63016", "To": ADA_THERE}
    await signed(here, "/hooks/twilio/status", receipt)
    await here.home.drain()
    assert (await here.home.case(case)).state is CaseState.WITH_AGENT


async def test_stop_on_whatsapp_is_stop_everywhere(here: Chat) -> None:
    await here.home.fails("hp-1", "icing-up")
    await here.writes("STOP")
    async with here.home.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is not None
    await eventually(lambda: any("not contact you any more" in form.get("Body", "") for form in here.forms()))


async def test_json_is_taken_when_the_address_holds_the_digest_of_the_body_and_is_signed(here: Chat) -> None:
    await here.home.fails("hp-1", "icing-up")
    sid = here.carrier.created()[0].sid
    body = json.dumps({"MessageSid": sid, "MessageStatus": "read", "To": ADA_THERE})
    digest = hashlib.sha256(body.encode()).hexdigest()
    url = f"{here.house.url}/hooks/twilio/status?bodySHA256={digest}"
    signature = RequestValidator("simulated-auth-token").compute_signature(url, {})
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/json"}
    async with httpx.AsyncClient() as http:
        forged = await http.post(url, content=body.replace("read", "sent"), headers=headers)
        list_of = await http.post(url, content="[1]", headers=headers)
        good = await http.post(url, content=body, headers=headers)
    assert (forged.status_code, list_of.status_code, good.status_code) == (403, 400, 204)
    await here.home.drain()
    assert await here.home.statuses(Channel.WHATSAPP) == ["read"]


async def signed(here: Chat, path: str, form: dict[str, str]) -> None:
    """Post a form as the carrier would."""
    url = here.house.url + path
    signature = RequestValidator("simulated-auth-token").compute_signature(url, form)
    async with httpx.AsyncClient() as http:
        answer = await http.post(url, data=form, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 204
