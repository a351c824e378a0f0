"""The ear at home: a Wyoming `handle` server, by which Home Assistant hands on what was said to a satellite. One turn, one
connection.

The protocol has no lock on its door: it listens on this machine only, unless the settings say otherwise, and each home has
a port of its own. Junk is closed at once or after a few seconds, and never logged; the server goes on. Words that mean
nothing to us, said while nobody is talking with us, are not handled, and told to nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from wyoming.event import Event, async_write_event

from device_rules.reading import MINUTE
from hub.domain.conversation import Expecting, Intent, Reply
from hub.domain.ids import Moment
from hub.domain.satellite import place_of
from hub.flow import satellites as flow
from hub.flow.context import Context
from hub.ports import BadInput, Clock, Store
from hub.ports.speakers import HandleVoice, Utterance
from hub.ports.trouble import where

LIMIT = 64 * 1024  # bytes of a line; a whole frame is held to the same by the voice
READ = 5.0  # real seconds for one frame, and for nothing at all
PATIENCE = 6.0  # real seconds for an answer
FRAMES = 16  # of one connection
AT_ONCE = 256  # connections
SESSION = 10 * MINUTE  # for so long after a word of theirs somebody is talking with us

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ear:
    """Where one home is listened to."""

    home: str
    host: str
    port: int


@dataclass(slots=True)
class Listening:
    """What the ears work with. `read` and `patience` are real seconds; `spoken` is when somebody last spoke, by place."""

    store: Store
    clock: Clock
    ctx: Context
    voice: HandleVoice
    read: float = READ
    patience: float = PATIENCE
    spoken: dict[str, int] = field(default_factory=dict)
    count: int = 0


async def run(works: Listening, ears: Sequence[Ear]) -> None:
    """Listen until cancelled."""
    servers = [await serve(works, ear) for ear in ears]
    try:
        await asyncio.gather(*(server.serve_forever() for server in servers))
    finally:
        for server in servers:
            server.close()


async def serve(works: Listening, ear: Ear) -> asyncio.Server:
    """The server of one ear. Raises BadInput when the port cannot be had."""
    open_ones: set[object] = set()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if len(open_ones) < AT_ONCE:
                open_ones.add(writer)
                await _attend(works, ear.home, reader, writer)
        except (BadInput, OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            log.info("wyoming_closed", home=ear.home)
        except Exception as error:  # noqa: BLE001 - one connection must not end the others
            log.error("wyoming_failed", home=ear.home, error=where(error))
        finally:
            open_ones.discard(writer)
            writer.close()

    try:
        return await asyncio.start_server(met, ear.host, ear.port, limit=LIMIT)
    except OSError as error:
        raise BadInput("voices.homes", f"{ear.host}:{ear.port} cannot be had: {error.strerror}") from None


async def _attend(
    works: Listening, home: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answer the frames of one connection until its one turn has been answered, or nothing comes any more."""
    for _ in range(FRAMES):
        async with asyncio.timeout(works.read):
            frame = await _frame(works.voice, reader)
        if frame is None:
            return
        kind, data = frame
        if kind == "describe":
            await _write(works, writer, works.voice.info())
        elif kind == "ping":
            await _write(works, writer, ("pong", {"text": data.get("text")}))
        elif kind == "transcript":
            await _write(works, writer, await _answer(works, home, works.voice.read(data)))
            return


async def _frame(voice: HandleVoice, reader: asyncio.StreamReader) -> tuple[str, Mapping[str, Any]] | None:
    """The next frame, its payload left aside; None at the end. Raises BadInput, ValueError (a line without an end) and
    IncompleteReadError."""
    line = await reader.readline()
    if not line:
        return None
    head = voice.head(line)
    more = await reader.readexactly(head.data_length)
    await reader.readexactly(head.payload_length)
    return head.type, voice.merged(head, more)


async def _write(works: Listening, writer: asyncio.StreamWriter, said: tuple[str, dict[str, Any]]) -> None:
    async with asyncio.timeout(works.read):
        await async_write_event(Event(*said), writer)


async def _answer(works: Listening, home: str, said: Utterance) -> tuple[str, dict[str, Any]]:
    """The answer to one turn: whatever happens to us, it has one."""
    if not said.speaker:
        return works.voice.not_handled("speaker.unknown", said)
    place = place_of(home, said.speaker)
    if not _for_us(works, place, said):
        return works.voice.not_handled("speaker.not_for_us", said)
    try:
        async with asyncio.timeout(works.patience):
            reply = await _turn(works, place, said)
        return works.voice.handled(reply, said)
    except Exception as error:  # noqa: BLE001 - whatever it is: one line without any value, and a kind word
        log.error("wyoming_turn_failed", home=home, error=where(error))
        return works.voice.not_handled("voice.trouble", said)


async def _turn(works: Listening, place: str, said: Utterance) -> Reply:
    works.count += 1
    now = Moment(works.clock.now())
    turn = works.voice.heard(said, f"wyoming:{place}:{now}:{works.count}")
    async with works.store.transaction() as tx:
        reply = await flow.told(tx, place, turn, now, works.ctx)
    if reply.end:
        works.spoken.pop(place, None)
    else:
        works.spoken[place] = now
    return reply


def _for_us(works: Listening, place: str, said: Utterance) -> bool:
    """Whether these words are said to us: in the middle of a talk all are, else those that mean something to us."""
    last = works.spoken.get(place)
    if last is not None and works.clock.now() - last <= SESSION:
        return True
    meaning = works.ctx.ears.understand(said.text, said.language, Expecting.NOTHING, ())
    plain = (Intent.UNKNOWN, Intent.QUESTION)  # "how long does it take?" may be meant for anybody
    return meaning.intent not in plain or bool(flow.digits(said.text))
