"""The policy from its section of the settings: what is not set keeps the domain's default."""

from __future__ import annotations

from device_rules.fault import Severity
from hub.domain.case import Step
from hub.domain.customer import Channel
from hub.domain.gate import Caps
from hub.domain.policy import HOLD_DOWNS, LADDERS, Policy
from hub.settings import PolicyPart


def policy_of(part: PolicyPart, channels: frozenset[Channel] | None = None) -> Policy:
    """The policy that `part` describes; `channels` are the ones that are set up (None: texts alone)."""
    ladders = {
        Severity(name): tuple(Step(Channel(step.channel), step.wait) for step in steps)
        for name, steps in part.ladders.items()
    }
    holds = {Severity(name): wait for name, wait in part.hold_downs.items()}
    caps = Caps(
        case_reminders=part.case_reminders,
        customer_day=part.customer_day,
        customer_week=part.customer_week,
        fleet_hour=part.fleet_hour,
    )
    return Policy(
        brand=part.brand,
        phone=part.phone,
        country=part.country,
        zone=part.zone,
        ladders={**LADDERS, **ladders},
        hold_downs={**HOLD_DOWNS, **holds},
        caps=caps,
        test_numbers=frozenset(part.test_numbers),
        quiet_hours=part.quiet_hours,
        channels=channels or frozenset({Channel.SMS, Channel.PAPER}),
    )
