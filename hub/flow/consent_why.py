"""Why did I get this? The stored decisions about a message, told in plain words that are safe for the person it went to.

It reads what was decided then, never judges again: the answer is the one that counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.asked import Decision, Verdict
from hub.domain.because import Because
from hub.domain.contact import Message, MessageClass
from hub.domain.customer import Basis, BasisKind, Purpose
from hub.domain.ids import MessageId, Moment
from hub.domain.quiet import local
from hub.flow.attempts import is_second
from hub.flow.context import Context
from hub.ports import Tx

_FOR = {
    MessageClass.FIRST: "Your device told us that something was wrong, and this was the first we wrote about it.",
    MessageClass.REMINDER: "We had written about your device and had not heard from you yet.",
    MessageClass.TURN: "You wrote to us, and this was our answer.",
    MessageClass.AGENT: "Somebody of our team wrote to you about your device.",
    MessageClass.RECOVERY: "We had written about your device, and wanted you to know how it ended.",
    MessageClass.COMPLIANCE: "You wrote what we always answer: STOP, START or HELP, or words of danger.",
    MessageClass.SAFETY: "Your device reported something that can be dangerous.",
}
_SECOND = {
    MessageClass.FIRST: "A device told us that something was wrong in a home of which you are the second contact.",
    MessageClass.REMINDER: "A device told us that something was wrong in a home of which you are the second contact.",
    MessageClass.AGENT: "Somebody of our team wrote to you about a home of which you are the second contact.",
    MessageClass.RECOVERY: (
        "We had written to you as the second contact of a home, and wanted you to know how it ended."
    ),
    MessageClass.SAFETY: (
        "A device reported something that can be dangerous, in a home of which you are the second contact."
    ),
}
_GROUNDS = {
    BasisKind.CONTRACT: "it belongs to your contract with us",
    BasisKind.CONSENT: "you agreed to it",
    BasisKind.LEGITIMATE_INTEREST: "we have a legitimate interest in your device working safely",
}


@dataclass(frozen=True, slots=True)
class Why:
    """The answer: sentences for the person, and what they rest on: what kind of message it was, the basis that counted, the
    decisions (moment, what was decided), and the zone in which all this is told."""

    message: MessageId
    sentences: tuple[str, ...]
    decisions: tuple[tuple[Moment, Decision], ...]
    kind: MessageClass
    basis: Basis | None
    zone: str


async def why(tx: Tx, message: MessageId, ctx: Context) -> Why | None:
    """Why the person got (or did not get) `message`; None when there is no such message."""
    found = await tx.messages.get(message)
    if found is None:
        return None
    stored = await tx.messages.decisions(found.case) if found.case is not None else []
    decided = tuple((at, each) for about, at, each in stored if about == message)
    person = await tx.people.customer(found.customer)
    sites = await tx.people.sites_of(found.customer, found.at)
    zone = (person.zone if person else "") or (sites[0].zone if sites else ctx.policy.zone)
    basis = _basis(await tx.people.bases(found.customer), found)
    case = await tx.cases.get(found.case) if found.case is not None else None
    second = case is not None and await is_second(tx, case, found.customer, found.at)
    what_for = (_SECOND if second else {}).get(found.kind, _FOR[found.kind])
    said = [what_for, *_ground(basis, zone), *(_told(at, one, zone) for at, one in decided)]
    said.append("You can change what you hear from us at any time, or write STOP to end it all.")
    return Why(message, tuple(dict.fromkeys(said)), decided, found.kind, basis, zone)


def _basis(bases: list[Basis], message: Message) -> Basis | None:
    """The line that counted then."""
    purposes = (
        (Purpose.SAFETY, Purpose.SERVICE) if message.kind is MessageClass.SAFETY else (Purpose.SERVICE,)
    )
    fitting = [one for one in bases if one.channel is message.channel and one.at <= message.at]
    for purpose in purposes:
        of_purpose = [one for one in fitting if one.purpose is purpose]
        if of_purpose:
            return of_purpose[-1]
    return None


def _ground(basis: Basis | None, zone: str) -> list[str]:
    if basis is None or basis.kind not in _GROUNDS:
        return []
    how = f" ({basis.how})" if basis.how else ""
    return [
        f"We may write to you by {basis.channel} because {_GROUNDS[basis.kind]}: {_day(basis.at, zone)}{how}."
    ]


def _told(at: Moment, decision: Decision, zone: str) -> str:
    when = _moment(at, zone)
    if decision.verdict is Verdict.HOLD and decision.until is not None:
        return f"On {when} it had to wait until {_moment(decision.until, zone)}: {_plain(decision.because)}"
    if decision.verdict is Verdict.DENY:
        return f"On {when} it was not sent: {_plain(decision.because)}"
    return f"On {when} nothing spoke against it."


def _plain(because: Because) -> str:
    return because.customer[0].lower() + because.customer[1:]


def _day(moment: Moment, zone: str) -> str:
    then = local(moment, zone)
    return f"{then.day} {then:%B %Y}"


def _moment(moment: Moment, zone: str) -> str:
    then = local(moment, zone)
    return f"{then.day} {then:%B %Y} at {then:%H:%M}"
