"""One telephone call as it is heard at both ends: what the hub's TwiML says, and what a caller does about it.

`read` reads TwiML as Twilio would and notes what it would stumble over; `Caller` is whoever holds the receiver: by a
script (`Script`), or somebody who decides while it rings (`Live`). It never looks into the hub.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from xml.etree import ElementTree

from simulators.carrier.message import API, rfc2822
from simulators.carrier.webhooks import Posted

HANG_UP = "hang up"
SAY, MUMBLE = "say: ", "mumble: "
CLEAR, UNCLEAR = "0.93", "0.21"  # how sure Twilio is of words that were said, and of words that were mumbled
LONGEST, HINTS, HINT = 4_096, 500, 100  # Twilio's limits: characters of a Say, hints, characters of a hint

How = Literal["ask", "redirect", "dial", "end"]


@dataclass
class Call:
    """One call, out or in. `heard` is everything that was said by the hub, `spoken` everything by whom (`hub`, `caller`),
    `dialled` whom it was connected to, `wrong` what Twilio would have complained about."""

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
    spoken: list[tuple[str, str]] = field(default_factory=list)
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


class Caller(Protocol):
    """Whoever holds the receiver. `act` answers a question: keys (`1`, `4711`), `say: words`, `mumble: words`, nothing
    (empty: silence), or `hang up`."""

    async def act(self) -> str: ...


class Script:
    """A caller who does one thing after the other, and then hangs up."""

    def __init__(self, does: Iterable[str]) -> None:
        self._does = iter(list(does))

    async def act(self) -> str:
        """The next thing of the script."""
        return next(self._does, HANG_UP)


class Live:
    """A caller who decides while the line is open: whoever holds the receiver calls `do`."""

    def __init__(self) -> None:
        self._done: asyncio.Queue[str] = asyncio.Queue()

    def do(self, act: str) -> None:
        """Press, say, or hang up."""
        self._done.put_nowait(act)

    async def act(self) -> str:
        """What they do next; waits for them."""
        return await self._done.get()


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of the hub: what comes after its words (`how`), the address it `goes` to, and how much is listened for."""

    how: How
    goes: str = ""
    keys_only: bool = False
    one_key: bool = True
    number: str = ""

    def answer(self, act: str) -> dict[str, str]:
        """What Twilio posts when the caller did `act`: keys are cut, and words are lost, as this question wants it."""
        words, sure = (act.removeprefix(SAY), CLEAR) if act.startswith(SAY) else ("", "")
        if act.startswith(MUMBLE):
            words, sure = act.removeprefix(MUMBLE), UNCLEAR
        if words:
            return {} if self.keys_only else {"SpeechResult": words, "Confidence": sure}
        keys = act[:1] if self.one_key else act.rstrip("#")
        return {"Digits": keys} if keys else {}


def read(call: Call, posted: Posted) -> Said:
    """Say what the hub's TwiML says, and what comes then. Complaints go to `call.wrong`."""
    try:
        answer = ElementTree.fromstring(posted.answer)  # noqa: S314 - the hub's own answer
    except ElementTree.ParseError:
        call.wrong.append(f"an answer that is no TwiML (HTTP {posted.status})")
        return Said("end")
    for voice in answer.iter("Say"):
        words = "".join(voice.itertext())
        call.heard.append(words)
        call.spoken.append(("hub", words))
        if not voice.get("language") or not voice.get("voice"):
            call.wrong.append("Say without a language and a voice")
        if len(words) > LONGEST:
            call.wrong.append("Say is longer than Twilio takes")
    ears = list(answer.iter("Gather"))
    if answer.tag != "Response" or len(ears) > 1:
        call.wrong.append("more than one question")
    return _question(call, ears[0]) if ears else _end(call, answer)


def _question(call: Call, ear: ElementTree.Element) -> Said:
    keys_only = ear.get("input", "dtmf") == "dtmf"
    hints = [each.strip() for each in ear.get("hints", "").split(",")]
    if ear.get("actionOnEmptyResult") != "true":
        call.wrong.append("silence is not told")
    if not keys_only and (not hints[0] or len(hints) > HINTS or max(map(len, hints)) > HINT):
        call.wrong.append("words are listened for without hints that Twilio takes")
    if not keys_only and not ear.get("language"):
        call.wrong.append("words are listened for in no language")
    return Said("ask", ear.get("action") or "", keys_only, ear.get("numDigits") == "1")


def _end(call: Call, answer: ElementTree.Element) -> Said:
    """A call without a question goes on elsewhere, is handed to somebody, or is over."""
    redirect, dial = answer.find("Redirect"), answer.find("Dial")
    if redirect is not None:
        return Said("redirect", (redirect.text or "").strip())
    if dial is not None:
        call.dialled = "".join(dial.itertext())
        return Said("dial", dial.get("action") or "", number=call.dialled)
    if answer.find("Hangup") is None:
        call.wrong.append("a call that ends without an end")
    return Said("end")
