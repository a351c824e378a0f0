"""Speech of a rehearsal: composes what the hub would say, with its real words, and asks the real gate. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from device_rules.fault import Severity
from device_rules.reading import Value
from hub.domain import talk as core
from hub.domain.asked import Asked, Decision, Mode, Switches, Verdict
from hub.domain.case import Case, Step
from hub.domain.contact import Direction, Message, MessageClass, Phrase
from hub.domain.conversation import Conversation, Heard, Knowledge, Turn
from hub.domain.customer import Channel
from hub.domain.fitting import ON_UNIT, numbered, reached
from hub.domain.gate import decide
from hub.domain.ids import CaseId, FaultId, Moment, contact_id, message_id
from hub.domain.ladder import address_for, kind_of
from hub.domain.play import Play
from hub.domain.policy import Policy
from hub.domain.text import segments
from hub.domain.wording import as_message
from hub.flow.ask import release
from hub.flow.rehearsal_ledger import Ledger
from hub.flow.rehearsal_people import Home, Resident
from hub.ports import BadInput, Words

LIVE = Switches(Mode.LIVE)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms people are contacted: the policy, the guided fixes by (model, play id), and the words."""

    policy: Policy
    plays: Mapping[tuple[str, str], Play]
    words: Words


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be said next, and what it is `about`: when that changes, it has to be composed anew."""

    about: tuple[object, ...]
    message: Message
    talk: Conversation


@dataclass(slots=True)
class Matter:
    """A case of the rehearsal with what belongs to it. `faults` are the open ones with their severity, `since` when the
    hub knew of each, `values` what the device measured when it began, `agent` whether an agent has been called for it,
    `spoken` when somebody was last asked about it, `draft` what waits to be said."""

    case: Case
    home: Home
    play: Play | None
    talk: Conversation
    title: str
    values: Mapping[str, Value]
    faults: dict[FaultId, Severity] = field(default_factory=dict)
    since: dict[FaultId, Moment] = field(default_factory=dict)
    agent: bool = False
    spoken: int = 0
    draft: Draft | None = None

    @property
    def worst(self) -> Severity | None:
        """The worst severity of the open faults."""
        return max(self.faults.values(), key=lambda each: each.rank, default=None)


@dataclass(frozen=True, slots=True)
class Pending:
    """Last words that are owed to somebody."""

    case: CaseId
    message: Message
    person: Resident


@dataclass(frozen=True, slots=True)
class Attempt:
    """One step towards one person, and what the gate says to it."""

    message: Message
    talk: Conversation
    decision: Decision


@dataclass(slots=True)
class Speech:
    """Says things on paper that is thrown away."""

    terms: Terms
    ledger: Ledger

    def attempt(self, matter: Matter, step: Step, person: Resident, now: Moment) -> Attempt:
        """The next words of the ladder to this person. What is held is asked about again and again, so its words are kept."""
        case = matter.case
        about = (case.step, kind_of(case), step.channel, person.customer.id, id(matter.talk))
        if matter.draft is None or matter.draft.about != about:
            matter.draft = self._draft(matter, step, person, about, now)
        draft = matter.draft
        return Attempt(draft.message, draft.talk, self._judged(matter, draft.message, person, now))

    def _draft(
        self, matter: Matter, step: Step, person: Resident, about: tuple[object, ...], now: Moment
    ) -> Draft:
        case, who = matter.case, person.customer
        before = matter.talk
        if before.customer != who.id:
            before = Conversation(case.id, who.id, play=before.play, language=who.language)
        speak = core.begin if before.asked is None else core.remind
        knowledge = self._knowledge(matter, fault_open=True)
        talk, reply, _ = speak(replace(before, channel=step.channel), matter.play, knowledge, now)
        kind = kind_of(case)
        said = as_message(reply, kind)
        message = self._message(matter, person, (step.channel, kind, f"step:{case.step}"), said, now)
        return Draft(about, replace(message, question=reply.ask is not None), talk)

    def last_words(self, matter: Matter, now: Moment) -> list[Pending]:
        """What is owed to everyone who knows of a case that has ended."""
        told = self.ledger.told(matter.case.id, matter.case.opened)
        knowledge = self._knowledge(matter, fault_open=False)
        said: tuple[Phrase, ...] = ()
        if not matter.talk.ended:
            turn = Turn(Heard.RECOVERED, matter.talk.channel or Channel.SMS, key="recovered")
            _, reply, _ = core.tell(matter.talk, turn, matter.play, knowledge, now)
            said = as_message(reply, MessageClass.RECOVERY)
        said = said or (Phrase("frame.hello"), Phrase("recovered", {"device": knowledge.device_name}))
        what = f"over:{matter.case.opened}"
        return [
            Pending(
                matter.case.id,
                self._message(matter, person, (channel, MessageClass.RECOVERY, what), said, now),
                person,
            )
            for person in matter.home.people
            if (channel := told.get(person.customer.id)) is not None
        ]

    def deliver(self, matter: Matter, pending: Pending, now: Moment) -> Moment | None:
        """Ask the gate; when the message is to be looked at again, if it is held."""
        decision = self._judged(matter, pending.message, pending.person, now)
        if decision.verdict is Verdict.ALLOW:
            self.ledger.sent(matter.case, pending.message, now)
            return None
        self.ledger.stopped(matter.case, "over", decision)
        held = decision.verdict is Verdict.HOLD
        return release(pending.message, decision, self.terms.policy) if held else None

    def _judged(self, matter: Matter, message: Message, person: Resident, now: Moment) -> Decision:
        address = next((each for each in person.addresses if each.id == message.address), None)
        asked = Asked(
            message=message,
            customer=person.customer,
            address=address,
            case=matter.case,
            bases=person.bases,
            suppressed=person.suppressed,
            zones=person.zones,
            history=self.ledger.history(matter.case, message, self.terms.policy.caps, now),
            switches=LIVE,
            caps=self.terms.policy.caps,
            text=message.text,
            preference=person.preference,
            rest=self.terms.policy.rest,
        )
        return decide(asked, now)

    def _message(
        self,
        matter: Matter,
        person: Resident,
        what: tuple[Channel, MessageClass, str],
        said: tuple[Phrase, ...],
        now: Moment,
    ) -> Message:
        channel, kind, name = what
        who = person.customer
        address = address_for(person.addresses, channel)
        attempt = contact_id(matter.case.id, name, who.id)
        return Message(
            id=message_id(attempt, name, address.id if address else ""),
            contact=attempt,
            case=matter.case.id,
            customer=who.id,
            address=address.id if address else None,
            channel=channel,
            kind=kind,
            direction=Direction.OUT,
            at=now,
            language=who.language,
            text=self._true_text(said, matter, person, now),
        )

    def _true_text(self, said: tuple[Phrase, ...], matter: Matter, person: Resident, now: Moment) -> str:
        """As it would leave: our number itself where it does not stand on the device."""
        known = self.terms.policy.number_on_unit
        if not {"*", matter.home.device.model} & known and any(each.key == ON_UNIT for each in said):
            said = numbered(said, lambda phrases: segments(self._text(tuple(phrases), person)))
        return self._text(reached(said, self.terms.policy, now), person)

    def _text(self, said: tuple[Phrase, ...], person: Resident) -> str:
        """The words as they would leave; none where one is missing, which the gate refuses."""
        policy = self.terms.policy
        merged = {"name": person.name, "brand": policy.brand, "phone": policy.phone}
        try:
            words = [
                self.terms.words.text(Phrase(phrase.key, merged | phrase.variables), person.customer.language)
                for phrase in said
            ]
        except BadInput:
            return ""
        return " ".join(words).strip()

    def _knowledge(self, matter: Matter, *, fault_open: bool) -> Knowledge:
        device, values = matter.home.device, dict(matter.values)
        return Knowledge(
            device=device.id,
            device_name=device.name or device.model,
            title=matter.title,
            fault_open=fault_open,
            live={
                name: f"{value:g}" if isinstance(value, float) else str(value)
                for name, value in values.items()
            },
            brand=self.terms.policy.brand,
            phone=self.terms.policy.phone,
            values=values,
            heard=bool(values),
        )
