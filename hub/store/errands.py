"""Errands: device commands that wait for a sleeping device, or that nobody wants any more. Publishes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from hub.domain.ids import CaseId, CommandId, DeviceId, Moment
from hub.store.prepared import Prepared
from hub.store.rows import Work
from hub.store.tables import commands, outbox

ASLEEP = "asleep"
_ASLEEP = Prepared(
    select(commands.c.id, commands.c.device, commands.c.expires)
    .join(outbox, outbox.c.id == commands.c.id)
    .where(outbox.c.state == ASLEEP)
    .order_by(commands.c.id)
)


class SqlErrands:
    """See `hub.ports.store.Errands`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def lay_down(self, command: CommandId) -> None:
        """The command waits until its device is heard again."""
        await self._work.change(outbox, {"id": command}, {"state": ASLEEP})

    async def rouse(self, devices: Sequence[DeviceId], now: Moment) -> list[CommandId]:
        """What waited for these devices may leave now, unless its time is over. Costs one look when nothing waits."""
        waiting = await self._work.all(_ASLEEP) if devices else ()
        late = [row["id"] for row in waiting if row["expires"] <= now]
        if late:
            await self._work.run(outbox.update().where(outbox.c.id.in_(late)).values(state="cancelled"))
        awake = set(devices)
        found = [CommandId(r["id"]) for r in waiting if r["device"] in awake and r["expires"] > now]
        if found:
            queued = outbox.update().where(outbox.c.id.in_(found)).values(state="queued", due=now)
            await self._work.run(queued)
            self._work.rung.add("outbox")
        return found

    async def call_off(self, case: CaseId, at: Moment) -> list[CommandId]:
        """No command of the case that has not left yet leaves any more; which ones that were."""
        idle = select(outbox.c.id).where(
            outbox.c.case == case, outbox.c.kind == "command", outbox.c.state.in_(("queued", ASLEEP))
        )
        rows = await self._work.all(self._work.locked(idle.order_by(outbox.c.id), skip=True))
        gone = [CommandId(row["id"]) for row in rows]
        if gone:
            await self._work.run(outbox.update().where(outbox.c.id.in_(gone)).values(state="cancelled"))
            ended = {"state": "failed", "note": "no longer wanted", "at": at}
            await self._work.run(commands.update().where(commands.c.id.in_(gone)).values(**ended))
        return gone
