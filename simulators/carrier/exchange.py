"""The inside of the carrier: texts on their way, receipts, replies, opt-outs. It knows no HTTP of its own.

It keeps state as Twilio does, signs what it posts, and can be told to misbehave. It never looks into the hub:
tests compare what it was asked for with what the hub believes. Times are business time.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal
from xml.etree import ElementTree

from hub.clock import SECOND, WallClock
from simulators.carrier.account import Account
from simulators.carrier.journey import Step, Told, journey
from simulators.carrier.menu import ON_ITS_WAY, Fault, FaultMenu, Kind
from simulators.carrier.message import API, Message, Status, segments
from simulators.carrier.optout import ANSWERS, keyword
from simulators.carrier.phones import Phones
from simulators.carrier.webhooks import Posted, Webhooks

WHATSAPP = "whatsapp:"
WINDOW_SHUT = 63016
DAY = 86_400 * SECOND


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that reached the carrier: when (UTC µs), what, and the answer (`status` 0: none was given)."""

    at: int
    method: str
    path: str
    form: dict[str, str] = field(repr=False)
    status: int
    code: int = 0
    sid: str = ""


class Exchange:
    """Every text of one account, in and out.

    `opt_out="provider"`: it answers STOP, START and HELP by itself and refuses texts to who said STOP (21610);
    `"hub"`: all of that is the hub's business. Numbers in `opted_out` and `landlines` are refused in any case.
    `templates` are approved WhatsApp ones, SID → words with {{1}}. `inbound_url` is where replies go; `pace` is the µs that each of the three steps to a phone takes.
    """

    def __init__(
        self,
        clock: WallClock,
        account: Account | None = None,
        opt_out: Literal["provider", "hub"] = "provider",
        seed: int = 0,
    ) -> None:
        self.clock = clock
        self.account = account or Account()
        self.opt_out = opt_out
        self.menu = FaultMenu(seed)
        self.phones = Phones()
        self.messages: list[Message] = []
        self.asked: list[Asked] = []
        self.opted_out: set[str] = set()
        self.landlines: set[str] = set()
        self.not_on_whatsapp: set[str] = set()
        self.templates: dict[str, str] = {}
        self.inbound_url = ""
        self.pace = SECOND
        self._seed = seed
        self._hooks = Webhooks(clock, self.account.token)
        self._underway: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()

    @property
    def posted(self) -> list[Posted]:
        """Every signed post to the hub, receipts and inbound texts, with the answer."""
        return self._hooks.posted

    @property
    def underway(self) -> int:
        """How many texts are still on their way, or have receipts to come."""
        return len(self._underway)

    def created(self) -> list[Message]:
        """The texts that it accepted from the API, oldest first."""
        return [message for message in self.messages if message.direction == "outbound-api"]

    def misbehave(self, kind: Kind | str, **how: Any) -> None:
        """Put a fault on the menu: `to`, `times`, `code`, `share`, `after` as in Fault. Raises ValueError."""
        self.menu.add(Fault(Kind(kind), **how))

    async def heard(self, phone: str, pattern: str = "", within: float = 20.0) -> Message:
        """The next text on `phone` that matches; see Phones.heard."""
        return await self.phones.heard(phone, pattern, within)

    async def until(self, check: Callable[[Any], bool], within: float = 20.0) -> None:
        """Return when `check(carrier)` holds after a request, a step or a post. Raises TimeoutError."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(lambda: check(self))

    async def tell(self) -> None:
        """Something has changed: let the waiting look again."""
        async with self._changed:
            self._changed.notify_all()

    def accept(self, form: dict[str, str]) -> Message:
        """Take a checked request of the API, and set the text on its way."""
        service = form.get("MessagingServiceSid")
        sender = form.get("From") or self.account.number
        message = self._message(sender, form["To"], self._words(form), "outbound-api")
        message.service_sid = service
        message.callback = form.get("StatusCallback")
        message.valid_for = int(form["ValidityPeriod"]) if "ValidityPeriod" in form else None
        message.becomes(Status.ACCEPTED if service else Status.QUEUED, message.created)
        faults = self.menu.all(ON_ITS_WAY, message.to)
        if "ContentSid" not in form and self._window_shut(message):
            faults[Kind.UNDELIVERABLE] = Fault(Kind.UNDELIVERABLE, code=WINDOW_SHUT)
        self._set_out(self._travel(message, journey(faults)))
        return message

    def _words(self, form: dict[str, str]) -> str:
        """The body; of a template, its words with the variables filled in."""
        words = self.templates.get(form.get("ContentSid", ""), form.get("Body", ""))
        for name, value in json.loads(form.get("ContentVariables", "{}")).items():
            words = words.replace("{{" + name + "}}", value)
        return words

    def _window_shut(self, message: Message) -> bool:
        """Whether free words may not go: WhatsApp takes them for a day after the person's own last message."""
        theirs = (each.created for each in self.messages if each.sender == message.to)
        last = max(theirs, default=None)
        return message.to.startswith(WHATSAPP) and (last is None or message.created - last > DAY)

    async def text_from(self, phone: str, body: str, to: str = "") -> Posted:
        """`phone` sends `body` to the hub; returns what the hub's hook answered.

        Raises RuntimeError when no `inbound_url` is set.
        """
        if not self.inbound_url:
            raise RuntimeError("set carrier.inbound_url to the hub's address of /hooks/twilio/sms first")
        message = self._message(phone, to or self.account.number, body, "inbound")
        message.becomes(Status.RECEIVED, message.created)
        word = await self._heed(message) if self.opt_out == "provider" else None
        posted = await self.deliver(message, word)
        for text in spoken(posted.answer):
            if phone not in self.opted_out:
                await self._reply(message, text)
        return posted

    async def _heed(self, message: Message) -> str | None:
        """Act on STOP, START and HELP; the same word twice is answered once."""
        phone = message.sender
        was_out = phone in self.opted_out
        word = keyword(message.body, was_out)
        if word == "STOP":
            self.opted_out.add(phone)
        if word == "START":
            self.opted_out.discard(phone)
        if word and not (word == "STOP" and was_out):
            await self._reply(message, ANSWERS[word])
        return word

    async def deliver(self, message: Message, word: str | None = None) -> Posted:
        """Post an inbound text to the hub; a second call is the same text delivered again."""
        form = {
            **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), message.sid),
            "AccountSid": self.account.sid,
            "MessagingServiceSid": self.account.service_sid,
            "From": message.sender,
            "To": message.to,
            "Body": message.body,
            "NumMedia": "0",
            "NumSegments": str(segments(message.body)),
            "SmsStatus": "received",
            "ApiVersion": API,
            **({"OptOutType": word} if word else {}),
        }
        posted = await self._hooks.post(self.inbound_url, form)
        await self.tell()
        return posted

    async def _reply(self, to: Message, body: str) -> None:
        """Answer a text directly, as TwiML or the carrier's own STOP handling does."""
        message = self._message(to.to, to.sender, body, "outbound-reply")
        for status in (Status.SENT, Status.DELIVERED):
            message.becomes(status, self.clock.now())
        await self.phones.ring(message)

    def _message(self, sender: str, to: str, body: str, direction: str) -> Message:
        number = f"{self._seed}/{len(self.messages)}"
        sid = "SM" + hashlib.blake2b(number.encode(), digest_size=16).hexdigest()
        now = self.clock.now()
        message = Message(sid, self.account.sid, sender, to, body, direction, Status.QUEUED, now)
        self.messages.append(message)
        return message

    def _set_out(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)

    async def _travel(self, message: Message, steps: list[Step]) -> None:
        for step in steps:
            await self.clock.wait(step.paces * self.pace + step.after)
            if step.becomes:
                status, code = step.becomes
                message.becomes(status, self.clock.now(), code)
                if status is Status.DELIVERED:
                    await self.phones.ring(message)
            for told in step.tells:
                await self._receipt(message, told)
            await self.tell()

    async def _receipt(self, message: Message, told: Told) -> None:
        """Post one status callback, if the message asked for them."""
        if not message.callback:
            return
        status, code = told
        form = {
            **dict.fromkeys(("MessageSid", "SmsSid"), message.sid),
            **dict.fromkeys(("MessageStatus", "SmsStatus"), status.value),
            "To": message.to,
            "From": message.sender,
            "AccountSid": self.account.sid,
            "ApiVersion": API,
            **({"MessagingServiceSid": message.service_sid} if message.service_sid else {}),
            **({"ErrorCode": str(code)} if code else {}),
        }
        await self._hooks.post(message.callback, form)

    async def quiet(self) -> None:
        """Forget the texts under way, and post nothing more."""
        for task in list(self._underway):
            task.cancel()
        await asyncio.gather(*self._underway, return_exceptions=True)
        await self._hooks.close()


def spoken(twiml: str) -> list[str]:
    """The texts that a TwiML answer asks to be sent back; none when it is not TwiML."""
    try:
        answer = ElementTree.fromstring(twiml) if twiml.strip() else None  # noqa: S314 - the hub's own answer
    except ElementTree.ParseError:
        return []
    if answer is None or answer.tag != "Response":
        return []
    return ["".join(message.itertext()) for message in answer.iter("Message")]
