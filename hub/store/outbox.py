"""What we owe the world: messages and device commands, claimed before the call and settled after it.

A row never leaves `sending` by itself: after a crash the relay finds it by `stuck` and decides. What is settled as
done or cancelled is never claimed again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select

from hub.domain.contact import Message, MessageClass, MessageStatus
from hub.domain.effects import CommandDevice
from hub.domain.ids import CaseId, CommandId, MessageId, Moment
from hub.ports import CommandRow, OutboxRow
from hub.store.messages import columns_of, message_of
from hub.store.prepared import Prepared, Row, given
from hub.store.rows import Work, to_json
from hub.store.tables import cases, commands, messages, outbox

_DUE = ("queued", "in_doubt")  # what a claim takes when its moment has come
_COMMAND_ENDS = ("done", "failed", "timed_out")


_CLAIM = (
    select(outbox)
    .where(outbox.c.state.in_(_DUE), outbox.c.due <= given("now"))
    .order_by(outbox.c.due, outbox.c.id)
    .limit(given("most"))
)
_CLAIMED = Prepared(
    outbox.update()
    .where(outbox.c.id == given("row"))
    .values(state="sending", attempts=outbox.c.attempts + 1, claimed=given("now"))
)
_NEXT = Prepared(select(func.min(outbox.c.due)).where(outbox.c.state.in_(_DUE)))
_MESSAGE = Prepared(select(messages).where(messages.c.id == given("item")))
_COMMAND = Prepared(select(commands).where(commands.c.id == given("item")))


@cache
def _claim(kinds: tuple[str, ...]) -> Prepared:
    return Prepared(_CLAIM.where(outbox.c.kind.in_(kinds)))


@cache
def _holding(due: Prepared) -> Prepared:
    """The cases of the rows that `due` finds."""
    about = due.statement.with_only_columns(outbox.c.case).subquery()
    return Prepared(select(cases.c.id).where(cases.c.id.in_(select(about.c.case))).order_by(cases.c.id))


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

    async def put(self, item: Message | CommandDevice, due: Moment) -> None:
        """Owe the world `item` from `due` on. What is owed already, or was sent, stays as it is."""
        if isinstance(item, Message):
            await self._work.add(messages, columns_of(item))
            kind, of_class = "message", item.kind.value
        else:
            await self._add_command(item, due)
            kind, of_class = "command", ""
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
                "note": "",
            },
        )
        if added:
            self._work.rung.add("outbox")

    async def claim(self, now: Moment, limit: int, kinds: Sequence[str]) -> list[OutboxRow]:
        """Take what is due, earliest first: from here on it is `sending`, claimed at `now`. The caller commits
        before it calls the world. `kinds` are "message" and "command"."""
        due = _claim(tuple(kinds))
        await self._hold_cases(due, now, limit)
        rows = await self._rows(self._work.locked(due, skip=True), now=now, most=limit)
        for row in rows:
            await self._work.count(_CLAIMED, row=row.id, now=now)
        return [
            OutboxRow(row.id, row.item, row.due, "sending", row.attempts + 1, claimed=now) for row in rows
        ]

    async def _hold_cases(self, due: Prepared, now: Moment, limit: int) -> None:
        """Cases before their outbox rows, in the order of their ids: whoever answers holds the case and then cancels,
        and the other way round the two would wait for each other for ever."""
        if self._work.postgres:
            await self._work.all(self._work.locked(_holding(due)), now=now, most=limit)

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

    async def cancel(self, case: CaseId, kinds: Sequence[MessageClass]) -> list[MessageId]:
        """Nothing of these classes that is still queued for the case may leave; which messages were stopped.

        What is being sent at this moment is left alone: it has crossed. What is being claimed at this moment is left
        to the claimer, who has to take the case's row next: waiting for each other would be a deadlock.
        """
        queued = select(outbox.c.id).where(
            outbox.c.case == case,
            outbox.c.kind == "message",
            outbox.c.state == "queued",
            outbox.c["class"].in_([kind.value for kind in kinds]),
        )
        rows = await self._work.all(self._work.locked(queued.order_by(outbox.c.id), skip=True))
        gone = [MessageId(row["id"]) for row in rows]
        if gone:
            cancelled = MessageStatus.CANCELLED.value
            await self._work.run(outbox.update().where(outbox.c.id.in_(gone)).values(state="cancelled"))
            await self._work.run(messages.update().where(messages.c.id.in_(gone)).values(status=cancelled))
        return gone

    async def stuck(self, before: Moment) -> list[OutboxRow]:
        """What was claimed before that moment and never settled: its sender has died."""
        return await self._rows(
            select(outbox)
            .where(outbox.c.state == "sending", outbox.c.claimed < before)
            .order_by(outbox.c.claimed, outbox.c.id)
        )

    async def page(self, state: str, limit: int) -> list[OutboxRow]:
        """Rows in a state, earliest due first."""
        return await self._rows(
            select(outbox).where(outbox.c.state == state).order_by(outbox.c.due, outbox.c.id).limit(limit)
        )

    async def next_due(self) -> Moment | None:
        """When the next row is due that a claim would take."""
        due: Moment | None = await self._work.value(_NEXT)
        return due

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
        return [
            OutboxRow(
                row["id"], await self._item(row), row["due"], row["state"], row["attempts"], row["claimed"]
            )
            for row in await self._work.all(query, **values)
        ]

    async def _item(self, row: Row) -> Message | CommandDevice:
        kept = await self._work.one(_MESSAGE if row["kind"] == "message" else _COMMAND, item=row["id"])
        assert kept is not None  # a row and its item are written in one transaction
        return message_of(kept) if row["kind"] == "message" else command_of(kept)


def _command_row(row: Row) -> CommandRow:
    return CommandRow(command_of(row), row["state"], row["note"], row["at"])
