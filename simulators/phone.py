"""A telephone company that speaks Twilio's Calls API: it rings people, fetches what to say, presses their keys, hangs up.

It checks what it is asked for and told to say as Twilio would, signs what it posts, and never looks into the hub. Times
are business time.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urljoin
from xml.etree import ElementTree

from hub.clock import SECOND, WallClock
from simulators.carrier.account import Account
from simulators.carrier.menu import Fault, FaultMenu, Kind
from simulators.carrier.message import API, rfc2822
from simulators.carrier.webhooks import Posted, Webhooks
from simulators.phone_api import api
from simulators.served import Served

HANG_UP = "hang up"
MACHINE = "machine_end_beep"
ENDS = ("busy", "no-answer", "failed")


@dataclass
class Person:
    """Whoever picks up at a number. `does` are keys (`1`), words (`say: a person`), silence (empty) or `hang up`, one for
    each question; after the last one they hang up. `picks_up` is `human`, `machine`, or one of `ENDS`."""

    does: list[str] = field(default_factory=list)
    picks_up: str = "human"


@dataclass
class Call:
    """One call, out or in. `heard` is everything that was said in it, `dialled` whom it was connected to."""

    sid: str
    account_sid: str
    sender: str
    to: str
    url: str
    created: int
    direction: str = "outbound-api"
    callback: str = ""
    events: tuple[str, ...] = ("completed",)
    status: str = "queued"
    heard: list[str] = field(default_factory=list)
    dialled: str = ""
    wrong: list[str] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        """The resource as Twilio answers it."""
        base = f"/{API}/Accounts/{self.account_sid}/Calls/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "api_version": API,
            "date_created": rfc2822(self.created),
            "date_updated": rfc2822(self.created),
            "direction": self.direction,
            "from": self.sender,
            "to": self.to,
            "status": self.status,
            "start_time": None,
            "end_time": None,
            "duration": None,
            "answered_by": None,
            "price": None,
            "price_unit": "USD",
            "uri": f"{base}.json",
            "subresource_uris": {},
        }


class PhoneCompany:
    """`async with PhoneCompany(clock) as company:` serves the API at `company.url`, instead of https://api.twilio.com."""

    def __init__(self, clock: WallClock, account: Account | None = None, seed: int = 0) -> None:
        self.clock, self.account = clock, account or Account()
        self.people: dict[str, Person] = {}
        self.calls: list[Call] = []
        self.forms: list[list[tuple[str, str]]] = []
        self.menu = FaultMenu(seed)
        self.pace = SECOND
        self.hooks = Webhooks(clock, self.account.token)
        self._underway: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()
        self._served = Served(api(self))

    @property
    def url(self) -> str:
        """The base address, without a slash at the end."""
        return self._served.url

    def misbehave(self, kind: Kind | str, **how: Any) -> None:
        """Put a fault on the menu: `to`, `times`, `code` as in Fault. Raises ValueError."""
        self.menu.add(Fault(Kind(kind), **how))

    def accept(self, form: Sequence[tuple[str, str]]) -> Call:
        """Take a checked request of the API, and let it ring."""
        one = dict(form)
        call = self._call(one["From"], one["To"], one["Url"])
        call.callback = one.get("StatusCallback", "")
        call.events = tuple(value for name, value in form if name == "StatusCallbackEvent") or call.events
        self._set_out(call)
        return call

    async def ring_hub(self, number: str, url: str, does: Sequence[str] = ()) -> Call:
        """A person rings the hub, whose hook for calls is `url`; returns when the call is over."""
        call = self._call(number, self.account.number, url)
        call.direction = "inbound"
        await self._talk(call, Person([*does]), {})
        await self._becomes(call, "completed")
        return call

    async def over(self, call: Call, within: float = 10.0) -> Call:
        """Return when the call is over. Raises TimeoutError."""
        await self.until(lambda: call.status in ("completed", *ENDS), within)
        return call

    async def until(self, check: Callable[[], bool], within: float = 10.0) -> None:
        """Return when `check()` holds. Raises TimeoutError."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(check)

    def _call(self, sender: str, to: str, url: str) -> Call:
        sid = "CA" + hashlib.blake2b(str(len(self.calls)).encode(), digest_size=16).hexdigest()
        call = Call(sid, self.account.sid, sender, to, url, self.clock.now())
        self.calls.append(call)
        return call

    def _set_out(self, call: Call) -> None:
        task = asyncio.create_task(self._ring(call))
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)

    async def _ring(self, call: Call) -> None:
        person = self.people.get(call.to, Person(picks_up="no-answer"))
        for status, event in (("initiated", "initiated"), ("ringing", "ringing")):
            await self._becomes(call, status, event)
            await self.clock.wait(self.pace)
        if person.picks_up in ENDS:
            await self._becomes(call, person.picks_up, "completed")
            return
        await self._becomes(call, "in-progress", "answered")
        machine = person.picks_up == "machine"
        await self._talk(call, person, {"AnsweredBy": MACHINE if machine else "human"})
        await self._becomes(call, "completed", "completed")

    async def _talk(self, call: Call, person: Person, more: dict[str, str]) -> None:
        """Fetch what to say, say it, and bring the answer, until somebody hangs up."""
        if call.status == "queued":
            call.status = "in-progress"
        url, does = call.url, iter(person.does)
        for _ in range(100):
            posted = await self.hooks.post(url, {**self._form(call), **more})
            question = say(call, posted)
            act = next(does, HANG_UP)
            if question is None or act == HANG_UP or person.picks_up == "machine":
                return
            url = urljoin(url, question)
            more = _answer(act)
        call.wrong.append("the call had no end")

    async def _becomes(self, call: Call, status: str, event: str = "") -> None:
        call.status = status
        if call.callback and event in call.events:
            await self.hooks.post(call.callback, self._form(call))
        async with self._changed:
            self._changed.notify_all()

    def _form(self, call: Call) -> dict[str, str]:
        return {
            "CallSid": call.sid,
            "AccountSid": call.account_sid,
            "From": call.sender,
            "To": call.to,
            "Direction": call.direction,
            "CallStatus": call.status,
            "ApiVersion": API,
        }

    async def __aenter__(self) -> Self:
        await self._served.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in list(self._underway):
            task.cancel()
        await asyncio.gather(*self._underway, return_exceptions=True)
        await self.hooks.close()
        await self._served.stop()


def _answer(act: str) -> dict[str, str]:
    if act.startswith("say: "):
        return {"SpeechResult": act.removeprefix("say: "), "Confidence": "0.93"}
    return {"Digits": act} if act else {}


def say(call: Call, posted: Posted) -> str | None:
    """Say what the hub's TwiML says; where the answer to its question goes (None: there is none, so the call ends)."""
    try:
        answer = ElementTree.fromstring(posted.answer)  # noqa: S314 - the hub's own answer
    except ElementTree.ParseError:
        call.wrong.append(f"an answer that is no TwiML (HTTP {posted.status})")
        return None
    ears = list(answer.iter("Gather"))
    for voice in answer.iter("Say"):
        call.heard.append("".join(voice.itertext()))
        if not voice.get("language"):
            call.wrong.append("Say without a language")
    if answer.tag != "Response" or len(ears) > 1:
        call.wrong.append("more than one question")
    for dial in answer.iter("Dial"):
        call.dialled = "".join(dial.itertext())
    if not ears:
        if answer.find("Hangup") is None and answer.find("Dial") is None:
            call.wrong.append("a call that ends without an end")
        return None
    if ears[0].get("actionOnEmptyResult") != "true":
        call.wrong.append("silence is not told")
    return ears[0].get("action") or None
