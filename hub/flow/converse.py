"""Converse: a turn comes in, a reply goes out, in one transaction. The core (`hub/domain/talk.py`) decides what is said.

MessageHeard → the reply leaves by the outbox, through the gate. A voice or web session calls `turn` and is answered
directly. A turn that comes again gets the same reply and changes nothing. Device answers and due checks are turns too.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec
import structlog

from hub.domain import talk as core
from hub.domain.because import Because
from hub.domain.contact import MessageClass
from hub.domain.conversation import Conversation, Expecting, Heard, Intent, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.effects import Note, WakeAt
from hub.domain.events import CommandAnswered, MessageHeard, ProofCame, Woke
from hub.domain.ids import AddressId, CaseId, CommandId, CustomerId, Moment
from hub.domain.passages import Answered, FixFailed, FixTried, StepsWanted
from hub.domain.play import Check
from hub.domain.walk import LOOK_AGAIN, SILENCE, Answer
from hub.domain.wording import as_message, as_speech
from hub.flow.alarming import alarm, tells_danger
from hub.flow.at_page import as_shown
from hub.flow.booking import equipped, held
from hub.flow.carry import carry_out
from hub.flow.choosing import told
from hub.flow.consent import (
    as_meant,
    mark_own_words,
    say_stopped,
    still_writes,
    stops_again,
    what_of,
    wrong_number,
)
from hub.flow.consent_home import for_oneself
from hub.flow.context import Context
from hub.flow.healing import not_healed
from hub.flow.hearing import understood
from hub.flow.near import still_near
from hub.flow.onward import onward
from hub.flow.placing import Place, place, stand
from hub.flow.proving import keyed
from hub.flow.saying import Draft, send
from hub.flow.speaking_first import pair, speak_first
from hub.flow.still_booked import with_appointments
from hub.flow.thread import unsent_question, waiting_words, write_heard, write_said
from hub.flow.together import speak_of_all
from hub.flow.visit import LIVE, Visit
from hub.ports import Tx

log = structlog.get_logger(__name__)

COMPLIANCE = (Intent.STOP, Intent.START, Intent.HELP)
NO_ANSWER = (*COMPLIANCE, Intent.WRONG_NUMBER, Intent.LINK, Intent.STATUS, Intent.QUESTION)
"""Words that do not answer what was asked: they do not acknowledge a case."""


async def heard(tx: Tx, event: MessageHeard, now: Moment, ctx: Context) -> Reply | None:
    """A text came in. The reply leaves by the outbox. A stranger's text is only noted: there is nobody to answer."""
    person = await tx.people.customer(CustomerId(event.customer)) if event.customer else None
    if person is None:
        note = Note(None, None, "talk.stranger", Because.NO_CUSTOMER, {"channel": event.channel})
        await tx.facts.add(note, now)
        log.info("stranger_wrote", channel=event.channel)
        return None
    turn = Turn(Heard.TEXT, Channel(event.channel), event.key, event.text, language=person.language)
    address = AddressId(event.address) if event.address else None
    return await _answer(Visit(tx, person.id, address, turn, now, ctx, event.opt_out))


async def turn(tx: Tx, customer: CustomerId, said: Turn, now: Moment, ctx: Context) -> Reply:
    """One turn of a live session (voice, page): the reply is returned, and remembered by the turn's key."""
    return await _answer(Visit(tx, customer, None, said, now, ctx))


async def on_page(visit: Visit) -> Reply:
    """One turn on a person's own page, which knows the case it is about (`visit.about`)."""
    return await _answer(visit)


async def _answer(visit: Visit) -> Reply:
    there = await place(
        visit
    )  # holds the case's row: the same turn told twice at once waits here for its first reply
    if there is not None and visit.about is not None:
        there = as_shown(there, visit.now)
    before = await visit.tx.talks.reply_to(visit.turn.channel, visit.turn.key)
    if before is not None:
        return msgspec.convert(before, Reply)
    talk = there.talk if there else None
    visit = replace(visit, turn=await keyed(visit, talk))
    visit = await as_meant(
        replace(visit, turn=understood(visit, talk, there.knowledge.zone if there else ""))
    )
    again = await stops_again(visit)
    if there is not None and await for_oneself(visit, there.case):
        there = None
    case: CaseId | None
    if tells_danger(visit):
        case, reply = await alarm(visit, there or await place(replace(visit, about=None)))
        await write_heard(visit, case, talk)
    elif there is None:
        case, reply = await speak_first(visit)
        await write_heard(visit, case)
    else:
        await write_heard(visit, there.case.id, talk)
        case, reply = await _in_case(visit, there)
    reply = _in_one_tongue(visit, reply) if visit.live else reply
    reply = await with_appointments(visit, reply)
    await mark_own_words(visit, case, again)
    await _say(visit, case, Reply((), end=True) if again and not visit.live else reply)
    if case is not None and visit.live:
        reply = replace(reply, say=(*await waiting_words(visit, case), *reply.say))
    await visit.tx.talks.remember(visit.turn.channel, visit.turn.key, msgspec.to_builtins(reply), visit.now)
    return reply


def _in_one_tongue(visit: Visit, reply: Reply) -> Reply:
    """A live reply is in one language: English, where some of it is written in no other."""
    language = reply.language or visit.turn.language
    tongue = visit.ctx.words.tongue(as_speech(reply), language)
    return reply if tongue == language else replace(reply, language=tongue)


async def _in_case(visit: Visit, there: Place) -> tuple[CaseId, Reply]:
    """Tell the turn to its conversation, and do what follows from it."""
    intent, kind = visit.turn.meaning.intent, visit.turn.kind
    if intent is Intent.LINK and kind is Heard.TEXT and not visit.live:
        return there.case.id, await pair(visit)
    asked = there
    there, answer = await told(visit, await equipped(visit.tx, there, visit.turn, visit.now, visit.ctx))
    talk, reply, effects = await held(visit.tx, there, answer, visit.now, visit.ctx)
    if kind is Heard.TEXT and intent not in NO_ANSWER:
        await visit.tx.messages.answered(there.case.id)
        case = await onward(visit.tx, there.case, Answered(str(visit.turn.channel)), visit.now, visit.ctx)
        await speak_of_all(visit, asked, reply)
        there = replace(there, case=case)
    if intent is Intent.WRONG_NUMBER and visit.address is not None and talk.ended:
        await wrong_number(visit.tx, visit.address, there.case.id, visit.now)
    await _keep(visit.tx, there, (talk, reply, effects), visit.now, visit.ctx)
    return there.case.id, reply


async def _keep(tx: Tx, there: Place, answer: Answer, now: Moment, ctx: Context) -> None:
    """Save the conversation, carry out its effects, and let the case know when telemetry is being watched."""
    talk, _, effects = answer
    await tx.talks.save(talk)
    await carry_out(tx, effects, now, ctx)
    if there.talk.with_person and not talk.with_person and not talk.ended:
        there = replace(there, case=await onward(tx, there.case, StepsWanted(), now, ctx))
    step = there.play.steps.get(talk.step) if there.play else None
    if isinstance(step, Check) and there.talk.step != talk.step and not talk.with_person:
        await onward(tx, there.case, FixTried(), now, ctx)


async def _say(visit: Visit, case: CaseId | None, reply: Reply) -> None:
    """A live session gets its reply directly, and the thread keeps it; a text is answered by a text."""
    if visit.live:
        if reply.language:
            visit = replace(visit, turn=replace(visit.turn, language=reply.language))
        if reply.say:
            written = visit.turn.channel is Channel.PAGE  # which shows its choices as buttons
            await write_said(visit, case, reply.say if written else as_speech(reply))
        return
    if not tells_danger(visit) and await still_writes(visit):
        await say_stopped(visit)
        return
    always = visit.turn.meaning.intent in COMPLIANCE or tells_danger(visit)
    kind = MessageClass.COMPLIANCE if always else MessageClass.TURN
    silent = bool(visit.opt_out) and kind is MessageClass.COMPLIANCE
    phrases = as_message(reply)
    if phrases and not silent:
        asks = reply.ask is not None and reply.ask.expecting is not Expecting.NOTHING
        draft = Draft(case, visit.customer, visit.turn.channel, kind, what_of(visit), phrases, question=asks)
        await send(visit.tx, draft, visit.now, visit.ctx)


# What the device and time have to say


async def command_answered(tx: Tx, event: CommandAnswered, now: Moment, ctx: Context) -> None:
    """A device carried a command out, or did not: the play goes on, and the person hears of it when there is news."""
    kind = Heard.COMMAND_OK if event.ok else Heard.COMMAND_FAILED
    await tx.outbox.set_command(CommandId(event.command), "done" if event.ok else "failed", event.note, now)
    case = await tx.cases.get(CaseId(event.case), lock=True)
    if case is not None:
        data = {"command": event.command, "ok": event.ok, "note": event.note}
        because = Because.CUSTOMER_ANSWERED if event.ok else Because.COMMAND_FAILED
        note = Note(case.id, case.device, "command.answered", because, data)
        await tx.facts.add(note, now)
        await not_healed(tx, event, case, now, ctx)
    await _happened(
        tx,
        CaseId(event.case),
        (kind, f"{event.command}:{event.ok}", "" if event.ok else event.note),
        now,
        ctx,
    )


async def command_over(tx: Tx, event: Woke, now: Moment, ctx: Context) -> None:
    """Woke("command", token=command id): the device had its time. One that has answered is left alone."""
    known = await tx.outbox.command(CommandId(event.token))
    if known is None or known.state not in ("queued", "sent", "parked"):
        return
    if await tx.outbox.set_command(CommandId(event.token), "timed_out", core.TIMED_OUT, now):
        await command_answered(tx, CommandAnswered(event.case, event.token, False, core.TIMED_OUT), now, ctx)


async def check_over(tx: Tx, event: Woke, now: Moment, ctx: Context) -> None:
    """Woke("check"): telemetry had its time, the person had theirs (`silence`), or they asked us to come back (`later`)."""
    kind = Heard.SILENCE if event.token == "silence" else Heard.CHECK_OVER  # noqa: S105 - not a password
    if kind is Heard.SILENCE and await unsent_question(tx, CaseId(event.case)):
        await tx.wakes.put(WakeAt(CaseId(event.case), event.name, Moment(now + SILENCE), event.token))
        return
    await _happened(tx, CaseId(event.case), (kind, f"{event.token}:{now}", event.token), now, ctx)


async def watched(tx: Tx, event: Woke, now: Moment, ctx: Context) -> None:
    """Woke("watch", token=step): does telemetry show what the step waits for? Else it is looked at again in a while."""
    case = await tx.cases.get(CaseId(event.case), lock=True)
    talk = await tx.talks.get(CaseId(event.case))
    if case is None or not case.state.open or talk is None or talk.step != event.token:
        return
    there = await stand(tx, case, None, now, ctx)
    there = await equipped(tx, there, Turn(Heard.SHOWN, Channel.SMS, ""), now, ctx)
    step, known = (there.play.steps.get(talk.step) if there.play else None), there.knowledge
    if not isinstance(step, Check) or step.watch is None or there.talk.with_person:
        return
    if step.watch.shown_by(known.values, known.open_rules, talk.baseline):
        await _happened(tx, case.id, (Heard.SHOWN, f"{event.token}:{now}", event.token), now, ctx)
    else:
        await tx.wakes.put(WakeAt(case.id, "watch", Moment(now + LOOK_AGAIN), event.token))


async def proof_came(tx: Tx, event: ProofCame, now: Moment, ctx: Context) -> None:
    """The person agreed, or did not, on their own telephone; the step's command follows from it once."""
    talk = await tx.talks.get(CaseId(event.case))
    if talk is None or talk.proving != event.step:
        return
    kind = Heard.PROOF_GIVEN if event.given else Heard.PROOF_REFUSED
    await _happened(tx, CaseId(event.case), (kind, event.key, ""), now, ctx)


async def _happened(tx: Tx, case_id: CaseId, what: tuple[Heard, str, str], now: Moment, ctx: Context) -> None:
    """Tell the conversation of an open case what happened; its words, if any, leave as a text."""
    found = await tx.cases.get(case_id, lock=True)
    if found is None or not found.state.open:
        return
    there = await stand(tx, found, None, now, ctx)
    kind, key, text = what
    near = await still_near(tx, there.talk, now, ctx)
    where = Channel.VOICE if near else _written(there.talk, ctx)
    said = Turn(kind, where, key, text, language=there.talk.language)
    there = await equipped(tx, there, said, now, ctx)
    talk, reply, effects = core.tell(there.talk, said, there.play, there.knowledge, now)
    step = there.play.steps.get(there.talk.step) if there.play else None
    if kind is Heard.CHECK_OVER and isinstance(step, Check) and talk.step != step.id:
        there = replace(there, case=await onward(tx, there.case, FixFailed(), now, ctx))
    await _keep(tx, there, (talk, reply, effects), now, ctx)
    phrases = as_message(reply)
    if phrases and talk.customer is not None:
        what_said = f"{kind.value}:{key}"
        draft = Draft(
            found.id,
            talk.customer,
            said.channel,
            MessageClass.TURN,
            what_said,
            phrases,
            question=bool(reply.ask),
        )
        await send(tx, draft, now, ctx)


def _written(talk: Conversation, ctx: Context) -> Channel:
    """The channel for words that nobody is waiting for at a microphone: the one in use, else a text."""
    usable = talk.channel is not None and talk.channel not in LIVE and talk.channel in ctx.policy.channels
    return talk.channel if usable and talk.channel is not None else Channel.SMS
