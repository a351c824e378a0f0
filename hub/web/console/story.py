"""The thread (what was said) and the timeline (everything that happened, with its reason), in words.

Pure: told what is known and the reader's clock, answers lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.domain.asked import Decision, Verdict
from hub.domain.because import Because
from hub.domain.contact import Direction, Message
from hub.domain.ids import CustomerId, MessageId, Moment
from hub.ports import FactRow
from hub.web.console.known import Known
from hub.web.console.speech import CHANNELS, plain, receipt_of
from hub.web.live import sentence
from hub.web.when import Watch

GATE_KINDS = frozenset({"message.allowed", "message.held", "message.denied"})
NOTE_KINDS = frozenset({"agent.note", "note", "ticket.note"})


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of the thread: `side` is in, out or note; `to` whom it went, with the role."""

    at: str
    by: str
    text: str
    side: str
    to: str = ""
    channel: str = ""
    receipt: str = ""
    tone: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of the timeline. `stages` are the gate's, when it was a decision."""

    at: str
    title: str
    text: str
    tone: str = ""
    stages: tuple[str, ...] = ()


def thread(known: Known, watch: Watch) -> list[Said]:
    """What was said, and the notes between, oldest first."""
    said = [(message.at, _said(known, message, watch)) for message in known.story.messages]
    said += [(fact.at, _note(known, fact, watch)) for fact in known.story.facts if _is_note(fact)]
    said.sort(key=lambda pair: pair[0])
    return [line for _, line in said]


def _said(known: Known, message: Message, watch: Watch) -> Said:
    text = message.text or " ".join(phrase.key for phrase in message.phrases)
    there = watch.there(message.at, known.zone)
    at = f"{watch.at(message.at)}{f' · {there}' if there else ''}"
    if message.direction is Direction.IN:
        by = known.named(message.customer)
        return Said(at, by, text, "in", "", CHANNELS[message.channel], lang=message.language)
    receipt, tone = receipt_of(message)
    by = known.who_wrote(message.written_by)
    to = known.named(message.customer)
    return Said(at, by, text, "out", to, CHANNELS[message.channel], receipt, tone, message.language)


def _is_note(fact: FactRow) -> bool:
    return fact.kind in NOTE_KINDS and bool(fact.data.get("text"))


def _note(known: Known, fact: FactRow, watch: Watch) -> Said:
    by = known.who_wrote(
        str(fact.data.get("by") or fact.data.get("user") or fact.data.get("agent") or "an agent")
    )
    return Said(watch.at(fact.at), by, str(fact.data["text"]), "note", channel="internal note")


# Words for kinds of facts whose own name would not do.
TITLES: Mapping[str, str] = {
    "message.receipt": "Receipt",
    "message.receipt_unknown": "Receipt of an unknown message",
    "customer.suppressed": "Stop",
    "address.dead": "Address no longer works",
    "address.added": "Notifications turned on",
    "address.withdrawn": "Notifications turned off",
    "message.sent": "Sent",
    "message.on_paper": "Written on paper, not sent",
    "case.fault_opened": "Case opened",
    "case.hold_over": "Hold-down over",
    "case.step_due": "Next step",
    "case.contacted": "Reached out",
    "case.agent_needed": "Needs an agent",
    "case.person_wanted": "Needs an agent",
    "case.answered": "Answered",
    "case.photo": "Photo from the customer",
    "case.talk_stalled": "Silence",
    "case.agent_took": "Taken",
    "case.agent_released": "Handed back",
    "case.agent_closed": "Closed",
    "case.went_live": "Sending went live",
    "command.wanted": "Device asked",
    "command.answered": "Device answered",
    "agent.wrote": "An agent wrote",
    "agent.offered_steps": "Offered the steps",
    "talk.answered": "Understood",
    "talk.corrected": "Corrected",
    "talk.skipped": "Left out",
    "talk.steps_wanted": "Back to the steps",
    "talk.proof_asked": "Proof asked for",
    "talk.handed_over": "Where it stood",
    "booking.made": "Appointment",
    "booking.cancelled": "Appointment cancelled",
}
# Reasons that are bad or good news at a glance; the rest is neutral.
BAD = frozenset(
    {
        Because.COMMAND_FAILED, Because.LADDER_ENDED, Because.CANNOT_BE_CONTACTED, Because.CARRIER_REFUSED,
        Because.IN_DOUBT, Because.WRONG_NUMBER, Because.STOP_SAID, Because.SAFETY_AT_ONCE, Because.PAUSED,
    }
)  # fmt: skip
GOOD = frozenset({Because.DEVICE_RECOVERED, Because.HEALED_ALONE, Because.AGENT_RESOLVED})
VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.ALLOW: ("The gate allowed", "good"),
    Verdict.HOLD: ("The gate held back", "wait"),
    Verdict.DENY: ("The gate refused", "bad"),
}


def timeline(known: Known, watch: Watch) -> list[Happened]:
    """Every fact, every decision and every message, newest first."""
    lines: list[tuple[Moment, int, Happened]] = [
        (fact.at, fact.seq, _fact(known, fact, watch))
        for fact in known.story.facts
        if not _elsewhere(known, fact)
    ]
    kinds = {message.id: message for message in known.story.messages}
    before: dict[MessageId, Verdict] = {}
    for index, (message_id, at, decision) in enumerate(known.story.decisions):
        happened = _decided(known, (kinds.get(message_id), known.went_to(message_id)), decision, watch)
        if (
            before.get(message_id) is Verdict.ALLOW
        ):  # asked once more, so that nothing leaves on an old answer
            again = f"Judged again when it left: {_lower(happened.title)}"
            same = decision.verdict is Verdict.ALLOW  # then it passed the stages that are listed already
            happened = replace(happened, title=again, stages=() if same else happened.stages)
        before[message_id] = decision.verdict
        lines.append((at, index, replace(happened, at=watch.at(at))))
    lines.sort(key=lambda line: (line[0], line[1]), reverse=True)
    return [line for _, _, line in lines]


def _elsewhere(known: Known, fact: FactRow) -> bool:
    """Whether a fact is told by another line already: notes by the thread, the gate's answers by its decisions."""
    decided = {message for message, _, _ in known.story.decisions}
    return _is_note(fact) or (fact.kind in GATE_KINDS and fact.data.get("message") in decided)


def _fact(known: Known, fact: FactRow, watch: Watch) -> Happened:
    tone = "bad" if _named(fact.because) in BAD else "good" if _named(fact.because) in GOOD else ""
    text = f"{sentence(fact.because)}{_appointment(known, fact, watch)}{_details(known, fact)}"
    return Happened(watch.at(fact.at), _title(fact), text, tone)


def _appointment(known: Known, fact: FactRow, watch: Watch) -> str:
    """When it is, or was to be."""
    starts = fact.data.get("starts") if fact.kind.startswith("booking.") else None
    if not isinstance(starts, int):
        return ""
    kind = "Visit" if fact.data.get("kind") == "visit" else "Call"
    return f" {kind}: {watch.both(Moment(starts), known.zone)}."


def _title(fact: FactRow) -> str:
    return TITLES.get(fact.kind, plain(fact.kind.removeprefix("case.")).capitalize())


def _details(known: Known, fact: FactRow) -> str:
    """The short, readable part of a fact's data: ids of other things stay in the API."""
    shown = [f"{plain(name)} {plain(str(fact.data[name]))}" for name in SHOWN if fact.data.get(name)]
    by = next((str(fact.data[name]) for name in ("by", "user", "agent") if fact.data.get(name)), "")
    shown += [f"by {known.who_wrote(by)}"] if by else []
    who = str(fact.data.get("customer") or "")
    shown += [known.named(who)] if who and CustomerId(who) in known.people else []
    return f" ({', '.join(shown)})" if shown else ""


# What of a fact's data helps an agent; the rest stays in the API.
SHOWN = (
    "severity",
    "channel",
    "class",
    "status",
    "code",
    "closing",
    "command",
    "name",
    "note",
    "step",
    "mode",
)


def _named(because: str) -> Because | None:
    return Because.__members__.get(because.upper())


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _decided(known: Known, about: tuple[Message | None, str], decision: Decision, watch: Watch) -> Happened:
    """`about` is the message, where there is one, and whom it was meant for."""
    message, to = about
    verdict, tone = VERDICTS[decision.verdict]
    kind = f"{message.kind} {CHANNELS[message.channel]}" if message else "message"
    article = "an" if kind[0] in "aeiou" else "a"
    until = f" Until {watch.both(decision.until, known.zone)}." if decision.until else ""
    stages = tuple(plain(stage) for stage in decision.stages)
    return Happened(
        "",
        f"{verdict} {article} {kind}{f' to {to}' if to else ''}.",
        f"{decision.because.agent}{until}",
        tone,
        stages,
    )
