"""Device commands: they leave by the outbox like messages, and are never published again after a crash unless repeatable.

It never judges whether a command is wise: the play asked the customer, or named it safe. Before sending is live a rehearsal
restarts nobody's device: the command is written on paper and answered as rehearsed, but for devices on the list of test devices.
"""

from __future__ import annotations

from device_rules.reading import SECOND
from hub.domain.asked import Mode
from hub.domain.because import Because
from hub.domain.contact import MessageClass
from hub.domain.effects import CommandDevice, Note, WakeAt
from hub.domain.events import CommandAnswered
from hub.domain.ids import CommandId, Moment
from hub.loops.post import Order, PostOffice
from hub.ports import Accepted, Envelope, OutboxRow, Tx

REHEARSED = "rehearsed"
PAUSED_AGAIN = 5 * SECOND
AGAIN = 2 * SECOND  # a command is short-lived: ask the broker again soon


async def claim_order(
    tx: Tx, row: OutboxRow, command: CommandDevice, now: Moment, post: PostOffice
) -> Order | None:
    """The order, or None when it is too late for it, or when all is paused: then it waits as long as it is of use."""
    switches = await tx.house.switches()
    if command.expires <= now:
        await fail_order(tx, row, command, "paused" if switches.paused else "expired", now)
        return None
    if switches.paused:
        due = min(command.expires, Moment(now + PAUSED_AGAIN))
        await tx.outbox.settle(row.id, "queued", due=due, note=str(Because.KILL_SWITCH))
        return None
    real = switches.mode is Mode.LIVE or command.device in post.test_devices
    return Order(row, command, rehearsed=not real)


async def give(order: Order, post: PostOffice) -> bool:
    """Publish it, or write it on paper; whether the broker (or the paper) has it."""
    if order.rehearsed:
        return isinstance(await post.paper.send(_written(order.command, post)), Accepted)
    return post.link is not None and await post.link.send(order.command)


def _written(command: CommandDevice, post: PostOffice) -> Envelope:
    """How a command looks on paper."""
    said = ", ".join(f"{name}: {value}" for name, value in command.args.items())
    text = f"Command to the device: {command.name}" + (f" ({said})" if said else "")
    return Envelope(command.id, command.device, text, "en", MessageClass.TURN, Moment(post.clock.now()))


async def settle_order(order: Order, given: bool | None, post: PostOffice) -> None:
    """Save what became of it: given, not given (tried again until it expires), or None: nobody can tell."""
    command, now = order.command, Moment(post.clock.now())
    async with post.store.transaction() as tx:
        if given and order.rehearsed:
            await _rehearsed(tx, order.row, command, now)
        elif given:
            await _given(tx, order.row, command, now)
        elif given is None:
            await doubt_order(tx, order.row, command, now)
        elif post.link is None and not order.rehearsed:
            await fail_order(tx, order.row, command, "no way to the device", now)
        else:
            due = min(command.expires, Moment(now + AGAIN))
            await tx.outbox.settle(order.row.id, "queued", due=due, note="the broker did not take it")


async def _given(tx: Tx, row: OutboxRow, command: CommandDevice, now: Moment) -> None:
    """The device answers by itself, or its time runs out."""
    state = await tx.outbox.command(CommandId(command.id))
    if state is None or state.state == "queued":  # else the device was faster than we are
        await tx.outbox.set_command(CommandId(command.id), "sent", "", now)
        await tx.wakes.put(WakeAt(command.case, "command", command.expires, token=command.id))
    await tx.outbox.settle(row.id, "done")
    await _note(tx, command, "command.published", Because.PUBLISHED, now)


async def _rehearsed(tx: Tx, row: OutboxRow, command: CommandDevice, now: Moment) -> None:
    """The play goes on as if the device had done it; that nothing has changed on it, telemetry will show."""
    await tx.outbox.settle(row.id, "done", note=REHEARSED)
    if await tx.outbox.set_command(CommandId(command.id), "done", REHEARSED, now):
        answer = CommandAnswered(command.case, command.id, ok=True, note=REHEARSED)
        await tx.inbox.put(command.case, answer, now)
    await _note(tx, command, "command.rehearsed", Because.MODE_PAPER, now)


async def doubt_order(tx: Tx, row: OutboxRow, command: CommandDevice, now: Moment) -> None:
    """Nobody can tell whether it was published: again if that is harmless, else its time runs out and a person sees it."""
    if command.repeatable:
        await tx.outbox.settle(row.id, "queued", due=now, note="published again")
        return
    await tx.outbox.settle(row.id, "parked", note="nobody can tell whether it was published")
    await tx.outbox.set_command(CommandId(command.id), "parked", "in doubt", now)
    await tx.wakes.put(WakeAt(command.case, "command", command.expires, token=command.id))
    await _note(tx, command, "command.parked", Because.IN_DOUBT, now)


async def fail_order(tx: Tx, row: OutboxRow, command: CommandDevice, why: str, now: Moment) -> None:
    """It will not be published any more, and the case hears why."""
    await tx.outbox.settle(row.id, "done", note=why)
    if await tx.outbox.set_command(CommandId(command.id), "failed", why, now):
        await tx.inbox.put(command.case, CommandAnswered(command.case, command.id, ok=False, note=why), now)
    await _note(tx, command, "command.failed", Because.COMMAND_FAILED, now)


async def _note(tx: Tx, command: CommandDevice, kind: str, because: Because, now: Moment) -> None:
    data = {"command": command.id, "name": command.name}
    await tx.facts.add(Note(command.case, command.device, kind, because, data), now)
