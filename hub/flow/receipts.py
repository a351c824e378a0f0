"""Receipts: takes what a carrier tells about a message, moves the message forward only, and hands a loss on to its case.

It never sends anything. What nobody knows is kept as a fact and moves nothing.
"""

from __future__ import annotations

from dataclasses import replace

from hub.domain.because import Because
from hub.domain.contact import Message
from hub.domain.customer import Address, Channel, Health
from hub.domain.effects import Note, Suppress
from hub.domain.events import MessageFailed, ReceiptCame
from hub.domain.ids import AddressId, MessageId, Moment, derive
from hub.domain.receipts import LOST, advance, left, told
from hub.flow.carry import carry_out
from hub.flow.context import Context
from hub.ports import Tx

LANDLINE = frozenset({"21614", "30006"})  # the carrier's words for "this is not a mobile"
KEPT = 64  # characters of a status or code that nobody knows


async def receipt_came(tx: Tx, event: ReceiptCame, now: Moment, ctx: Context) -> Because:
    """Late, repeated and reordered receipts end where punctual ones do."""
    message, news = await found(tx, event), told(event.status)
    if message is None or news is None:
        await _keep(tx, event, message, now)
        return Because.RECEIPT_UNKNOWN
    if message.case is not None:
        await tx.cases.get(message.case, lock=True)
        message = await tx.messages.get(message.id) or message
    status = advance(message.status, news)
    if status is not message.status or (event.provider_id and not message.provider_id):
        await _move(tx, replace(message, status=status), event, now)
    if status is not message.status and status in LOST:
        await lost(tx, message, because=Because.CARRIER_REFUSED, now=now)
    if event.opted_out:
        await opted_out(tx, message, now, ctx)
    if event.dead:
        await bury(tx, message, now, event.code)
    return Because.RECEIPT


async def found(tx: Tx, event: ReceiptCame) -> Message | None:
    """The message a receipt is about: by our id, else by the carrier's."""
    message = await tx.messages.get(MessageId(event.message)) if event.message else None
    if message is None and event.provider_id:
        message = await tx.messages.by_provider(Channel(event.channel), event.provider_id)
    return message


async def _move(tx: Tx, message: Message, event: ReceiptCame, now: Moment) -> None:
    """Save the step; a receipt also proves that what was in doubt had been accepted, and by which name."""
    await tx.messages.update(replace(message, provider_id=message.provider_id or event.provider_id))
    row = await tx.outbox.get(message.id)
    if row is not None and row.state in ("queued", "in_doubt", "parked") and left(message.status):
        await tx.outbox.settle(row.id, "done", note="receipt")
    data = {"message": message.id, "status": str(message.status), "code": event.code[:KEPT]}
    if message.provider_id and event.provider_id and event.provider_id != message.provider_id:
        data["twice"] = "the carrier has two of it"
    await tx.facts.add(Note(message.case, None, "message.receipt", Because.RECEIPT, data), now)


async def _keep(tx: Tx, event: ReceiptCame, message: Message | None, now: Moment) -> None:
    data = {"status": event.status[:KEPT], "code": event.code[:KEPT], "provider": event.provider_id[:KEPT]}
    case = message.case if message is not None else None
    await tx.facts.add(Note(case, None, "message.receipt_unknown", Because.RECEIPT_UNKNOWN, data), now)


async def lost(tx: Tx, message: Message, because: Because, now: Moment) -> None:
    """Tell the message's case that nobody will read it."""
    if message.case is not None:
        failed = MessageFailed(message.case, message.id, str(because))
        await tx.inbox.put(message.case, failed, now)


async def opted_out(tx: Tx, message: Message, now: Moment, ctx: Context) -> None:
    """An opt-out at the carrier counts as if the person had said stop to us."""
    if await tx.people.suppressed(message.customer) is not None:
        return
    because = Because.OPTED_OUT_AT_CARRIER
    stopped = Note(message.case, None, "customer.suppressed", because, {"customer": message.customer})
    await carry_out(tx, (Suppress(message.customer, because), stopped), now, ctx)


async def bury(tx: Tx, message: Message, now: Moment, code: str = "") -> None:
    """An address that will never work is not used again. A landline gets no texts, but it rings: it is proposed as a
    telephone number, which nobody calls before somebody has confirmed it."""
    address = await tx.people.address(message.address) if message.address is not None else None
    if address is None or address.health is Health.DEAD:
        return
    await tx.people.set_health(address.id, Health.DEAD)
    note = Note(message.case, None, "address.dead", Because.ADDRESS_UNHEALTHY, {"address": address.id})
    await tx.facts.add(note, now)
    if address.channel is Channel.SMS and code in LANDLINE:
        await _propose_calls(tx, address, now)


async def _propose_calls(tx: Tx, landline: Address, now: Moment) -> None:
    known = await tx.people.addresses(landline.customer)
    if any(each.channel is Channel.PHONE and each.value == landline.value for each in known):
        return
    name = AddressId(derive("addr", landline.customer, Channel.PHONE, landline.id))
    proposed = Address(
        name, landline.customer, Channel.PHONE, landline.value, Health.UNVERIFIED, landline.rank
    )
    await tx.people.put_address(proposed)
    data = {"address": name, "instead_of": landline.id}
    await tx.facts.add(Note(None, None, "address.proposed", Because.LANDLINE, data), now)
