"""The thread: what was heard and said, written down as messages, so that people at the desk can read it. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hub.domain.contact import Contact, Direction, Message, MessageClass, MessageStatus, Phrase
from hub.domain.conversation import Conversation, Heard, Intent, Turn
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, ContactId, derive, message_id
from hub.domain.verify import tells_pin, without_pin
from hub.flow.ask import given_name
from hub.flow.visit import Visit
from hub.ports import BadInput, Tx

_ACTS: Mapping[Heard, str] = {
    Heard.LAUNCH: "opened the skill",
    Heard.SILENCE: "said nothing",
    Heard.HANGUP: "left the skill",
}
_SAID: Mapping[Intent, str] = {
    Intent.PERSON: "asked for a person",
    Intent.REPEAT: "asked to hear it again",
    Intent.BACK: "go back",
    Intent.SIMPLER: "asked for simpler words",
    Intent.TEXT_ME: "asked for a text",
    Intent.LATER: "asked to come back later",
    Intent.TOMORROW: "asked to come back tomorrow",
    Intent.WHEN_WORSE: "wants to hear only when it changes",
    Intent.STATUS: "asked how things are",
    Intent.RESTART: "asked for a restart",
    Intent.WRONG_NUMBER: "said that we have the wrong person",
    Intent.LINK: "asked to link the speaker",
    Intent.DANGER: "told of danger",
    Intent.QUESTION: "asked a question",
    Intent.UNKNOWN: "said something that was not understood",
}
"""What a voice platform hands on, in the words of the desk; all else is shown as it is: yes, no, help."""


_NAMES: Mapping[str, str] = {
    **{_ACTS.get(each, each.value.replace("_", " ")): each.value for each in Heard},
    **{_SAID.get(each, each.value.replace("_", " ")): each.value for each in Intent},
}


def handed_on(message: Message) -> str:
    """What a voice platform handed on in the place of words, by its name ("text_me"); empty where these are words."""
    heard = message.direction is Direction.IN and message.channel is Channel.VOICE
    return _NAMES.get(message.text, "") if heard else ""


async def write_heard(visit: Visit, case: CaseId | None, talk: Conversation | None = None) -> bool:
    """Write down what a person said, a PIN excepted; False when exactly this turn was written down before."""
    said = words_of(visit.turn)
    message = replace(
        _message(visit, case, "heard"),
        text=without_pin(said) if tells_pin(visit.turn, talk) else said,
        direction=Direction.IN,
        status=MessageStatus.HEARD,
        provider_id=visit.turn.key,
        written_by="customer",
    )
    return await _write(visit, message)


async def write_said(visit: Visit, case: CaseId | None, phrases: tuple[Phrase, ...]) -> None:
    """Write down what was answered inside a live session: it is returned directly, and never sent."""
    message = replace(
        _message(visit, case, "said"),
        text=await spoken_text(visit, phrases),
        phrases=phrases,
        status=MessageStatus.SENT,
    )
    await _write(visit, message)


async def waiting_words(visit: Visit, case: CaseId) -> tuple[Phrase, ...]:
    """What an agent has written, and that it is over, while the person is here in a live session: said now, and not sent."""
    said: list[Phrase] = []
    for each in await visit.tx.outbox.cancel(case, (MessageClass.AGENT, MessageClass.RECOVERY)):
        message = await visit.tx.messages.get(each)
        if message is None:
            continue
        await visit.tx.messages.update(replace(message, status=MessageStatus.SENT))
        own = (Phrase("incident.own", {"text": message.text}),) if message.text else ()
        said += own or tuple(phrase for phrase in message.phrases if phrase.key != "frame.hello")
    return tuple(said)


async def unsent_question(tx: Tx, case: CaseId) -> bool:
    """Whether a question still waits for morning: nobody is silent who has not been asked yet."""
    return any(
        each.question and each.direction is Direction.OUT and each.status is MessageStatus.QUEUED
        for each in await tx.messages.of_case(case)
    )


def words_of(turn: Turn) -> str:
    """What the thread shows of a turn: the words, or what was understood where a voice platform keeps the words."""
    if turn.channel is not Channel.VOICE or (turn.kind is Heard.TEXT and turn.text):
        return turn.text
    if turn.kind is not Heard.TEXT:
        return _ACTS.get(turn.kind, turn.kind.value.replace("_", " "))
    meaning = turn.meaning
    if meaning.intent is Intent.CHOICE:
        return str(meaning.choice)
    return _SAID.get(meaning.intent, meaning.intent.value.replace("_", " "))


async def spoken_text(visit: Visit, phrases: tuple[Phrase, ...]) -> str:
    """The words that a voice says or a page shows; empty when they cannot be said (which stops no turn)."""
    policy, words = visit.ctx.policy, visit.ctx.words
    name = given_name(await visit.tx.people.name(visit.customer))
    own = {"name": name, "brand": policy.brand, "phone": policy.phone}
    language = words.tongue(phrases, visit.turn.language)
    try:
        tell = words.text if visit.turn.channel is Channel.PAGE else words.spoken
        return " ".join(tell(Phrase(each.key, own | each.variables), language) for each in phrases)
    except BadInput:
        return ""


def _message(visit: Visit, case: CaseId | None, what: str) -> Message:
    turn = visit.turn
    contact = ContactId(derive("contact", turn.channel.value, turn.key, visit.customer))
    return Message(
        id=message_id(contact, what, visit.address or ""),
        contact=contact,
        case=case,
        customer=visit.customer,
        address=visit.address,
        channel=turn.channel,
        kind=MessageClass.TURN,
        direction=Direction.OUT,
        at=visit.now,
        language=turn.language,
    )


async def _write(visit: Visit, message: Message) -> bool:
    cases = (message.case,) if message.case else ()
    contact = Contact(
        message.contact, message.customer, message.channel, f"turn:{visit.turn.key}", message.at, cases
    )
    await visit.tx.messages.add_contact(contact)
    return await visit.tx.messages.add(message)
