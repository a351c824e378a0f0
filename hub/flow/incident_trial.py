"""An incident tried without sending: who would be told, when, by what, why not, and what it would cost.

Asks the same gate about the same words as the incident will. Reads only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.customer import Channel
from hub.domain.gate import Decision, Verdict, decide
from hub.domain.ids import CaseId, CustomerId, DeviceId, Moment
from hub.domain.incident import Incident, Member
from hub.domain.incident_life import promising
from hub.domain.ladder import recipients, second_contacts
from hub.domain.text import segments
from hub.flow.ask import gather, rendered
from hub.flow.context import Context
from hub.flow.incident_life import HANDFUL, SAMPLE, pace
from hub.flow.incident_send import letter_for
from hub.flow.incident_turns import Course, course_of
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
    `told` have been told already; `ends` is when the last of those who wait has a turn. `alone` is whether nobody at all is there to answer."""

    incident: Incident
    households: int
    planned: tuple[Planned, ...]
    canary: int
    rate: int
    people: int
    ends: Moment
    alone: bool = False
    told: int = 0

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
    def held(self) -> Counter[Because]:
        """Why some wait for their own time first."""
        return Counter(each.because for each in self.planned if each.verdict is Verdict.HOLD)

    @property
    def held_until(self) -> Moment | None:
        """When the last of these has a turn."""
        return max(
            (each.at or Moment(0) for each in self.planned if each.verdict is Verdict.HOLD), default=None
        )

    @property
    def refused(self) -> Counter[Because]:
        """Why others would not be told."""
        return Counter(each.because for each in self.planned if each.verdict is Verdict.DENY)


async def dry_run(tx: Tx, incident: Incident, now: Moment, ctx: Context, most: int = MOST) -> Trial:
    """What would happen if `incident` were approved now, or goes on happening where it is, asked for at most so many households."""
    limits = ctx.policy.incidents
    incident = promising(incident, now, limits)
    reach = await tx.incidents.households(incident.id)
    told = await tx.incidents.count_told(incident.id)
    course = await _course(tx, incident, (reach, told), ctx)
    homes = await _homes(tx, incident, now, (most, course.canary))
    asked = [await _ready(tx, home, await _plan(tx, incident, home, now, ctx), now) for home in homes]
    left = max(0, reach - told - len(homes))
    planned, ends = _in_turn(asked, [now] * left, course, now)
    planned = [await _as_read(tx, incident, plan, ctx) for plan in planned]
    people = 2 if reach > limits.two_people else 1
    alone = await tx.incidents.agents_free() is None
    return Trial(
        incident, reach - told, tuple(planned), course.canary, course.rate, people, ends, alone, told
    )


async def _course(tx: Tx, incident: Incident, counts: tuple[int, int], ctx: Context) -> Course:
    """As it goes on, or as it would begin; `counts` are households in it, and those told."""
    (reach, told), limits, rate = counts, ctx.policy.incidents, await pace(tx, ctx)
    if not incident.state.sending:
        return Course(limits.canary(reach), rate, None, limits.canary_time)
    since = (incident.canary_until or 0) - limits.canary_time
    sample = await tx.incidents.newest_told(incident.id, SAMPLE)
    first = min((each.at for each, _ in sample if each.at >= since), default=None)
    return course_of(incident, told, first, rate, limits)


def _in_turn(
    asked: list[tuple[Moment, Planned]], others: list[Moment], course: Course, now: Moment
) -> tuple[list[Planned], Moment]:
    """Everybody in the order of their turns, and when the last has theirs: those too who wait for their own time, and the
    `others` who were not asked about. Whom the gate refuses is tried, and left to itself, when the next has a turn."""
    queue = sorted([*asked, *((at, None) for at in others)], key=lambda one: one[0])
    told = [ready for ready, plan in queue if plan is None or plan.verdict is not Verdict.DENY]
    turns = course.turns(told)
    found, number = list[Planned](), 0
    for _, plan in queue:
        at = turns[min(number, len(turns) - 1)] if turns else now
        if plan is not None and plan.verdict is Verdict.DENY:
            own = plan.own_way
            found.append(replace(plan, own_way=own and replace(own, at=Moment(max(at, own.at)))))
            continue
        number += 1
        if plan is not None:
            found.append(replace(plan, at=at))
    return found, max(turns, default=now)


@dataclass(slots=True)
class _Home:
    case: CaseId
    devices: list[DeviceId]
    due: Moment
    wants: bool


async def _homes(tx: Tx, incident: Incident, now: Moment, most: tuple[int, int]) -> list[_Home]:
    """Households that wait, each with its devices, in the order in which they have their turns: those who may be told now as
    the incident takes them, then the others. `most` are households, and how many of them are told first."""
    limit, canary = most
    found: dict[str, _Home] = {}
    ahead = await tx.incidents.due(incident.id, now, 2 * limit)
    batch = 2 * min(canary, HANDFUL)
    for member in (*sorted(ahead[:batch], key=lambda one: one.case), *ahead[batch:]):
        _joins(found, member, wants=True)
    after = ""
    while page := await tx.incidents.waiting(incident.id, after, PAGE):
        for member in page:
            _joins(found, member, wants=False)
        after = page[-1].case
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def _joins(found: dict[str, _Home], member: Member, *, wants: bool) -> None:
    home = found.setdefault(member.site or member.case, _Home(member.case, [], member.due, wants))
    if member.device not in home.devices:
        home.devices.append(member.device)


async def _ready(tx: Tx, home: _Home, plan: Planned, now: Moment) -> tuple[Moment, Planned]:
    """From when on the household may be told: its quiet hours are over, and its hold-down is."""
    if home.wants:
        return Moment(max(now, plan.at or now)), plan
    wakes = await tx.wakes.of_case(home.case)
    held = max((wake.due for wake in wakes if wake.name == "hold"), default=now)
    if held > now and plan.verdict is Verdict.ALLOW:
        plan = replace(plan, verdict=Verdict.HOLD, because=Because.HOLD_DOWN)
    return Moment(max(now, home.due, held, plan.at or now)), plan


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
