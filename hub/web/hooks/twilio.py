"""What the carrier brings: texts and WhatsApp messages from customers, and receipts. Each is checked, put into the inbox, and that is all.

A request whose signature does not fit gets 403 and changes nothing. A genuine one that comes again gets the same answer and
changes nothing either. No number and no text reaches a log line; nothing is answered to the customer from here.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Request, Response
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from hub.domain.conversation import Expecting, Intent
from hub.domain.customer import Address, Channel
from hub.domain.events import MessageHeard, ReceiptCame
from hub.domain.ids import MessageId, Moment
from hub.flow.consent import take_in
from hub.ports import Tx
from hub.web.door import Door

LIMIT = 64 * 1024  # bytes of a body; a text of 1600 characters with all its fields is below 20 KB
LONGEST = 4_000  # characters of a text that are kept
WHATSAPP = "whatsapp:"
NAME = 64  # characters of an id or a status word
TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

# The carrier's errors that say something about the address or the person, not about this one message.
DEAD = frozenset({"21211", "21614", "30005", "30006", "63003", "63024"})
OPTED_OUT = frozenset({"21610"})
HANDLED = {Intent.STOP: "stop", Intent.START: "start", Intent.HELP: "help"}

Form = ImmutableMultiDict[str, str]
log = structlog.get_logger(__name__)


def router(door: Door) -> APIRouter:
    """`POST /hooks/twilio/sms` and `/hooks/twilio/status`; no routes at all without the carrier's keys."""
    routes = APIRouter(prefix="/hooks/twilio", include_in_schema=False)
    if door.twilio is None:
        return routes

    @routes.post("/sms")
    async def sms(request: Request) -> Response:
        form = await genuine(door, request)
        if isinstance(form, Response):
            return form
        if not form.get("MessageSid") or not form.get("From"):
            return Response(status_code=400)
        await hear(door, form)
        return Response(TWIML, media_type="text/xml")

    @routes.post("/status")
    async def status(request: Request) -> Response:
        form = await genuine(door, request)
        if isinstance(form, Response):
            return form
        if not (form.get("MessageStatus") or form.get("SmsStatus")):
            return Response(status_code=400)
        await take_receipt(door, request.query_params.get("m", ""), form)
        return Response(status_code=204)

    return routes


async def genuine(door: Door, request: Request) -> Form | Response:
    """The form of a request that the carrier signed; else the answer to give: 413, 400 or 403."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LIMIT:
            return Response(status_code=413)
    as_json = "bodySHA256" in request.query_params
    try:
        text = body.decode()
        form = _object(text) if as_json else Form(parse_qsl(text, keep_blank_values=True, max_num_fields=200))
    except (ValueError, RecursionError):
        return Response(status_code=400)
    if not signed(door, request, text if as_json else form):
        log.warning("hook_refused", path=request.url.path)
        return Response(status_code=403)
    return form


def _object(text: str) -> Form:
    """The fields of a JSON body. Raises ValueError when it is no object."""
    body = json.loads(text)
    if not isinstance(body, dict):
        raise ValueError
    return Form(
        [(str(name), value if isinstance(value, str) else str(value)) for name, value in body.items()]
    )


def signed(door: Door, request: Request, form: Form | str) -> bool:
    """Whether the signature covers our public address, with or without its port, and every field; of a JSON body (given as
    text) the carrier signs the address, and the address holds the body's digest."""
    if door.twilio is None:
        return False
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{door.public_url.rstrip('/')}{request.url.path}{query}"
    algorithm = get_signature_algorithm(request.headers.get(SIGNATURE_SETTINGS_HEADER, ""))
    validator = RequestValidator(door.twilio.auth_token)
    given = request.headers.get(SIGNATURE_HEADER, "")
    return bool(given.isascii() and validator.validate(url, form, given, algorithm))


async def hear(door: Door, form: Form) -> None:
    """A customer wrote: one inbox row, in order with the case whose question is open, however often it is delivered."""
    now = Moment(door.clock.now())
    sid = form["MessageSid"][:NAME]
    async with door.store.transaction() as tx:
        channel, number = line_of(form["From"])
        if await tx.talks.reply_to(channel, f"hook:{sid}") is not None:
            return
        await tx.talks.remember(channel, f"hook:{sid}", {}, now)
        address = await tx.people.find_address(channel, number)
        if address is None:
            address = await take_in(tx, (channel, number), form.get("Body", ""), door.ctx)
        heard = MessageHeard(
            channel=str(channel),
            key=sid,
            address=address.id if address else "",
            customer=address.customer if address else "",
            text=form.get("Body", "").replace("\x00", "")[:LONGEST],
            opt_out=await handled(door, tx, address, form),
        )
        await tx.inbox.put(await _key(tx, address, sid, now), heard, now)


def line_of(sender: str) -> tuple[Channel, str]:
    """The channel of an address as the carrier writes it, and the number."""
    if sender.startswith(WHATSAPP):
        return Channel.WHATSAPP, sender.removeprefix(WHATSAPP)[:NAME]
    return Channel.SMS, sender[:NAME]


async def handled(door: Door, tx: Tx, address: Address | None, form: Form) -> str:
    """`stop`, `start` or `help` when the carrier has answered that itself, else nothing. Its own word counts; where it is
    set to answer and says nothing, ours does."""
    word = form.get("OptOutType", "").lower()
    if word in HANDLED.values():
        return word
    if door.twilio is None or door.twilio.opt_out != "provider":
        return ""
    customer = await tx.people.customer(address.customer) if address else None
    language = customer.language if customer else "en"
    meaning = door.ctx.ears.understand(form.get("Body", ""), language, Expecting.NOTHING, ())
    return HANDLED.get(meaning.intent, "")


async def _key(tx: Tx, address: Address | None, sid: str, now: Moment) -> str:
    if address is None:
        return sid
    asked = await tx.messages.open_question(address.id)
    if asked is not None:
        return asked
    cases = await tx.cases.of_customer(address.customer, now)
    return cases[0].id if cases else address.customer


async def take_receipt(door: Door, message: str, form: Form) -> None:
    """A receipt: one inbox row, in order with its message's case. Repeated ones are absorbed by the arrow."""
    now = Moment(door.clock.now())
    code = form.get("ErrorCode", "")[:NAME]
    sid = form.get("MessageSid", "")[:NAME]
    channel, _ = line_of(form.get("To", ""))
    came = ReceiptCame(
        message=message[:NAME],
        status=(form.get("MessageStatus") or form["SmsStatus"])[:NAME],
        code=code,
        provider_id=sid,
        channel=str(channel),
        dead=code in DEAD,
        opted_out=code in OPTED_OUT,
    )
    async with door.store.transaction() as tx:
        known = await tx.messages.get(MessageId(came.message)) if came.message else None
        if known is None and sid:
            known = await tx.messages.by_provider(channel, sid)
        key = (known.case or known.id) if known is not None else sid or "receipt"
        await tx.inbox.put(key, came, now)
