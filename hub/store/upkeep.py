"""The house's own upkeep: alarms, signs of life, and the figures that alarms are judged by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, not_, select

from device_rules.reading import DAY, HOUR
from hub.domain.alarms import Standing
from hub.domain.because import Because
from hub.domain.ids import Moment
from hub.domain.incident import UNDECIDED, IncidentState
from hub.domain.receipts import TAKEN
from hub.domain.report import Report
from hub.ports.upkeep import Beat, Signs
from hub.store.reports import report_of
from hub.store.retention import forget
from hub.store.rows import Work
from hub.store.tables import cases, facts, inbox, messages, outbox, suppressions, wakes
from hub.store.tables_house import alarms, beats
from hub.store.tables_incidents import incidents, told


def _untaken() -> Any:
    """Open cases of which a supervisor was told since they opened, and which nobody has."""
    alert = facts.c.because == Because.SUPERVISOR_ALERTED.name
    told = select(facts.c.seq).where(facts.c.case == cases.c.id, alert, facts.c.at >= cases.c.opened)
    free = cases.c.is_open == 1, cases.c.agent.is_(None)
    return select(func.count()).select_from(cases).where(*free, told.exists())


def _mute(now: Moment) -> Any:
    """Approved incidents of whose first households nobody could be told, though the time of the canary is over. `paid` is when
    it began."""
    taken = messages.c.status.in_([str(status) for status in TAKEN])
    heard = (
        select(told.c.household)
        .join(messages, messages.c.id == told.c.message)
        .where(told.c.incident == incidents.c.id, told.c.at >= incidents.c.paid, taken)
    )
    tries = incidents.c.state == str(IncidentState.CANARY), incidents.c.canary_until <= now
    return select(func.count()).select_from(incidents).where(*tries, not_(heard.exists()))


class SqlUpkeep:
    """See `hub.ports.upkeep.Upkeep`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def signs(self, now: Moment) -> Signs:
        """One look; each figure is a count over an index or a small table."""
        states = await self._work.all(
            select(outbox.c.state, func.count().label("n"))
            .where(outbox.c.state.in_(["parked", "in_doubt"]))
            .group_by(outbox.c.state)
        )
        count = {row["state"]: row["n"] for row in states}
        waiting = select(func.min(outbox.c.due)).where(outbox.c.state == "queued", outbox.c.due <= now)
        since = suppressions.c.since
        capped = select(func.count()).where(
            wakes.c.case == "fleet", wakes.c.name == "alarm", wakes.c.due > now
        )
        waits = incidents.c.is_open == 1, incidents.c.state.in_([str(each) for each in UNDECIDED])
        return Signs(
            parked=count.get("parked", 0),
            doubtful=count.get("in_doubt", 0),
            due=await self._work.value(waiting),
            stops=await self._count(since > now - HOUR, since <= now),
            stops_week=await self._count(since > now - HOUR - 7 * DAY, since <= now - HOUR),
            stuck=await self._work.value(select(func.count()).where(inbox.c.parked == 1)) or 0,
            capped=bool(await self._work.value(capped)),
            undecided=await self._work.value(select(func.count()).select_from(incidents).where(*waits)) or 0,
            decide_by=await self._work.value(select(func.min(incidents.c.hold_until)).where(*waits)),
            untaken=await self._work.value(_untaken()) or 0,
            canaries=await self._work.value(_mute(now)) or 0,
        )

    async def _count(self, *within: Any) -> int:
        return await self._work.value(select(func.count()).select_from(suppressions).where(*within)) or 0

    async def alarms(self) -> list[Standing]:
        rows = await self._work.all(select(alarms).order_by(alarms.c.since, alarms.c.name))
        return [Standing(row["name"], row["since"], row["words"], row["told"]) for row in rows]

    async def put_alarms(self, standing: Iterable[Standing]) -> None:
        await self._work.run(alarms.delete())
        for each in standing:
            row = {"name": each.name, "since": each.since, "words": each.words, "told": each.told}
            await self._work.put(alarms, row)

    async def beat(self, beat: Beat) -> None:
        await self._work.put(beats, {"name": beat.name, "at": beat.at, "note": beat.note})

    async def beats(self) -> list[Beat]:
        rows = await self._work.all(select(beats).order_by(beats.c.name))
        return [Beat(row["name"], row["at"], row["note"]) for row in rows]

    async def report(self, since: Moment, until: Moment) -> Report:
        """What happened in [since, until)."""
        return await report_of(self._work, since, until)

    async def forget(self, before: Moment, limit: int) -> int:
        """Forget old cases; see `retention`."""
        return await forget(self._work, before, limit)
