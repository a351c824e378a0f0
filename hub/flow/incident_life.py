"""The life of an incident between people's decisions: what is due is done, and it comes back by its own wake.

Woke(incident) → households told at the pace, news sent to those told, whoever has recovered told so, and the end. A small
handful in one transaction; while the kill switch is on, nothing but time passes.
"""

from __future__ import annotations

from dataclasses import replace

from device_rules.reading import HOUR, MINUTE, SECOND
from hub.domain.because import Because
from hub.domain.contact import MessageClass, MessageStatus
from hub.domain.effects import CancelPending
from hub.domain.events import Woke
from hub.domain.ids import Moment, SiteId
from hub.domain.incident import Incident, IncidentState, Limits, MemberState, Told
from hub.domain.incident_life import agreed, asks_again, end, halt, lapse, tokens, unhealthy
from hub.domain.receipts import LOST, TAKEN
from hub.flow.carry import carry_out
from hub.flow.context import Context
from hub.flow.incident import tell_fact, wake_of
from hub.flow.incident_send import Became, tell_household
from hub.flow.incident_words import Reader, last_words, reads, update_words
from hub.flow.knowing import knowledge_of
from hub.flow.saying import Draft, send
from hub.ports import Tx

HANDFUL = 20  # households in one transaction: others wait for it
SAMPLE = 200  # of the newest told, whether they failed or said stop
PACE = 20 * SECOND  # how often a speaking incident is looked at, at least
REST = 5 * MINUTE  # spread of what is let go at the end
MORE = "more"  # the token of a wake that only goes on where the last one ended
NEVER_LEFT = (MessageStatus.QUEUED, MessageStatus.CANCELLED)
S = IncidentState


async def woke(tx: Tx, event: Woke, now: Moment, ctx: Context) -> None:
    """Do what is due. Somebody who decides at this very moment goes first."""
    incident = await tx.incidents.free(event.case)
    if incident is None:
        if await tx.incidents.get(event.case) is not None:
            await tx.wakes.put(wake_of(event.case, Moment(now + SECOND)))
        return
    if incident.state is S.CLOSED:
        return
    paused = (await tx.house.switches()).paused
    incident = await _in_time(tx, incident, now, ctx, looking=event.token != MORE)
    more = False if paused else await _speak(tx, incident, now, ctx)
    after = await tx.incidents.get(incident.id) or incident
    if after.state is not S.CLOSED:
        due, token = (now, MORE) if more else (_next(after, now), "")
        await tx.wakes.put(replace(wake_of(incident.id, due), token=token))


def _next(incident: Incident, now: Moment) -> Moment:
    """When it is looked at again."""
    looks = [now + MINUTE]
    if incident.state in (S.CANDIDATE, S.HALTED):
        looks.append(max(incident.hold_until, now + SECOND))
    if incident.state is S.RUNNING:
        looks.append(now + PACE)
    return Moment(min(looks))


async def _in_time(tx: Tx, incident: Incident, now: Moment, ctx: Context, *, looking: bool) -> Incident:
    """What time alone does to it: nobody decided, the canary is over, it has grown, all has recovered."""
    limits = ctx.policy.incidents
    after = lapse(incident, now)
    if after.state.sending:
        after = await _going_on(tx, after, now, ctx, looking=looking)
    quiet = now - (after.approved or after.opened) >= limits.window
    if after.state is not S.ENDING and quiet and not await tx.incidents.any_open(after.id):
        after = end(after, "recovered", Because.DEVICE_RECOVERED, now)
    if after == incident:
        return incident
    after = replace(after, version=incident.version + 1)
    await tx.incidents.save(after)
    await tell_fact(tx, after, str(after.state), now)
    return after


async def _going_on(tx: Tx, incident: Incident, now: Moment, ctx: Context, *, looking: bool) -> Incident:
    """An incident that speaks: does it go well, is its canary over, may one person still answer for so many?"""
    limits = ctx.policy.incidents
    because = await _trouble(tx, incident, ctx) if looking else None
    if because is not None:
        return halt(incident, because, now, limits)
    if not agreed(incident, await tx.incidents.households(incident.id), limits):
        return asks_again(incident, now, limits)
    if incident.state is S.CANARY and await _tried(tx, incident, now, limits):
        return replace(incident, state=S.RUNNING, paid=now)
    return incident


async def _tried(tx: Tx, incident: Incident, now: Moment, limits: Limits) -> bool:
    """Whether the canary is over: its time has passed, and as much since the first of its messages was taken. Where nobody
    could be told yet (the hold-down, the night, a carrier that is away), it has tried nothing, and waits."""
    if incident.canary_until is None or now < incident.canary_until:
        return False
    others = await tx.incidents.any_waiting(incident.id)
    since = incident.canary_until - limits.canary_time if others else 0
    sample = await tx.incidents.newest_told(incident.id, SAMPLE)
    taken = [each.at for each, status in sample if each.at >= since and status in TAKEN]
    return bool(taken) and now >= min(taken) + limits.canary_time


async def _trouble(tx: Tx, incident: Incident, ctx: Context) -> Because | None:
    """Whether too many of those told since the canary began were not reached, or want to hear nothing more."""
    limits = ctx.policy.incidents
    since = (incident.canary_until or 0) - limits.canary_time
    sample = await tx.incidents.newest_told(incident.id, SAMPLE)
    told = [(each, status) for each, status in sample if each.at >= since]
    failed = sum(status in LOST for _, status in told)
    stops = [await tx.people.suppressed(each.customer) for each, _ in told]
    stopped = sum(at is not None and at >= told[n][0].at for n, at in enumerate(stops))
    return unhealthy(len(told), failed, stopped, limits)


async def _speak(tx: Tx, incident: Incident, now: Moment, ctx: Context) -> bool:
    """Say what may be said now; whether more could be said at once."""
    if incident.state is S.ENDING:
        return await _end_all(tx, incident, now, ctx)
    more = await _end_recovered(tx, incident, now, ctx)
    for told in await tx.incidents.withdrawn(incident.id, HANDFUL):
        await _take_back(tx, told, now)
    if incident.state in (S.LAPSED, S.REJECTED):
        await tx.incidents.release(incident.id, now, REST)
    return (await _pass_on(tx, incident, now, ctx) if incident.state.sending else False) or more


async def _pass_on(tx: Tx, incident: Incident, now: Moment, ctx: Context) -> bool:
    """First words to those who wait, within the pace, and news to those who know; whether more could follow at once."""
    rate = await pace(tx, ctx)
    budget, paid = tokens(incident, rate, now)
    if incident.state is S.CANARY:
        sample = await tx.incidents.newest_told(incident.id, SAMPLE)
        never = sum(status is MessageStatus.CANCELLED for _, status in sample)  # others take their place
        budget = incident.canary - await tx.incidents.count_told(incident.id) + never
    said = await _tell(tx, incident, min(budget, HANDFUL), now, ctx)
    if incident.state is S.RUNNING and said:
        used = paid if said >= budget else paid - (budget - said) * HOUR // rate
        await tx.incidents.save(replace(incident, paid=Moment(used)))
    quick = ctx.policy.incidents.rate * PACE // HOUR
    news = await _news(tx, incident, max(1, min(quick, HANDFUL)), now, ctx)
    return (said >= HANDFUL and budget > HANDFUL) or (news >= HANDFUL and quick > HANDFUL)


async def pace(tx: Tx, ctx: Context) -> int:
    """Messages an hour: what policy allows, but no more than the free agents can answer; where agents are all busy, or
    there are none at all, as many as one could."""
    free = await tx.incidents.agents_free()
    limits = ctx.policy.incidents
    return min(limits.rate, max(1, free or 0) * limits.replies)


async def _tell(tx: Tx, incident: Incident, most: int, now: Moment, ctx: Context) -> int:
    """Tell so many households; how many were."""
    if most <= 0:
        return 0
    said, seen = 0, set[str]()
    for member in sorted(await tx.incidents.due(incident.id, now, 2 * most), key=lambda one: one.case):
        household = member.site or member.case
        if said >= most or household in seen:
            continue
        seen.add(household)
        became = await tell_household(tx, incident, member, now, ctx)
        if became is Became.STOPPED:
            break
        said += became is Became.TOLD
    return said


async def _take_back(tx: Tx, told: Told, now: Moment) -> None:
    """The message was cancelled before it left, for its case was over: the household's other cases wait anew."""
    await tx.incidents.untell(told)
    for mate in await tx.incidents.together(told.incident, SiteId(told.household), MemberState.TOLD):
        await tx.incidents.set_state(mate, MemberState.WAITING, now, Because.INCIDENT_FOUND.name)


async def _news(tx: Tx, incident: Incident, most: int, now: Moment, ctx: Context) -> int:
    """Send the newest update to those who were told and have not had it; how many had it now."""
    if most <= 0 or not incident.number:
        return 0
    behind = await tx.incidents.behind(incident.id, incident.number, most)
    for told in behind:
        await tx.incidents.set_told(replace(told, number=incident.number))
        case = await tx.incidents.open_case(incident.id, told.household)
        first = await tx.messages.get(told.message)
        if case is None or first is None or first.status in (*LOST, MessageStatus.CANCELLED):
            continue
        reader = await _reader(tx, told, now, ctx)
        draft = Draft(
            case,
            told.customer,
            first.channel,
            MessageClass.AGENT,
            f"incident:{incident.number}",
            phrases=update_words(incident, reader, now),
            written_by=incident.id,
        )
        await send(tx, draft, now, ctx)
    return len(behind)


async def _reader(tx: Tx, told: Told, now: Moment, ctx: Context) -> Reader:
    case = await tx.cases.get(told.case)
    person = await tx.people.customer(told.customer)
    site = await tx.people.site(SiteId(told.household))
    name = (await knowledge_of(tx, case, now, ctx)).device_name if case else ""
    language = reads(person.language, ctx.words) if person else "en"
    return Reader(name, language, site.zone if site else ctx.policy.zone)


async def _end_recovered(tx: Tx, incident: Incident, now: Moment, ctx: Context) -> bool:
    """Households whose devices all work again are told so now, not when the last of the fleet does."""
    over = await tx.incidents.recovered(incident.id, HANDFUL)
    for told, status in over:
        await _say_over(tx, told, status, now, ctx)
    return len(over) >= HANDFUL


async def _end_all(tx: Tx, incident: Incident, now: Moment, ctx: Context) -> bool:
    """The end: everyone who was told is told once, what never left never does, and nothing is held any more."""
    left = await tx.incidents.unended(incident.id, HANDFUL)
    for told, status in left:
        await _say_over(tx, told, status, now, ctx)
    if len(left) >= HANDFUL:
        return True
    closed = replace(incident, state=S.CLOSED, version=incident.version + 1)
    await tx.incidents.save(closed)
    await tell_fact(tx, closed, "closed", now)
    await tx.incidents.release(incident.id, now, REST)
    return False


async def _say_over(tx: Tx, told: Told, status: MessageStatus, now: Moment, ctx: Context) -> None:
    """Once to each person: that it is over, and what that means for their own device."""
    await tx.incidents.set_told(replace(told, ended=now))
    if status is MessageStatus.QUEUED:
        await carry_out(tx, (CancelPending(told.case, Because.INCIDENT_OVER),), now, ctx)
    case = await tx.cases.get(told.case)
    first = await tx.messages.get(told.message)
    if case is None or first is None or status in NEVER_LEFT or status in LOST:
        return
    name = (await knowledge_of(tx, case, now, ctx)).device_name
    draft = Draft(
        told.case,
        told.customer,
        first.channel,
        MessageClass.RECOVERY,
        f"over:{told.incident}",
        phrases=last_words(case, name),
        written_by=told.incident,
    )
    await send(tx, draft, now, ctx)
