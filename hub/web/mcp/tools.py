"""The tools, one for each thing a person may want, and what each is called, takes and gives.

What changes anything is a turn of the conversation, with the rules of every other voice; the rest only looks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from device_rules.reading import MINUTE
from hub.clock import iso
from hub.domain.contact import Phrase
from hub.domain.conversation import Intent, Meaning
from hub.domain.ids import Moment, derive
from hub.flow.at_page import look
from hub.web.mcp import shapes
from hub.web.mcp.asker import WORDS, Asker, plain
from hub.web.mcp.looks import list_devices, ticket_status
from hub.web.passwords import same, signature

CONFIRM = 2 * MINUTE
YES = Meaning(Intent.YES)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: `run` does it; `looks` says that it changes nothing, `ends` that it takes something away, `again` that the
    same call twice is one."""

    title: str
    about: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    run: Callable[[Asker, Any], Awaitable[BaseModel]]
    looks: bool = False
    ends: bool = False
    again: bool = True


async def explain_fault(asker: Asker, told: shapes.OneDevice) -> shapes.Explained:
    """What is wrong, in plain words, what is measured, and what is being asked."""
    case = await asker.case(told.device)
    reply = await asker.tell(case, asker.turn("what is wrong", Meaning(Intent.STATUS)))
    if case is None:
        return shapes.Explained(**dict(reply))
    standing = await look(asker.tx, (case, asker.customer.id), asker.now, asker.door.ctx)
    if standing is None:
        return shapes.Explained(**dict(reply))
    name = plain(standing.place.knowledge.device_name, 60)
    wrong = await asker.words(standing.wrong)
    readings = [await asker.words((each,)) for each in standing.live]
    return shapes.Explained(**dict(reply), device=name, what_is_wrong=wrong, readings=readings)


async def next_step(asker: Asker, told: shapes.Answered) -> shapes.Reply:
    """An answer; what comes next."""
    return await asker.answer(told.device, plain(told.answer, WORDS), Meaning(Intent.UNKNOWN), told.question)


async def restart_device(asker: Asker, told: shapes.Restart) -> shapes.Reply:
    """First the read-back; then, with the id of that question, the restart."""
    if told.confirmation:
        return await asker.answer(told.device, "yes", YES, told.confirmation)
    case = await asker.case(told.device)
    return await asker.tell(case, asker.turn("restart it", Meaning(Intent.RESTART)))


async def book_visit(asker: Asker, told: shapes.Appointment) -> shapes.Reply:
    """First what is free; then, with a slot that was offered, the booking. One that stands already is told."""
    case = await asker.case(told.device)
    talk = await asker.tx.talks.get(case) if case else None
    offers = [iso(each) for each in talk.offers] if talk and talk.booking else []
    if talk is not None and told.slot and told.slot in offers:
        choice = Meaning(Intent.CHOICE, choice=offers.index(told.slot) + 1)
        return await asker.tell(case, asker.turn(told.slot, choice))
    return await asker.tell(case, asker.turn("a visit", Meaning(Intent.VISIT)))


async def talk_to_person(asker: Asker, told: shapes.Person) -> shapes.Reply:
    """A person from the team gets everything that is known, and gets back to them."""
    words = plain(told.about, WORDS) or "a person"
    return await asker.tell(await asker.case(told.device), asker.turn(words, Meaning(Intent.PERSON)))


async def stop_contact(asker: Asker, told: shapes.Stop) -> shapes.Reply:
    """First the question; then, confirmed, nothing leaves any more, for any device and on any way."""
    if _confirmed(asker, told.confirmation):
        key = derive("stop", asker.customer.id, told.confirmation)
        cases = await asker.cases()
        turn = replace(asker.turn("stop", Meaning(Intent.STOP), key), keyed=True)  # it was asked for, here
        return await asker.tell(cases[0].id if cases else None, turn)
    sure = await asker.words((Phrase("stop.sure"),))
    until = asker.now + CONFIRM
    choices = [
        shapes.Choice(number=number, text=await asker.words((Phrase(key),)))
        for number, key in enumerate(("choice.yes", "choice.no"), start=1)
    ]
    asks = shapes.Question(
        id=_stop_id(asker, until), kind="yes_no", choices=choices, sets_device_in_motion=False
    )
    return shapes.Reply(say=sure, question=asks, language=asker.customer.language)


def _stop_id(asker: Asker, until: int) -> str:
    return f"{until}.{signature(asker.door.secret, 'assistant-stop', f'{asker.customer.id}/{until}')[:24]}"


def _confirmed(asker: Asker, confirmation: str) -> bool:
    until = confirmation.partition(".")[0]
    if not (until.isascii() and until.isdecimal() and len(until) < 20):
        return False
    return same(confirmation, _stop_id(asker, int(until))) and Moment(int(until)) >= asker.now


TOOLS: Mapping[str, Tool] = {
    "list_devices": Tool(
        "My devices",
        "Lists this person's devices and how each one is, by its own telemetry.",
        shapes.Nothing,
        shapes.Devices,
        list_devices,
        looks=True,
    ),
    "explain_fault": Tool(
        "What is wrong",
        "Tells what is wrong with a device, in plain words, what is still fine, and the question that comes next. "
        "Begin here when somebody asks about a device.",
        shapes.OneDevice,
        shapes.Explained,
        explain_fault,
    ),
    "next_step": Tool(
        "Next step",
        "Hands on what the person answered to the last question of the guided fix, and gives the next step. "
        "Never answer for the person.",
        shapes.Answered,
        shapes.Reply,
        next_step,
    ),
    "restart_device": Tool(
        "Restart",
        "Restarts a device where that may help: first without confirmation, which only reads back what would happen.",
        shapes.Restart,
        shapes.Reply,
        restart_device,
        ends=True,
    ),
    "book_visit": Tool(
        "Book a visit",
        "Offers times for a technician's visit, and books the one that the person chose.",
        shapes.Appointment,
        shapes.Reply,
        book_visit,
    ),
    "ticket_status": Tool(
        "What is open",
        "Tells what is open, who looks after it, which visits are booked and what the team has written.",
        shapes.OneDevice,
        shapes.Tickets,
        ticket_status,
        looks=True,
    ),
    "talk_to_person": Tool(
        "A person",
        "Asks a person from the maker's team to get back to them. Always offer it when somebody is unsure or unhappy.",
        shapes.Person,
        shapes.Reply,
        talk_to_person,
    ),
    "stop_contact": Tool(
        "No more messages",
        "Ends every message about every device, after a confirmation. Fixing goes on only through the team.",
        shapes.Stop,
        shapes.Reply,
        stop_contact,
        ends=True,
    ),
}
