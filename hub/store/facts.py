"""The timeline: facts in the order of `seq`, from which server-sent events resume."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import func, select, text

from hub.domain.effects import Note
from hub.domain.ids import CaseId, DeviceId, Moment
from hub.ports import FactRow
from hub.store.rows import Work, to_json
from hub.store.tables import facts

# PostgreSQL gives out numbers before the commit: two transactions could show 6 before 5, and who resumes from 6 would
# never see 5. Whoever writes a fact there holds this lock until the commit.
_IN_LINE = text("SELECT pg_advisory_xact_lock(7210)")


class SqlFacts:
    """See `hub.ports.store.Facts`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, note: Note, at: Moment) -> int:
        """Write one line of the timeline; its number."""
        if self._work.postgres:
            await self._work.run(_IN_LINE)
        self._work.rung.add("facts")
        return await self._work.insert(
            facts,
            {
                "at": at,
                "case": note.case,
                "device": note.device,
                "kind": note.kind,
                "because": note.because.name,
                "data": to_json(note.data),
            },
        )

    async def of_case(self, case: CaseId) -> list[FactRow]:
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
        return int(await self._work.value(select(func.max(facts.c.seq))) or 0)

    async def _facts(self, query: Any) -> list[FactRow]:
        return [FactRow(**{**row, "data": json.loads(row["data"])}) for row in await self._work.all(query)]
