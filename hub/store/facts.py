"""The timeline: facts in the order of `seq`, from which server-sent events resume."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import func, select, text

from hub.domain.effects import Note
from hub.domain.ids import CaseId, DeviceId, Moment
from hub.ports import FactRow
from hub.store.prepared import Prepared
from hub.store.rows import Work, to_json
from hub.store.tables import facts

# PostgreSQL gives out numbers before the commit: two transactions could show 6 before 5, and who resumes from 6 would
# never see 5. So lines wait until all else is done; then they are written at once, and whoever writes holds this lock for
# the short rest until the commit. It is the last lock that a transaction takes: nobody who holds it waits for another.
_IN_LINE = text("SELECT pg_advisory_xact_lock(7210)")
_WRITE = Prepared(facts.insert(), ("at", "case", "device", "kind", "because", "data"))


class SqlFacts:
    """See `hub.ports.store.Facts`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, note: Note, at: Moment) -> None:
        """Write one line of the timeline; its number is given when the transaction ends."""
        self._work.rung.add("facts")
        line = {
            "at": at,
            "case": note.case,
            "device": note.device,
            "kind": note.kind,
            "because": note.because.name,
            "data": to_json(note.data),
        }
        if self._work.postgres:
            self._work.lines.append(line)
        else:
            await self._work.insert(facts, line)

    async def of_case(self, case: CaseId) -> list[FactRow]:
        """The lines of a case, in order."""
        return await self._facts(select(facts).where(facts.c.case == case).order_by(facts.c.seq))

    async def of_device(self, device: DeviceId, limit: int = 50) -> list[FactRow]:
        """The newest facts of a device, newest first."""
        return await self._facts(
            select(facts).where(facts.c.device == device).order_by(facts.c.seq.desc()).limit(limit)
        )

    async def since(self, seq: int, limit: int = 500) -> list[FactRow]:
        """Facts after number `seq`, in order."""
        return await self._facts(select(facts).where(facts.c.seq > seq).order_by(facts.c.seq).limit(limit))

    async def newest(self) -> int:
        """The number of the last line."""
        await write_lines(self._work)
        return int(await self._work.value(select(func.max(facts.c.seq))) or 0)

    async def _facts(self, query: Any) -> list[FactRow]:
        await write_lines(self._work)
        return [FactRow(**{**row, "data": json.loads(row["data"])}) for row in await self._work.all(query)]


async def write_lines(work: Work) -> None:
    """Write the lines that waited. Called before the commit, and before anybody reads them in the same transaction."""
    lines, work.lines = work.lines, []
    if lines:
        await work.run(_IN_LINE)
        await work.line.write(_WRITE, lines)
