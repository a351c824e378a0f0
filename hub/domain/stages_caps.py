"""The stages that count: how often and how close together people hear from us, and who waits for whom. Which class passes
which stage is said in `stages.py` alone."""

from __future__ import annotations

from device_rules.fault import Severity
from device_rules.reading import HOUR, MINUTE
from hub.domain.asked import Asked
from hub.domain.because import Because
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from hub.domain.stage import Stop, hold

QUESTION_LOOK = 30 * MINUTE
FLEET_PAUSE = HOUR


def cap_first(asked: Asked, now: Moment) -> Stop | None:
    """One first message a case."""
    full = asked.history.case_firsts >= asked.caps.case_firsts
    return Stop(Because.CAP_CASE) if full else None


def cap_reminders(asked: Asked, now: Moment) -> Stop | None:
    """So many reminders a case, then a human."""
    full = asked.history.case_reminders >= asked.caps.case_reminders + _more(asked)
    return Stop(Because.CAP_CASE) if full else None


def reminder_gap(asked: Asked, now: Moment) -> Stop | None:
    """Reminders about a case on one channel lie hours apart; the next channel of the ladder need not wait, nor what is
    urgent: there the ladder itself says when."""
    if _urgent(asked):
        return None
    return _after(Because.REMINDER_GAP, asked.history.last_reminder, asked.caps.reminder_gap, now)


def cap_customer(asked: Asked, now: Moment) -> Stop | None:
    """So many messages a person, in a day and in a week."""
    history, caps, more = asked.history, asked.caps, _more(asked)
    full = (
        history.customer_day >= caps.customer_day + more or history.customer_week >= caps.customer_week + more
    )
    return Stop(Because.CAP_CUSTOMER) if full else None


def cap_household(asked: Asked, now: Moment) -> Stop | None:
    """So many first messages a household within minutes, whoever gets them; what is urgent does not wait."""
    full = asked.history.household_firsts >= asked.caps.household and not _urgent(asked)
    return Stop(Because.CAP_HOUSEHOLD, Moment(now + asked.caps.household_span)) if full else None


def cap_rule(asked: Asked, now: Moment) -> Stop | None:
    """What was closed a short while ago is not opened again with the customer, unless it got worse."""
    return _after(Because.CAP_RULE, asked.history.same_rule_closed, asked.caps.rule_rest, now)


def cap_fleet(asked: Asked, now: Moment) -> Stop | None:
    """So many first contacts an hour in the whole fleet: beyond that something bigger is wrong, so sending pauses. What an
    approved incident tells is neither counted nor held: people have decided on it, and it has a pace of its own."""
    if asked.incident and asked.message.written_by == asked.incident:
        return None
    if asked.history.fleet_hour < asked.caps.fleet_hour:
        return None
    return Stop(Because.CAP_FLEET, Moment(now + FLEET_PAUSE))


def cap_calls(asked: Asked, now: Moment) -> Stop | None:
    """So many calls a day, and never one right after the other."""
    if asked.message.channel is not Channel.PHONE:
        return None
    if asked.history.calls_today >= asked.caps.calls_day:
        return Stop(Because.CAP_CALLS)
    return _after(Because.CAP_CALLS, asked.history.last_call, asked.caps.call_gap, now)


def cap_safety(asked: Asked, now: Moment) -> Stop | None:
    """Even a safety message comes once in ten minutes on a channel."""
    return _after(Because.CAP_SAFETY, asked.history.safety_recent, asked.caps.safety_gap, now)


def one_question(asked: Asked, now: Moment) -> Stop | None:
    """At most one open question per address: another case's question waits for its turn."""
    other = asked.history.question_of
    waits = asked.message.question and other is not None and other != asked.message.case
    return Stop(Because.OPEN_QUESTION, Moment(now + QUESTION_LOOK)) if waits else None


def incident_hold(asked: Asked, now: Moment) -> Stop | None:
    """While an incident waits for its decision, nobody is contacted about its faults one by one; once it speaks, each waits for
    their turn in it; and what follows from a gateway's fault waits for the gateway."""
    return hold(asked.hold_because, asked.incident_hold, now)


def pacing(asked: Asked, now: Moment) -> Stop | None:
    """No more leave than can be carried, and than agents can answer."""
    return hold(Because.PACING, asked.pace, now)


def _urgent(asked: Asked) -> bool:
    """Critical faults go before everything but a danger (contact-governance, section 5: priority when capped)."""
    return asked.case is not None and asked.case.severity.rank >= Severity.CRITICAL.rank


def _more(asked: Asked) -> int:
    """How much more than the caps an urgent fault may take: its ladder asks on several channels at once."""
    return asked.caps.severe_more if _urgent(asked) else 0


def _after(because: Because, last: Moment | None, gap: int, now: Moment) -> Stop | None:
    return hold(because, None if last is None else Moment(last + gap), now)
