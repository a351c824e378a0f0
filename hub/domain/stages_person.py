"""The stages that look at the person: what they agreed to and chose, whether they can be reached, whether they may be
disturbed now. Which class passes which stage is said in `stages.py` alone."""

from __future__ import annotations

from device_rules.reading import HOUR, MINUTE
from hub.domain.asked import Asked
from hub.domain.because import Because
from hub.domain.contact import MessageClass
from hub.domain.customer import Basis, BasisKind, Channel, Health, Purpose, QuietHours
from hub.domain.ids import Moment
from hub.domain.quiet import allowed_from, rested_from
from hub.domain.stage import Stop, heard_within, hold

OWN_WORDS = 15 * MINUTE  # an answer: this long after the customer's own words
AGENT_WORDS = HOUR
ANNOUNCING = QuietHours(begins=20 * 60, ends=9 * 60)

ABOUT = {  # what the person calls it: care is what reminds and what says that it is over
    MessageClass.REMINDER: Purpose.CARE,
    MessageClass.RECOVERY: Purpose.CARE,
    MessageClass.SAFETY: Purpose.SAFETY,
}


def basis(asked: Asked, now: Moment) -> Stop | None:
    """A basis for the purpose and the channel is on record. The newest line of the ledger counts; a withdrawal ends it."""
    line = newest_basis(asked, now)
    good = line is not None and line.kind is not BasisKind.WITHDRAWN
    return None if good else Stop(Because.NO_BASIS)


def newest_basis(asked: Asked, now: Moment) -> Basis | None:
    """The ledger line that decides. Safety falls back on service."""
    channel = standing_for(asked)
    lines = [line for line in asked.bases if line.channel is channel and line.at <= now]
    for purpose in _purposes(asked.message.kind):
        of_purpose = [line for line in lines if line.purpose is purpose]
        if of_purpose:
            return sorted(of_purpose, key=lambda line: line.at)[-1]
    return None


def _purposes(kind: MessageClass) -> tuple[Purpose, ...]:
    return (Purpose.SAFETY, Purpose.SERVICE) if kind is MessageClass.SAFETY else (Purpose.SERVICE,)


def standing_for(asked: Asked) -> Channel:
    """The channel a message is about: paper stands for that of the address."""
    if asked.message.channel is Channel.PAPER and asked.address is not None:
        return asked.address.channel
    return asked.message.channel


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


def preference(asked: Asked, now: Moment) -> Stop | None:
    """The person has switched off neither the channel nor what the message is for."""
    chosen = asked.preference
    purpose = ABOUT.get(asked.message.kind, Purpose.SERVICE)
    service = Purpose.SERVICE in chosen.purposes_off and purpose is not Purpose.SAFETY
    off = standing_for(asked) in chosen.channels_off or purpose in chosen.purposes_off or service
    return Stop(Because.PREFERENCE_OFF) if off else None


def preference_unless_answering(asked: Asked, now: Moment) -> Stop | None:
    """As preference; but somebody who has just written is answered where they wrote."""
    return None if heard_within(asked, now, OWN_WORDS) else preference(asked, now)


def snoozed(asked: Asked, now: Moment) -> Stop | None:
    """Somebody who asked for peace until later gets it."""
    return hold(Because.WANTS_PEACE, asked.preference.snoozed_until, now)


def quiet_hours(asked: Asked, now: Moment) -> Stop | None:
    """Nobody is disturbed at night, in their own zone."""
    opening = allowed_from(asked.zones, asked.customer.quiet, now)
    if opening == now:
        return None
    return Stop(Because.QUIET_HOURS, opening)


def quiet_unless_answering(asked: Asked, now: Moment) -> Stop | None:
    """As quiet hours; but somebody who has just written is awake."""
    return None if heard_within(asked, now, OWN_WORDS) else quiet_hours(asked, now)


def quiet_unless_wrote(asked: Asked, now: Moment) -> Stop | None:
    """As quiet hours; but an agent may write at night to somebody who wrote within the last hour."""
    return None if heard_within(asked, now, AGENT_WORDS) else quiet_hours(asked, now)


def quiet_unless_wake_me(asked: Asked, now: Moment) -> Stop | None:
    """Only those who agreed to *wake me* are woken, even for safety; the on-call agent was called at once."""
    return None if asked.customer.wake_me else quiet_hours(asked, now)


def rest_days(asked: Asked, now: Moment) -> Stop | None:
    """On the days that the maker keeps free (holidays, a weekday) nobody is disturbed, by their own calendar."""
    opening = rested_from(asked.zones, asked.rest, now)
    return None if opening == now else Stop(Because.REST_DAY, opening)


def announcement_hours(asked: Asked, now: Moment) -> Stop | None:
    """A shared speaker speaks up between 09:00 and 20:00 only: others live there too."""
    if standing_for(asked) is not Channel.VOICE:
        return None
    opening = allowed_from(asked.zones, ANNOUNCING, now)
    return None if opening == now else Stop(Because.ANNOUNCEMENT_HOURS, opening)
