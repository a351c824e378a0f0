"""Figures for the report, counted by the database: a few grouped queries over the span."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from statistics import median
from typing import Any

from sqlalchemy import func, select

from hub.domain.because import Because
from hub.domain.contact import ON_PAPER
from hub.domain.ids import Moment
from hub.domain.report import Report
from hub.store.rows import Work
from hub.store.tables import bases, cases, decisions, facts, faults, messages

_ON_PAPER = [each.name for each in ON_PAPER]
_STOPS = [str(each) for each in (Because.STOP_SAID, Because.OPTED_OUT_AT_CARRIER, Because.BASIS_WITHDRAWN)]
_NOT_ANSWERED = [
    "agent",
    "recovery",
    *(str(each) for each in (Because.ERASED, Because.SUPPRESSED, Because.GROUP_FAULT)),
]
_LASTS = 100_000  # spans of which a median is taken at most


async def report_of(work: Work, since: Moment, until: Moment) -> Report:
    """Everything that the report says about [since, until)."""
    opened = (cases.c.opened >= since, cases.c.opened < until)
    answered = (*opened, cases.c.acknowledged_by.not_in(_NOT_ANSWERED))
    ended = await _by(
        work, select(cases.c.state, cases.c.proved, cases.c.contacted.is_(None).label("silent")), opened
    )
    return Report(
        since,
        until,
        faults=await _count(work, faults.c.rule, (faults.c.raised >= since, faults.c.raised < until)),
        cases=await _count(work, cases.c.rule, opened),
        **_ends(ended),
        contacted=await _one(work, cases.c.contacted.is_not(None), *opened),
        acknowledged=await _one(work, cases.c.acknowledged.is_not(None), *answered),
        to_acknowledge=await _median(work, cases.c.acknowledged - cases.c.contacted, answered),
        to_resolve=await _median(
            work, cases.c.closed - cases.c.opened, (cases.c.state == "resolved", *opened)
        ),
        messages=await _messages(work, since, until),
        paper=await _count(
            work, messages.c.channel, (*_went_out(since, until), messages.c.because.in_(_ON_PAPER))
        ),
        held=await _decided(work, "hold", since, until),
        denied=await _decided(work, "deny", since, until),
        opt_outs=await _opted_out(work, since, until),
        rows=int(await work.value(select(func.max(facts.c.seq))) or 0),
    )


def _ends(rows: Any) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        state = row["state"]
        if state == "resolved":
            name = "alone" if row["silent"] and row["proved"] else "proved" if row["proved"] else "closed"
        else:
            name = "expired" if state == "expired" else "open"
        found[name] += row["n"]
    return found


async def _by(work: Work, columns: Any, where: tuple[Any, ...]) -> Any:
    """Rows of these columns with `n`, how many there are of each."""
    query = columns.add_columns(func.count().label("n")).where(*where).group_by(*columns.selected_columns)
    return await work.all(query)


async def _count(work: Work, column: Any, where: tuple[Any, ...]) -> Mapping[str, int]:
    rows = await _by(work, select(column.label("name")), where)
    return {row["name"]: row["n"] for row in sorted(rows, key=lambda row: (-row["n"], row["name"]))}


async def _one(work: Work, *where: Any) -> int:
    return int(await work.value(select(func.count()).where(*where)) or 0)


async def _median(work: Work, span: Any, where: tuple[Any, ...]) -> int | None:
    rows = await work.all(
        select(span.label("span")).where(span.is_not(None), span >= 0, *where).limit(_LASTS)
    )
    return int(median(row["span"] for row in rows)) if rows else None


def _went_out(since: Moment, until: Moment) -> tuple[Any, ...]:
    return messages.c.direction == "out", messages.c.at >= since, messages.c.at < until


async def _opted_out(work: Work, since: Moment, until: Moment) -> int:
    """People, not lines: a STOP lists the person and every address. What we erased is nothing that they said."""
    said = (bases.c.kind == "withdrawn", bases.c.who == "customer", bases.c.how.in_(_STOPS))
    query = select(func.count(bases.c.customer.distinct()))
    return int(await work.value(query.where(*said, bases.c.at >= since, bases.c.at < until)) or 0)


async def _messages(work: Work, since: Moment, until: Moment) -> Mapping[str, Mapping[str, int]]:
    where = (*_went_out(since, until), messages.c.because.not_in(_ON_PAPER))
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in await _by(work, select(messages.c.channel, messages.c.status), where):
        found[row["channel"]][row["status"]] = row["n"]
    return {channel: dict(sorted(statuses.items())) for channel, statuses in sorted(found.items())}


async def _decided(work: Work, verdict: str, since: Moment, until: Moment) -> Mapping[str, int]:
    where = (decisions.c.verdict == verdict, decisions.c.at >= since, decisions.c.at < until)
    return await _count(work, decisions.c.because, where)
