"""Speaking first: a person writes or opens the skill while no case of theirs is open. They find help all the same.

A greeting or a question is answered with how their devices are, and whether something is wrong all the same (1 or 2); words
that need somebody open a case (*asked by customer*), or open the last one again when it ended a short while ago. STOP, START
and HELP work as everywhere.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from device_rules.reading import MINUTE
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import Phrase
from hub.domain.conversation import Conversation, Expecting, Heard, Intent, Question, Reply
from hub.domain.effects import HandOn, Suppress, Unsuppress
from hub.domain.events import TicketWanted
from hub.domain.greetings import is_greeting
from hub.domain.ids import CaseId, Moment
from hub.domain.passages import CustomerReturned
from hub.domain.questions import first_answer
from hub.domain.silence import VOICES
from hub.domain.wording import PLEASE
from hub.flow.appointments_first import about_appointments
from hub.flow.asked_case import ASKED, STEP, just_ended, meant, memory, open_case, remember_asking
from hub.flow.asked_case import devices_of as devices_of
from hub.flow.carry import carry_out
from hub.flow.consent import is_stranger, wrong_number
from hub.flow.knowing import how_is
from hub.flow.onward import onward
from hub.flow.sealing import seal_return
from hub.flow.thread import waiting_words
from hub.flow.visit import Visit

CODE_LIFE = 10 * MINUTE
CODES = range(100_000, 1_000_000)  # a speaker hears a number, and would lose a zero in front
MOST = 3  # devices that are spoken of in one breath

SHOW = (
    Intent.STATUS, Intent.REPEAT, Intent.SIMPLER, Intent.BACK, Intent.RESTART, Intent.TOMORROW, Intent.WHEN_WORSE,
    Intent.CANCEL, Intent.OTHER, Intent.SKIP, Intent.STEPS, Intent.WHICH_DEVICE,
)  # fmt: skip
"""What opens no case: whoever says so hears how their devices are."""
NOTHING_TO_ANSWER = (Intent.YES, Intent.NO, Intent.DONE, Intent.LATER, Intent.CHOICE, Intent.TEXT_ME)


async def speak_first(visit: Visit) -> tuple[CaseId | None, Reply]:
    """The reply to a turn outside every case, and the case that it opened, if it did."""
    return await _over_now(visit) or await about_appointments(visit) or await _speak(visit)


async def _speak(visit: Visit) -> tuple[CaseId | None, Reply]:
    meaning, kind = visit.turn.meaning, visit.turn.kind
    if kind is Heard.LAUNCH or (kind is Heard.TEXT and _shows(visit)):
        return None, await _devices(visit)
    if kind is not Heard.TEXT:
        return None, Reply((), end=True)
    if meaning.intent in (Intent.STOP, Intent.START, Intent.HELP):
        return None, await _compliance(visit)
    return await _answered(visit) or await _wants(visit)


def _shows(visit: Visit) -> bool:
    """Whether it is answered with how the devices are: a question, or a greeting, which wants nothing else yet."""
    meaning = visit.turn.meaning
    hello = not visit.opt_out and meaning.intent is not Intent.STOP and is_greeting(visit.turn.text)
    return hello or meaning.intent in SHOW


async def _answered(visit: Visit) -> tuple[CaseId | None, Reply] | None:
    """The answer to "is something wrong all the same?"; None when that was not asked, or this is no answer to it."""
    meaning = visit.turn.meaning
    due = [wake.due for wake in await visit.tx.wakes.of_case(memory(visit)) if wake.name == ASKED]
    if not meaning.sure or not due or max(due) <= visit.now:
        return None
    number = meaning.choice if meaning.intent is Intent.CHOICE else 0
    if meaning.intent not in (Intent.YES, Intent.NO) and number not in (1, 2):
        return None
    await visit.tx.wakes.forget(memory(visit), (ASKED,))
    if meaning.intent is Intent.YES or number == 1:
        return await _asked(visit)
    return None, Reply((Phrase("goodbye" if visit.live else "asked.well"),), end=True)


async def _wants(visit: Visit) -> tuple[CaseId | None, Reply]:
    """Words that want something."""
    meaning = visit.turn.meaning
    if meaning.intent is Intent.WRONG_NUMBER and not visit.live:
        await wrong_number(visit.tx, visit.address, None, visit.now)
        return None, Reply((), end=True)
    if meaning.intent is Intent.GOODBYE or (meaning.intent is Intent.NO and visit.live):
        return None, Reply((Phrase("goodbye"),) if visit.live else (), end=True)
    if meaning.intent is Intent.LINK:
        return None, await pair(visit)
    if meaning.intent is Intent.QUESTION:
        return None, _more(visit, first_answer(meaning.slot, visit.turn.language, visit.ctx.policy))
    if meaning.intent in NOTHING_TO_ANSWER:
        return None, Reply((Phrase("nothing_open"),), end=True)
    return await _asked(visit)


async def _over_now(visit: Visit) -> tuple[CaseId, Reply] | None:
    """What they spoke of in this session has just ended: they hear it here, with thanks, and not by text besides."""
    if not visit.live or visit.turn.meaning.intent in (Intent.STOP, Intent.START, Intent.HELP):
        return None
    last = await just_ended(visit)
    said = await waiting_words(visit, last.id) if last is not None else ()
    return (last.id, Reply(said, end=True)) if last is not None and said else None


async def _compliance(visit: Visit) -> Reply:
    """STOP by voice is heard as it is: outside a conversation nobody says it by accident to an open microphone."""
    intent = visit.turn.meaning.intent
    if intent is Intent.STOP:
        await carry_out(
            visit.tx, (Suppress(visit.customer, Because.STOP_SAID, visit.turn.channel),), visit.now, visit.ctx
        )
        return Reply((Phrase("stop.confirmed"),), end=True)
    if intent is Intent.START:
        await carry_out(visit.tx, (Unsuppress(visit.customer, Because.START_SAID),), visit.now, visit.ctx)
        known = not is_stranger(visit.customer)
        return Reply((Phrase("start.confirmed" if known else "start.stranger"),), end=True)
    return Reply((Phrase("help"),))


async def pair(visit: Visit) -> Reply:
    """A code to link a smart speaker with. A voice only explains: the code goes to the person's own telephone."""
    if visit.live:
        return Reply((Phrase("link.how"),), end=True)
    while not await visit.tx.talks.new_code(
        visit.customer, code := str(secrets.choice(CODES)), Moment(visit.now + CODE_LIFE)
    ):
        continue  # somebody else has that very code at the moment
    return Reply((Phrase("link.code", {"code": code}),), end=True)


async def _devices(visit: Visit) -> Reply:
    """How each device is, by its own telemetry, and how to reach a person. A shared speaker names none that is well."""
    devices = await devices_of(visit)
    if not devices:
        return Reply((Phrase("asked.no_device"),), end=True)
    told = [await how_is(visit.tx, device, visit.now, visit.ctx) for device in devices[:MOST]]
    question = Question(Expecting.NOTHING, (), (Phrase("voice.anything_else"),))
    launched = visit.turn.kind is Heard.LAUNCH
    if launched and not visit.turn.private and all(said[0].key == "asked.device_fine" for said in told):
        return Reply((Phrase("voice.all_well"),), question)
    hello = () if visit.live and not launched else (Phrase("asked.hello"),)
    said = (*hello, *(phrase for each in told for phrase in each))
    await remember_asking(visit)
    if visit.live:
        return Reply((*said, Phrase("asked.help")), question)
    asks = (Phrase("asked.wrong"),)
    return Reply(
        (*said, *asks), Question(Expecting.YES_NO, (Phrase(PLEASE), Phrase("choice.all_well")), asks)
    )


async def _asked(visit: Visit) -> tuple[CaseId | None, Reply]:
    """Somebody is needed: the last case again if it ended a short while ago, else a new one."""
    last = await just_ended(visit)
    if last is not None:
        return await _reopened(visit, last)
    devices = await devices_of(visit)
    if not devices:
        return None, Reply((Phrase("asked.no_device"),), end=True)
    case = await open_case(visit, meant(visit, devices))
    wants = visit.turn.meaning.intent is not Intent.UNKNOWN and visit.turn.meaning.sure
    misses = 0 if wants else 1
    talk = Conversation(
        case.id,
        visit.customer,
        step=STEP,
        asked=visit.now,
        misses=misses,
        channel=visit.turn.channel,
        language=visit.turn.language,
        with_person=wants,
        guess="" if wants else Intent.PERSON.value,
    )
    await visit.tx.talks.save(talk)
    if not wants:
        return case.id, await _devices(visit)
    await _call_agent(visit, case.id, Because.CUSTOMER_WANTS_PERSON)
    return case.id, Reply((Phrase("asked.person"),), to_person=True, end=True)


async def _reopened(visit: Visit, last: Case) -> tuple[CaseId | None, Reply]:
    """The last case again; by voice with how the device is."""
    await onward(visit.tx, last, CustomerReturned(str(visit.turn.channel)), visit.now, visit.ctx)
    await seal_return(visit.tx, last, visit.now, visit.ctx)
    device = await visit.tx.devices.get(last.device)
    talk = Conversation(last.id, visit.customer, step=STEP, channel=visit.turn.channel, with_person=True)
    await visit.tx.talks.save(talk)
    await _call_agent(visit, last.id, Because.CUSTOMER_ASKED)
    name = (device.name or device.model) if device else last.device
    again = (Phrase("asked.reopened", {"device": name}),)
    if visit.turn.channel in VOICES and device is not None and visit.turn.meaning.intent is not Intent.PERSON:
        told = await how_is(visit.tx, device, visit.now, visit.ctx)
        return last.id, replace(_more(visit, (*told, *again)), to_person=True)
    return last.id, Reply(again, to_person=True, end=True)


def _more(visit: Visit, said: tuple[Phrase, ...]) -> Reply:
    """`said`; in a live session, whether there is anything more besides: only a goodbye closes the line."""
    if visit.turn.channel not in VOICES:
        return Reply(said)
    return Reply(
        (*said, Phrase("voice.more")), Question(Expecting.NOTHING, (), (Phrase("voice.anything_else"),))
    )


async def _call_agent(visit: Visit, case: CaseId, because: Because) -> None:
    await carry_out(visit.tx, (HandOn(case, TicketWanted(case, because.name)),), visit.now, visit.ctx)
