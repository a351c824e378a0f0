"""Leaving the desk: somebody's sessions and keys end at once, and what they had needs somebody else.

Their name stays for what they wrote and decided; their password does not. Removes nothing of what happened, and writes to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from device_rules.reading import DAY
from hub.domain.agent import AgentRole, User
from hub.domain.ids import CaseId, Moment, UserId
from hub.flow.attending import agent_left
from hub.flow.context import Context
from hub.ports import BadInput, Tx

log = structlog.get_logger(__name__)
DECIDE = (AgentRole.SUPERVISOR, AgentRole.ADMIN)
AHEAD = 366 * DAY


@dataclass(frozen=True, slots=True)
class Left:
    """What somebody's leaving ended: sessions, keys and tickets of theirs; and visits that are still booked with them."""

    sessions: int
    keys: int
    tickets: Sequence[CaseId]
    visits: int


async def at_desk(tx: Tx, login: str) -> User:
    """Whoever signs in with this name. Raises BadInput for a stranger, and for who has left."""
    user = await tx.house.user(UserId(login))
    if user is None or user.role is AgentRole.LEFT:
        raise BadInput(login, "nobody at the desk has this login", "See: beforehand user list")
    return user


async def leave(tx: Tx, user: User, now: Moment, ctx: Context) -> Left:
    """Somebody leaves the desk."""
    sessions = await tx.house.close_sessions(user.id)
    keys = await tx.house.revoke(user.id)
    await tx.house.put_user(replace(user, role=AgentRole.LEFT, password=""))
    tickets = await agent_left(tx, user.id, now, ctx)
    visits = await tx.bookings.between(now, Moment(now + AHEAD), user.id)
    log.warning("left_the_desk", user=user.id, tickets=len(tickets))
    return Left(sessions, keys, tickets, len(visits))


async def last_who_decides(tx: Tx, user: User) -> bool:
    """Whether nobody could decide about incidents and pauses any more without this user."""
    if user.role not in DECIDE:
        return False
    return not any(each.role in DECIDE and each.id != user.id for each in await tx.house.users())
