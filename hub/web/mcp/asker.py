"""One call of a tool as a turn: who asks, about which case, and what the conversation answers, with the id of its question.

A yes that sets a device in motion counts only with the id of the question that was read back: an assistant that answers by
itself has none. The same answer to the same question is told once. Names and words are handed on as data, on one line.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from hub.clock import iso
from hub.domain.case import Case
from hub.domain.contact import Phrase
from hub.domain.conversation import Conversation, Expecting, Heard, Intent, Meaning, Turn
from hub.domain.conversation import Reply as Answer
from hub.domain.customer import Channel, Customer
from hub.domain.device import Device
from hub.domain.ids import CaseId, Moment, derive
from hub.domain.wording import DEVICE, SLOT
from hub.flow.asked_case import devices_of
from hub.flow.converse import on_page
from hub.flow.hearing import understood
from hub.flow.placing import Place, stand
from hub.flow.thread import spoken_text
from hub.flow.visit import Visit
from hub.ports import Tx
from hub.web.door import Door
from hub.web.mcp.shapes import Choice, Question, Reply
from hub.web.passwords import same, signature

KINDS: dict[Expecting, Literal["yes_no", "choice", "which_device", "pin"]] = {
    Expecting.YES_NO: "yes_no",
    Expecting.CHOICE: "choice",
    Expecting.WHICH_CASE: "which_device",
    Expecting.PIN: "pin",
}
NAME, WORDS = 60, 2_000  # letters


class Refused(Exception):
    """The tool was asked for something that is not there; the words are for the assistant."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, in one transaction."""

    tx: Tx
    door: Door
    customer: Customer
    now: Moment

    async def devices(self) -> list[Device]:
        """Their devices; nobody else's exist here."""
        return await devices_of(self.visit(self.turn("")))

    async def cases(self) -> list[Case]:
        """Their open cases, the worst first."""
        found = await self.tx.cases.of_customer(self.customer.id, self.now)
        return sorted(found, key=lambda case: (-case.severity.rank, case.opened, case.id))

    async def case(self, named: str) -> CaseId | None:
        """The open case that is meant; None when nothing is open (there). Raises Refused."""
        cases = await self.cases()
        if named:
            device = await self._named(named)
            return next((case.id for case in cases if case.device == device.id), None)
        if len({case.device for case in cases}) > 1:
            names = {each.id: shown(each) for each in await self.devices()}
            which = "; ".join(names.get(case.device, case.device) for case in cases)
            raise Refused(f"Several devices need attention. Ask which one is meant, and name it: {which}")
        return cases[0].id if cases else None

    async def _named(self, named: str) -> Device:
        wanted = named.strip().casefold()
        found = [
            each for each in await self.devices() if wanted in (each.id.casefold(), shown(each).casefold())
        ]
        if len(found) != 1:
            raise Refused("No device of this person is called so. list_devices tells which ones there are.")
        return found[0]

    def turn(self, text: str, meaning: Meaning = Meaning(Intent.UNKNOWN), key: str = "") -> Turn:
        """What was said; without a `key` it is new."""
        language = self.customer.language
        return Turn(Heard.TEXT, Channel.ASSISTANT, key or secrets.token_hex(12), text, meaning, language)

    def visit(self, turn: Turn, about: CaseId | None = None) -> Visit:
        return Visit(self.tx, self.customer.id, None, turn, self.now, self.door.ctx, about=about)

    async def tell(self, case: CaseId | None, turn: Turn) -> Reply:
        """Tell the turn, and shape what is answered."""
        visit = self.visit(turn, case)
        answer = await on_page(visit)
        if case is None and answer.ask is not None:  # asking may have opened one
            opened = await self.cases()
            visit = self.visit(turn, opened[0].id if opened else None)
        return await self.shaped(visit, answer)

    async def answer(self, named: str, text: str, meaning: Meaning, question: str) -> Reply:
        """The person answers the `question` with this id (empty: whatever is open). Raises Refused."""
        case = await self._asked_by(question) or await self.case(named)
        there = await self.there(case)
        key = derive("ask", self.customer.id, question, text.casefold().strip()) if question else ""
        turn = self.turn(text, meaning, key)
        told = await self.tx.talks.reply_to(Channel.ASSISTANT, key) if key else None
        if told is not None:
            return await self.shaped(self.visit(turn, case), msgspec.convert(told, Answer))
        if there is not None and not self._counts(there, turn, question):
            turn = self.turn("repeat", Meaning(Intent.REPEAT))
        return await self.tell(case, turn)

    def _counts(self, there: Place, turn: Turn, question: str) -> bool:
        """Whether it answers what is asked now, and may: see the module's rules."""
        if question:
            return same(question, self.question_id(there.talk))
        meant = understood(self.visit(turn), there.talk, there.knowledge.zone).meaning
        yes = meant.intent is Intent.YES or (meant.intent is Intent.CHOICE and meant.choice == 1)
        return not (there.talk.confirm and yes)

    async def _asked_by(self, question: str) -> CaseId | None:
        """The case of theirs that the question with this id is about."""
        name = question.partition(".")[0]
        return next((case.id for case in await self.cases() if case.id == name), None) if name else None

    async def there(self, case: CaseId | None) -> Place | None:
        """Where the conversation of `case` stands; its row is held."""
        found = await self.tx.cases.get(case, lock=True) if case else None
        return await stand(self.tx, found, self.customer.id, self.now, self.door.ctx) if found else None

    def question_id(self, talk: Conversation) -> str:
        """What names the question that `talk` asks now, and nobody can make up."""
        place = (self.customer.id, talk.case, talk.step, len(talk.tried), len(talk.trail))
        stands = (*place, talk.asked, talk.guess, talk.confirm, talk.booking, talk.offers)
        return f"{talk.case}.{signature(self.door.secret, 'assistant', '/'.join(map(str, stands)))[:24]}"

    async def shaped(self, visit: Visit, answer: Answer) -> Reply:
        """`answer` as an assistant reads it."""
        said = await self.words(answer.say, answer.language)
        talk = await self.tx.talks.get(visit.about) if visit.about else None
        return Reply(
            say=said,
            question=await self._question(answer, talk),
            to_person=answer.to_person,
            over=answer.end,
            language=answer.language or self.customer.language,
        )

    async def _question(self, answer: Answer, talk: Conversation | None) -> Question | None:
        ask = answer.ask
        if ask is None or talk is None or ask.expecting is Expecting.NOTHING:
            return None
        slots = [iso(each) for each in talk.offers] if talk.booking else []
        choices = []
        for number, option in enumerate(ask.options, start=1):
            own = {DEVICE: "device", SLOT: "slot"}.get(option.key)
            text = option.variables[own] if own else await self.words((option,), answer.language)
            slot = slots[number - 1] if number <= len(slots) else None
            choices.append(Choice(number=number, text=plain(text, NAME * 2), slot=slot))
        return Question(
            id=self.question_id(talk),
            kind=KINDS[ask.expecting],
            choices=choices,
            sets_device_in_motion=bool(talk.confirm),
        )

    async def words(self, phrases: tuple[Phrase, ...], language: str = "") -> str:
        """The phrases as they are spoken."""
        visit = self.visit(replace(self.turn(""), language=language or self.customer.language))
        return plain(await spoken_text(visit, phrases), WORDS)


def plain(text: str, most: int) -> str:
    """`text` on one line, without signs that cannot be seen, of `most` letters."""
    seen = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return " ".join(seen.split())[:most]


def shown(device: Device) -> str:
    """What a device is called."""
    return plain(device.name or device.model, NAME)
