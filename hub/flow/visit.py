"""A visit: one turn of one person while it is being answered, with everything its answer may use. Holds, decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.conversation import Turn
from hub.domain.customer import Channel
from hub.domain.ids import AddressId, CaseId, CustomerId, Moment
from hub.flow.context import Context
from hub.ports import Tx

LIVE = (Channel.VOICE, Channel.PHONE, Channel.PAGE, Channel.ASSISTANT)
"""Channels whose reply is returned in the same breath instead of being sent."""


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
