"""Due moments as rows: one per case and name, claimed in batches."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select, tuple_

from hub.domain.effects import WakeAt
from hub.domain.ids import CaseId, Moment
from hub.store.prepared import Prepared, given
from hub.store.rows import Work
from hub.store.tables import wakes

_TAKE = Prepared(
    select(wakes).where(wakes.c.due <= given("now")).order_by(wakes.c.due, wakes.c.case).limit(given("most"))
)
_TAKEN = (
    select(wakes.c.case, wakes.c.name)
    .where(wakes.c.due <= given("now"))
    .order_by(wakes.c.due, wakes.c.case)
    .limit(given("most"))
    .with_for_update(skip_locked=True)
    .cte("taken")
)
# One statement for PostgreSQL: several loops take side by side, none waits for another, and none gets what another has.
_TAKE_AWAY = Prepared(
    delete(wakes).where(wakes.c.case == _TAKEN.c.case, wakes.c.name == _TAKEN.c.name).returning(*wakes.c)
)
_NEXT = Prepared(select(func.min(wakes.c.due)))


SOONER = 30


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
        if not names:
            await self._work.remove(wakes, {"case": case})
        for name in names:
            await self._work.remove(wakes, {"case": case, "name": name})

    async def take(self, now: Moment, limit: int) -> list[WakeAt]:
        """Take what is due off the list, earliest first. What is taken comes back if the transaction fails."""
        if self._work.postgres:
            rows = await self._work.all(_TAKE_AWAY, now=now, most=limit)
            return [WakeAt(**row) for row in sorted(rows, key=lambda row: (row["due"], row["case"]))]
        due = await self._work.all(_TAKE, now=now, most=limit)
        taken = [WakeAt(**row) for row in due]
        if taken:
            keys = [(wake.case, wake.name) for wake in taken]
            await self._work.run(wakes.delete().where(tuple_(wakes.c.case, wakes.c.name).in_(keys)))
        return taken

    async def hurry(self, name: str, before: Moment, now: Moment) -> int:
        """What is due by this name until `before` comes thirty times sooner, in the order and the spread that it has; how
        many that is."""
        soon = wakes.c.name == name, wakes.c.due > now, wakes.c.due <= before
        self._work.rung.add("wakes")
        sooner = now + (wakes.c.due - now) // SOONER
        return await self._work.count(wakes.update().where(*soon).values(due=sooner))

    async def next_due(self) -> Moment | None:
        due: Moment | None = await self._work.value(_NEXT)
        return due

    async def of_case(self, case: CaseId) -> list[WakeAt]:
        rows = await self._work.all(select(wakes).where(wakes.c.case == case).order_by(wakes.c.due))
        return [WakeAt(**row) for row in rows]
