"""What is owed to the world, for people: what waits, what is parked and why, in words; and what they may do about it.

Names and numbers never appear: an address is shown so far that two can be told apart. Nothing is sent here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.domain.because import Because
from hub.domain.contact import ON_PAPER, Message, MessageStatus
from hub.domain.customer import Channel
from hub.domain.effects import Note
from hub.domain.ids import CaseId, CommandId, Moment, UserId
from hub.domain.receipts import left
from hub.flow.receipts import lost
from hub.ports import BadInput, OutboxRow, Tx

STATES = ("queued", "sending", "in_doubt", "parked", "done", "cancelled")
WAITING = ("parked", "in_doubt", "sending", "queued")
LIST = "List them with: beforehand outbox list"
_WORDS = {
    "crash": "The hub ended while it was being sent.",
    "several_alike": "The provider has several alike, and nobody can tell which is this one.",
    "found one of another message": "The provider has one like it that belongs to another message.",
    "its address or channel is gone": "Its address or its channel is gone.",
    "nobody can tell whether it was published": "Nobody can tell whether the device got it.",
    "TimeoutError": "The provider did not answer in time.",
    "ServerDisconnectedError": "The provider hung up before it answered.",
    "released": "A person had it sent.",
    "retried": "A person had it tried at once.",
}


@dataclass(frozen=True, slots=True)
class Owed:
    """One row for people. `to` is masked; `reason` is why it waits or what became of it, in words."""

    id: str
    what: str
    to: str
    case: CaseId | None
    state: str
    status: str
    due: Moment
    attempts: int
    reason: str


async def listed(tx: Tx, state: str, limit: int) -> list[Owed]:
    """Rows in a state, earliest due first. Raises BadInput on an unknown state."""
    if state not in STATES:
        raise BadInput(state, "there is no such state", f"Name one of: {', '.join(STATES)}.")
    return [await _shown(tx, row) for row in await tx.outbox.page(state, limit)]


async def waiting(tx: Tx, limit: int) -> list[Owed]:
    """Whatever has not left yet, so many of each state at most: what waits for a person first, then the earliest due."""
    return [await _shown(tx, row) for state in WAITING for row in await tx.outbox.page(state, limit)]


async def shown(tx: Tx, row: str) -> Owed:
    """One row. Raises BadInput when there is none."""
    return await _shown(tx, await _row(tx, row, STATES))


async def release(tx: Tx, row: str, by: UserId, now: Moment) -> Owed:
    """A person has decided that a parked row is to leave (again). The whole gate is asked before it does."""
    found = await _row(tx, row, ("parked",))
    if isinstance(found.item, Message):
        sent = replace(found.item, status=MessageStatus.QUEUED, because=Because.RELEASED)
        await tx.messages.update(sent)
    else:
        await tx.outbox.set_command(CommandId(found.item.id), "queued", "", now)
    await tx.outbox.settle(row, "queued", due=now, note="released")
    return await _done(tx, found, ("outbox.released", Because.RELEASED, by), now)


async def retry(tx: Tx, row: str, by: UserId, now: Moment) -> Owed:
    """What waits for its next try is due now."""
    found = await _row(tx, row, ("queued", "in_doubt"))
    await tx.outbox.settle(row, found.state, due=now, note="retried")
    return await _done(tx, found, ("outbox.retried", Because.RELEASED, by), now)


async def drop(tx: Tx, row: str, by: UserId, now: Moment) -> Owed:
    """It will not leave; its case hears of it, unless it had heard already when the row was parked."""
    found = await _row(tx, row, ("queued", "parked"))
    item = found.item
    await tx.outbox.settle(row, "cancelled", note="dropped")
    if isinstance(item, Message):
        await tx.messages.update(replace(item, status=MessageStatus.CANCELLED, because=Because.DROPPED))
        if found.state == "queued":
            await lost(tx, item, Because.DROPPED, now)
    else:
        await tx.outbox.set_command(CommandId(item.id), "failed", "dropped", now)
    return await _done(tx, found, ("outbox.dropped", Because.DROPPED, by), now)


async def _done(tx: Tx, row: OutboxRow, what: tuple[str, Because, UserId], now: Moment) -> Owed:
    kind, because, by = what
    data = {"row": row.id, "by": by, "was": row.state}
    await tx.facts.add(Note(row.item.case, None, kind, because, data), now)
    return await shown(tx, row.id)


async def _row(tx: Tx, row: str, states: tuple[str, ...]) -> OutboxRow:
    """The row, with its case held. Raises BadInput when there is none, or it is in none of `states`."""
    found = await tx.outbox.get(row)
    if found is not None and found.item.case is not None and states != STATES:
        await tx.cases.get(found.item.case, lock=True)
        found = await tx.outbox.get(row)
    if found is None:
        raise BadInput(row, "nothing in the outbox has this id", LIST)
    if found.state not in states:
        raise BadInput(row, f"it is {found.state}, not {' or '.join(states)}", LIST)
    return found


async def _shown(tx: Tx, row: OutboxRow) -> Owed:
    item = row.item
    if not isinstance(item, Message):
        known = await tx.outbox.command(CommandId(item.id))
        status = known.state if known else ""
        return _owed(row, f"command {item.name}", item.device, status)
    address = await tx.people.address(item.address) if item.address is not None else None
    to = masked(address.channel, address.value) if address is not None else ""
    what = f"{item.kind} by {item.channel}"
    if not row.note and row.state == "queued" and item.because is not Because.ALLOWED:
        row = replace(
            row, note=str(item.because)
        )  # held when it was written: the relay has not looked at it yet
    if item.because in ON_PAPER and left(item.status):
        return replace(_owed(row, f"{what}, on paper", to, "on paper"), reason=item.because.agent)
    return _owed(row, what, to, str(item.status))


def _owed(row: OutboxRow, what: str, to: str, status: str) -> Owed:
    return Owed(
        id=row.id, what=what, to=to, case=row.item.case, state=row.state, status=status,
        due=row.due, attempts=row.attempts, reason=reason(row.note),
    )  # fmt: skip


def reason(note: str) -> str:
    """The note of a row in words: one of ours, a reason of the gate, or what the provider called it."""
    if note.upper() in Because.__members__:
        return Because[note.upper()].agent
    return _WORDS.get(note) or (f"The provider or the program said: {note}" if note else "")


def masked(channel: Channel, value: str) -> str:
    """So much of an address that two can be told apart, and no more."""
    if channel is Channel.EMAIL:
        name, _, domain = value.partition("@")
        return f"{name[:1]}…@{domain}"
    if value.startswith("+"):
        return f"{value[:3]}…{value[-3:]}"
    return "…" + value[-4:] if len(value) > 8 else "…"
