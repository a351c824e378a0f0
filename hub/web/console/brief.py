"""The first screen of a ticket in words: who to call, what broke, what was tried and told, what to do next.

Pure: told what is known and the reader's clock, answers sentences.
"""

from __future__ import annotations

from collections.abc import Mapping

from device_rules.fault import Leaf
from hub.domain.because import Because
from hub.domain.case import TicketStatus
from hub.domain.contact import Direction
from hub.domain.ids import Moment
from hub.domain.quiet import allowed_from, closes_at
from hub.domain.slots import BookingKind
from hub.ports.bookings import Booking
from hub.web.console.known import Known
from hub.web.console.speech import (
    amount,
    closing_word,
    leaves,
    limit,
    measured,
    minutes,
    plain,
    short,
    upper,
)
from hub.web.console.who import plain_role
from hub.web.when import Watch, place

# What an agent does first, by why the case needs one. {first} is the customer's first name.
CALLS: Mapping[Because, str] = {
    Because.DANGER_TOLD: "Act now: {name} told of danger at home",
    Because.CUSTOMER_WANTS_PERSON: "Call {name}",
    Because.NOT_UNDERSTOOD: "Call {name}: we did not understand the answer",
    Because.PLAY_ENDED: "Call {name}: the guided steps did not solve it",
    Because.COMMAND_FAILED: "Call {name}: the device did not obey",
    Because.LADDER_ENDED: "{name} does not answer: try by hand",
    Because.CANNOT_BE_CONTACTED: "Find another way to reach {name}",
    Because.SAFETY_AT_ONCE: "Act now: this is a safety matter",
    Because.NO_CUSTOMER: "Find out whose device this is",
    Because.GROUP_FAULT: "Look into it: many devices have the same fault",
    Because.NO_PLAY: "Look at it: there is no guided fix",
    Because.NOT_RECOVERED: "Call {name}: it is not fixed yet",
    Because.CUSTOMER_ASKED: "Answer {name}: they wrote to us",
}


def headline(known: Known, watch: Watch) -> str:
    """What this ticket wants from the agent, in one line."""
    case, name = known.case, known.somebody.name if known.somebody else "the owner"
    if known.ownerless:
        return CALLS[Because.NO_CUSTOMER]
    match case.status:
        case TicketStatus.RESOLVED:
            over = "the device works again" if case.proved else "over"
            return f"Resolved: {closing_word(case.closing) or over}"
        case TicketStatus.NEEDS_AGENT:
            why = case.needs_agent or Because.CUSTOMER_WANTS_PERSON
            if why not in AT_ONCE and known.booked:
                return f"{upper(booked(known, known.booked[0], watch))}: {name}"
            return CALLS.get(why, "Help {name}").format(name=name)
        case TicketStatus.WITH_AGENT:
            helper = known.who_wrote(case.agent) if case.agent else "An agent"
            return f"{helper} is helping {name}"
        case TicketStatus.WAITING:
            return f"Waiting for {name} to answer"
        case _:
            return "The hub is handling this"


AT_ONCE = (Because.DANGER_TOLD, Because.SAFETY_AT_ONCE)
"""What no appointment may wait for."""
BOOKED = {BookingKind.CALLBACK: "call booked for {when}", BookingKind.VISIT: "visit booked for {when}"}


def booked(known: Known, booking: Booking, watch: Watch) -> str:
    """An appointment that stands, with day and hour: "call booked for …"."""
    return BOOKED[booking.slot.kind].format(when=watch.both(booking.slot.starts, known.zone))


def lead(known: Known, watch: Watch) -> list[str]:
    """The line under the headline: why, since when, and until when one may call."""
    case, bits = known.case, []
    if case.status is TicketStatus.RESOLVED:
        bits = [f"closed {watch.at(case.closed)}", proof(known)]
        return [bit for bit in bits if bit]
    if case.needs_agent is not None:
        bits.append(case.needs_agent.agent.rstrip("."))
    if case.needs_agent is Because.CUSTOMER_ASKED:
        bits += _first_words(known)
    bits += [booked(known, each, watch) for each in known.booked]
    begun = _wanted(known)
    if begun is not None:
        word = "asked" if case.needs_agent is Because.CUSTOMER_WANTS_PERSON else "since"
        bits.append(f"{word} {watch.both(begun, known.zone)}")
    window = calling(known, watch)
    return [*bits, window] if window else bits


def _first_words(known: Known) -> list[str]:
    """What the customer wrote when nothing was open: their newest words."""
    heard = [one.text for one in known.story.messages if one.direction is Direction.IN and one.text]
    return [f"“{short(heard[-1])}”"] if heard else []


def _wanted(known: Known) -> Moment | None:
    """Since when the reason holds for which an agent is needed. A refused message repeats the reason; it did not begin
    then."""
    why = known.case.needs_agent
    if why in (Because.SUPPRESSED, Because.STOP_SAID):
        return known.somebody.stopped if known.somebody else None
    found = [
        fact.at
        for fact in known.story.facts
        if fact.because.lower() == str(why) and not fact.kind.startswith("message.")
    ]
    return found[-1] if found else None


def calling(known: Known, watch: Watch) -> str:
    """`you may call until 21:00 (Kiel, 18:31 there)`, in the customer's time."""
    if known.somebody is None or not known.zone:
        return ""
    quiet, zone = known.somebody.customer.quiet, known.zone
    here = Watch(zone, known.now)
    there = f"({place(zone)}, {here.at(known.now)} there)"
    if allowed_from((zone,), quiet, known.now) != known.now:
        opens = allowed_from((zone,), quiet, known.now)
        return f"quiet hours until {here.at(opens)} {there}"
    ends = closes_at((zone,), quiet, known.now)
    return f"you may call until {here.at(ends)} {there}" if ends else ""


def who_more(known: Known, watch: Watch) -> str:
    """Role, place and language, and who else belongs to the home."""
    somebody, site = known.somebody, known.thing.site
    bits = []
    if somebody is not None:
        bits += [
            plain_role(somebody.role),
            {"de": "speaks German", "es": "speaks Spanish", "zh": "speaks Chinese"}.get(
                somebody.customer.language, ""
            ),
        ]
    if site is not None:
        bits += [site.label, place(site.zone) if site.zone != watch.zone else ""]
    if known.others:
        bits.append(f"also: {', '.join(map(str, known.others))}")
    return " · ".join(bit for bit in bits if bit)


def device_more(known: Known, watch: Watch) -> str:
    """Model, serial's end, firmware and since when, room."""
    device = known.thing.device
    firmware = f"firmware {device.firmware}" if device.firmware else ""
    if firmware and device.firmware_since:
        firmware += f" for {watch.lasting(device.firmware_since)}"
    serial = f"…{device.serial[-4:]}" if device.serial else ""
    return " · ".join(
        bit for bit in (f"{device.model.rsplit('/', 1)[-1]} {serial}".strip(), firmware, device.room) if bit
    )


def what(known: Known) -> str:
    """What broke, in the rule's own title."""
    return (
        (known.fault.change.title if known.fault else "")
        or plain(known.case.rule).capitalize()
        or "A question"
    )


def what_more(known: Known) -> str:
    """The values that made the fault."""
    evidence = known.evidence
    if evidence is None:
        return "The customer asked; no rule has found anything."
    found = [leaf for leaf in leaves(evidence.when) if leaf.truth is not False and leaf.value is not None]
    values = [_seen(known, leaf) for leaf in sorted(found, key=lambda leaf: not measured(leaf))][:2]
    held = f"for {minutes(evidence.held)}" if evidence.held else ""
    also = f"and {len(known.faults) - 1} more" if len(known.faults) > 1 else ""
    told = ", ".join(bit for bit in (*values, held, also) if bit)
    return upper(told)


def _seen(known: Known, leaf: Leaf) -> str:
    assert leaf.value is not None
    rule = f" ({limit(leaf)})" if measured(leaf) else ""
    return f"{known.title(leaf.metric).lower()} {amount(leaf.value, leaf.unit)}{rule}"


def since(known: Known, watch: Watch) -> tuple[str, str]:
    """Since when, and what has become of it since."""
    if known.fault is None:
        return watch.at(known.case.opened), watch.ago(known.case.opened)
    start, there = known.fault.change.start, watch.there(known.fault.change.start, known.zone)
    shown = f"{watch.at(start)}{f' ({there})' if there else ''}"
    if known.fault.cleared is not None:
        return shown, f"over since {watch.at(known.fault.cleared)}, shown by the device"
    found = "" if known.fault.raised == start else f", found {watch.at(known.fault.raised)}"
    return shown, f"{watch.lasting(start)}{found}, still there"


def what_next(known: Known, watch: Watch) -> str:
    """What to do next, and what fixed it before."""
    case = known.case
    if not case.state.open:
        return "Nothing. Everybody who was contacted is told once that it is over."
    before = next((old for old in known.earlier if old.rule == case.rule and old.closing), None)
    hint = f" Last time on this device it was closed as {closing_word(before.closing)}." if before else ""
    stopped = known.somebody is not None and known.somebody.stopped is not None
    why = Because.STOP_SAID if stopped else case.needs_agent
    silent = [str(one) for one in known.others if one.stopped]
    advice = ADVICE.get(why) if why and (stopped or case.status is TicketStatus.NEEDS_AGENT) else None
    if not stopped and why in (Because.STOP_SAID, Because.SUPPRESSED):  # somebody else has, or not everywhere
        who = f"{' and '.join(silent)} said stop, and hears nothing more." if silent else ""
        advice = f"{who} {NEXT[TicketStatus.NEEDS_AGENT]}".strip()
    if known.ownerless:
        advice = f"A person is needed: the hub has nobody to tell. {ADVICE[Because.NO_CUSTOMER]}"
    first = known.somebody.first_name if known.somebody else "the owner"
    if known.booked and case.needs_agent not in AT_ONCE:
        dates = " ".join(f"{upper(booked(known, each, watch))}." for each in known.booked)
        return f"{dates} {(advice or KEEP).format(first=first)}{hint}"
    return (advice or NEXT[case.status]).format(first=first) + hint


ADVICE: Mapping[Because, str] = {
    Because.LADDER_ENDED: "Ring {first} by hand. If nobody answers: a letter, or the installer.",
    Because.CANNOT_BE_CONTACTED: "No message may reach {first}. Still allowed: a call by hand, a letter, the installer.",
    Because.SUPPRESSED: "{first} said stop, so nothing is sent. Still allowed: a call by hand, a letter, the installer.",
    Because.STOP_SAID: "{first} said stop, so nothing is sent. Still allowed: a call by hand, a letter, the installer.",
    Because.ERASED: "The person was erased, so nothing is sent. Still allowed: a letter to the house, the installer.",
    Because.SAFETY_AT_ONCE: "Take it and ring {first} now; send help if nobody answers.",
    Because.NO_CUSTOMER: "Find the owner by the serial number or the site, and import them.",
}


KEEP = "Keep it, or write to {first} first if you know more. Everything said so far is below."

NEXT: Mapping[TicketStatus, str] = {
    TicketStatus.HUB: "Nothing now. The hub goes on by itself; take it if you know better.",
    TicketStatus.WAITING: "Nothing now. If {first} stays silent, the hub takes the next step by itself.",
    TicketStatus.NEEDS_AGENT: "Take it, then call or write to {first}. Everything said so far is below.",
    TicketStatus.WITH_AGENT: "Reply to {first}; resolve it when it is over, or hand it back to the hub.",
    TicketStatus.RESOLVED: "Nothing.",
}


def proof(known: Known) -> str:
    """Whether the device itself shows that it is over."""
    if known.fault is None:
        return ""
    if known.fault.cleared is not None or known.case.proved:
        return "proved: the device’s readings show that it has recovered"
    return "not proved: the device’s readings still show the fault"
