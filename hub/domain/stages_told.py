"""What each stage of the gate does to a message, for the page that explains it: hold or deny, with which reasons, by which
defaults, and where those come from. It decides nothing; a test holds it against the stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.domain.because import Because


@dataclass(frozen=True, slots=True)
class Told:
    """`holds` and `denies` are the reasons with which the stage does so; `caps` names fields of `Caps`, `default` says other
    defaults in words; `source` is where they come from."""

    holds: tuple[Because, ...] = ()
    denies: tuple[Because, ...] = ()
    caps: tuple[str, ...] = ()
    default: str = ""
    source: str = ""


_OWN = "our own"
_NIGHT = "21:00 to 08:00 is quiet"
_NIGHT_SOURCE = (
    "47 CFR 64.1200(c)(1), which is about solicitations; that service keeps to it is our own choice"
)

TOLD: Mapping[str, Told] = {
    "kill_switch": Told(
        (Because.KILL_SWITCH,), (Because.KILL_SWITCH,), default="judged again after 15 min", source=_OWN
    ),
    "sending_mode": Told(denies=(Because.KNOWN_AT_GO_LIVE,), default="mode paper", source=_OWN),
    "paused": Told(
        (Because.PAUSED_HERE,), (Because.PAUSED_HERE,), default="judged again after 15 min", source=_OWN
    ),
    "case_open": Told(denies=(Because.CASE_CLOSED,)),
    "not_acknowledged": Told(denies=(Because.ALREADY_ACKNOWLEDGED,)),
    "suppression": Told(
        denies=(Because.SUPPRESSED,), source="47 CFR 64.1200(a)(10) allows ten business days; here at once"
    ),
    "basis": Told(denies=(Because.NO_BASIS,)),
    "address_health": Told(denies=(Because.NO_ADDRESS, Because.ADDRESS_UNHEALTHY)),
    "preference": Told(denies=(Because.PREFERENCE_OFF,)),
    "preference_unless_answering": Told(
        denies=(Because.PREFERENCE_OFF,), default="own words of 15 min", source=_OWN
    ),
    "snoozed": Told((Because.WANTS_PEACE,)),
    "quiet_hours": Told((Because.QUIET_HOURS,), (Because.QUIET_HOURS,), default=_NIGHT, source=_NIGHT_SOURCE),
    "quiet_unless_answering": Told(
        (Because.QUIET_HOURS,), (Because.QUIET_HOURS,), default=f"{_NIGHT}; own words of 15 min", source=_OWN
    ),
    "quiet_unless_wrote": Told(
        (Because.QUIET_HOURS,), (Because.QUIET_HOURS,), default=f"{_NIGHT}; own words of 1 h", source=_OWN
    ),
    "quiet_unless_wake_me": Told(
        (Because.QUIET_HOURS,), (Because.QUIET_HOURS,), default=f"{_NIGHT}; *wake me* is off", source=_OWN
    ),
    "rest_days": Told(
        (Because.REST_DAY,),
        (Because.REST_DAY,),
        default="no such days",
        source="the shape of Amazon Connect campaigns",
    ),
    "announcement_hours": Told(
        (Because.ANNOUNCEMENT_HOURS,), (Because.ANNOUNCEMENT_HOURS,), default="09:00 to 20:00", source=_OWN
    ),
    "cap_first": Told(denies=(Because.CAP_CASE,), caps=("case_firsts",), source=_OWN),
    "cap_reminders": Told(denies=(Because.CAP_CASE,), caps=("case_reminders", "severe_more"), source=_OWN),
    "reminder_gap": Told((Because.REMINDER_GAP,), caps=("reminder_gap",), source=_OWN),
    "cap_customer": Told(
        denies=(Because.CAP_CUSTOMER,),
        caps=("customer_day", "customer_week", "severe_more"),
        source="our own; two rules as in Amazon Connect campaigns",
    ),
    "cap_household": Told(
        (Because.CAP_HOUSEHOLD,), caps=("household", "household_span"), source="our own; look-back as in Novu"
    ),
    "cap_rule": Told((Because.CAP_RULE,), caps=("rule_rest",), source=_OWN),
    "cap_calls": Told(
        (Because.CAP_CALLS,),
        (Because.CAP_CALLS,),
        caps=("calls_day", "call_gap"),
        source="our own; fields as in Genesys campaigns",
    ),
    "cap_safety": Told((Because.CAP_SAFETY,), caps=("safety_gap",), source=_OWN),
    "incident_hold": Told(
        (Because.INCIDENT_HOLD, Because.INCIDENT_TURN, Because.BEHIND_GATEWAY),
        default="at most 15 min for a decision",
        source="our own; approval as in ServiceNow",
    ),
    "cap_fleet": Told((Because.CAP_FLEET,), caps=("fleet_hour",), source=_OWN),
    "pacing": Told((Because.PACING,), default="what the provider takes and agents can answer", source=_OWN),
    "one_question": Told((Because.OPEN_QUESTION,), default="judged again after 30 min", source=_OWN),
    "text_lint": Told(
        denies=(Because.TEXT_REFUSED,), default="at most 1600 characters", source="Twilio's limit of a body"
    ),
}
"""By the name of the stage."""
