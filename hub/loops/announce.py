"""The announcer: reads the timeline from where it stopped, and tells the maker's own systems what is news, one by one.

At least once: an event may come again after a crash or a time-out, always with the same id. In the order of the timeline,
and so in order for every case: nothing is told before what came earlier has been taken. A receiver that cannot be reached
is waited for; one event that it keeps refusing is given up after a while, and said so.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from device_rules.reading import MINUTE, SECOND
from hub.clock import iso
from hub.domain.announcing import news, told, wanted
from hub.domain.ids import Moment
from hub.ports import Accepted, Clock, FactRow, Outcome, Store, TryLater, Undeliverable
from hub.ports.trouble import where

MARK = "announced"
MANY = 200  # lines of the timeline that are read at once
IDLE = 5.0  # real seconds without a bell until we look ourselves
FIRST_WAIT, LONGEST_WAIT = 5 * SECOND, 15 * MINUTE

log = structlog.get_logger(__name__)


class Delivering(Protocol):
    """Hands over one event: `name` is its id, `body` its JSON."""

    async def post(self, name: str, body: str) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Announcer:
    """What it works with. `types` are the events that are wanted (none: all), `give_up` in µs of business time."""

    store: Store
    clock: Clock
    delivery: Delivering
    types: tuple[str, ...] = ()
    give_up: int = 3 * 24 * 60 * MINUTE


async def run(works: Announcer) -> None:
    """Announce until cancelled. A store that fails is tried again."""
    tries = 0
    while True:
        try:
            wait = await step(works, tries)
        except Exception as error:  # noqa: BLE001 - the store has failed; the timeline is still there
            log.error("announcer_failed", error=where(error))
            await asyncio.sleep(IDLE)
            continue
        if wait is None:
            tries = 0
            await works.store.changed("facts", IDLE)
        elif wait:
            tries += 1
            await works.clock.wait(wait)


async def step(works: Announcer, tries: int = 0) -> int | None:
    """Tell what is new. None: everything is told; else how many µs to wait for the receiver until the next try (0: go on).

    A hub that announces for the first time begins with what happens from now on.
    """
    async with works.store.transaction() as tx:
        mark = await tx.house.mark(MARK)
        if mark is None:
            await tx.house.set_mark(MARK, str(await tx.facts.newest()))
            return None
        rows = await tx.facts.since(int(mark), MANY)
    for number, row in enumerate(rows):
        events = [each for each in news(row.kind, row.data) if wanted(each, works.types)]
        wait = await _tell(works, row, events, 0 if number else tries)
        if wait:
            return wait
        if events or row is rows[-1]:
            await _stand(works, row.seq)
    return 0 if len(rows) == MANY else None


async def _tell(works: Announcer, row: FactRow, events: Sequence[str], tries: int) -> int:
    """Hand over what this line is news of; 0 when it was taken (or given up), else how long to wait."""
    for name in events:
        outcome = await works.delivery.post(f"evt_{row.seq}_{name.replace('.', '_')}", body(row, name))
        if isinstance(outcome, Accepted):
            continue
        old = works.clock.now() - row.at > works.give_up
        if isinstance(outcome, Undeliverable) and old:
            log.error("event_given_up", seq=row.seq, type=name, code=outcome.code)
            continue
        log.warning("event_not_taken", seq=row.seq, type=name, code=outcome.code, tries=tries + 1)
        asked = outcome.after if isinstance(outcome, TryLater) else None
        return max(min(LONGEST_WAIT, FIRST_WAIT << min(10, tries)), int((asked or 0) * SECOND))
    return 0


def body(row: FactRow, name: str) -> str:
    """The event as JSON: its type, when it happened, and ids, states and reasons."""
    data = {"case": row.case, "device": row.device, "because": row.because.lower(), **told(row.data)}
    event = {"type": name, "timestamp": iso(Moment(row.at)), "data": {**data, "seq": row.seq}}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


async def _stand(works: Announcer, seq: int) -> None:
    async with works.store.transaction() as tx:
        await tx.house.set_mark(MARK, str(seq))
