"""Contacts and messages, what was decided about them, and the one open question per address."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Select, func, or_, select

from hub.domain.asked import Caps, Decision, History, Verdict
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import Contact, Direction, Message, MessageClass, MessageStatus, Phrase
from hub.domain.customer import Channel
from hub.domain.ids import AddressId, CaseId, MessageId, Moment
from hub.store.counting import Counting
from hub.store.prepared import Prepared, Row, given
from hub.store.rows import Work, to_json
from hub.store.tables import case_contacts, cases, contacts, decisions, messages, questions

_COLUMNS = [column.name for column in messages.c if column.name != "seq"]

_GET = Prepared(select(messages).where(messages.c.id == given("message")))
_QUESTION = Prepared(
    select(questions.c.case)
    .outerjoin(cases, cases.c.id == questions.c.case)
    .where(questions.c.address == given("address"), or_(cases.c.is_open == 1, cases.c.id.is_(None)))
)

_HEARD_FROM = Prepared(
    select(func.max(messages.c.at)).where(
        messages.c.address == given("address"), messages.c.direction == Direction.IN.value
    )
)


def message_of(row: Row) -> Message:
    """The message in a row of `messages`."""
    values = {name: row[name] for name in _COLUMNS}
    return Message(
        **values
        | {
            "channel": Channel(row["channel"]),
            "kind": MessageClass(row["kind"]),
            "direction": Direction(row["direction"]),
            "phrases": tuple(Phrase(key, variables) for key, variables in json.loads(row["phrases"])),
            "status": MessageStatus(row["status"]),
            "question": bool(row["question"]),
            "because": Because[row["because"]],
        }
    )


def columns_of(message: Message) -> dict[str, Any]:
    """The row of `messages` that keeps `message`."""
    values = {name: getattr(message, name) for name in _COLUMNS}
    return values | {
        "channel": message.channel.value,
        "kind": message.kind.value,
        "direction": message.direction.value,
        "phrases": to_json([[phrase.key, phrase.variables] for phrase in message.phrases]),
        "status": message.status.value,
        "question": int(message.question),
        "because": message.because.name,
    }


class SqlMessages:
    """See `hub.ports.store.Messages`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add_contact(self, contact: Contact) -> None:
        """Keep an attempt, with all cases it is about; saying it again changes nothing."""
        await self._work.add(
            contacts,
            {
                "id": contact.id,
                "customer": contact.customer,
                "channel": contact.channel.value,
                "step": contact.step,
                "at": contact.at,
            },
        )
        for case in contact.cases:
            await self._work.add(case_contacts, {"case": case, "contact": contact.id})

    async def add(self, message: Message) -> bool:
        """Keep a new message; False when it was there already, by its id or by the provider's."""
        return await self._work.add(messages, columns_of(message))

    async def get(self, message: MessageId) -> Message | None:
        return await self._message(_GET, message=message)

    async def update(self, message: Message) -> None:
        values = columns_of(message)
        await self._work.change(messages, {"id": values.pop("id")}, values)

    async def by_provider(self, channel: Channel, provider_id: str) -> Message | None:
        if not provider_id:
            return None
        return await self._message(
            select(messages).where(messages.c.channel == channel.value, messages.c.provider_id == provider_id)
        )

    async def of_case(self, case: CaseId) -> list[Message]:
        """The thread: all messages about the case, its own and those of contacts shared with others; in order."""
        shared = select(case_contacts.c.contact).where(case_contacts.c.case == case)
        rows = await self._work.all(
            select(messages)
            .where(or_(messages.c.case == case, messages.c.contact.in_(shared)))
            .order_by(messages.c.at, messages.c.seq)
        )
        return [message_of(row) for row in rows]

    async def contacts_of(self, case: CaseId) -> list[Contact]:
        mine = select(case_contacts.c.contact).where(case_contacts.c.case == case)
        rows = await self._work.all(
            select(contacts).where(contacts.c.id.in_(mine)).order_by(contacts.c.at, contacts.c.id)
        )
        about: dict[str, list[CaseId]] = {row["id"]: [] for row in rows}
        pairs = select(case_contacts).where(case_contacts.c.contact.in_(list(about)))
        for pair in await self._work.all(pairs.order_by(case_contacts.c.case)):
            about[pair["contact"]].append(pair["case"])
        return [
            Contact(**{**row, "channel": Channel(row["channel"]), "cases": tuple(about[row["id"]])})
            for row in rows
        ]

    async def history(self, message: Message, case: Case | None, caps: Caps, now: Moment) -> History:
        """What the caps count about `message`, without the message itself: see `History`."""
        asked = message.address
        question = await self.open_question(asked) if asked else None
        return await Counting(self._work, message, case, caps, now).history(question)

    async def heard_from(self, address: AddressId) -> Moment | None:
        """When somebody last wrote from the address."""
        heard: Moment | None = await self._work.value(_HEARD_FROM, address=address)
        return heard

    async def open_question(self, address: AddressId) -> CaseId | None:
        """The case whose question is open at the address. A question of a case that is over is not open."""
        case: CaseId | None = await self._work.value(_QUESTION, address=address)
        return case

    async def ask(self, address: AddressId, case: CaseId, at: Moment) -> bool:
        """Open a question of the case at the address; False when a question of another case is open there."""
        if await self._work.add(questions, {"address": address, "case": case, "at": at}):
            return True
        holder = await self.open_question(address)
        if holder not in (None, case):
            return False
        await self._work.change(questions, {"address": address}, {"case": case, "at": at})
        return True

    async def answered(self, case: CaseId) -> None:
        """The case has no open question any more."""
        await self._work.remove(questions, {"case": case})

    async def decided(self, message: MessageId, case: CaseId | None, decision: Decision, at: Moment) -> None:
        await self._work.insert(
            decisions,
            {
                "message": message,
                "case": case,
                "at": at,
                "verdict": decision.verdict.value,
                "because": decision.because.name,
                "until": decision.until,
                "stages": to_json(list(decision.stages)),
                "inputs": decision.inputs,
            },
        )

    async def decisions(self, case: CaseId) -> list[tuple[MessageId, Moment, Decision]]:
        rows = await self._work.all(
            select(decisions).where(decisions.c.case == case).order_by(decisions.c.seq)
        )
        return [(row["message"], row["at"], _decision_of(row)) for row in rows]

    async def _message(self, query: Select[Any] | Prepared, **values: Any) -> Message | None:
        row = await self._work.one(query, **values)
        return message_of(row) if row else None


def _decision_of(row: Row) -> Decision:
    return Decision(
        verdict=Verdict(row["verdict"]),
        because=Because[row["because"]],
        until=row["until"],
        stages=tuple(json.loads(row["stages"])),
        inputs=row["inputs"],
    )
