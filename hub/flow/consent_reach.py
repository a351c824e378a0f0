"""Reach: who of an import may be contacted afterwards, on which channels, and why the others may not.

It asks the stages of the gate that look at the person, on what would then be known; it counts nothing and sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.domain.asked import Asked, History, Switches
from hub.domain.because import Because
from hub.domain.contact import Direction, Message, MessageClass
from hub.domain.customer import Address, Basis, Channel, Customer
from hub.domain.ids import ContactId, CustomerId, MessageId, Moment
from hub.domain.stage import Stage
from hub.domain.stages_person import address_health, basis, preference, suppression
from hub.flow.enlist import Write
from hub.ports import Tx

PERSON: tuple[Stage, ...] = (suppression, basis, address_health, preference)


@dataclass(frozen=True, slots=True)
class Reach:
    """One person: the channels on which they may be contacted; when there are none, why."""

    customer: CustomerId
    channels: tuple[Channel, ...]
    because: Because = Because.ALLOWED


async def reach(tx: Tx, people: Iterable[CustomerId], writes: Sequence[Write], now: Moment) -> list[Reach]:
    """The reach of each of `people` once `writes` are carried out."""
    addresses: dict[CustomerId, list[Address]] = {}
    bases: dict[CustomerId, list[Basis]] = {}
    for write in writes:
        if isinstance(write, Address):
            addresses.setdefault(write.customer, []).append(write)
        elif isinstance(write, Basis):
            bases.setdefault(write.customer, []).append(write)
    return [await _of(tx, one, (addresses.get(one, []), bases.get(one, [])), now) for one in people]


async def _of(tx: Tx, customer: CustomerId, coming: tuple[list[Address], list[Basis]], now: Moment) -> Reach:
    fresh, granted = coming
    known = {each.id: each for each in [*await tx.people.addresses(customer), *fresh] if each.value}
    if not known:
        return Reach(customer, (), Because.NO_ADDRESS)
    lines = tuple(sorted([*await tx.people.bases(customer), *granted], key=lambda line: line.at))
    chosen = await tx.people.preference(customer)
    open_, why = [], Because.NO_ADDRESS
    for address in sorted(known.values(), key=lambda each: (each.rank, each.channel)):
        asked = Asked(
            message=_first(customer, address, now),
            customer=Customer(customer),
            address=address,
            case=None,
            bases=lines,
            suppressed=await _stopped(tx, address),
            zones=(),
            history=History(),
            switches=Switches(),
            preference=chosen,
        )
        stop = next((each for each in (stage(asked, now) for stage in PERSON) if each is not None), None)
        if stop is None:
            open_.append(address.channel)
        else:
            why = stop.because
    return Reach(customer, tuple(open_)) if open_ else Reach(customer, (), why)


async def _stopped(tx: Tx, address: Address) -> bool:
    """A number may be on the list though the person, under this name, is not."""
    if await tx.people.suppressed_value(address.value) is not None:
        return True
    return await tx.people.suppressed(address.customer, address.channel) is not None


def _first(customer: CustomerId, address: Address, now: Moment) -> Message:
    return Message(
        id=MessageId("reach"),
        contact=ContactId("reach"),
        case=None,
        customer=customer,
        address=address.id,
        channel=address.channel,
        kind=MessageClass.FIRST,
        direction=Direction.OUT,
        at=now,
    )
