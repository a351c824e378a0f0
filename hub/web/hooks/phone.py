"""Telephone calls: what the carrier asks while one goes on, and what it tells about it.

Genuine requests are answered with TwiML, whatever happens to us. A key or a word is a turn of the conversation, in the
same transaction, and acknowledges like any answer. A request that comes again gets the same words and changes nothing.
No number, word or key reaches a log line.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Request, Response

from hub.domain.contact import Message, Phrase
from hub.domain.conversation import Heard, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.events import ReceiptCame
from hub.domain.ids import CustomerId, MessageId, Moment
from hub.flow.ask import rendered
from hub.flow.converse import turn as converse
from hub.ports import BadInput, Tx
from hub.ports.trouble import where
from hub.web.door import Caller, Door, Telephone
from hub.web.hooks.twilio import NAME, Form, genuine

TROUBLE = (Phrase("voice.trouble"),)
NO_CALL_NOW = ("stop.", "wrong_number", "person.closed")
"""Words that end a call though a person looks after it: nobody is connected to whoever said stop."""
KNOWN_BY = (Channel.PHONE, Channel.SMS, Channel.WHATSAPP)
TURNS = 60  # a call that takes longer is with a machine
HERE = "/hooks/twilio/voice"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Call:
    """One request of one call: whom we talk to, about which message of ours (None: they rang us), and which turn it is."""

    tx: Tx
    form: Form
    customer: CustomerId
    language: str
    message: Message | None
    turn: int
    now: Moment

    @property
    def key(self) -> str:
        """What makes this turn the same turn."""
        return f"{self.form.get('CallSid', '')[:NAME]}:{self.turn}"

    @property
    def act(self) -> str:
        """Where the answer goes."""
        about = self.message.id if self.message else ""
        return f"{HERE}/turn?{urlencode({'m': about, 'n': self.turn + 1})}"


def router(door: Door) -> APIRouter:
    """`POST /hooks/twilio/{voice,voice/turn,call}`; no routes at all without a telephone."""
    routes = APIRouter(prefix="/hooks/twilio", include_in_schema=False)
    if door.twilio is None or door.caller is None:
        return routes
    caller = door.caller

    @routes.post("/voice")
    async def voice(request: Request) -> Response:
        return await _answered(door, caller, request, 0)

    @routes.post("/voice/turn")
    async def turn(request: Request) -> Response:
        number = request.query_params.get("n", "1")
        return await _answered(door, caller, request, int(number) if number.isdecimal() else 1)

    @routes.post("/call")
    async def call(request: Request) -> Response:
        form = await genuine(door, request)
        if isinstance(form, Response):
            return form
        status = form.get("CallStatus", "")
        if not status:
            return Response(status_code=400)
        now = Moment(door.clock.now())
        async with door.store.transaction() as tx:
            await _told(tx, request.query_params.get("m", ""), form, status, now)
        return Response(status_code=204)

    return routes


async def _answered(door: Door, caller: Caller, request: Request, number: int) -> Response:
    form = await genuine(door, request)
    if isinstance(form, Response):
        return form
    if not form.get("CallSid"):
        return Response(status_code=400)
    language = "en"
    try:
        async with door.store.transaction() as tx:
            call = await _call(tx, request, form, number, Moment(door.clock.now()))
            language = call.language
            said = await _said(door, caller, call)
    except Exception as error:  # noqa: BLE001 - whatever it is: one line without any value, and a kind word
        log.error("call_failed", error=where(error))
        said = caller.voice.tell(TROUBLE, language)
    return Response(said, media_type="text/xml")


async def _call(tx: Tx, request: Request, form: Form, number: int, now: Moment) -> _Call:
    about = request.query_params.get("m", "")[:NAME]
    message = await tx.messages.get(MessageId(about)) if about else None
    customer = message.customer if message is not None else CustomerId("")
    if message is None and not about:
        customer = await _who_rings(tx, form.get("From", "")[:NAME])
    person = await tx.people.customer(customer) if customer else None
    language = person.language if person else "en"
    return _Call(tx, form, customer, language, message, min(number, TURNS), now)


async def _who_rings(tx: Tx, number: str) -> CustomerId:
    """Whose number it is. A number can be pretended: nothing personal is said before they ask for it."""
    for channel in KNOWN_BY:
        address = await tx.people.find_address(channel, number)
        if address is not None:
            return address.customer
    return CustomerId("")


async def _said(door: Door, caller: Caller, call: _Call) -> str:
    if not call.customer:
        return caller.voice.tell((Phrase("phone.stranger"),), call.language, caller.person)
    if call.turn == 0 and call.message is not None:
        return await _opened(door, caller.voice, call, call.message)
    if call.turn >= TURNS:
        return caller.voice.tell((Phrase("goodbye"),), call.language)
    turn = caller.voice.heard(call.form, call.key, call.language)
    if call.turn == 0:
        turn = Turn(Heard.LAUNCH, Channel.PHONE, call.key, language=call.language, private=False)
    if call.message is not None and turn.kind is Heard.TEXT:
        await _told(call.tx, call.message.id, call.form, "read", call.now)
    reply = await converse(call.tx, call.customer, turn, call.now, door.ctx)
    dial = caller.person if _wants(reply, turn) else ""
    if dial:
        reply = Reply((Phrase("phone.connecting"),), end=True)
    return caller.voice.say(reply, call.language, call.act, dial)


def _wants(reply: Reply, turn: Turn) -> bool:
    """Whether the caller is to be connected with a person now."""
    kept = any(each.key.startswith(NO_CALL_NOW) for each in reply.say)
    return reply.to_person and turn.kind is Heard.TEXT and not kept


async def _opened(door: Door, voice: Telephone, call: _Call, message: Message) -> str:
    """Somebody, or something, has picked up: what we rang about."""
    machine = call.form.get("AnsweredBy", "").startswith(("machine", "fax"))
    await _told(call.tx, message.id, call.form, "sent" if machine else "delivered", call.now)
    if machine:
        return voice.tell((Phrase("phone.machine"),), call.language)
    case = await call.tx.cases.get(message.case) if message.case is not None else None
    if message.question and case is not None and not case.state.open:
        return voice.tell((Phrase("phone.over"),), call.language)
    try:
        words = await rendered(call.tx, message, door.ctx)
    except BadInput:
        return voice.tell((Phrase("phone.machine"),), call.language)
    return voice.ask(words, call.language, call.act)


async def _told(tx: Tx, about: str, form: Form, status: str, now: Moment) -> None:
    """How the call went, as a receipt of its message; in order with its case."""
    sid = form.get("CallSid", "")[:NAME]
    known = await tx.messages.get(MessageId(about[:NAME])) if about else None
    if known is None and sid:
        known = await tx.messages.by_provider(Channel.PHONE, sid)
    if known is None and not about:
        return  # they rang us
    code = form.get("ErrorCode") or form.get("SipResponseCode", "")
    code = code if status in ("failed", "busy", "no-answer") else ""
    came = ReceiptCame(about[:NAME], status[:NAME], code[:NAME], sid, channel=str(Channel.PHONE))
    await tx.inbox.put((known.case or known.id) if known is not None else sid or "receipt", came, now)
