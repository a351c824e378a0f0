"""What a person does on the page, as turns of the conversation. A form that comes twice is answered once; an answer to a
question that has moved on meanwhile is not told to the next one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from hub.domain.conversation import Heard, Intent, Meaning, Turn
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from hub.flow.at_page import Standing, look
from hub.flow.converse import on_page
from hub.flow.visit import Visit
from hub.ports import Tx
from hub.ports.pages import PageVisit
from hub.web.customer.guest import Guest
from hub.web.customer.texts import Texts
from hub.web.customer.view import point
from hub.web.door import Door

LONGEST = 1_200  # letters of what a person writes at once
WISHES: Mapping[str, tuple[Intent, str]] = {
    "person": (Intent.PERSON, "call_me"),
    "repeat": (Intent.REPEAT, "repeat"),
    "back": (Intent.BACK, "back"),
    "simpler": (Intent.SIMPLER, "simpler"),
    "done": (Intent.DONE, "done"),
    "later": (Intent.LATER, "in_hours"),
    "tomorrow": (Intent.TOMORROW, "tomorrow"),
    "when_worse": (Intent.WHEN_WORSE, "when_worse"),
    "stop": (Intent.STOP, "stop"),
    "start": (Intent.START, "start"),
    "callback": (Intent.CALLBACK, "book_call"),
    "visit": (Intent.VISIT, "book_visit"),
    "move_visit": (Intent.MOVE_VISIT, "move_booking"),
    "cancel_visit": (Intent.CANCEL_VISIT, "cancel_booking"),
    "steps": (Intent.STEPS, "steps"),
}
"""What may be pressed at any moment: what it means, and what is written on it."""
ANSWERS: Mapping[str, Intent] = {"yes": Intent.YES, "no": Intent.NO}


@dataclass(frozen=True, slots=True)
class Said:
    """One form: `once` is its number, `at` the point of the conversation that it was made for, `says` what was pressed or
    (empty) `text` what was written."""

    once: str
    at: str
    says: str
    text: str

    @property
    def key(self) -> str:
        """The turn's key: the same press of the same form is the same turn."""
        what = self.says or hashlib.sha256(self.text.encode()).hexdigest()[:12]
        return f"{self.once}:{what}"


async def say(tx: Tx, house: Door, guest: Guest, said: Said, texts: Texts) -> str:
    """Tell the turn. Answers what the page has to add ("moved", "empty"), or nothing."""
    now = Moment(house.clock.now())
    if await tx.talks.reply_to(Channel.PAGE, said.key) is not None:
        return ""
    standing = await look(tx, (guest.visit.case, guest.visit.customer), now, house.ctx)
    if standing is None:
        return "stale"
    if not said.says and not said.text.strip():
        return "empty"
    meaning, words = _meant(said, standing, texts)
    if meaning is None:
        return "moved"
    turn = Turn(Heard.TEXT, Channel.PAGE, said.key, words, meaning, language=texts.language)
    await on_page(Visit(tx, guest.visit.customer, None, turn, now, house.ctx, about=guest.visit.case))
    await _follow(tx, guest, standing, now)
    return ""


def _meant(said: Said, standing: Standing, texts: Texts) -> tuple[Meaning | None, str]:
    """What was meant, and how the thread writes it; None when it answers a question that is not asked any more."""
    if said.says in WISHES:
        intent, word = WISHES[said.says]
        return Meaning(intent), texts(word)
    if not said.says:
        return Meaning(Intent.UNKNOWN), said.text.strip()[:LONGEST]
    options = [texts.label(each) for each in standing.question.options] if standing.question else []
    if said.at != point(standing):
        return None, ""
    if said.says in ANSWERS and len(options) == 2:
        return Meaning(ANSWERS[said.says]), options[0 if said.says == "yes" else 1]
    number = said.says.removeprefix("choice:")
    if number.isdecimal() and 0 < int(number) <= len(options):
        return Meaning(Intent.CHOICE, int(number)), options[int(number) - 1]
    return None, ""


async def _follow(tx: Tx, guest: Guest, standing: Standing, now: Moment) -> None:
    """Who writes about something that is over opens it again, or something new: their page goes along."""
    if standing.place.case.state.open:
        return
    cases = await tx.cases.of_customer(guest.visit.customer, now)
    talks = [(await tx.talks.get(case.id), case) for case in cases]
    here = [case for talk, case in talks if talk is not None and talk.channel is Channel.PAGE]
    if here:
        newest = max(here, key=lambda case: (case.acknowledged or case.opened, case.id))
        visit = PageVisit(guest.visit.customer, newest.id, guest.visit.expires)
        await tx.pages.open_visit(guest.token, visit)
