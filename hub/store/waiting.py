"""What of the outbox waits, as questions to the database: which rows are due, the most urgent first, for whoever may take them.

On PostgreSQL a row is taken together with its case, and what somebody else holds is passed over: relays never wait for each
other, nor for a customer's answer. It changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, exists, func, literal_column, select

from hub.domain.contact import Message, MessageClass
from hub.domain.effects import CommandDevice
from hub.domain.ids import Moment
from hub.store.prepared import Prepared, Row, given
from hub.store.rows import Work
from hub.store.tables import cases, outbox

COMMAND = "command"  # the lane of all device commands

# What is waited for by somebody leaves first: a storm of first messages never delays an answer.
URGENCY: Mapping[MessageClass, int] = {
    MessageClass.SAFETY: 0,
    MessageClass.TURN: 1,
    MessageClass.AGENT: 1,
    MessageClass.COMPLIANCE: 1,
    MessageClass.FIRST: 2,
    MessageClass.REMINDER: 3,
    MessageClass.RECOVERY: 3,
}

# Written out, not given: only so does the database see that its index of waiting rows is the one to use.
_WAITS = outbox.c.state.in_([literal_column("'queued'"), literal_column("'in_doubt'")])
_NO_CASE = ~exists(select(cases.c.id).where(cases.c.id == outbox.c.case))


@dataclass(frozen=True, slots=True)
class Want:
    """What is asked for: kinds, lanes (empty: all of them) and classes (empty: all)."""

    kinds: tuple[str, ...]
    lanes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """`query` for these alone."""
        query = query.where(outbox.c.kind.in_(self.kinds))
        if self.lanes:
            query = query.where(outbox.c.lane.in_(self.lanes))
        if self.classes:
            query = query.where(outbox.c["class"].in_(self.classes))
        return query


def lane_of(item: Message | CommandDevice) -> tuple[str, int]:
    """The lane of a row, and how urgent it is (0 leaves first)."""
    if isinstance(item, Message):
        return item.channel.value, URGENCY[item.kind]
    return COMMAND, 1


async def due(work: Work, want: Want, now: Moment, most: int) -> Sequence[Row]:
    """At most `most` rows that are due at `now`, held until the transaction ends, with their cases."""
    if not (work.postgres and work.writes):
        return await work.all(_due(want), now=now, most=most)
    rows = list(await work.all(_alone(want), now=now, most=most))
    if len(rows) < most:
        rows += await work.all(_with_case(want), now=now, most=most - len(rows))
    return rows or await work.all(_strayed(want), now=now, most=most)


async def next_due(work: Work, want: Want) -> Moment | None:
    """When the next row of `want` is due."""
    found = [await work.value(_next(want, state)) for state in ("queued", "in_doubt")]
    return min((moment for moment in found if moment is not None), default=None)


def _query(want: Want) -> Select[Any]:
    query = want.narrow(select(outbox).where(_WAITS, outbox.c.due <= given("now")))
    return query.order_by(outbox.c.urgency, outbox.c.due, outbox.c.id).limit(given("most"))


@cache
def _due(want: Want) -> Prepared:
    return Prepared(_query(want))


@cache
def _with_case(want: Want) -> Prepared:
    """The case is taken before its row, in one statement: whoever answers holds the case and then cancels."""
    query = _query(want).join(cases, cases.c.id == outbox.c.case)
    return Prepared(query.with_for_update(of=[cases, outbox], skip_locked=True))


@cache
def _alone(want: Want) -> Prepared:
    query = _query(want).where(outbox.c.case.is_(None))
    return Prepared(query.with_for_update(skip_locked=True))


@cache
def _strayed(want: Want) -> Prepared:
    """Rows of a case that nobody knows (any more): asked for when there is nothing else."""
    return Prepared(_query(want).where(_NO_CASE).with_for_update(skip_locked=True, of=[outbox]))


@cache
def _next(want: Want, state: str) -> Prepared:
    return Prepared(want.narrow(select(func.min(outbox.c.due)).where(outbox.c.state == state)))
