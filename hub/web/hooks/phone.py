"""Telephone calls: what the carrier asks while one goes on, and what it tells about it.

Genuine requests are answered with TwiML, in time, whatever happens to us. A key or a word is a turn of the conversation, in
the same transaction, and acknowledges like any answer. A request that comes again gets the same words and changes nothing.
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
from hub.domain.fitting import NUMBERS
from hub.domain.ids import CustomerId, MessageId, Moment
from hub.domain.wording import DEVICE
from hub.flow.ask import rendered
from hub.flow.converse import turn as converse
from hub.ports import BadInput, Tx
from hub.ports.trouble import where
from hub.web.door import Caller, Door, Telephone
from hub.web.hooks.phone_patience import ASKS, PATIENCE, Underway
from hub.web.hooks.twilio import NAME, Form, genuine

TROUBLE = (Phrase("voice.trouble"),)
NO_CALL_NOW = ("danger.", "stop.", "wrong_number", "person.closed", "booking.done")
"""Words that end a call though a person looks after it: whoever said stop, or has agreed when to be rung, is not connected;
who is in danger needs the telephone for the emergency number."""
KNOWN_BY = (Channel.PHONE, Channel.SMS, Channel.WHATSAPP)
PICKED_UP = ("completed", "answered")
TURNS = 60  # a call that takes longer is with a machine
HERE = "/hooks/twilio/voice"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the carrier's request says about itself: the message that the call is about (empty: they rang us), which turn it
    is, how often it was put off, and whether a PIN was wanted. Nothing of it is believed but by the signature over it."""

    about: str
    turn: int
    waits: int
    pin: bool

    @classmethod
    def of(cls, request: Request, opening: bool) -> _Asked:
        """As the address says."""
        given = request.query_params
        number = 0 if opening else max(1, _number(given.get("n", ""), 1))
        waits = _number(given.get("w", ""), 0)
        return cls(given.get("m", "")[:NAME], min(number, TURNS), waits, given.get("k") == "pin")

    def again(self) -> str:
        """The address at which this very request is put once more."""
        kind = {"k": "pin"} if self.pin else {}
        query = {"m": self.about, "n": self.turn, "w": self.waits + 1, **kind}
        return f"{HERE}{'/turn' if self.turn else ''}?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class _Call:
    """One request of one call: whom we talk to, about which message of ours (None: they rang us)."""

    tx: Tx
    form: Form
    customer: CustomerId
    language: str
    message: Message | None
    asked: _Asked
    now: Moment

    @property
    def key(self) -> str:
        """What makes this turn the same turn."""
        return f"{self.form.get('CallSid', '')[:NAME]}:{self.asked.turn}"

    @property
    def act(self) -> str:
        """Where the answer goes."""
        return f"{HERE}/turn?{urlencode({'m': self.asked.about, 'n': self.asked.turn + 1})}"

    @property
    def after(self) -> str:
        """Where the carrier tells how connecting with a person ended."""
        return f"{HERE}/dialled?{urlencode({'m': self.asked.about, 'l': self.language})}"


def router(door: Door, patience: float = PATIENCE) -> APIRouter:
    """`POST /hooks/twilio/{voice,voice/turn,voice/dialled,call}`; no routes at all without a telephone. `patience` is the
    time for an answer, in real seconds."""
    routes = APIRouter(prefix="/hooks/twilio", include_in_schema=False)
    if door.twilio is None or door.caller is None:
        return routes
    caller, underway = door.caller, Underway(patience)

    @routes.post("/voice")
    async def voice(request: Request) -> Response:
        return await _answered(door, caller, underway, request)

    @routes.post("/voice/turn")
    async def turn(request: Request) -> Response:
        return await _answered(door, caller, underway, request)

    @routes.post("/voice/dialled")
    async def dialled(request: Request) -> Response:
        form = await genuine(door, request)
        if isinstance(form, Response):
            return form
        missed = form.get("DialCallStatus", "") not in PICKED_UP
        said = (Phrase("phone.nobody"),) if missed else ()
        return _twiml(caller.voice.tell(said, request.query_params.get("l", "en")))

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


async def _answered(door: Door, caller: Caller, underway: Underway, request: Request) -> Response:
    form = await genuine(door, request)
    if isinstance(form, Response):
        return form
    sid = form.get("CallSid", "")[:NAME]
    if not sid:
        return Response(status_code=400)
    asked = _Asked.of(request, request.url.path == HERE)
    known = ["en"]

    async def work() -> str:
        async with door.store.transaction() as tx:
            call = await _call(tx, asked, form, Moment(door.clock.now()))
            known.append(call.language)
            return await _said(door, caller, call)

    try:
        said = await underway.answer(f"{sid}:{asked.turn}", work)
    except Exception as error:  # noqa: BLE001 - whatever it is: one line without any value, and a kind word
        log.error("call_failed", error=where(error))
        said = caller.voice.tell(TROUBLE, known[-1])
    if said is not None:
        return _twiml(said)
    log.warning("call_slow", waits=asked.waits)
    if asked.waits >= ASKS:
        return _twiml(caller.voice.tell(TROUBLE, known[-1]))
    return _twiml(caller.voice.wait(known[-1], asked.again(), asked.waits == 0))


def _twiml(said: str) -> Response:
    return Response(said, media_type="text/xml")


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else otherwise


async def _call(tx: Tx, asked: _Asked, form: Form, now: Moment) -> _Call:
    message = await tx.messages.get(MessageId(asked.about)) if asked.about else None
    customer = message.customer if message is not None else CustomerId("")
    if message is None and not asked.about:
        customer = await _who_rings(tx, form.get("From", "")[:NAME])
    person = await tx.people.customer(customer) if customer else None
    language = person.language if person else "en"
    return _Call(tx, form, customer, language, message, asked, now)


async def _who_rings(tx: Tx, number: str) -> CustomerId:
    """Whose number it is. A number can be pretended: nothing personal is said before they ask for it."""
    for channel in KNOWN_BY:
        address = await tx.people.find_address(channel, number)
        if address is not None:
            return address.customer
    return CustomerId("")


async def _said(door: Door, caller: Caller, call: _Call) -> str:
    turn, voice = call.asked.turn, caller.voice
    if not call.customer:
        return voice.tell((Phrase("phone.stranger"),), call.language, call.after, caller.person)
    if turn == 0 and call.message is not None:
        return await _opened(door, voice, call, call.message)
    if turn >= TURNS:
        return voice.tell((Phrase("goodbye"),), call.language)
    heard = voice.heard(call.form, call.key, call.language, call.asked.pin)
    if turn == 0:
        heard = Turn(Heard.LAUNCH, Channel.PHONE, call.key, language=call.language, private=False)
    if call.message is not None and heard.kind is Heard.TEXT:
        await _told(call.tx, call.message.id, call.form, "read", call.now)
    reply = await converse(call.tx, call.customer, heard, call.now, door.ctx)
    language = reply.language or call.language
    if caller.person and _wants(reply):
        return voice.tell((Phrase("phone.connecting"),), language, call.after, caller.person)
    return voice.say(reply, language, call.act)


def _wants(reply: Reply) -> bool:
    """Whether the caller is to be connected with a person now."""
    kept = any(each.key.startswith(NO_CALL_NOW) for each in reply.say)
    return reply.to_person and reply.ask is None and not kept


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
    return voice.ask(words, call.language, call.act, _offered(message))


def _offered(message: Message) -> tuple[Phrase, ...]:
    """The answers that the message itself offers: what is listened for stays the same, however often it is asked."""
    named = [each.variables["what"] for each in message.phrases if each.key in NUMBERS]
    return tuple(
        Phrase(name.removeprefix("@")) if name.startswith("@") else Phrase(DEVICE, {"device": name})
        for name in named
    )


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
