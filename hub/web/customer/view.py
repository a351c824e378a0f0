"""What the page shows, gathered from the store and put into words: one `Sheet`, which the template only lays out.

Decides nothing. What others in the household were told or said is not on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from device_rules.fault import Severity
from device_rules.reading import DAY
from hub.domain.contact import Direction, Message
from hub.domain.conversation import Expecting, Question
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from hub.domain.receipts import left
from hub.domain.slots import BookingKind, label
from hub.domain.wording import CALL_ME
from hub.flow.at_page import Standing
from hub.flow.links import MARK
from hub.flow.thread import handed_on
from hub.ports import Tx
from hub.ports.pages import PageVisit
from hub.web.customer.texts import Texts
from hub.web.door import Door

SHORT = 40  # letters of an answer that still fits half a row


@dataclass(frozen=True, slots=True)
class Button:
    """One answer: what it sends, what is written on it, and whether two of its kind fit side by side."""

    says: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the thread; `who` is you, us or team."""

    who: str
    by: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that the page shows of the case."""

    device: str
    state: str
    state_word: str
    wrong: tuple[str, ...]
    notes: tuple[str, ...]
    live: tuple[str, ...]
    measured: str
    answer: str
    asks: str
    buttons: tuple[Button, ...]
    at: str
    thread: tuple[Line, ...]
    safety: bool
    waiting: bool
    stopped: bool
    open: bool
    back: bool
    calls: bool
    proving: bool
    booked: tuple[str, ...]

    @property
    def status_version(self) -> str:
        """Changes when the first card does."""
        return _digest(self.state, self.wrong, self.notes, self.live, self.measured, self.booked)

    @property
    def turn_version(self) -> str:
        """Changes when the question does."""
        return _digest(self.at, self.answer, self.asks, self.buttons, self.state)

    @property
    def said_version(self) -> str:
        """Changes when somebody has said something."""
        return _digest(self.thread)


def point(standing: Standing) -> str:
    """Where the conversation stands: an answer to a question that has moved on is not an answer."""
    talk = standing.place.talk
    over = (talk.ended, talk.with_person)
    return _digest(talk.step, talk.expecting, talk.options, talk.guess, talk.offers, talk.proving, over)


async def sheet_of(tx: Tx, house: Door, visit: PageVisit, standing: Standing, texts: Texts) -> Sheet:
    """The sheet of this visit."""
    now, there = Moment(house.clock.now()), standing.place
    zone = await zone_of(tx, house, visit, now)
    stopped = await tx.people.suppressed(visit.customer) is not None
    mine = [each for each in await tx.messages.of_case(visit.case) if each.customer == visit.customer]
    thread = tuple(_line(each, texts, zone, now) for each in mine if _shown(each))
    asks = " ".join(filter(None, (texts.phrase(each) for each in standing.asks)))
    talk = there.talk
    opening = bool(standing.question) and not (talk.step or talk.guess or talk.booking or talk.proving)
    state = _state(standing, stopped)
    answer = _answer(mine, asks, texts)
    said = bool(answer) and _holds(answer, standing.question, asks, texts)
    return Sheet(
        device=there.knowledge.device_name,
        state=state,
        state_word=texts(
            "state_told" if state == "person" and not there.knowledge.taken else f"state_{state}"
        ),
        wrong=_wrong(standing, texts),
        notes=tuple(_notes(standing, texts, zone, now)) + ((texts("stopped_note"),) if stopped else ()),
        live=tuple(filter(None, (texts.phrase(each) for each in standing.live))),
        measured=texts("measured", ago=texts.ago(standing.measured, now)) if standing.measured else "",
        answer=answer,
        asks="" if said else texts("what_now") if opening else asks,
        buttons=_buttons(standing.question, texts),
        at=point(standing),
        thread=thread,
        safety=there.case.severity is Severity.SAFETY,
        waiting=state == "watching",
        stopped=stopped,
        open=there.case.state.open,
        back=bool(there.talk.trail or there.talk.booking),
        calls=any(each.key == CALL_ME for each in (standing.question.options if standing.question else ())),
        proving=bool(there.talk.proving),
        booked=_booked(standing, texts),
    )


async def zone_of(tx: Tx, house: Door, visit: PageVisit, now: Moment) -> str:
    """Where the person lives."""
    person = await tx.people.customer(visit.customer)
    if person is not None and person.zone:
        return person.zone
    sites = await tx.people.sites_of(visit.customer, now)
    return sites[0].zone if sites else house.ctx.policy.zone


def _state(standing: Standing, stopped: bool) -> str:
    there = standing.place
    talk = there.talk
    if not there.case.state.open or (not there.knowledge.fault_open and not there.case.asked_by_customer):
        return "fine"
    if talk.with_person:
        return "person"
    if standing.question is not None:
        return "paused" if talk.paused_until is not None else "asks"
    if stopped:
        return "stopped"
    return "open" if talk.ended else "watching"


def _wrong(standing: Standing, texts: Texts) -> tuple[str, ...]:
    there = standing.place
    device = there.knowledge.device_name
    if not there.knowledge.fault_open and not there.case.asked_by_customer:
        return (texts("over_now", device=device),)
    told = [texts.phrase(each) for each in standing.wrong]
    if not there.knowledge.heard:
        told.append(texts("unheard", device=device))
    return tuple(filter(None, told))


def _notes(standing: Standing, texts: Texts, zone: str, now: Moment) -> list[str]:
    talk, told = standing.place.talk, []
    if not standing.place.case.state.open:
        return []
    if talk.with_person:
        told.append(texts("with_person" if standing.place.knowledge.taken else "with_person_told"))
    elif talk.paused_until is not None and standing.question is not None:
        far = talk.paused_until - now > 60 * DAY
        when = texts.moment(talk.paused_until, zone, now)
        told.append(texts("paused_open") if far else texts("paused_until", time=when))
    return told


def _booked(standing: Standing, texts: Texts) -> tuple[str, ...]:
    known = standing.place.knowledge
    keys = {BookingKind.CALLBACK: "booked_call", BookingKind.VISIT: "booked_visit"}
    return tuple(
        texts(keys[each.slot.kind], time=label(each.slot.starts, known.zone or "UTC", texts.language))
        for each in known.booked
    )


def _shown(message: Message) -> bool:
    """What really left, and what was heard."""
    return bool(message.text) and (message.direction is Direction.IN or left(message.status))


def _line(message: Message, texts: Texts, zone: str, now: Moment) -> Line:
    who = "you" if message.direction is Direction.IN else "us" if message.written_by == "hub" else "team"
    text = _text(message, texts).replace(MARK, "").strip()
    return Line(who, texts(who), text, texts.moment(message.at, zone, now))


def _text(message: Message, texts: Texts) -> str:
    """The words of a message in the page's language: those of people as they are, what the hub said or a platform handed on
    in other words."""
    acted = texts.known(f"did_{handed_on(message)}")
    if acted:
        return acted
    if message.direction is Direction.IN or not message.phrases or message.language == texts.language:
        return message.text
    said = [texts.phrase(each) for each in message.phrases]
    return " ".join(said) if all(said) else message.text


def _answer(mine: Sequence[Message], asks: str, texts: Texts) -> str:
    """What we said last, if it was said on this page and nothing was said since."""
    last = mine[-1] if mine else None
    if last is None or last.direction is Direction.IN or last.channel is not Channel.PAGE:
        return ""
    said = _text(last, texts)
    return "" if said == asks else said


def _holds(answer: str, question: Question | None, asks: str, texts: Texts) -> bool:
    """Whether the answer puts the question already."""
    again = [texts.phrase(each) for each in question.again] if question else []
    return any(each and each in answer for each in (asks, *again))


def _buttons(question: Question | None, texts: Texts) -> tuple[Button, ...]:
    if question is None:
        return ()
    labels = [texts.label(each) for each in question.options]
    if question.expecting is Expecting.YES_NO:
        return tuple(Button(says, label) for says, label in zip(("yes", "no"), labels, strict=False))
    return tuple(Button(f"choice:{number}", label) for number, label in enumerate(labels, 1))


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
