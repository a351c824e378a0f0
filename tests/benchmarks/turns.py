"""How long a turn takes: the core alone, and with understanding and the store. `python -m tests.benchmarks.turns [TURNS]`.

The promise: at most 50 ms for 99 of 100 turns (the store is a SQLite file that syncs every commit).
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import structlog

from hub.domain import talk as core
from hub.domain.conversation import Conversation, Expecting, Heard, Intent, Knowledge, Meaning, Turn
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, CustomerId
from hub.domain.policy import CALENDARS
from hub.domain.slots import free
from hub.flow import converse
from hub.log.sqlite import SqliteLog
from hub.testing import FakeClock, MemoryStore
from tests.domain.talking import NOON, ears, library
from tests.flow.home import ADA, Home

PROMISE = 50.0
WORDS = (
    "1",
    "2",
    "what?",
    "back",
    "how is it now",
    "done",
    "help",
    "yes",
    "I cannot",
    "simpler",
    "which device",
)


def told(name: str, taken: list[float]) -> float:
    """Print one line of result; answers the 99th percentile in ms."""
    cuts = quantiles(taken, n=100)
    sys.stdout.write(
        f"{name}: {len(taken)} turns, median {median(taken):.2f} ms, p99 {cuts[98]:.2f} ms, most {max(taken):.2f} ms\n"
    )
    return cuts[98]


def core_alone(turns: int) -> float:
    """The pure core with understanding, over all plays in turn."""
    slots = {kind: free(calendar, {}, NOON) for kind, calendar in CALENDARS.items()}
    known = Knowledge(device="d", device_name="garden device", zone="Europe/Berlin", slots=slots)
    plays, taken = list(library().plays.values()), []
    talk = Conversation(CaseId("case"), CustomerId("ada"))
    play = plays[0]
    for number in range(turns):
        if number % 10 == 0 or talk.with_person or talk.ended:
            play = plays[number % len(plays)]
            talk, _, _ = core.begin(Conversation(CaseId("case"), CustomerId("ada")), play, known, NOON)
        text, began = WORDS[number % len(WORDS)], perf_counter()
        expecting = Expecting.YES_NO if talk.guess else talk.expecting
        meaning = ears().understand(text, "en", expecting, talk.options)
        turn = Turn(Heard.TEXT, Channel.SMS, f"t{number}", text, meaning)
        talk, _, _ = core.tell(talk, turn, play, known, NOON)
        taken.append((perf_counter() - began) * 1000)
    return told("core with understanding", taken)


async def with_store(turns: int) -> float:
    """A live session against a real store: heard, understood, told, written down, committed."""
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        store, log = MemoryStore(), SqliteLog(Path(folder) / "log", FakeClock())
        home = Home(store, log)
        home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, calendars=CALENDARS))
        await home.move_in("hp-1", "ro-1")
        await home.fails("hp-1", "icing-up")
        intents = (Intent.REPEAT, Intent.STATUS, Intent.SIMPLER, Intent.VISIT, Intent.BACK, Intent.HELP)
        for number in range(turns):
            turn = Turn(Heard.TEXT, Channel.VOICE, f"t{number}", "", Meaning(intents[number % len(intents)]))
            began = perf_counter()
            async with store.transaction() as tx:
                await converse.turn(tx, ADA, turn, home.now, home.ctx)
            taken.append((perf_counter() - began) * 1000)
        await log.close()
        await store.close()
    return told("with the store", taken)


def main() -> int:
    """Measure both; 1 when the promise does not hold."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    ears().understand("ready?", "en", Expecting.NOTHING, ())  # what is read once, when the hub starts
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    return int(max(core_alone(turns), asyncio.run(with_store(turns))) > PROMISE)


if __name__ == "__main__":
    raise SystemExit(main())
