"""Bundling: several faults of one household leave as one message, and the answer says which comes first.

Finds out who may ride along and posts the one message. Each case is judged by the gate by itself; what is urgent never
waits and never rides along.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from device_rules.fault import Severity
from device_rules.reading import SECOND
from hub.domain.because import Because
from hub.domain.case import Case, CaseState, Step, To
from hub.domain.contact import Phrase
from hub.domain.customer import Channel
from hub.domain.effects import Note
from hub.domain.ids import CaseId, Moment
from hub.domain.ladder import digest_until, urgent
from hub.domain.wording import as_bundle, as_message, which_of
from hub.flow.attempts import Attempt, Speech, may_join, speech_for
from hub.flow.context import Context
from hub.flow.saying import post
from hub.ports import Tx

AFTER = SECOND  # so that who is waited for has come when we look
READY = ("release", "bundle")


@dataclass(frozen=True, slots=True)
class Rider:
    """A case that rides along, and the number of its ladder step that this takes."""

    speech: Speech
    step: int


async def company(tx: Tx, case: Case, step: Step, now: Moment, ctx: Context) -> Moment | None:
    """Until when the first message about `case` waits for others to the same household; None: it need not.

    A minor fault waits for a digest once; a worse one only when another fault is about to be told anyway.
    """
    policy = ctx.policy
    possible = step.channel in policy.channels and step.to is To.HOUSEHOLD and case.site is not None
    if urgent(case) or case.contacted is not None or not possible:
        return None
    if case.severity.rank < Severity.MAJOR.rank:
        due = digest_until(case, policy)
        return due if due is not None and due > now else None
    soon = []
    for other in await tx.cases.beside(case):
        if other.state is CaseState.HELD and not urgent(other):
            wakes = await tx.wakes.of_case(other.id)
            soon += [
                each.due for each in wakes if each.name == "hold" and now <= each.due <= now + policy.bundle
            ]
    return Moment(max(soon) + AFTER) if soon else None


async def post_all(tx: Tx, attempt: Attempt, now: Moment, ctx: Context) -> list[tuple[Case, int]]:
    """Post the allowed `attempt`, with all that may ride along. Every case that it tells of, with its step."""
    main = attempt.speech
    riders = await _riders(tx, attempt, now, ctx)
    if not riders:
        await post(tx, attempt.message, attempt.contact, now)
        await tx.talks.save(main.talk)
        return [(main.case, main.case.step)]
    speeches = [main, *(each.speech for each in riders)]
    devices = dict.fromkeys(each.case.device for each in speeches)
    if len(devices) > 1:
        speeches.sort(key=lambda each: (-each.case.severity.rank, each.case.opened, each.case.id))
    again = all(each.case.contacted is not None for each in speeches)
    reply = as_bundle([each.reply for each in speeches], _offered(speeches), again=again)
    phrases = (*_addressing(attempt), *as_message(reply, attempt.message.kind)[1:])
    message = replace(attempt.message, phrases=phrases, question=reply.ask is not None)
    contact = replace(attempt.contact, cases=tuple(each.case.id for each in speeches))
    await post(tx, message, contact, now)
    for each in speeches:
        await tx.talks.save(each.talk)
    if len(devices) > 1:
        await tx.talks.save(replace(main.talk, guess=which_of(_offered(speeches))))
    await _noted(tx, contact.cases, now)
    return [(main.case, main.case.step), *((each.speech.case, each.step) for each in riders)]


def _addressing(attempt: Attempt) -> tuple[Phrase, ...]:
    """Everything before the words of the case itself: who we are, and why a second contact is asked."""
    return tuple(
        each
        for each in attempt.message.phrases
        if each.key.startswith("frame.h") or each.key.startswith("frame.second")
    )


def _offered(speeches: list[Speech]) -> list[tuple[str, str]]:
    """The choices of a bundle: one a device, with the case that stands for it."""
    found: dict[str, tuple[str, str]] = {}
    for each in speeches:
        found.setdefault(each.case.device, (each.case.id, each.name))
    return list(found.values())


async def _riders(tx: Tx, attempt: Attempt, now: Moment, ctx: Context) -> list[Rider]:
    """Other cases of the household that are due or held back, and of which the gate allows to speak now."""
    main, message = attempt.speech.case, attempt.message
    if (
        ctx.policy.bundle <= 0
        or urgent(main)
        or main.site is None
        or any(each.key.startswith("frame.second") for each in message.phrases)
        or main.ladder[main.step].to is not To.HOUSEHOLD
    ):
        return []
    found = []
    for other in await tx.cases.beside(main, lock=True):
        if await tx.devices.site_at(other.device, now) != main.site:
            continue  # it has moved: its own next step finds its new people
        number = await _ready_at(tx, other, message.channel, now, ctx)
        if number is None or not await may_join(tx, attempt, other, now, ctx):
            continue
        await _passed(tx, other, number, now)
        speech = await speech_for(tx, other, (message.customer, message.channel), now, ctx)
        found.append(Rider(speech, number))
    return found


async def _ready_at(tx: Tx, case: Case, channel: Channel, now: Moment, ctx: Context) -> int | None:
    """The number of the step that `case` takes by riding along; None when it does not wait for this channel."""
    if case.state is not CaseState.CONTACTING or urgent(case):
        return None
    waits = [each for each in await tx.wakes.of_case(case.id) if each.name in (*READY, "step")]
    later = [each for each in waits if each.name == "step" and each.due > now + ctx.policy.bundle]
    if later:
        return None
    for number in range(case.step, len(case.ladder)):
        step = case.ladder[number]
        if step.channel is channel and step.to is To.HOUSEHOLD:
            return number
        if step.channel is Channel.AGENT or step.channel in ctx.policy.channels:
            return None
    return None


async def _passed(tx: Tx, case: Case, number: int, now: Moment) -> None:
    """Steps on the way to the one that rides along are not set up here: that is written down as always."""
    for each in range(case.step, number):
        data = {"step": each, "channel": str(case.ladder[each].channel)}
        await tx.facts.add(Note(case.id, case.device, "step.skipped", Because.CHANNEL_ABSENT, data), now)


async def _noted(tx: Tx, cases: tuple[CaseId, ...], now: Moment) -> None:
    for case in cases:
        data = {"cases": list(cases)}
        await tx.facts.add(Note(case, None, "message.bundled", Because.BUNDLED, data), now)
