"""The ticket page, as the template is told it: everything already in words.

Puts together what the other files of this room say. Reads the store once and the telemetry log once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

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
from hub.web.console.gathering import CUSTOMER, gather
from hub.web.console.known import Known
from hub.web.console.speech import CLOSINGS, STATUS, closing_word, plain, upper
from hub.web.console.tried import tried
from hub.web.door import Door
from hub.web.drawing import SMALL, draw
from hub.web.when import Watch

LOOK = 1.0  # real seconds that a page waits for the telemetry around a fault
MAY_WRITE = "whether they may be written to"
# What stands in a gap, where its name on the page does not say it.
PLAIN = {
    "who": "who they are",
    "who_more": "who they are",
    "tried": "what was tried and told",
    "next": "what comes next",
    "thread": "the conversation",
    "timeline": "the timeline",
    "packet": "the sealed packet",
    "person": "the customer",
    "live": "the device's newest values",
    "about": "the device",
    "device_more": "the device",
    "what": "what broke",
    "what_more": "what broke",
    "since": "since when",
    "since_more": "since when",
    "headline": "its headline",
    "lead": "its headline",
}
Words = dict[str, Callable[[], Any]]
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
        known = await gather(tx, case, now, house.ctx, house.books)
        gate = await known.gaps.read(MAY_WRITE, may_write(tx, known, house.ctx), None)
        photos = await known.gaps.read("photos", tx.pages.photos(case.id), [])
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
    """The page's words by name; see `ticket.html`. What cannot be said of a broken household is left empty, and named in `gaps`."""
    gaps = seen.known.gaps
    words: Words = {
        **_head(seen, visitor, watch),
        **_short(seen.known, watch),
        **_plot(seen, watch),
        **_rest(seen, watch),
    }
    told = {name: gaps.told(PLAIN.get(name, plain(name)), say, "") for name, say in words.items()}
    told["gate"], told["gate_tone"] = gaps.told(
        MAY_WRITE, lambda: panels.may(seen.gate, seen.known, watch), ("", "bad")
    )
    return told | {"gaps": str(gaps)}


def _head(seen: Seen, visitor: Visitor, watch: Watch) -> Words:
    known, case = seen.known, seen.known.case
    return {
        "id": lambda: case.id,
        "device_id": lambda: case.device,
        "version": lambda: case.version,
        "open": lambda: case.state.open,
        "offers": lambda: _offers(known),
        "mine": lambda: case.agent is not None and case.agent == visitor.id,
        "status": lambda: case.status.value,
        "status_word": lambda: STATUS[case.status],
        "severity": lambda: case.severity.value,
        "headline": lambda: brief.headline(known, watch),
        "lead": lambda: brief.lead(known, watch),
        "denied": lambda: case.state.open and (seen.gate is None or seen.gate.verdict is Verdict.DENY),
        "clock": watch.said,
        "proof": lambda: brief.proof(known).capitalize() + "." if known.fault else "",
        "doubt": lambda: known.fault is not None and known.fault.cleared is None,
        "booked": lambda: [brief.booked(known, each, watch) for each in known.booked],
        "closings": lambda: [
            {"key": key.value, "label": CLOSINGS[key][0], "hint": CLOSINGS[key][1]} for key in Closing
        ],
    }


def _offers(known: Known) -> bool:
    """Whether there are steps that the customer could go on with."""
    talk, fault = known.story.talk, known.fault
    waits = talk is not None and talk.with_person and bool(talk.play) and talk.step != DANGER
    return waits and known.somebody is not None and fault is not None and fault.cleared is None


def _short(known: Known, watch: Watch) -> Words:
    return {
        "who": lambda: known.somebody.name if known.somebody else _nobody(known),
        "first_name": lambda: known.somebody.first_name if known.somebody else "the customer",
        "who_more": lambda: brief.who_more(known, watch),
        "device": lambda: upper(known.thing.device.name or known.case.device),
        "device_more": lambda: brief.device_more(known, watch),
        "what": lambda: brief.what(known),
        "what_more": lambda: brief.what_more(known),
        "since": lambda: brief.since(known, watch)[0],
        "since_more": lambda: brief.since(known, watch)[1],
        "tried": lambda: tried(known, watch),
        "next": lambda: brief.what_next(known, watch),
    }


def _nobody(known: Known) -> str:
    if CUSTOMER in known.gaps.found:
        return "Cannot be read"
    return "Many owners" if is_group(known.case.device) else "Unknown owner"


def _plot(seen: Seen, watch: Watch) -> Words:
    known, fault = seen.known, seen.known.fault
    drawn = (
        known.gaps.told("the readings", lambda: plot.chart(known, fault, seen.records, watch), None)
        if fault
        else None
    )
    if drawn is None:
        return dict.fromkeys(("chart", "chart_note", "table", "table_head"), str)
    return {
        "chart": lambda: draw(drawn) + draw(drawn, SMALL),
        "chart_note": watch.said,
        "table": lambda: plot.table(drawn, watch),
        "table_head": lambda: [f"{one.name} {one.unit}".strip() for one in drawn.series],
    }


def _rest(seen: Seen, watch: Watch) -> Words:
    known = seen.known

    def number() -> tuple[str, str]:
        return panels.phone(known.somebody.addresses) if known.somebody else ("", "")

    return {
        "thread": lambda: story.thread(known, watch),
        "timeline": lambda: story.timeline(known, watch),
        "packet": lambda: packet.parts(known, watch),
        "person": lambda: panels.person(known, watch),
        "phone": lambda: number()[0],
        "phone_shown": lambda: number()[1],
        "presence": lambda: panels.presence(known, watch)[0],
        "presence_word": lambda: panels.presence(known, watch)[1],
        "live": lambda: panels.live(known),
        "about": lambda: panels.about(known, watch),
        "photos": lambda: [
            {"id": each.id, "when": watch.at(each.at), "shown": each.kind != "image/heic"}
            for each in seen.photos
        ],
        "earlier": lambda: [_old(case, watch) for case in known.earlier[:5]],
    }


def _old(case: Case, watch: Watch) -> dict[str, str]:
    over = closing_word(case.closing) if case.closing else STATUS[case.status]
    return {
        "id": case.id,
        "text": plain(case.rule).capitalize() or "A question",
        "when": f"{watch.at(case.opened)}, {over}",
    }
