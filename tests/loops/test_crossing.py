"""An acknowledgement and a claim that meet: nobody is asked after they have answered, and nobody waits for ever."""

import asyncio
from dataclasses import replace

from hub.domain.contact import MessageClass
from hub.domain.contact import MessageStatus as S
from hub.loops import relay


async def answer(town):
    """What the arrow does when a customer answers: acknowledge and cancel, in one transaction."""
    async with town.store.transaction() as tx:
        case = await tx.cases.get(town.case.id, lock=True)
        await tx.cases.save(replace(case, acknowledged=town.clock.now(), acknowledged_by="sms"))
        return await tx.outbox.cancel(case.id, (MessageClass.FIRST, MessageClass.REMINDER))


async def test_a_claim_and_an_answer_at_the_same_moment_never_block_each_other(town):
    office, rounds = town.office(), 15
    for number in range(rounds):
        await town.save(acknowledged=None)
        messages = [await town.owe(f"r{number}:{n}", MessageClass.REMINDER) for n in range(3)]
        async with asyncio.timeout(10):
            cancelled, parcels = await asyncio.gather(answer(town), relay.claim(office, 8))
        claimed = {parcel.message.id for parcel in parcels}
        assert claimed.isdisjoint(cancelled)
        for message in messages:
            status = (await town.now(message)).status
            assert status in {S.CANCELLED, S.SENDING, S.FAILED}
            assert (status is S.SENDING) == (message.id in claimed)
        for parcel in parcels:
            await relay.deliver(office, parcel)
    assert len(town.carrier.created()) <= 2 * rounds


async def test_when_the_answer_has_committed_no_later_claim_takes_anything(town):
    for n in range(5):
        await town.owe(f"step:{n}", MessageClass.REMINDER)
    await answer(town)
    assert await relay.claim(town.office(), 8) == []
    assert town.carrier.asked == []
