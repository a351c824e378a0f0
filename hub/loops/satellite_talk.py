"""One talk at one satellite: questions put and answers heard, turn by turn, until nobody is asked anything any more.

Every answer is told to the customer's own conversation, as a text would be. Between two questions it is quiet for a moment.
It knows one line and one room; which message it began with is not its business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Heard, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from hub.flow import satellites as flow
from hub.flow.context import Context
from hub.loops.home_assistant import Gone, Line, Refused
from hub.ports import Clock, Store, Tx
from hub.ports.speakers import SatelliteVoice

TURNS = 60  # a talk that takes longer is with a machine
BUSY_TRIES = 3

log = structlog.get_logger(__name__)

Wants = tuple[Expecting, Sequence[Phrase]]
"""What a question wants, and its options."""
Telling = Callable[[Tx, Moment], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Manners:
    """How one behaves in somebody's kitchen; all in real seconds.

    `patience` is how long an answer may take (the call itself has no end), `settle` the quiet between two questions, `soon`
    how quickly Home Assistant says that it cannot, `gone` after how long without a line nobody waits for it, `speaking` how
    long an announcement may take.
    """

    patience: float = 30.0
    settle: float = 2.0
    soon: float = 1.5
    gone: float = 30.0
    speaking: float = 60.0


@dataclass(frozen=True, slots=True)
class Works:
    """What the talks work with."""

    store: Store
    clock: Clock
    ctx: Context
    voice: SatelliteVoice

    def now(self) -> Moment:
        """The business time."""
        return Moment(self.clock.now())


class Talk:
    """See above. `key` tells this talk from any other at `place`, which is the satellite `entity` of its home."""

    def __init__(self, works: Works, manners: Manners, line: Line, named: tuple[str, str, str]) -> None:
        self.place, self.entity, self._key = named
        self.line, self.language, self.turns = line, "en", 0
        self._works, self._manners = works, manners

    async def ask(self, text: str, wants: Wants) -> Turn:
        """One question; silence when nobody answers in time. A satellite in use is waited for a little. Raises Gone and
        Refused."""
        for _ in range(BUSY_TRIES):
            try:
                return await self._asked(text, wants)
            except Refused as error:
                if not busy(error) or not self.turns:  # who has not begun to talk need not wait
                    raise
                await self._rest()
        raise Gone

    async def say(self, text: str) -> None:
        """Say something that is no question. Raises Gone, Refused, TimeoutError."""
        data = self._works.voice.announce(self.entity, text)
        await self.line.call("announce", data, self._manners.speaking)

    async def go_on(self, tell: Telling) -> None:
        """The talk, from an answer on, which `tell` tells. When the line breaks, what was open is asked in writing."""
        try:
            reply = await self._in_one(tell)
            while reply.ask is not None and not reply.end and self.turns < TURNS:
                await self._rest()
                heard = await self.ask(self._spoken(reply), (reply.ask.expecting, reply.ask.options))
                reply = await self._told(heard)
            if reply.say:
                await self._rest()
                await self.say(self._spoken(reply))
        except (Gone, Refused, TimeoutError):
            log.info("satellite_talk_broken", home=self.line.access.home, turns=self.turns)
            await self._broken()

    async def _broken(self) -> None:
        hang_up = Turn(Heard.HANGUP, Channel.VOICE, self._next(), language=self.language, private=False)
        await self._told(hang_up)
        async with self._works.store.transaction() as tx:
            await flow.cut_off(tx, self.place, self._works.now())

    async def _asked(self, text: str, wants: Wants) -> Turn:
        voice = self._works.voice
        data = voice.ask(self.entity, text, wants, self.language)
        answer: Any = None
        try:
            answer = await self.line.call("ask_question", data, self._manners.patience, answers=True)
        except TimeoutError:
            log.info("satellite_silent", home=self.line.access.home)
        except Refused as error:
            if not nobody(error):
                raise
        return voice.heard(answer if isinstance(answer, dict) else None, self._next(), self.language)

    async def _told(self, turn: Turn) -> Reply:
        async def telling(tx: Tx, now: Moment) -> Reply:
            return await flow.told(tx, self.place, turn, now, self._works.ctx)

        return await self._in_one(telling)

    async def _in_one(self, tell: Telling) -> Reply:
        """One turn, in one transaction."""
        async with self._works.store.transaction() as tx:
            reply = await tell(tx, self._works.now())
        self.language = reply.language or self.language
        return reply

    def _spoken(self, reply: Reply) -> str:
        return self._works.voice.spoken(reply, self.language)

    async def _rest(self) -> None:
        await asyncio.sleep(self._manners.settle)

    def _next(self) -> str:
        """What makes the next turn the same turn."""
        self.turns += 1
        return f"{self.place}:{self._key}:{self.turns}"


def nobody(error: Refused) -> bool:
    """Whether nobody answered. Source: `HomeAssistantError("No answer from question")` of Home Assistant's core."""
    said = error.why.lower()
    return "no answer" in said or "did not pick up" in said


def busy(error: Refused) -> bool:
    """Whether the satellite is in use: `SatelliteBusyError`, which has no words of its own."""
    said = error.why.lower()
    return error.code == "home_assistant_error" and (not said.strip() or "busy" in said)
