"""What we owe the world: messages and device commands, claimed before the call and settled after it.

A row never leaves `sending` by itself: after a crash the relay finds it by `stuck` and decides. What is settled as
done or cancelled is never claimed again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select

from hub.domain.contact import Message, MessageClass, MessageStatus
from hub.domain.effects import CommandDevice
from hub.domain.ids import CaseId, CommandId, CustomerId, MessageId, Moment
from hub.ports import CommandRow, OutboxRow
from hub.store.messages import columns_of, message_of
from hub.store.prepared import Prepared, Row, given
from hub.store.rows import Work, to_json
from hub.store.tables import case_contacts, commands, messages, outbox
from hub.store.tables_sending import paces, relays
from hub.store.waiting import Want, due, lane_of, next_due

_DUE = ("queued", "in_doubt")  # what a claim takes when its moment has come
TOKEN = 1_000_000  # leave for one call, in millionths, so that slow rates add up
_COMMAND_ENDS = ("done", "failed", "timed_out")


_CLAIMED = Prepared(
    outbox.update()
    .where(outbox.c.id == given("row"))
    .values(state="sending", attempts=outbox.c.attempts + 1, claimed=given("now"), relay=given("by"))
)
_MESSAGE = Prepared(select(messages).where(messages.c.id == given("item")))
_COMMAND = Prepared(select(commands).where(commands.c.id == given("item")))


def command_of(row: Row) -> CommandDevice:
    """The command in a row of `commands`."""
    return CommandDevice(
        id=row["id"],
        case=row["case"],
        device=row["device"],
        name=row["name"],
        args=json.loads(row["args"]),
        expires=row["expires"],
        repeatable=bool(row["repeatable"]),
    )


class SqlOutbox:
    """See `hub.ports.store.Outbox`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def put(self, item: Message | CommandDevice, due: Moment, note: str = "") -> None:
        """Owe the world `item` from `due` on; `note` says why it waits. What is owed already, or was sent, stays as it is."""
        if isinstance(item, Message):
            await self._work.add(messages, columns_of(item))
            kind, of_class = "message", item.kind.value
        else:
            await self._add_command(item, due)
            kind, of_class = "command", ""
        lane, urgency = lane_of(item)
        added = await self._work.add(
            outbox,
            {
                "id": item.id,
                "kind": kind,
                "class": of_class,
                "case": item.case,
                "state": "queued",
                "due": due,
                "attempts": 0,
                "note": note,
                "lane": lane,
                "urgency": urgency,
                "relay": "",
            },
        )
        if added:
            self._work.rung.add("outbox")

    async def claim(
        self, now: Moment, limit: int, kinds: Sequence[str], lanes: Sequence[str] = (), relay: str = ""
    ) -> list[OutboxRow]:
        """Take what is due, the most urgent and then the earliest first: from here on it is `sending`, claimed at `now` by
        `relay`. The caller commits before it calls the world. `kinds` are "message" and "command", `lanes` channels and
        "command" (none given: all)."""
        want = Want(tuple(kinds), tuple(map(str, lanes)))
        rows = await self._filled(await due(self._work, want, now, limit))
        for row in rows:
            await self._work.count(_CLAIMED, row=row.id, now=now, by=relay)
        return [
            OutboxRow(row.id, row.item, row.due, "sending", row.attempts + 1, claimed=now) for row in rows
        ]

    async def due(
        self, now: Moment, limit: int, lanes: Sequence[str], classes: Sequence[MessageClass]
    ) -> list[OutboxRow]:
        """Messages of these lanes and classes that are due, held until the transaction ends, and not taken."""
        want = Want(("message",), tuple(map(str, lanes)), tuple(each.value for each in classes))
        return await self._filled(await due(self._work, want, now, limit))

    async def get(self, row: str) -> OutboxRow | None:
        rows = await self._rows(select(outbox).where(outbox.c.id == row))
        return rows[0] if rows else None

    async def settle(self, row: str, state: str, *, due: Moment | None = None, note: str = "") -> None:
        """What became of a row: done, queued again or in doubt until `due`, parked, cancelled."""
        values: dict[str, Any] = {"state": state, "note": note}
        if due is not None:
            values["due"] = due
        await self._work.change(outbox, {"id": row}, values)
        if state in _DUE:
            self._work.rung.add("outbox")

    async def cancel(
        self, case: CaseId, kinds: Sequence[MessageClass], customer: CustomerId | None = None
    ) -> list[MessageId]:
        """Nothing of these classes that is still queued for the case, or tells of it with others, may leave (to `customer`,
        where one is given); which messages were stopped.

        What is being sent at this moment is left alone: it has crossed. What is being claimed at this moment is left
        to the claimer, who has to take the case's row next: waiting for each other would be a deadlock.
        """
        shared = (
            select(messages.c.id)
            .join(case_contacts, case_contacts.c.contact == messages.c.contact)
            .where(case_contacts.c.case == case)
        )
        queued = select(outbox.c.id).where(
            or_(outbox.c.case == case, outbox.c.id.in_(shared)),
            outbox.c.kind == "message",
            outbox.c.state == "queued",
            outbox.c["class"].in_([kind.value for kind in kinds]),
        )
        if customer is not None:
            queued = queued.where(
                outbox.c.id.in_(select(messages.c.id).where(messages.c.customer == customer))
            )
        rows = await self._work.all(self._work.locked(queued.order_by(outbox.c.id), skip=True))
        gone = [MessageId(row["id"]) for row in rows]
        if gone:
            cancelled = MessageStatus.CANCELLED.value
            await self._work.run(outbox.update().where(outbox.c.id.in_(gone)).values(state="cancelled"))
            await self._work.run(messages.update().where(messages.c.id.in_(gone)).values(status=cancelled))
        return gone

    async def stuck(self, before: Moment, alive: Sequence[str] = ()) -> list[OutboxRow]:
        """What was claimed before that moment by a relay that is not `alive`, and never settled: its sender has died."""
        query = select(outbox).where(outbox.c.state == "sending", outbox.c.claimed < before)
        if alive:
            query = query.where(outbox.c.relay.not_in(alive))
        return await self._rows(query.order_by(outbox.c.claimed, outbox.c.id))

    async def page(self, state: str, limit: int) -> list[OutboxRow]:
        """Rows in a state, earliest due first."""
        return await self._rows(
            select(outbox).where(outbox.c.state == state).order_by(outbox.c.due, outbox.c.id).limit(limit)
        )

    async def next_due(self, lanes: Sequence[str] = ()) -> Moment | None:
        """When the next row is due that a claim of these lanes (none given: of any) would take."""
        return await next_due(self._work, Want(("message", "command"), tuple(map(str, lanes))))

    async def hurry(self, notes: Sequence[str], now: Moment) -> int:
        """What waits because of one of `notes` is due now; how many rows that is."""
        held = outbox.c.state.in_(_DUE), outbox.c.note.in_(notes), outbox.c.due > now
        self._work.rung.add("outbox")
        return await self._work.count(outbox.update().where(*held).values(due=now))

    async def alive(self, since: Moment) -> list[str]:
        """The relays that have shown a sign of life since that moment."""
        rows = await self._work.all(select(relays.c.name).where(relays.c.at >= since))
        return [row["name"] for row in rows]

    async def beat(self, relay: str, at: Moment | None) -> None:
        """A relay lives; None: it has ended, and nothing of what it had taken is under way any more."""
        if at is None:
            await self._work.remove(relays, {"name": relay})
        else:
            await self._work.put(relays, {"name": relay, "at": at})

    async def tokens(self, provider: str, rate: float, wanted: int, now: Moment) -> tuple[int, Moment]:
        """Leave to ask `provider` at `rate` a second, over all relays: how many calls of `wanted` (negative: given back),
        and from when on there is leave for one more."""
        await self._work.add(paces, {"provider": provider, "tokens": _burst(rate), "at": now})
        row = await self._work.one(self._work.locked(select(paces).where(paces.c.provider == provider)))
        assert row is not None
        filled = min(_burst(rate), row["tokens"] + int(max(0, now - row["at"]) * rate))
        granted = min(wanted, filled // TOKEN)
        left = min(_burst(rate), filled - granted * TOKEN)
        await self._work.change(paces, {"provider": provider}, {"tokens": left, "at": max(now, row["at"])})
        return granted, Moment(now + max(0, int((TOKEN - left) / rate) + 1))

    async def command(self, command: CommandId) -> CommandRow | None:
        row = await self._work.one(_COMMAND, item=command)
        return _command_row(row) if row else None

    async def commands_of(self, case: CaseId) -> list[CommandRow]:
        rows = await self._work.all(
            select(commands).where(commands.c.case == case).order_by(commands.c.at, commands.c.id)
        )
        return [_command_row(row) for row in rows]

    async def set_command(self, command: CommandId, state: str, note: str, at: Moment) -> bool:
        """What became of a command. False when it had already ended: the first ending counts."""
        changed = await self._work.count(
            commands.update()
            .where(commands.c.id == command, commands.c.state.not_in(_COMMAND_ENDS))
            .values(state=state, note=note, at=at)
        )
        return changed == 1

    async def _add_command(self, command: CommandDevice, at: Moment) -> None:
        await self._work.add(
            commands,
            {
                "id": command.id,
                "case": command.case,
                "device": command.device,
                "name": command.name,
                "args": to_json(command.args),
                "state": "queued",
                "note": "",
                "expires": command.expires,
                "repeatable": int(command.repeatable),
                "at": at,
            },
        )

    async def _rows(self, query: Select[Any] | Prepared, **values: Any) -> list[OutboxRow]:
        """Rows with their items, in the order of `query`."""
        return await self._filled(await self._work.all(query, **values))

    async def _filled(self, rows: Sequence[Row]) -> list[OutboxRow]:
        return [
            OutboxRow(
                row["id"],
                await self._item(row),
                row["due"],
                row["state"],
                row["attempts"],
                row["claimed"],
                row["note"],
            )
            for row in rows
        ]

    async def _item(self, row: Row) -> Message | CommandDevice:
        kept = await self._work.one(_MESSAGE if row["kind"] == "message" else _COMMAND, item=row["id"])
        assert kept is not None  # a row and its item are written in one transaction
        return message_of(kept) if row["kind"] == "message" else command_of(kept)


def _burst(rate: float) -> int:
    """What may be saved up: the calls of one second, at least one."""
    return int(max(1.0, rate) * TOKEN)


def _command_row(row: Row) -> CommandRow:
    return CommandRow(command_of(row), row["state"], row["note"], row["at"])
