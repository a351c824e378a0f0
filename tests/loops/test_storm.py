"""A bad day: the carrier breaks in every way it knows, and the hub is killed in between. Every message leaves once."""

import asyncio
from collections import Counter

import pytest

from device_rules.reading import SECOND
from hub.domain.contact import MessageClass
from hub.domain.contact import MessageStatus as S
from hub.loops import relay

FAULTS = (
    "server_error",
    "bad_gateway",
    "busy",
    "hang_up_before_acceptance",
    "hang_up_after_acceptance",
)


async def life(town, requests):
    """One process: it recovers and carries, and is killed when the carrier has been asked so many times."""
    office, target = town.office(), len(town.carrier.asked) + requests
    town.clock.turn(SECOND)
    await relay.recover(office, town.clock.now())
    work = asyncio.create_task(relay.drain(office))
    killer = asyncio.create_task(town.carrier.until(lambda carrier: len(carrier.asked) >= target, 30))
    await asyncio.wait({work, killer}, return_when=asyncio.FIRST_COMPLETED)
    work.cancel()
    killer.cancel()
    await asyncio.gather(work, killer, return_exceptions=True)


@pytest.mark.parametrize("seed", [1])
async def test_every_message_reaches_the_carrier_exactly_once_whatever_breaks(town, seed):
    for kind in FAULTS:
        town.carrier.misbehave(kind, times=None, share=0.1)
    messages = [
        await town.owe(f"turn:{n}", MessageClass.TURN, text=f"Message {n} of {seed}.", phrases=())
        for n in range(12)
    ]
    for number in range(40):
        await life(town, 1 + (number * seed) % 5)
        statuses = Counter([(await town.now(message)).status for message in messages])
        if statuses[S.ACCEPTED] == len(messages):
            break
        town.clock.turn((31 if number % 3 else 300) * SECOND)
    assert statuses == {S.ACCEPTED: len(messages)}
    sent = Counter(message.body for message in town.carrier.created())
    assert sent == {message.text: 1 for message in messages}
