"""The stages of the gate: each does one job, and `STAGES` says which class of message passes which, in order.

Rules of this file. 1. A stage answers None (pass) or what stops the message. 2. A stage never looks at what another one
is for. 3. Which stages a class skips is read from the table and from nowhere else (contact.md, section 5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from device_rules.reading import HOUR, MINUTE
from hub.domain.asked import Asked, Mode, Verdict
from hub.domain.because import Because
from hub.domain.contact import MessageClass
from hub.domain.customer import Basis, BasisKind, Channel, Health, Purpose
from hub.domain.ids import Moment
from hub.domain.quiet import allowed_from
from hub.domain.text import lint

PAUSED_LOOK = 15 * MINUTE  # how long a paused or waiting message rests before it is judged again
QUESTION_LOOK = 30 * MINUTE
FLEET_PAUSE = HOUR
OWN_WORDS = 15 * MINUTE  # an answer: this long after the customer's own words
AGENT_WORDS = HOUR


@dataclass(frozen=True, slots=True)
class Stop:
    """What stops a message: hold until `until`, or deny when there is no such moment."""

    because: Because
    until: Moment | None = None

    @property
    def verdict(self) -> Verdict:
        """Hold or deny."""
        return Verdict.DENY if self.until is None else Verdict.HOLD


Stage = Callable[[Asked, Moment], Stop | None]


def kill_switch(asked: Asked, now: Moment) -> Stop | None:
    """All contacts are paused: an agent hears so at once, the hub's own messages wait and are judged again."""
    if not asked.switches.paused:
        return None
    if asked.message.kind is MessageClass.AGENT:
        return Stop(Because.KILL_SWITCH)
    return Stop(Because.KILL_SWITCH, Moment(now + PAUSED_LOOK))


def sending_mode(asked: Asked, now: Moment) -> Stop | None:
    """Live: what was already wrong at go-live is listed, not contacted. Paper and test numbers: see `gate.route`."""
    since = asked.switches.live_since
    if asked.switches.mode is not Mode.LIVE or since is None or asked.case is None:
        return None
    return Stop(Because.KNOWN_AT_GO_LIVE) if asked.case.opened < since else None


def case_open(asked: Asked, now: Moment) -> Stop | None:
    """Nothing is said about a case that is over."""
    over = asked.case is not None and not asked.case.state.open
    return Stop(Because.CASE_CLOSED) if over else None


def not_acknowledged(asked: Asked, now: Moment) -> Stop | None:
    """Nobody is asked again after somebody has answered."""
    answered = asked.case is not None and asked.case.acknowledged is not None
    return Stop(Because.ALREADY_ACKNOWLEDGED) if answered else None


def basis(asked: Asked, now: Moment) -> Stop | None:
    """The newest ledger line for the purpose and the channel counts; a withdrawal ends it."""
    line = newest_basis(asked, now)
    good = line is not None and line.kind is not BasisKind.WITHDRAWN
    return None if good else Stop(Because.NO_BASIS)


def newest_basis(asked: Asked, now: Moment) -> Basis | None:
    """The ledger line that decides. Paper stands for the channel of the address; safety falls back on service."""
    channel = asked.message.channel
    if channel is Channel.PAPER and asked.address is not None:
        channel = asked.address.channel
    lines = [line for line in asked.bases if line.channel is channel and line.at <= now]
    for purpose in _purposes(asked.message.kind):
        of_purpose = [line for line in lines if line.purpose is purpose]
        if of_purpose:
            return sorted(of_purpose, key=lambda line: line.at)[-1]
    return None


def _purposes(kind: MessageClass) -> tuple[Purpose, ...]:
    return (Purpose.SAFETY, Purpose.SERVICE) if kind is MessageClass.SAFETY else (Purpose.SERVICE,)


def suppression(asked: Asked, now: Moment) -> Stop | None:
    """Stop means stop."""
    return Stop(Because.SUPPRESSED) if asked.suppressed else None


def address_health(asked: Asked, now: Moment) -> Stop | None:
    """The address is there and works. One that nobody has confirmed is only used to answer its own words."""
    if asked.address is None:
        return Stop(Because.NO_ADDRESS)
    usable = {Health.GOOD}
    if asked.message.kind in (MessageClass.TURN, MessageClass.COMPLIANCE):
        usable.add(Health.UNVERIFIED)
    return None if asked.address.health in usable else Stop(Because.ADDRESS_UNHEALTHY)


def quiet_hours(asked: Asked, now: Moment) -> Stop | None:
    """Nobody is disturbed at night, in their own zone."""
    opening = allowed_from(asked.zones, asked.customer.quiet, now)
    if opening == now:
        return None
    return Stop(Because.QUIET_HOURS, opening)


def quiet_unless_answering(asked: Asked, now: Moment) -> Stop | None:
    """Somebody who has just written is awake."""
    return None if _heard_within(asked, now, OWN_WORDS) else quiet_hours(asked, now)


def quiet_unless_wrote(asked: Asked, now: Moment) -> Stop | None:
    """An agent may write at night to somebody who wrote within the last hour."""
    return None if _heard_within(asked, now, AGENT_WORDS) else quiet_hours(asked, now)


def quiet_unless_wake_me(asked: Asked, now: Moment) -> Stop | None:
    """Only those who agreed to *wake me* are woken, even for safety; the on-call agent was called at once."""
    return None if asked.customer.wake_me else quiet_hours(asked, now)


def _heard_within(asked: Asked, now: Moment, span: int) -> bool:
    heard = asked.history.heard
    return heard is not None and now - heard <= span


def cap_first(asked: Asked, now: Moment) -> Stop | None:
    """One first message a case."""
    full = asked.history.case_firsts >= asked.caps.case_firsts
    return Stop(Because.CAP_CASE) if full else None


def cap_reminders(asked: Asked, now: Moment) -> Stop | None:
    """So many reminders a case, then a human."""
    full = asked.history.case_reminders >= asked.caps.case_reminders
    return Stop(Because.CAP_CASE) if full else None


def cap_customer(asked: Asked, now: Moment) -> Stop | None:
    """So many messages a person, in a day and in a week."""
    history, caps = asked.history, asked.caps
    full = history.customer_day >= caps.customer_day or history.customer_week >= caps.customer_week
    return Stop(Because.CAP_CUSTOMER) if full else None


def cap_fleet(asked: Asked, now: Moment) -> Stop | None:
    """So many first contacts an hour in the whole fleet: beyond that something bigger is wrong, so sending pauses."""
    if asked.history.fleet_hour < asked.caps.fleet_hour:
        return None
    return Stop(Because.CAP_FLEET, Moment(now + FLEET_PAUSE))


def one_question(asked: Asked, now: Moment) -> Stop | None:
    """At most one open question per address: another case's question waits for its turn."""
    other = asked.history.question_of
    waits = asked.message.question and other is not None and other != asked.message.case
    return Stop(Because.OPEN_QUESTION, Moment(now + QUESTION_LOOK)) if waits else None


def text_lint(asked: Asked, now: Moment) -> Stop | None:
    """An empty, unfinished, over-long or selling text does not leave."""
    check = lint(asked.text, asked.message.kind, asked.message.channel)
    return Stop(Because.TEXT_REFUSED) if check.faults else None


_ALWAYS = (kill_switch, sending_mode)
_PERSON = (suppression, basis, address_health)

STAGES: Mapping[MessageClass, tuple[Stage, ...]] = {
    MessageClass.FIRST: (
        *_ALWAYS,
        case_open,
        not_acknowledged,
        *_PERSON,
        quiet_hours,
        cap_first,
        cap_customer,
        cap_fleet,
        one_question,
        text_lint,
    ),
    MessageClass.REMINDER: (
        *_ALWAYS,
        case_open,
        not_acknowledged,
        *_PERSON,
        quiet_hours,
        cap_reminders,
        cap_customer,
        one_question,
        text_lint,
    ),
    MessageClass.TURN: (kill_switch, case_open, *_PERSON, quiet_unless_answering, one_question, text_lint),
    MessageClass.AGENT: (kill_switch, case_open, *_PERSON, quiet_unless_wrote, text_lint),
    MessageClass.RECOVERY: (*_ALWAYS, *_PERSON, quiet_hours, text_lint),
    MessageClass.COMPLIANCE: (address_health, quiet_unless_answering, text_lint),
    MessageClass.SAFETY: (*_ALWAYS, case_open, *_PERSON, quiet_unless_wake_me, text_lint),
}
