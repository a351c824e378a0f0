"""A visit: one turn of one person while it is being answered, with everything its answer may use. Holds, decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

from device_rules.reading import MINUTE
from hub.domain.conversation import Conversation, Turn
from hub.domain.customer import Channel
from hub.domain.ids import AddressId, CaseId, CustomerId, Moment
from hub.flow.context import Context
from hub.ports import Tx

LIVE = (Channel.VOICE, Channel.PHONE, Channel.PAGE, Channel.ASSISTANT)
"""Channels whose reply is returned in the same breath instead of being sent."""


LIVE_FOR = 2 * MINUTE
"""Somebody who spoke to a speaker so short a while ago hears what there is to say with their next turn; else it is written."""


def after_session(talk: Conversation | None, now: Moment) -> Moment | None:
    """When words for somebody may leave in writing: not while they may still be heard in a live session (None: at once)."""
    live = talk is not None and talk.heard is not None and now - talk.heard <= LIVE_FOR
    return Moment(now + LIVE_FOR) if live else None


@dataclass(frozen=True, slots=True)
class Visit:
    """`customer` says `turn` at `now`, written from `address` (None: a live session). `opt_out` is what the provider has
    answered by itself already (stop, start, help): we act, and stay silent. `about` is the case that a page shows: what is
    said there is about no other."""

    tx: Tx
    customer: CustomerId
    address: AddressId | None
    turn: Turn
    now: Moment
    ctx: Context
    opt_out: str = ""
    about: CaseId | None = None

    @property
    def live(self) -> bool:
        """Whether somebody waits for the answer with a microphone or a page open."""
        return self.turn.channel in LIVE
