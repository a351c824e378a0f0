"""The hub speaks first: first words through a satellite at home, and the talk that follows when somebody answers.

A message leaves through the relay like any other, and so through the gate; this is where it is spoken. The talk is the
customer's from their first answer on: every answer is a turn, told to the same conversation as a text would be. Nobody there,
nobody listening, or a line that breaks: the ladder of the case goes on at once, and a question that was open is asked in
writing. One question at a time per satellite, and a moment of quiet between two.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Heard, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from hub.domain.satellite import parse, place_of
from hub.flow import satellites as flow
from hub.flow.context import Context
from hub.loops.home_assistant import ANNOUNCE, START_CONVERSATION, Access, Gone, Line, Refused
from hub.ports import Accepted, Clock, Envelope, InDoubt, Outcome, Store, TryLater, Undeliverable
from hub.ports.speakers import SatelliteVoice
from hub.ports.trouble import where

TURNS = 60  # a talk that takes longer is with a machine
GREETINGS = 2  # how often we ask whether we may speak
BUSY_TRIES = 3
MAPPED = 60.0  # real seconds until the settings are compared again with who is known

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Manners:
    """How one behaves in somebody's kitchen; all in real seconds.

    `patience` is how long an answer may take (the call itself has no end), `settle` the quiet between two questions, `soon`
    how quickly Home Assistant says that it cannot, `gone` after how long without a line nobody waits for it.
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


@dataclass(slots=True)
class _Talk:
    """One talk at one satellite: what it began with, and how many turns it has had."""

    line: Line
    place: str
    entity: str
    language: str
    key: str
    turns: int = 0

    def next(self) -> str:
        """What makes the next turn the same turn."""
        self.turns += 1
        return f"{self.place}:{self.key}:{self.turns}"


class Satellites:
    """All homes. A notifier for addresses of satellites: `send` begins to speak, and does not wait for the end."""

    channel = Channel.VOICE
    provider = "home_assistant"
    in_doubt = "resend"

    def __init__(self, works: Works, homes: Sequence[Access], manners: Manners | None = None) -> None:
        self._works, self._manners = works, manners or Manners()
        self.lines = {access.home: Line(access) for access in homes}
        self._locks: dict[str, asyncio.Lock] = {}
        self._talks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Keep the lines until cancelled."""
        async with asyncio.TaskGroup() as group:
            for line in self.lines.values():
                group.create_task(line.run())

    async def send(self, envelope: Envelope) -> Outcome:
        """Begin to speak. Accepted once nothing speaks against it: what came of it is a receipt."""
        named = parse(envelope.to)
        line = self.lines.get(named[0]) if named else None
        if named is None or line is None:
            return Undeliverable("unknown_home")
        if not line.up.is_set():
            late = line.down_for() >= self._manners.gone
            return Undeliverable("not_connected") if late else TryLater("not_connected", 5.0)
        place = place_of(*named)
        lock = self._locks.setdefault(place, asyncio.Lock())
        if lock.locked():
            return TryLater("in_use", 20.0)
        talk = _Talk(line, place, named[1], envelope.language, f"{envelope.id}:{self._works.clock.now()}")
        return await self._begin(talk, envelope, lock)

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        """A satellite cannot be asked what it has said."""
        return InDoubt("cannot_be_asked")

    async def close(self) -> None:
        """End the talks."""
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _begin(self, talk: _Talk, envelope: Envelope, lock: asyncio.Lock) -> Outcome:
        """Set the talk going; when it fails at once, that is the outcome."""
        failed: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._held(talk, envelope, lock, failed), name=f"talk {talk.place}")
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)
        either: set[asyncio.Future[Any]] = {failed, task}
        await asyncio.wait(either, timeout=self._manners.soon, return_when=asyncio.FIRST_COMPLETED)
        if failed.done():
            return failed.result()
        failed.cancel()
        return Accepted(envelope.id)

    async def _held(
        self, talk: _Talk, envelope: Envelope, lock: asyncio.Lock, failed: asyncio.Future[Outcome]
    ) -> None:
        """One talk, from the first words to the last. It tells of its own failure while somebody waits to hear it."""
        async with lock:
            try:
                outcome = await self._talk(talk, envelope)
            except Gone:
                outcome = TryLater("gone", 5.0)
            except TimeoutError:
                outcome = Undeliverable("no_answer")
            except Refused as error:
                outcome = self._why(error)
            except Exception as error:  # noqa: BLE001 - one talk that breaks must not end the others
                log.error("satellite_talk_failed", error=where(error))
                outcome = Undeliverable("failed")
            await self._settle(talk, envelope, outcome, failed)
            await asyncio.sleep(self._manners.settle)

    @staticmethod
    def _why(error: Refused) -> Outcome:
        if nobody(error):
            return Undeliverable("no_answer")
        return TryLater("busy", 15.0) if busy(error) else Undeliverable(error.code[:32] or "refused")

    async def _settle(
        self, talk: _Talk, envelope: Envelope, outcome: Outcome, failed: asyncio.Future[Outcome]
    ) -> None:
        if isinstance(outcome, Accepted):
            return
        log.info("satellite_not_reached", home=talk.line.access.home, code=outcome.code)
        if not failed.done():
            failed.set_result(outcome)
            return
        async with self._works.store.transaction() as tx:
            await flow.receipt(tx, envelope.id, "undelivered", outcome.code, self._now())

    async def _talk(self, talk: _Talk, envelope: Envelope) -> Outcome:
        """First words, and what follows. Raises Gone, Refused and TimeoutError when the first words reach nobody."""
        features = await talk.line.features(talk.entity)
        if features is None:
            return Undeliverable("no_satellite")
        if not features & START_CONVERSATION:
            return await self._only_tell(talk, envelope, features)
        heard = await self._greet(talk, envelope)
        if heard is None:
            return Undeliverable("no_answer")
        async with self._works.store.transaction() as tx:
            await flow.receipt(tx, envelope.id, "read", "", self._now())
        await self._go_on(talk, heard)
        return Accepted(envelope.id)

    async def _only_tell(self, talk: _Talk, envelope: Envelope, features: int) -> Outcome:
        """A satellite that cannot listen is asked nothing: it says that there is news."""
        if not features & ANNOUNCE:
            return Undeliverable("cannot_speak")
        text = self._works.voice.news(talk.language)
        await self._say(talk, text)
        async with self._works.store.transaction() as tx:
            await flow.receipt(tx, envelope.id, "delivered", "", self._now())
        return Accepted(envelope.id)

    async def _greet(self, talk: _Talk, envelope: Envelope) -> Turn | None:
        """Ask whether we may speak, twice at most; None when nobody answers."""
        for _ in range(GREETINGS):
            heard = await self._asked(talk, envelope.text, (Expecting.YES_NO, ()))
            if heard.kind is not Heard.SILENCE:
                return heard
            await asyncio.sleep(self._manners.settle)
        return None

    async def _go_on(self, talk: _Talk, heard: Turn) -> None:
        """The talk, from the first answer on. When the line breaks, it goes on in writing."""
        try:
            reply = await self._tell(talk, flow.opened(talk.next(), talk.language))
            if _asks(reply):
                reply = await self._tell(talk, heard)
            while _asks(reply) and talk.turns < TURNS:
                reply = await self._tell(talk, await self._question(talk, reply))
            if reply.say:
                await self._rest(talk)
                await self._say(talk, self._spoken(talk, reply))
        except (Gone, Refused, TimeoutError):
            log.info("satellite_talk_broken", home=talk.line.access.home, turns=talk.turns)
            await self._broken(talk)

    async def _broken(self, talk: _Talk) -> None:
        hang_up = Turn(Heard.HANGUP, Channel.VOICE, talk.next(), language=talk.language, private=False)
        await self._tell(talk, hang_up)
        async with self._works.store.transaction() as tx:
            await flow.cut_off(tx, talk.place, self._now())

    async def _question(self, talk: _Talk, reply: Reply) -> Turn:
        """Put a reply's question. A satellite that is in use is waited for a little. Raises Gone, Refused."""
        assert reply.ask is not None
        wants = (reply.ask.expecting, reply.ask.options)
        text = self._spoken(talk, reply)
        for _ in range(BUSY_TRIES):
            await self._rest(talk)
            try:
                return await self._asked(talk, text, wants)
            except Refused as error:
                if not busy(error):
                    raise
        raise Gone

    async def _asked(self, talk: _Talk, text: str, wants: tuple[Expecting, Sequence[Phrase]]) -> Turn:
        """One question; silence when nobody answers in time. Raises Gone, Refused."""
        voice = self._works.voice
        data = voice.ask(talk.entity, text, wants, talk.language)
        answer: Any = None
        try:
            answer = await talk.line.call("ask_question", data, self._manners.patience, answers=True)
        except TimeoutError:
            log.info("satellite_silent", home=talk.line.access.home)
        except Refused as error:
            if not nobody(error):
                raise
        return voice.heard(answer if isinstance(answer, dict) else None, talk.next(), talk.language)

    async def _say(self, talk: _Talk, text: str) -> None:
        data = self._works.voice.announce(talk.entity, text)
        await talk.line.call("announce", data, self._manners.speaking)

    async def _tell(self, talk: _Talk, turn: Turn) -> Reply:
        async with self._works.store.transaction() as tx:
            reply = await flow.told(tx, talk.place, turn, self._now(), self._works.ctx)
        talk.language = reply.language or talk.language
        return reply

    def _spoken(self, talk: _Talk, reply: Reply) -> str:
        return self._works.voice.spoken(reply, talk.language)

    async def _rest(self, talk: _Talk) -> None:
        await asyncio.sleep(self._manners.settle)

    def _now(self) -> Moment:
        return Moment(self._works.clock.now())


def _asks(reply: Reply) -> bool:
    return reply.ask is not None and not reply.end


def nobody(error: Refused) -> bool:
    """Whether nobody answered. Source: `HomeAssistantError("No answer from question")` of Home Assistant's core."""
    said = error.why.lower()
    return "no answer" in said or "did not pick up" in said


def busy(error: Refused) -> bool:
    """Whether the satellite is in use: `SatelliteBusyError`, which has no words of its own."""
    said = error.why.lower()
    return error.code == "home_assistant_error" and (not said.strip() or "busy" in said)


class Kept(Protocol):
    """Where satellites are written down, and what time it is."""

    store: Store
    clock: Clock


async def mapping(works: Kept, satellites: Mapping[str, str]) -> None:
    """Link the satellites that the settings name with their customers, who may come to be known later. Until cancelled."""
    while True:
        async with works.store.transaction() as tx:
            await flow.map_out(tx, satellites, Moment(works.clock.now()))
        await asyncio.sleep(MAPPED)
