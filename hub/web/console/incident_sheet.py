"""An incident as supervisors and agents read it: what, where, how many, what was decided, who would hear, who replied.

Words and numbers only; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub.domain.contact import Message
from hub.domain.ids import CaseId, Moment
from hub.domain.incident import LIFE, Act, Incident, IncidentState
from hub.flow.incident_trial import Planned, Trial
from hub.ports import FactRow, Tx
from hub.ports.incidents import Tally
from hub.web.when import Watch

S = IncidentState
# state → its word, its tone, what it means for customers
STATES: Mapping[IncidentState, tuple[str, str, str]] = {
    S.CANDIDATE: (
        "Needs a decision",
        "needs_agent",
        "Contacts one by one wait until {hold}, then they go on.",
    ),
    S.LAPSED: (
        "Nobody decided",
        "waiting_for_customer",
        "Contacts go on one by one. You can still approve it.",
    ),
    S.REJECTED: ("Rejected", "resolved", "Contacts go on one by one."),
    S.CANARY: (
        "Trying on a few",
        "with_agent",
        "The first households were told; when that goes well, the others follow.",
    ),
    S.RUNNING: ("Telling everybody", "with_agent", "Households are told one after the other, each once."),
    S.HALTED: ("Stopped by itself", "needs_agent", "Nothing is sent. Contacts one by one go on at {hold}."),
    S.ENDING: ("Ending", "resolved", "Everyone who was told is being told that it is over."),
    S.CLOSED: ("Over", "resolved", "Everyone who was told knows that it is over."),
}
UNTRIED = "Nobody could be told yet. The others wait until the first household has been told and that has gone well."
ALONE = "Nobody is there to answer: there is no agent at the desk, so it goes at the pace of one."
HAPPENED = {
    "incident.found": "Found: {cohort}",
    "incident.approved": "Approved by {by}",
    "incident.rejected": "Rejected by {by}",
    "incident.edited": "Words or next news changed by {by}",
    "incident.ended": "Ended by {by}",
    "incident.closed": "Over; everyone who was told knows it",
    "incident.lapsed": "Nobody decided in time; contacts go on one by one",
    "incident.running": "The canary went well; the others follow",
    "incident.halted": "Stopped by itself",
    "incident.candidate": "Grown: a second person has to approve it",
    "incident.ending": "Every device works again",
}


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One line of the list."""

    id: str
    severity: str
    what: str
    where: str
    tone: str
    state: str
    meaning: str
    cases: int
    open: int
    told: int
    devices: str
    told_words: str
    since: str
    lasting: str


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """One reply in the incident's room."""

    at: str
    who: str
    text: str
    ticket: CaseId | None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One household of the audience."""

    who: str
    ticket: CaseId
    devices: str
    by: str
    when: str
    tone: str
    why: str


def line(one: Incident, tally: Tally, clock: Watch) -> IncidentLine:
    """The line of one incident."""
    word, tone, _ = STATES[one.state]
    return IncidentLine(
        one.id,
        one.severity,
        one.title,
        one.about.words,
        tone,
        word,
        meaning(one, tally, clock),
        tally.cases,
        tally.open,
        tally.told,
        many(tally.cases, "device"),
        many(tally.told, "household"),
        clock.at(one.opened),
        clock.lasting(one.opened),
    )


def many(count: int, what: str) -> str:
    """`1 household`, `2 households`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def meaning(one: Incident, tally: Tally, clock: Watch) -> str:
    """What the state means for customers, in one sentence."""
    return untried(one, tally) or STATES[one.state][2].format(hold=clock.at(one.hold_until))


def untried(one: Incident, tally: Tally) -> str:
    """What is said of a canary that has reached nobody; else nothing."""
    return UNTRIED if one.state is S.CANARY and tally.told <= tally.lost else ""


def said(one: Incident) -> str:
    """The state's word: `Needs a decision`."""
    return STATES[one.state][0]


def possible(one: Incident) -> frozenset[str]:
    """What may be done with it now."""
    return frozenset(str(act) for act in Act if one.state in LIFE[act])


async def reply_lines(tx: Tx, replies: list[Message], clock: Watch) -> list[ReplyLine]:
    """What customers wrote, newest first, each with its ticket."""
    return [
        ReplyLine(
            clock.at(each.at), await tx.people.name(each.customer) or each.customer, each.text, each.case
        )
        for each in replies
    ]


async def plan_lines(tx: Tx, trial: Trial, clock: Watch) -> list[PlanLine]:
    """Who would be told, when and by what, or why not."""
    tones = {"allow": "good", "hold": "warn", "deny": "bad"}
    found = []
    for plan in trial.planned:
        name = await tx.people.name(plan.customer) if plan.customer else "Nobody known"
        when = f"about {clock.at(plan.at)}" if plan.at else await _alone(tx, plan, clock)
        why = "" if plan.verdict == "allow" else plan.because.agent
        devices = many(len(plan.devices), "device")
        found.append(PlanLine(name, plan.case, devices, plan.channel or "–", when, tones[plan.verdict], why))
    return found


async def _alone(tx: Tx, plan: Planned, clock: Watch) -> str:
    """What becomes of a household that the incident does not tell."""
    if plan.own_way is None:
        return "not told"
    name = await tx.people.name(plan.own_way.customer) or plan.own_way.customer
    return f"goes its own way: {name} by {plan.own_way.channel}, about {clock.at(plan.own_way.at)}"


def course(trial: Trial, at: Callable[[Moment], str]) -> list[str]:
    """What has happened already, how it goes on, and when the last is told, those too who wait for their own time."""
    said = []
    if trial.told:
        said.append(f"{many(trial.told, 'household')} told already.")
    if trial.households:
        more = " more" if trial.told else ""
        first = f"First {trial.canary}{more}, then " if trial.canary else ""
        said.append(f"{first}{trial.rate} an hour, the last at about {at(trial.ends)}.")
    if trial.held_until is not None:
        why = ", ".join(f"{count} {because}" for because, count in trial.held.items())
        said.append(f"Of those some wait for their own time first ({why}), until {at(trial.held_until)}.")
    return said


def agreement(trial: Trial) -> str:
    """Who has said yes, and whether somebody has to."""
    names, state = " and ".join(trial.incident.approved_by), trial.incident.state
    if state.sending:
        return f"Approved by {names}."
    if names and state is S.CANDIDATE:
        return f"{names} said yes; somebody else has to approve it too."
    return f"{'Two people have' if trial.people > 1 else 'One person has'} to approve it."


def story(facts: list[FactRow], clock: Watch) -> list[tuple[str, str]]:
    """The timeline in words, newest first."""
    return [(clock.at(fact.at), happened(fact)) for fact in reversed(facts)]


def happened(fact: FactRow) -> str:
    """One line of the timeline in words, without its time."""
    words = HAPPENED.get(fact.kind, fact.kind.removeprefix("incident.").capitalize())
    how = f" ({fact.data['how']})" if fact.data.get("how") else ""
    plain = words.format(by=fact.data.get("by", "the hub"), cohort=fact.data.get("cohort", "")) + how
    return ". ".join((plain, *_changes(fact)))


def _changes(fact: FactRow) -> list[str]:
    """Which words it said before, and which since, by language."""
    old, new = fact.data.get("before", {}), fact.data.get("words", {})
    house = "the house's words"
    return [
        f"{each}: {_quoted(old.get(each)) or house} → {_quoted(new.get(each)) or house}"
        for each in sorted(old.keys() | new.keys())
        if "before" in fact.data and old.get(each) != new.get(each)
    ]


def _quoted(text: str | None) -> str:
    return f"“{text}”" if text else ""
