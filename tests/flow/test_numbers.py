"""Numbers that changed hands, and numbers that cannot be texted: nobody is written to who is not meant."""

from collections.abc import AsyncIterator

import pytest

from hub.domain.because import Because
from hub.domain.contact import Contact, Direction, Message, MessageClass, MessageStatus
from hub.domain.customer import Address, Channel, Customer, Health, Person
from hub.domain.ids import AddressId, ContactId, CustomerId, MessageId, Moment
from hub.flow.numbers import bury_numbers
from hub.flow.receipts import bury
from hub.testing import SATURDAY_EVENING, MemoryStore

NOW = Moment(SATURDAY_EVENING)
ADA = CustomerId("ada")


def number(of: int) -> str:
    return f"+4670174{of:04d}"


def text(address: AddressId) -> Message:
    """A text that was sent there."""
    return Message(
        MessageId("m"),
        ContactId("c"),
        None,
        ADA,
        address,
        Channel.SMS,
        MessageClass.FIRST,
        Direction.OUT,
        NOW,
        status=MessageStatus.ACCEPTED,
    )


@pytest.fixture
async def store() -> AsyncIterator[MemoryStore]:
    store = MemoryStore()
    async with store.transaction() as tx:
        for of in range(450):
            customer = CustomerId("ada" if of == 0 else f"person-{of:03d}")
            await tx.people.put_customer(Customer(customer), Person(customer, "Somebody"))
            for channel in (Channel.SMS, Channel.PHONE) if of % 2 else (Channel.SMS,):
                name = AddressId(f"{customer}-{channel}")
                await tx.people.put_address(Address(name, customer, channel, number(of)))
    yield store
    await store.close()


async def addresses(store: MemoryStore, customer: str) -> dict[Channel, Health]:
    async with store.reading() as tx:
        return {each.channel: each.health for each in await tx.people.addresses(CustomerId(customer))}


async def test_a_number_that_was_given_up_is_used_no_more_on_any_channel(store: MemoryStore) -> None:
    gone = frozenset({number(1), number(2), number(449), "+15550001111"})
    assert await bury_numbers(store, gone, NOW) == 5
    assert set((await addresses(store, "person-001")).values()) == {Health.DEAD}
    assert set((await addresses(store, "person-449")).values()) == {Health.DEAD}
    assert set((await addresses(store, "person-003")).values()) == {Health.GOOD}
    assert await bury_numbers(store, gone, NOW) == 0


async def test_an_empty_list_buries_nobody(store: MemoryStore) -> None:
    assert await bury_numbers(store, frozenset(), NOW) == 0


@pytest.mark.parametrize("code", ["21614", "30006"])
async def test_a_landline_is_proposed_for_calls_and_called_by_nobody_yet(
    store: MemoryStore, code: str
) -> None:
    async with store.transaction() as tx:
        await bury(tx, text(AddressId("ada-sms")), NOW, code)
        await bury(tx, text(AddressId("ada-sms")), NOW, code)
        facts = await tx.facts.since(0)
    assert await addresses(store, "ada") == {Channel.SMS: Health.DEAD, Channel.PHONE: Health.UNVERIFIED}
    assert [fact.because for fact in facts] == [Because.ADDRESS_UNHEALTHY.name, Because.LANDLINE.name]
    assert number(0) not in str(facts)


async def test_a_number_that_is_known_for_calls_is_not_proposed_again(store: MemoryStore) -> None:
    async with store.transaction() as tx:
        await bury(tx, text(AddressId("person-001-sms")), NOW, "21614")
    assert await addresses(store, "person-001") == {Channel.SMS: Health.DEAD, Channel.PHONE: Health.GOOD}


async def test_a_number_that_does_not_exist_is_not_proposed_for_calls(store: MemoryStore) -> None:
    async with store.transaction() as tx:
        await bury(tx, text(AddressId("ada-sms")), NOW, "21211")
        await tx.messages.add_contact(Contact(ContactId("c"), ADA, Channel.SMS, "step:0", NOW, ()))
    assert await addresses(store, "ada") == {Channel.SMS: Health.DEAD}
