"""Unsubscribing: a person wants nothing more on one channel. Other channels stay as they are; STOP is what ends them all."""

from __future__ import annotations

from hub.domain.because import Because
from hub.domain.customer import Basis, BasisKind, Channel, Purpose
from hub.domain.effects import Note
from hub.domain.ids import CustomerId, Moment
from hub.ports import Tx

WHO = "the person"
"""Not the word that STOP writes: START, which undoes a STOP, leaves this as it is."""


async def unsubscribe(tx: Tx, customer: CustomerId, channel: Channel, how: str, now: Moment) -> bool:
    """Withdraw every purpose on `channel`; False when that was so already. What waits to leave there is denied at the gate."""
    newest = {line.purpose: line for line in await tx.people.bases(customer) if line.channel is channel}
    open_ones = [
        purpose
        for purpose in Purpose
        if purpose not in newest or newest[purpose].kind is not BasisKind.WITHDRAWN
    ]
    for purpose in open_ones:
        before = newest.get(purpose)
        country = before.country if before else ""
        line = Basis(customer, purpose, channel, BasisKind.WITHDRAWN, now, country, WHO, how)
        await tx.people.add_basis(line)
    if open_ones:
        data = {"customer": customer, "channel": str(channel), "how": how}
        await tx.facts.add(Note(None, None, "customer.unsubscribed", Because.UNSUBSCRIBED, data), now)
    return bool(open_ones)
