"""Due moments as rows: one per case and name, claimed in batches."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, tuple_

from hub.domain.effects import WakeAt
from hub.domain.ids import CaseId, Moment
from hub.store.rows import Work
from hub.store.tables import wakes


class SqlWakes:
    """See `hub.ports.store.Wakes`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def put(self, wake: WakeAt) -> None:
        """Wake the case at that moment; the same name replaces the earlier moment."""
        self._work.rung.add("wakes")
        await self._work.put(
            wakes, {"case": wake.case, "name": wake.name, "due": wake.due, "token": wake.token}
        )

    async def forget(self, case: CaseId, names: Sequence[str] = ()) -> None:
        """Nothing more is due for the case: all names, or just those given."""
        gone = wakes.delete().where(wakes.c.case == case)
        await self._work.run(gone.where(wakes.c.name.in_(names)) if names else gone)

    async def take(self, now: Moment, limit: int) -> list[WakeAt]:
        """Take what is due off the list, earliest first. What is taken comes back if the transaction fails."""
        query = select(wakes).where(wakes.c.due <= now).order_by(wakes.c.due, wakes.c.case).limit(limit)
        taken = [WakeAt(**row) for row in await self._work.all(self._work.locked(query, skip=True))]
        if taken:
            keys = [(wake.case, wake.name) for wake in taken]
            await self._work.run(wakes.delete().where(tuple_(wakes.c.case, wakes.c.name).in_(keys)))
        return taken

    async def next_due(self) -> Moment | None:
        due: Moment | None = await self._work.value(select(func.min(wakes.c.due)))
        return due

    async def of_case(self, case: CaseId) -> list[WakeAt]:
        rows = await self._work.all(select(wakes).where(wakes.c.case == case).order_by(wakes.c.due))
        return [WakeAt(**row) for row in rows]
