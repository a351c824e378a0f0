"""A person's wish about notices on their speaker: Amazon's own events decide, in the order of their own moments."""

from collections.abc import AsyncIterator
from itertools import permutations

import pytest

from device_rules.reading import MINUTE
from hub.domain.customer import BasisKind, Channel, Customer, Health, Person
from hub.domain.ids import CustomerId, Moment
from hub.flow.subscribing import Wish, gone, linked, subscribed
from hub.testing import SATURDAY_EVENING, MemoryStore

NOW = Moment(SATURDAY_EVENING)
ADA, USER = CustomerId("ada"), "amzn1.ask.account.ADA"


def wish(wanted: bool, minutes_ago: int) -> Wish:
    return Wish(USER, wanted, Moment(NOW - minutes_ago * MINUTE), "ProactiveSubscriptionChanged")


@pytest.fixture
async def store() -> AsyncIterator[MemoryStore]:
    store = MemoryStore()
    async with store.transaction() as tx:
        await tx.people.put_customer(Customer(ADA), Person(ADA, "Ada"))
    yield store
    await store.close()


async def state(store: MemoryStore) -> tuple[Health | None, BasisKind | None]:
    """The health of Ada's speaker, and what her ledger says about it."""
    async with store.reading() as tx:
        speakers = [each for each in await tx.people.addresses(ADA) if each.channel is Channel.VOICE]
        lines = [each for each in await tx.people.bases(ADA) if each.channel is Channel.VOICE]
    newest = max(lines, key=lambda line: line.at, default=None)
    return speakers[0].health if speakers else None, newest.kind if newest else None


async def test_a_yes_makes_the_speaker_a_way_to_her_and_a_no_takes_it_away(store: MemoryStore) -> None:
    async with store.transaction() as tx:
        assert await subscribed(tx, wish(True, 2), ADA, NOW)
    assert await state(store) == (Health.GOOD, BasisKind.CONSENT)
    async with store.transaction() as tx:
        assert await subscribed(tx, wish(False, 1), ADA, NOW)
    assert await state(store) == (Health.SUSPENDED, BasisKind.WITHDRAWN)


@pytest.mark.parametrize("order", list(permutations(((True, 3), (False, 2), (True, 1)))))
async def test_whatever_order_the_events_come_in_the_newest_counts(
    store: MemoryStore, order: tuple[tuple[bool, int], ...]
) -> None:
    for wanted, ago in order:
        async with store.transaction() as tx:
            await subscribed(tx, wish(wanted, ago), ADA, NOW)
    assert await state(store) == (Health.GOOD, BasisKind.CONSENT)


async def test_the_same_event_twice_is_written_down_once(store: MemoryStore) -> None:
    for _ in range(2):
        async with store.transaction() as tx:
            await subscribed(tx, wish(True, 1), ADA, NOW)
    async with store.reading() as tx:
        assert len(await tx.people.bases(ADA)) == 1


async def test_a_wish_that_came_before_the_speaker_was_linked_counts_once_it_is(store: MemoryStore) -> None:
    async with store.transaction() as tx:
        await subscribed(tx, wish(True, 9), None, NOW)
    assert await state(store) == (None, None)
    async with store.transaction() as tx:
        await linked(tx, USER, ADA, NOW)
    assert await state(store) == (Health.GOOD, BasisKind.CONSENT)


async def test_a_linked_speaker_that_never_asked_for_notices_gets_none(store: MemoryStore) -> None:
    async with store.transaction() as tx:
        await linked(tx, USER, ADA, NOW)
    assert await state(store) == (None, None)


async def test_a_skill_that_was_put_away_is_no_way_to_her_until_she_wants_it_again(
    store: MemoryStore,
) -> None:
    for each, ending in ((wish(True, 3), False), (wish(False, 2), True)):
        async with store.transaction() as tx:
            await (gone if ending else subscribed)(tx, each, ADA, NOW)
    assert await state(store) == (Health.DEAD, BasisKind.WITHDRAWN)
    async with store.transaction() as tx:
        await subscribed(tx, wish(True, 1), ADA, NOW)
    assert await state(store) == (Health.GOOD, BasisKind.CONSENT)
