"""A storm to weather: so many homes with one heat pump each, put into a PostgreSQL at once, and faults that come in at the
inbox, as the judge would leave them there (the way from MQTT to the inbox has tests and benchmarks of its own)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf, Severity, fault_id
from hub.domain.customer import Channel
from hub.domain.events import FaultChanged
from hub.flow import ARROWS, LOOKS
from hub.loops import flow, relay, wake
from hub.loops.post import PostOffice
from hub.store import SqlStore
from tests.flow.fleet import MODEL, RULE, Fleet, Wire

# Home 0 is made by the ordinary way; the others are copies of it. Table → the column that finds its rows.
_COPIED = {
    "sites": "id",
    "customers": "id",
    "persons": "customer",
    "addresses": "customer",
    "residences": "customer",
    "bases": "customer",
    "devices": "id",
    "placements": "device",
}


async def settle_homes(here: Fleet, store: SqlStore, count: int) -> None:
    """Homes 0 to `count` - 1."""
    await here.home(0)
    async with store.connected() as connection:
        for table, column in _COPIED.items():
            names = [
                row[0]
                for row in await connection.execute(
                    text("SELECT column_name FROM information_schema.columns WHERE table_name = :t"),
                    {"t": table},
                )
                if row[0] != "seq"
            ]
            taken = ", ".join(_copied(name) for name in names)
            quoted = ", ".join(f'"{name}"' for name in names)
            await connection.execute(
                text(
                    f'INSERT INTO "{table}" ({quoted}) SELECT {taken} FROM "{table}" '
                    f"CROSS JOIN generate_series(1, {count - 1}) AS n WHERE \"{column}\" LIKE '%-0'"
                )
            )
        await connection.commit()
    async with store.connected() as connection:
        await connection.execute(text("ANALYZE"))
        await connection.commit()


def _copied(name: str) -> str:
    if name == "value":
        return "'+4915' || lpad(n::text, 9, '0')"
    if name in {"id", "customer", "site", "device"}:
        return f"""replace(replace("{name}", '-0-', '-' || n || '-'), '-0', '-' || n)"""
    return f'"{name}"'


@dataclass
class Storm:
    """The fleet in its storm, driven by hand: `turn` lets time pass in slices, and everything due happens."""

    here: Fleet
    store: SqlStore
    workers: int = 1
    spent: dict[str, float] = field(default_factory=dict)

    @property
    def works(self) -> flow.Works:
        return flow.Works(self.store, self.here.clock, self.here.ctx, ARROWS, LOOKS)

    async def raised(self, numbers: Iterable[int]) -> None:
        """These heat pumps fail now."""
        await self._judged([self._change(number, ChangeKind.RAISED) for number in numbers])

    async def cleared(self, numbers: Iterable[int]) -> None:
        """They work again."""
        await self._judged([self._change(number, ChangeKind.CLEARED) for number in numbers])

    async def _judged(self, changes: list[FaultChange]) -> None:
        now = self.here.now
        for begin in range(0, len(changes), 100):
            async with self.store.transaction() as tx:
                for change in changes[begin : begin + 100]:
                    if await tx.faults.save(change):
                        await tx.inbox.put(change.device, FaultChanged(change), now)

    def _change(self, number: int, kind: ChangeKind) -> FaultChange:
        device = f"pump-{number}"
        raised = kind is ChangeKind.RAISED
        start = self.here.now if raised else self.here.faults[device].start
        change = FaultChange(
            fault=fault_id(device, RULE, start),
            device=device,
            rule=RULE,
            kind=kind,
            severity=Severity.MAJOR,
            at=self.here.now,
            start=start,
            number=0 if raised else 1,
            evidence=Evidence(MODEL, RULE, 1, Leaf("true", truth=True)),
            title="The heat pump does not heat",
        )
        self.here.faults[device] = change
        return change

    async def settle(self) -> None:
        """Everything that is due now happens: several workers at the flow, one relay."""
        office = PostOffice(
            self.store, self.here.clock, self.here.ctx, {Channel.SMS: self.here.post}, self.here.post, Wire()
        )
        while True:
            moved = await self._timed("wake", wake.step(self.store, self.here.clock))
            drains = [flow.drain(self.works) for _ in range(self.workers)]
            moved += await self._timed("flow", _together(drains))
            moved += await self._timed("relay", relay.drain(office))
            if not moved:
                return

    async def turn(self, span: int, by: int) -> None:
        """`span` passes in slices of `by`."""
        for _ in range(span // by):
            await self.here.clock.set(self.here.now + by)
            await self.settle()

    async def _timed(self, what: str, doing: Any) -> int:
        began = time.perf_counter()
        moved: int = await doing
        self.spent[what] = self.spent.get(what, 0.0) + time.perf_counter() - began
        return moved


async def _together(drains: list[Any]) -> int:
    return sum(await asyncio.gather(*drains))


async def _breath(seconds: float) -> None:
    """A moment of real time, as somebody takes who looks again and again."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


@dataclass
class Reader:
    """Somebody who looks at the API all the time: how long each look took, in ms."""

    base: str
    key: str
    looks: list[float] = field(default_factory=list)

    async def run(self) -> None:
        paths = (
            "/api/v1/incidents?open=true",
            "/api/v1/tickets?limit=20",
            "/api/v1/cases?limit=20",
            "/healthz",
        )
        async with httpx.AsyncClient(
            base_url=self.base, headers={"Authorization": f"Bearer {self.key}"}
        ) as http:
            number = 0
            while True:
                began = time.perf_counter()
                answer = await http.get(paths[number % len(paths)], timeout=30)
                assert answer.status_code == 200, answer.text
                self.looks.append((time.perf_counter() - began) * 1000)
                number += 1
                await _breath(0.05)

    @property
    def p99(self) -> float:
        """In ms."""
        ordered = sorted(self.looks)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


@asynccontextmanager
async def watched(reader: Reader) -> Any:
    """The reader reads while the block runs."""
    task = asyncio.create_task(reader.run())
    try:
        yield reader
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def size_of(store: SqlStore) -> int:
    """Bytes that the database takes."""
    async with store.connected() as connection:
        return int(
            (await connection.execute(text("SELECT pg_database_size(current_database())"))).scalar() or 0
        )


def memory() -> int:
    """Bytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def numbers(count: int, slices: int) -> list[range]:
    """`count` numbers in so many slices."""
    step = -(-count // slices)
    return [range(begin, min(begin + step, count)) for begin in range(0, count, step)]
