"""Near: whether somebody is still standing beside the speaker that they have just talked with, so that it may go on there.

It only looks. A satellite at home can be spoken through again; a session at Amazon cannot.
"""

from __future__ import annotations

from device_rules.reading import MINUTE
from hub.domain.conversation import Conversation
from hub.domain.customer import Channel, Health
from hub.domain.ids import Moment
from hub.domain.satellite import parse
from hub.flow.context import Context
from hub.ports import Tx

BESIDE = 15 * MINUTE
"""For so long after their last word somebody is taken to be near."""


async def still_near(tx: Tx, talk: Conversation, now: Moment, ctx: Context) -> bool:
    """Whether the talk goes on at a satellite of theirs."""
    there = talk.channel is Channel.VOICE and talk.heard is not None and now - talk.heard <= BESIDE
    if not there or talk.customer is None or Channel.VOICE not in ctx.policy.channels:
        return False
    addresses = await tx.people.addresses(talk.customer)
    return any(each.health is Health.GOOD and parse(each.value) is not None for each in addresses)
