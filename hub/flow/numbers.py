"""Numbers that their owners gave up: nobody writes to them or rings them any more, for somebody else may have them by now."""

from __future__ import annotations

from hub.domain.because import Because
from hub.domain.customer import Address, Channel, Health
from hub.domain.effects import Note
from hub.domain.ids import Moment
from hub.ports import Store

BY_NUMBER = (Channel.SMS, Channel.WHATSAPP, Channel.PHONE)
MANY = 200  # people that are looked at in one breath


async def bury_numbers(store: Store, numbers: frozenset[str], now: Moment) -> int:
    """Every address of ours that is one of `numbers` is dead from now on; how many that were."""
    after, buried = "", 0
    while numbers:
        async with store.reading() as tx:
            people = await tx.people.page(after, MANY)
            known = [each for person in people for each in await tx.people.addresses(person.id)]
        gone = [
            each
            for each in known
            if each.channel in BY_NUMBER and each.value in numbers and each.health is not Health.DEAD
        ]
        if gone:
            await _bury(store, gone, now)
        buried += len(gone)
        if len(people) < MANY:
            break
        after = people[-1].id
    return buried


async def _bury(store: Store, gone: list[Address], now: Moment) -> None:
    async with store.transaction() as tx:
        for address in gone:
            await tx.people.set_health(address.id, Health.DEAD)
            data = {"address": address.id}
            await tx.facts.add(Note(None, None, "address.dead", Because.NUMBER_GIVEN_UP, data), now)
