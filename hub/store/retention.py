"""Forgetting what is too old: closed cases with everything that hangs on them, and lines of the timeline that are of no case.

What people agreed to, and who said stop, is never forgotten here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, select

from hub.domain.ids import Moment
from hub.store.rows import Work
from hub.store.tables import (
    case_contacts,
    case_faults,
    cases,
    commands,
    contacts,
    conversations,
    decisions,
    facts,
    faults,
    messages,
    outbox,
    packets,
    questions,
    wakes,
)
from hub.store.tables_links import page_links, page_visits, photos

OF_CASE: tuple[Table, ...] = (
    packets,
    messages,
    decisions,
    questions,
    conversations,
    facts,
    outbox,
    commands,
    wakes,
    page_links,
    page_visits,
    photos,
)


async def forget(work: Work, before: Moment, limit: int) -> int:
    """Forget at most `limit` cases that were closed before that moment, with their faults; how many rows that was."""
    old = (
        select(cases.c.id)
        .where(cases.c.is_open == 0, cases.c.closed < before)
        .order_by(cases.c.closed)
        .limit(limit)
    )
    found = [row["id"] for row in await work.all(old)]
    rows = await work.count(_timeline(before, limit))
    if not found:
        return rows
    rows += await _with_links(work, found)
    for table in OF_CASE:
        rows += await work.count(table.delete().where(table.c["case"].in_(found)))
    return rows + await work.count(cases.delete().where(cases.c.id.in_(found)))


def _timeline(before: Moment, limit: int) -> Any:
    """Old lines that are of no case."""
    old = (
        select(facts.c.seq)
        .where(facts.c.at < before, facts.c.case.is_(None))
        .order_by(facts.c.seq)
        .limit(limit)
    )
    return facts.delete().where(facts.c.seq.in_(old.scalar_subquery()))


async def _with_links(work: Work, found: list[str]) -> int:
    """The faults and contacts of these cases, unless another case has them too."""
    their_faults = [
        row["fault"]
        for row in await work.all(select(case_faults.c.fault).where(case_faults.c.case.in_(found)))
    ]
    rows = await work.count(case_faults.delete().where(case_faults.c.case.in_(found)))
    rows += await work.count(faults.delete().where(faults.c.id.in_(their_faults)))
    asked = select(case_contacts.c.contact).where(case_contacts.c.case.in_(found))
    theirs = [row["contact"] for row in await work.all(asked)]
    rows += await work.count(case_contacts.delete().where(case_contacts.c.case.in_(found)))
    shared = select(case_contacts.c.contact).where(case_contacts.c.contact.in_(theirs))
    rows += await work.count(
        contacts.delete().where(contacts.c.id.in_(theirs), contacts.c.id.not_in(shared.scalar_subquery()))
    )
    return rows
