"""Faults by id, each with its newest change. A change that was saved before is absorbed."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import and_, or_, select

from device_rules.fault import ChangeKind, FaultChange, Severity
from hub.domain.ids import DeviceId, FaultId
from hub.ports import FaultRow
from hub.store.prepared import Prepared, Row, given
from hub.store.rows import Work
from hub.store.tables import faults


def fault_of(row: Row) -> FaultRow:
    """The fault in a row of `faults`."""
    return FaultRow(
        change=msgspec.json.decode(row["change"], type=FaultChange),
        raised=row["raised"],
        cleared=row["cleared"],
        severity=Severity(row["severity"]),
        known_before_live=bool(row["known_before_live"]),
    )


_GET = Prepared(select(faults).where(faults.c.id == given("fault")))


class SqlFaults:
    """See `hub.ports.store.Faults`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def save(self, change: FaultChange, known_before_live: bool = False) -> bool:
        """Save a change; False when this one, or a later one, was saved before."""
        values = {
            "id": change.fault,
            "device": change.device,
            "rule": change.rule,
            "severity": change.severity.value,
            "change": msgspec.json.encode(change).decode(),
            "number": change.number,
            "raised": change.at,
            "cleared": change.at if change.kind is ChangeKind.CLEARED else None,
            "known_before_live": int(known_before_live),
        }
        if await self._work.add(faults, values):
            return True
        for kept in ("id", "device", "rule", "raised", "known_before_live"):
            del values[kept]
        later = and_(faults.c.id == change.fault, faults.c.number < change.number)
        return await self._work.count(faults.update().where(later).values(**values)) == 1

    async def get(self, fault: FaultId) -> FaultRow | None:
        row = await self._work.one(_GET, fault=fault)
        return fault_of(row) if row else None

    async def open_of(self, device: DeviceId) -> list[FaultRow]:
        """The device's faults that have not cleared, oldest first."""
        return await self._faults(
            select(faults)
            .where(faults.c.device == device, faults.c.cleared.is_(None))
            .order_by(faults.c.raised, faults.c.id)
        )

    async def page(self, after: str, limit: int, open_only: bool = False) -> list[FaultRow]:
        """Faults, newest first, beginning after the fault with id `after` (empty: at the newest)."""
        query = select(faults).order_by(faults.c.raised.desc(), faults.c.id.desc()).limit(limit)
        if open_only:
            query = query.where(faults.c.cleared.is_(None))
        if after:
            since = select(faults.c.raised).where(faults.c.id == after).scalar_subquery()
            query = query.where(
                or_(faults.c.raised < since, and_(faults.c.raised == since, faults.c.id < after))
            )
        return await self._faults(query)

    async def _faults(self, query: Any) -> list[FaultRow]:
        return [fault_of(row) for row in await self._work.all(query)]
