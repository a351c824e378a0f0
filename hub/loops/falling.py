"""Going round a provider that is down: its messages are handed back, so that the next step of their ladders is taken.

Only what asks or warns, only what has surely not left, and only where another way follows on the ladder: never double.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from device_rules.reading import MINUTE
from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.contact import Message, MessageClass, MessageStatus
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from hub.domain.ladder import urgent
from hub.loops.claims import At, drop
from hub.loops.post import PostOffice
from hub.ports import OutboxRow

FALLING = (MessageClass.FIRST, MessageClass.REMINDER, MessageClass.SAFETY)
BATCH = 50
LATER = MINUTE

log = structlog.get_logger(__name__)


async def hand_back(post: PostOffice, lanes: Sequence[str]) -> int:
    """Hand back what waits for `lanes` and has another way to go; how many messages that was."""
    now, back = Moment(post.clock.now()), 0
    async with post.store.transaction() as tx:
        for row in await tx.outbox.due(now, BATCH, lanes, FALLING):
            at = At(tx, row, now, post)
            if isinstance(row.item, Message) and await _goes_round(at, row.item, lanes):
                await drop(at, row.item, Because.PROVIDER_DOWN)
                back += 1
            else:
                await _wait(at, row)
    if back:
        log.warning("messages_handed_back", lanes=list(lanes), messages=back)
    return back


async def _wait(at: At, row: OutboxRow) -> None:
    """There is no other way for it: it stays, and lets others come first in the meantime."""
    await at.tx.outbox.settle(row.id, row.state, due=Moment(at.now + LATER), note=row.note)


async def _goes_round(at: At, message: Message, lanes: Sequence[str]) -> bool:
    """Whether it never left, is what its case waits for, and another way follows."""
    if message.status is not MessageStatus.QUEUED or message.case is None:
        return False
    case = await at.tx.cases.get(message.case, lock=True)
    if case is None or case.state is not CaseState.CONTACTING or case.acknowledged is not None:
        return False
    contacts = await at.tx.messages.contacts_of(case.id)
    newest = f"step:{case.step - 1}"
    waited_for = any(each.id == message.contact and each.step == newest for each in contacts)
    return waited_for and _another_way(case, lanes, at.post)


def _another_way(case: Case, lanes: Sequence[str], post: PostOffice) -> bool:
    """A later step by another channel that is set up. An agent is one for what is urgent: the rest had better wait."""
    later = {step.channel for step in case.ladder[case.step :]}
    open_ways = {each for each in later if each in post.notifiers and str(each) not in lanes}
    return bool(open_ways) or (urgent(case) and Channel.AGENT in later)
