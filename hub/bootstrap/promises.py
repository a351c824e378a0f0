"""What the hub promises the people it writes to, and the settings that switch a promise off: one table.

None of it is refused: a company may want it so, for an evening or for good. But nobody shall have done it without knowing:
`beforehand check` tells each, with its place, what it means for a person, and how to have the promise back. A carrier's own
refusal is told elsewhere (`soundness.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import get_args

import phonenumbers

from device_rules.reading import DAY, HOUR
from hub.bootstrap.names import EVERY
from hub.bootstrap.soundness import placed_slip
from hub.ports import BadInput
from hub.settings import PolicyPart, Settings
from hub.settings.incidents import IncidentsPart
from hub.settings.policy import Weekday

# What is still a cap. The defaults are 2 and 4 messages a person and 50 first contacts an hour; ten times as many protect nobody.
DAY_MOST, WEEK_MOST, REMINDERS_MOST, FLEET_MOST = 20, 40, 10, 2_000
DEVICES_MOST, SHARE_MOST, CANARY_MOST = 1_000, 0.2, 1_000
LEAST_KEPT = 30 * DAY
# Of the defaults 5 % and 0.5 %; above these an incident runs on while it plainly does harm.
FAILURES_MOST, STOPS_MOST = 0.5, 0.05
_DEAR = (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST)


@dataclass(frozen=True, slots=True)
class Promise:
    """A setting (`place`), whether it is `broken`, what that means for people, and what to write instead."""

    place: str
    broken: Callable[[Settings], bool]
    means: str
    remedy: str


def broken_promises(settings: Settings) -> list[BadInput]:
    """Every promise that these settings switch off, each with the line of the settings file."""
    return settings.sources.in_order(
        placed_slip(BadInput(each.place, each.means, each.remedy), settings) for each in _broken(settings)
    )


def _broken(settings: Settings) -> Iterator[Promise]:
    return (each for each in PROMISES if each.broken(settings))


def _policy(broken: Callable[[PolicyPart], bool]) -> Callable[[Settings], bool]:
    return lambda settings: broken(settings.policy)


def _incidents(broken: Callable[[IncidentsPart], bool]) -> Callable[[Settings], bool]:
    return lambda settings: broken(settings.incidents)


def _dear(number: str) -> bool:
    """Whether it costs people more to ring it than an ordinary call does."""
    return bool(number) and phonenumbers.number_type(phonenumbers.parse(number)) in _DEAR


def _no_day_left(part: PolicyPart) -> bool:
    return {day for day, span in part.quiet_weekdays.items() if span == "all"} == set(get_args(Weekday))


_NUMBER = "Write a number that costs what an ordinary call costs."

PROMISES: tuple[Promise, ...] = (
    Promise(
        "web.public_url",
        lambda settings: bool(settings.sms.account_sid) and not settings.web.public_url,
        "customers' answers, STOP among them, cannot reach the hub: the carrier is told an address of this machine",
        "Write public_url = 'https://the address under which the world reaches the hub'",
    ),
    Promise(
        "mqtt.topics",
        lambda settings: not settings.mqtt.topics and not settings.mqtt.mapping,
        "no device is heard, so nobody ever hears of a fault",
        "Name the topics of your devices, or leave topics out.",
    ),
    Promise(
        "rules.packs",
        lambda settings: not settings.rules.packs,
        "there is no rule, so no fault is ever found",
        "Name the packs or folders of your rules, or leave packs out.",
    ),
    Promise(
        "store.keep",
        lambda settings: settings.store.keep < LEAST_KEPT,
        "what was said and done is forgotten before anybody can answer for it",
        'Write keep = "396d", and never less than 30 days.',
    ),
    Promise(
        "policy.supervisor_after",
        _policy(lambda part: part.supervisor_after > DAY),
        "an urgent case that nobody takes reaches no supervisor for more than a day",
        'Write supervisor_after = "20m"',
    ),
    Promise(
        "policy.hold_downs",
        _policy(lambda part: any(part.hold_downs.get(each, 0) > HOUR for each in ("critical", "safety"))),
        "the gravest faults are told more than an hour late",
        "Leave critical and safety out of hold_downs, or write minutes.",
    ),
    Promise(
        "incidents.devices",
        _incidents(lambda part: part.devices > DEVICES_MOST and part.share > SHARE_MOST),
        "hundreds of devices that fail at once are told one by one",
        "Write devices = 20 or share = 0.02",
    ),
    Promise(
        "incidents.hold",
        _incidents(lambda part: part.hold > DAY),
        "households of one matter wait for more than a day before anybody is told",
        'Write hold = "15m"',
    ),
    Promise(
        "incidents.canary_share",
        _incidents(lambda part: part.canary_share >= 0.5 and part.canary_most > CANARY_MOST),
        "most households are told at once, before a few have shown that it does no harm",
        "Write canary_share = 0.01",
    ),
    Promise(
        "policy.quiet_hours",
        _policy(lambda part: not part.quiet_hours),
        "nobody is protected at night: messages go out at three in the morning, too",
        "Write quiet_hours = true",
    ),
    Promise(
        "policy.quiet_weekdays",
        _policy(_no_day_left),
        "every day of the week is quiet, so nobody hears of an ordinary fault before it expires",
        "Leave at least one day out.",
    ),
    Promise(
        "policy.customer_day",
        _policy(lambda part: part.customer_day == 0),
        "no customer ever gets a first message or a reminder, but for urgent faults",
        "Write customer_day = 2",
    ),
    Promise(
        "policy.customer_day",
        _policy(lambda part: part.customer_day > DAY_MOST),
        "nobody is protected from too many messages in a day",
        "Write customer_day = 2",
    ),
    Promise(
        "policy.customer_week",
        _policy(lambda part: part.customer_week == 0),
        "no customer ever gets a first message or a reminder, but for urgent faults",
        "Write customer_week = 4",
    ),
    Promise(
        "policy.customer_week",
        _policy(lambda part: part.customer_week > WEEK_MOST),
        "nobody is protected from too many messages in a week",
        "Write customer_week = 4",
    ),
    Promise(
        "policy.case_reminders",
        _policy(lambda part: part.case_reminders > REMINDERS_MOST),
        "whoever does not answer is reminded of one fault again and again",
        "Write case_reminders = 2",
    ),
    Promise(
        "policy.fleet_hour",
        _policy(lambda part: part.fleet_hour == 0),
        "no customer ever gets a first message, however urgent: the hub takes the first one for too many",
        "Write fleet_hour = 50",
    ),
    Promise(
        "policy.fleet_hour",
        _policy(lambda part: part.fleet_hour > FLEET_MOST),
        "nothing stops a wrong rule before it has told thousands of households",
        "Write fleet_hour = 50, or what your team can answer in an hour.",
    ),
    Promise(
        "policy.rule_rest",
        _policy(lambda part: part.rule_rest == 0),
        "a fault that comes and goes is told anew each time it comes",
        'Write rule_rest = "1d"',
    ),
    Promise(
        "policy.expiry",
        _policy(lambda part: part.expiry < DAY),
        "a case ends before its customer may be written to in the morning, so some are never told",
        'Write expiry = "14d", and never less than a day.',
    ),
    Promise(
        "policy.revoke_all",
        _policy(lambda part: not part.revoke_all),
        "who says STOP is still written to in other ways",
        "Write revoke_all = true",
    ),
    Promise(
        "policy.phone",
        _policy(lambda part: _dear(part.phone)),
        "this is a premium number: messages tell people to ring it, and each call costs them",
        _NUMBER,
    ),
    Promise(
        "phone.person",
        lambda settings: _dear(settings.phone.person),
        "this is a premium number, and customers are connected to it",
        _NUMBER,
    ),
    Promise(
        "incidents.failures",
        _incidents(lambda part: part.failures > FAILURES_MOST),
        "an incident goes on telling people although most of its messages fail",
        "Write failures = 0.05",
    ),
    Promise(
        "incidents.opt_outs",
        _incidents(lambda part: part.opt_outs > STOPS_MOST),
        "an incident goes on telling people although many say STOP",
        "Write opt_outs = 0.005",
    ),
    Promise(
        "incidents.automatic",
        _incidents(lambda part: EVERY in part.automatic),
        "every incident tells its households without anybody having decided that it should",
        "Name the rules that may: automatic = ['no_signal']",
    ),
    Promise(
        "incidents.password",
        _incidents(lambda part: not part.password),
        "whoever is at the command line can decide about incidents in anybody's name",
        "Write password = true",
    ),
)
