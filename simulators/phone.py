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

from hub.clock import SECOND, WallClock
from simulators.carrier.account import Account
from simulators.carrier.menu import Fault, FaultMenu, Kind
from simulators.carrier.message import API
from simulators.carrier.webhooks import Webhooks
from simulators.phone_api import api
from simulators.phone_line import HANG_UP, Call, Caller, Live, Said, Script, read
from simulators.served import Served

MACHINE = "machine_end_beep"
ENDS = ("busy", "no-answer", "failed")
MOST = 100  # answers of the hub in one call


@dataclass
class Person:
    """Whoever picks up at a number. `does` are keys (`1`), words (`say: a person`, `mumble: a person`), silence (empty) or
    `hang up`, one for each question; after the last one they hang up. `picks_up` is `human`, `machine`, or one of `ENDS`.
    With `live`, somebody holds that receiver and decides."""

    does: list[str] = field(default_factory=list)
    picks_up: str = "human"
    live: Live | None = None

    def caller(self) -> Caller:
        """Who talks in the next call."""
        return self.live or Script(self.does)


class PhoneCompany:
    """`async with PhoneCompany(clock) as company:` serves the API at `company.url`, instead of https://api.twilio.com.

    `people` pick up at their numbers; `answers` says how ringing a number of the maker ends (`completed` by default).
    """

    def __init__(self, clock: WallClock, account: Account | None = None, seed: int = 0) -> None:
        self.clock, self.account = clock, account or Account()
        self.people: dict[str, Person] = {}
        self.answers: dict[str, str] = {}
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
        call = self.dials(number, url)
        return await self.talk(call, Script(does))

    def dials(self, number: str, url: str) -> Call:
        """A person's call to the hub, before anybody speaks."""
        call = self._call(number, self.account.number, url)
        call.direction = "inbound"
        return call

    async def talk(self, call: Call, caller: Caller) -> Call:
        """Let `caller` talk in a call to the hub, until it is over."""
        await self._talk(call, caller, {})
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
        caller = None if machine else person.caller()
        await self._talk(call, caller, {"AnsweredBy": MACHINE if machine else "human"})
        await self._becomes(call, "completed", "completed")

    async def _talk(self, call: Call, caller: Caller | None, more: dict[str, str]) -> None:
        """Fetch what to say, say it, and bring the answer, until somebody hangs up. Nobody is a machine: it only listens."""
        if call.status == "queued":
            call.status = "in-progress"
        url = call.url
        for _ in range(MOST):
            said = read(call, await self.hooks.post(url, {**self._form(call), **more}))
            await self._tell()
            if said.how == "redirect":
                url, more = urljoin(url, said.goes), {}
                continue
            if said.how == "dial":
                await self._connect(call, url, said)
            if said.how != "ask" or caller is None:
                return
            act = await caller.act()
            if act == HANG_UP:
                return
            call.spoken.append(("caller", act))
            url, more = urljoin(url, said.goes), said.answer(act)
        call.wrong.append("the call had no end")

    async def _connect(self, call: Call, url: str, said: Said) -> None:
        """Ring the person whom the hub wants to take over, and tell how it went."""
        how = self.answers.get(said.number, "completed")
        if said.goes:
            form = {**self._form(call), "DialCallStatus": how}
            read(call, await self.hooks.post(urljoin(url, said.goes), form))
            await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _becomes(self, call: Call, status: str, event: str = "") -> None:
        call.status = status
        if call.callback and event in call.events:
            await self.hooks.post(call.callback, self._form(call))
        await self._tell()

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
