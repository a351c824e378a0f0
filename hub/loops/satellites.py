"""The hub speaks first: messages spoken through a satellite at home, and the talk that follows when somebody answers.

A message leaves through the relay like any other, and so through the gate; this is where it is spoken. The talk is the
customer's from their first answer on. Nobody there, nobody listening, or a line that breaks: the ladder of the case goes on
at once, and what was said in the middle of a talk is written instead. One talk at a time per satellite.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import structlog

from hub.domain.contact import MessageClass
from hub.domain.conversation import Expecting, Heard, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from hub.domain.satellite import parse, place_of
from hub.flow import satellites as flow
from hub.loops.home_assistant import ANNOUNCE, START_CONVERSATION, Access, Gone, Line, Refused
from hub.loops.satellite_talk import Manners, Talk, Works, busy, nobody
from hub.ports import Accepted, Clock, Envelope, InDoubt, Outcome, Store, TryLater, Tx, Undeliverable
from hub.ports.trouble import where

GREETINGS = 2  # how often we ask whether we may speak
REMEMBERED = 1_000  # messages that were begun, so that one in doubt is not said twice
MAPPED = 60.0  # real seconds until the settings are compared again with who is known

log = structlog.get_logger(__name__)


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
        self._begun: dict[str, None] = {}

    async def run(self) -> None:
        """Keep the lines until cancelled."""
        async with asyncio.TaskGroup() as group:
            for line in self.lines.values():
                group.create_task(line.run())

    async def send(self, envelope: Envelope) -> Outcome:
        """Begin to speak. Accepted once nothing speaks against it: what came of it is a receipt. What has been begun is not
        begun again."""
        if envelope.id in self._begun:
            return Accepted(envelope.id)
        named = parse(envelope.to)
        line = self.lines.get(named[0]) if named else None
        if named is None or line is None:
            return Undeliverable("unknown_home")
        if not line.up.is_set():
            return await self._not_said(envelope, self._no_line(line))
        place = place_of(*named)
        lock = self._locks.setdefault(place, asyncio.Lock())
        if lock.locked():
            return TryLater("in_use", 20.0)
        key = f"{envelope.id}:{self._works.clock.now()}"
        talk = Talk(self._works, self._manners, line, (place, named[1], key))
        talk.language = envelope.language
        return await self._begin(talk, envelope, lock)

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        """A satellite cannot be asked what it has said."""
        return InDoubt("cannot_be_asked")

    async def quiet(self) -> None:
        """Wait until nobody is talking."""
        while self._talks:
            await asyncio.wait(set(self._talks))

    async def close(self) -> None:
        """End the talks."""
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _no_line(self, line: Line) -> Outcome:
        late = line.down_for() >= self._manners.gone
        return Undeliverable("not_connected") if late else TryLater("not_connected", 5.0)

    async def _begin(self, talk: Talk, envelope: Envelope, lock: asyncio.Lock) -> Outcome:
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
        self._begun[envelope.id] = None
        while len(self._begun) > REMEMBERED:
            self._begun.pop(next(iter(self._begun)))
        return Accepted(envelope.id)

    async def _held(
        self, talk: Talk, envelope: Envelope, lock: asyncio.Lock, failed: asyncio.Future[Outcome]
    ) -> None:
        """One talk, from the first words to the last. It tells of its own failure while somebody waits to hear it."""
        async with lock:
            try:
                outcome = await self._spoken(talk, envelope)
            except Gone:
                outcome = TryLater("gone", 5.0)
            except TimeoutError:
                outcome = Undeliverable("no_answer")
            except Refused as error:
                outcome = self._why(error)
            except Exception as error:  # noqa: BLE001 - one talk that breaks must not end the others
                log.error("satellite_talk_failed", error=where(error))
                outcome = Undeliverable("failed")
            if not isinstance(outcome, Accepted):
                log.info("satellite_not_reached", home=talk.line.access.home, code=outcome.code)
            outcome = await self._not_said(envelope, outcome)
            if not failed.done():
                failed.set_result(outcome)
            elif not isinstance(outcome, Accepted):
                await self._receipt(envelope, "undelivered", outcome.code)
            await asyncio.sleep(self._manners.settle)

    @staticmethod
    def _why(error: Refused) -> Outcome:
        if nobody(error):
            return Undeliverable("no_answer")
        return TryLater("busy", 15.0) if busy(error) else Undeliverable(error.code[:32] or "refused")

    async def _not_said(self, envelope: Envelope, outcome: Outcome) -> Outcome:
        """Words in the middle of a talk that could not be said are written instead, at once."""
        if isinstance(outcome, Accepted) or envelope.kind is not MessageClass.TURN:
            return outcome
        async with self._works.store.transaction() as tx:
            await flow.in_writing(tx, envelope.id, self._works.now(), self._works.ctx)
        return Accepted(envelope.id)

    async def _spoken(self, talk: Talk, envelope: Envelope) -> Outcome:
        """First words, or the next ones of a talk. Raises Gone, Refused and TimeoutError when they reach nobody."""
        features = await talk.line.features(talk.entity)
        if features is None:
            return Undeliverable("no_satellite")
        if envelope.kind is MessageClass.TURN:
            return await self._next(talk, envelope, features)
        if not await self._asks(envelope):
            return await self._only_tell(talk, envelope, features, envelope.text)
        if not features & START_CONVERSATION:
            return await self._only_tell(talk, envelope, features, self._works.voice.news(talk.language))
        heard = await self._greet(talk, envelope)
        if heard is None:
            return Undeliverable("no_answer")
        await self._receipt(envelope, "read")

        async def answered(tx: Tx, now: Moment) -> Reply:
            return await flow.answered(tx, (talk.place, envelope.id), heard, now, self._works.ctx)

        await talk.go_on(answered)
        return Accepted(envelope.id)

    async def _next(self, talk: Talk, envelope: Envelope, features: int) -> Outcome:
        """What the hub has to say while somebody talks with it: news of the device, and perhaps the next question."""
        async with self._works.store.reading() as tx:
            wants = await flow.asked_by(tx, envelope.id, envelope.language, self._works.ctx)
        if wants is None or not features & START_CONVERSATION:
            if not features & ANNOUNCE or wants is not None:
                return Undeliverable("cannot_listen")
            await talk.say(envelope.text)
            return Accepted(envelope.id)
        heard = await talk.ask(envelope.text, wants)

        async def answered(tx: Tx, now: Moment) -> Reply:
            return await flow.told(tx, talk.place, heard, now, self._works.ctx)

        await talk.go_on(answered)
        return Accepted(envelope.id)

    async def _asks(self, envelope: Envelope) -> bool:
        async with self._works.store.reading() as tx:
            return await flow.greets(tx, envelope.id)

    async def _only_tell(self, talk: Talk, envelope: Envelope, features: int, text: str) -> Outcome:
        """Something that is no question: all that a satellite that cannot listen is given to say."""
        if not features & ANNOUNCE:
            return Undeliverable("cannot_speak")
        await talk.say(text)
        await self._receipt(envelope, "delivered")
        return Accepted(envelope.id)

    async def _greet(self, talk: Talk, envelope: Envelope) -> Turn | None:
        """Ask whether we may speak, twice at most; None when nobody answers."""
        for _ in range(GREETINGS):
            heard = await talk.ask(envelope.text, (Expecting.YES_NO, ()))
            if heard.kind is not Heard.SILENCE:
                return heard
            await asyncio.sleep(self._manners.settle)
        return None

    async def _receipt(self, envelope: Envelope, status: str, code: str = "") -> None:
        async with self._works.store.transaction() as tx:
            await flow.receipt(tx, envelope.id, status, code, self._works.now())


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
