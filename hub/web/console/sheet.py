"""The ticket page, as the template is told it: everything already in words.

Puts together what the other files of this room say. Reads the store once and the telemetry log once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from device_rules.groups import is_group
from device_rules.reading import Record
from hub.domain.agent import Closing
from hub.domain.case import Case
from hub.domain.contact import Direction, Message, MessageClass
from hub.domain.customer import Address, Channel, Health
from hub.domain.danger import STEP as DANGER
from hub.domain.gate import Decision, Verdict, decide
from hub.domain.ids import ContactId, MessageId, Moment
from hub.flow.ask import asked
from hub.flow.context import Context
from hub.ports import Tx
from hub.ports.pages import Photo
from hub.web.access import Visitor
from hub.web.console import brief, packet, panels, plot, story
from hub.web.console.known import Known, gather
from hub.web.console.speech import CLOSINGS, STATUS, closing_word, plain, upper
from hub.web.console.tried import tried
from hub.web.door import Door
from hub.web.drawing import SMALL, draw
from hub.web.when import Watch

LOOK = 1.0  # real seconds that a page waits for the telemetry around a fault
REACHABLE = (Channel.SMS, Channel.PAPER, Channel.EMAIL, Channel.PUSH)


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket read: what is known, what the gate would say to an agent's message now, the log around the fault, and
    photos that were sent."""

    known: Known
    gate: Decision | None
    records: Sequence[Record]
    photos: Sequence[Photo] = ()


async def read(house: Door, case: Case, now: Moment) -> Seen:
    """Reads a ticket and the telemetry around its fault."""
    async with house.store.reading() as tx:
        device = await tx.devices.get(case.device)
        book = house.books.get(device.model) if device else None
        known = await gather(tx, case, now, house.ctx, book)
        gate = await may_write(tx, known, house.ctx)
        photos = await tx.pages.photos(case.id)
    records: Sequence[Record] = ()
    if known.fault is not None:
        start, end = plot.hours(known.fault, now)
        records = (await house.ctx.log.window(case.device, (start, end + 1), within=LOOK)).records
    return Seen(known, gate, records, photos)


async def may_write(tx: Tx, known: Known, ctx: Context) -> Decision | None:
    """What the gate says to an agent's message right now; None when there is nobody or nowhere to write to."""
    address = write_to(known)
    if known.somebody is None or address is None:
        return None
    message = Message(
        id=MessageId("msg_preview"),
        contact=ContactId("contact_preview"),
        case=known.case.id,
        customer=known.somebody.customer.id,
        address=address.id,
        channel=address.channel,
        kind=MessageClass.AGENT,
        direction=Direction.OUT,
        at=known.now,
        language=known.somebody.customer.language,
        text="Hello",
    )
    return decide(await asked(tx, message, message.text, known.now, ctx), known.now)


def write_to(known: Known) -> Address | None:
    """Where an agent's message would go: the channel that they talk on, else the first that can be written to."""
    if known.somebody is None:
        return None
    usable = [
        one for one in known.somebody.addresses if one.channel in REACHABLE and one.health is not Health.DEAD
    ]
    talking = known.story.talk.channel if known.story.talk else None
    usable.sort(key=lambda one: (one.channel is not talking, REACHABLE.index(one.channel), one.rank))
    return usable[0] if usable else None


def sheet(seen: Seen, visitor: Visitor, watch: Watch) -> dict[str, Any]:
    """The page's words by name; see `ticket.html`."""
    return _head(seen, visitor, watch) | _short(seen.known, watch) | _plot(seen, watch) | _rest(seen, watch)


def _head(seen: Seen, visitor: Visitor, watch: Watch) -> dict[str, Any]:
    known, case = seen.known, seen.known.case
    gate, tone = panels.may(seen.gate, known, watch)
    return {
        "id": case.id,
        "device_id": case.device,
        "version": case.version,
        "open": case.state.open,
        "offers": _offers(known),
        "mine": case.agent is not None and case.agent == visitor.id,
        "status": case.status.value,
        "status_word": STATUS[case.status],
        "severity": case.severity.value,
        "headline": brief.headline(known, watch),
        "lead": brief.lead(known, watch),
        "gate": gate,
        "gate_tone": tone,
        "denied": case.state.open and (seen.gate is None or seen.gate.verdict is Verdict.DENY),
        "clock": watch.said(),
        "proof": brief.proof(known).capitalize() + "." if known.fault else "",
        "doubt": known.fault is not None and known.fault.cleared is None,
        "booked": [brief.booked(known, each, watch) for each in known.booked],
        "closings": [
            {"key": key.value, "label": CLOSINGS[key][0], "hint": CLOSINGS[key][1]} for key in Closing
        ],
    }


def _offers(known: Known) -> bool:
    """Whether there are steps that the customer could go on with."""
    talk, fault = known.story.talk, known.fault
    waits = talk is not None and talk.with_person and bool(talk.play) and talk.step != DANGER
    return waits and known.somebody is not None and fault is not None and fault.cleared is None


def _short(known: Known, watch: Watch) -> dict[str, Any]:
    since, since_more = brief.since(known, watch)
    return {
        "who": known.somebody.name if known.somebody else _nobody(known),
        "first_name": known.somebody.first_name if known.somebody else "the customer",
        "who_more": brief.who_more(known, watch),
        "device": upper(known.thing.device.name or known.case.device),
        "device_more": brief.device_more(known, watch),
        "what": brief.what(known),
        "what_more": brief.what_more(known),
        "since": since,
        "since_more": since_more,
        "tried": tried(known, watch),
        "next": brief.what_next(known, watch),
    }


def _nobody(known: Known) -> str:
    return "Many owners" if is_group(known.case.device) else "Unknown owner"


def _plot(seen: Seen, watch: Watch) -> dict[str, Any]:
    fault = seen.known.fault
    drawn = plot.chart(seen.known, fault, seen.records, watch) if fault else None
    if drawn is None:
        return {"chart": Markup(""), "chart_note": "", "table": [], "table_head": []}
    return {
        "chart": draw(drawn) + draw(drawn, SMALL),
        "chart_note": watch.said(),
        "table": plot.table(drawn, watch),
        "table_head": [f"{one.name} {one.unit}".strip() for one in drawn.series],
    }


def _rest(seen: Seen, watch: Watch) -> dict[str, Any]:
    known = seen.known
    presence, presence_word = panels.presence(known, watch)
    number, shown = panels.phone(known.somebody.addresses) if known.somebody else ("", "")
    return {
        "thread": story.thread(known, watch),
        "timeline": story.timeline(known, watch),
        "packet": packet.parts(known, watch),
        "person": panels.person(known, watch),
        "phone": number,
        "phone_shown": shown,
        "presence": presence,
        "presence_word": presence_word,
        "live": panels.live(known),
        "about": panels.about(known, watch),
        "photos": [
            {"id": each.id, "when": watch.at(each.at), "shown": each.kind != "image/heic"}
            for each in seen.photos
        ],
        "earlier": [_old(case, watch) for case in known.earlier[:5]],
    }


def _old(case: Case, watch: Watch) -> dict[str, str]:
    over = closing_word(case.closing) if case.closing else STATUS[case.status]
    return {
        "id": case.id,
        "text": plain(case.rule).capitalize() or "A question",
        "when": f"{watch.at(case.opened)}, {over}",
    }
