"""An incident tried without sending: who would be told, when, by what, why not, and what it would cost.

Asks the same gate about the same words as the incident will. Reads only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from device_rules.reading import HOUR
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.customer import Channel
from hub.domain.gate import Decision, Verdict, decide
from hub.domain.ids import CaseId, CustomerId, DeviceId, Moment
from hub.domain.incident import Incident, Limits
from hub.domain.incident_life import promising
from hub.domain.ladder import recipients, second_contacts
from hub.domain.text import segments
from hub.flow.ask import gather, rendered
from hub.flow.context import Context
from hub.flow.incident_life import pace
from hub.flow.incident_send import letter_for
from hub.ports import Tx

MOST = 500  # households that are asked about one by one; of more, these stand for all
PAGE = 200


@dataclass(frozen=True, slots=True)
class OwnWay:
    """Whom a household's own ladder would ask, whom the incident itself may not tell: its second contact, say."""

    customer: CustomerId
    channel: Channel
    at: Moment


@dataclass(frozen=True, slots=True)
class Planned:
    """One household: whom, about which devices, over which channel, when, in how many segments and in which language; or
    why not. Whom the gate refuses goes its own way, once the incident speaks: `own_way` is whom that asks (None: nobody by
    message; it ends with an agent)."""

    household: str
    customer: CustomerId | None
    case: CaseId
    devices: tuple[DeviceId, ...]
    channel: Channel | None
    verdict: Verdict
    because: Because
    at: Moment | None
    text: str = ""
    segments: int = 0
    language: str = ""
    own_way: OwnWay | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """The whole: `incident` as it would speak, with the next news that it would promise; `households` wait, of which the first `len(planned)` were asked about; `people` have to approve it.
    `alone` is whether nobody at all is there to answer."""

    incident: Incident
    households: int
    planned: tuple[Planned, ...]
    canary: int
    rate: int
    people: int
    ends: Moment
    alone: bool = False

    @property
    def messages(self) -> int:
        """Messages that would leave, sooner or later."""
        return sum(each.verdict is not Verdict.DENY for each in self.planned)

    @property
    def reach(self) -> int:
        """Households that would be told: those that wait, less those the gate refuses (at most, when not all were asked)."""
        return self.households - sum(self.refused.values())

    @property
    def texts(self) -> dict[str, str]:
        """What would be said, one example by language."""
        said = [each for each in self.planned if each.text and each.verdict is not Verdict.DENY]
        return {each.language: each.text for each in reversed(said)}

    @property
    def apart(self) -> tuple[tuple[str, OwnWay], ...]:
        """Households that go their own way, and who would be asked there, one by one."""
        return tuple((each.household, each.own_way) for each in self.planned if each.own_way is not None)

    @property
    def segments(self) -> int:
        """What they would cost."""
        return sum(each.segments for each in self.planned if each.verdict is not Verdict.DENY)

    @property
    def refused(self) -> Counter[Because]:
        """Why others would not be told."""
        return Counter(each.because for each in self.planned if each.verdict is Verdict.DENY)


async def dry_run(tx: Tx, incident: Incident, now: Moment, ctx: Context, most: int = MOST) -> Trial:
    """What would happen if `incident` were approved now, asked for at most so many households."""
    limits = ctx.policy.incidents
    incident = promising(incident, now, limits)
    homes = await _homes(tx, incident, most)
    reach = await tx.incidents.households(incident.id)
    waiting = reach - await tx.incidents.count_told(incident.id)
    rate, canary = await pace(tx, ctx), limits.canary(reach)
    planned, turn = [], 0
    for home in homes:
        plan = await _plan(tx, incident, home, now, ctx)
        due = when(turn, canary, rate, now, limits)
        if plan.own_way is not None:
            plan = replace(plan, own_way=replace(plan.own_way, at=Moment(max(due, plan.own_way.at))))
        if plan.verdict is not Verdict.DENY:
            plan, turn = replace(plan, at=Moment(max(due, plan.at or due))), turn + 1
            plan = await _as_read(tx, incident, plan, ctx)
        planned.append(plan)
    people = 2 if reach > limits.two_people else 1
    ends = when(max(0, waiting - 1), canary, rate, now, limits)
    alone = await tx.incidents.agents_free() is None
    return Trial(incident, waiting, tuple(planned), canary, rate, people, ends, alone)


def when(turn: int, canary: int, rate: int, now: Moment, limits: Limits) -> Moment:
    """When the household of that turn would be told: the canary at once, the others after it, at the pace."""
    if turn < canary:
        return now
    return Moment(now + limits.canary_time + (turn - canary) * HOUR // max(1, rate))


@dataclass(slots=True)
class _Home:
    case: CaseId
    devices: list[DeviceId]


async def _homes(tx: Tx, incident: Incident, most: int) -> list[_Home]:
    """Households that wait, each with its devices."""
    found: dict[str, _Home] = {}
    after = ""
    while len(found) < most and (page := await tx.incidents.waiting(incident.id, after, PAGE)):
        for member in page:
            home = found.setdefault(member.site or member.case, _Home(member.case, []))
            home.devices.append(member.device)
        after = page[-1].case
    return list(found.values())[:most]


async def _plan(tx: Tx, incident: Incident, home: _Home, now: Moment, ctx: Context) -> Planned:
    case = await tx.cases.get(home.case)
    devices = tuple(home.devices)
    nobody = Planned("", None, home.case, devices, None, Verdict.DENY, Because.NO_CUSTOMER, None)
    if case is None:
        return nobody
    best = replace(nobody, household=case.site or case.id)
    people = recipients(await tx.people.residents(case.site, now)) if case.site else []
    for customer in people:
        letter = await letter_for(tx, incident, (case, customer), now, ctx)
        if letter is None:
            return replace(best, customer=customer, because=Because.CHANNEL_ABSENT)
        asked = replace(await gather(tx, letter.message, now, ctx), pace=None)
        decision: Decision = decide(asked, now)
        plan = Planned(
            case.site or case.id,
            customer,
            case.id,
            devices,
            letter.message.channel,
            decision.verdict,
            decision.because,
            decision.until,
            asked.text,
            segments(asked.text),
            letter.message.language,
        )
        if decision.verdict is Verdict.ALLOW:
            return plan
        if best.customer is None or (best.verdict is Verdict.DENY and decision.verdict is Verdict.HOLD):
            best = plan
    if best.verdict is Verdict.HOLD:
        return best
    return replace(best, own_way=await _own_way(tx, incident, case, now, ctx))


async def _as_read(tx: Tx, incident: Incident, plan: Planned, ctx: Context) -> Planned:
    """With the words as they are at its turn: a promise that has passed by then is not made any more."""
    case = await tx.cases.get(plan.case)
    if case is None or plan.customer is None or plan.at is None or not plan.text:
        return plan
    letter = await letter_for(tx, incident, (case, plan.customer), plan.at, ctx)
    if letter is None:
        return plan
    text = await rendered(tx, letter.message, ctx)
    return replace(plan, text=text, segments=segments(text))


async def _own_way(tx: Tx, incident: Incident, case: Case, now: Moment, ctx: Context) -> OwnWay | None:
    """Whom the ladder of a refused household asks as soon as the incident leaves it alone: the second contact, as
    `outreach.py` does when nobody at home may be asked."""
    residents = await tx.people.residents(case.site, now) if case.site else []
    for customer in second_contacts(residents, recipients(residents)):
        letter = await letter_for(tx, incident, (case, customer), now, ctx)
        if letter is None:
            return None
        decision = decide(replace(await gather(tx, letter.message, now, ctx), pace=None), now)
        if decision.verdict is not Verdict.DENY:
            return OwnWay(customer, letter.message.channel, decision.until or now)
    return None
