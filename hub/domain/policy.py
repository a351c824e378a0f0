"""Policy: what the operator decides about contacting people. Loaded from settings once; never changes mid-case.

A case freezes its ladder when it starts, so a changed policy touches new cases only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain.asked import Caps
from hub.domain.case import Step
from hub.domain.customer import Channel

# Sources: contact-governance, sections 6 (hold-downs) and 7 (ladders). A safety fault goes to an agent at once.
HOLD_DOWNS: Mapping[Severity, int] = {
    Severity.INFO: 10 * MINUTE,
    Severity.MINOR: 5 * MINUTE,
    Severity.MAJOR: MINUTE,
    Severity.CRITICAL: 0,
    Severity.SAFETY: 0,
}

LADDERS: Mapping[Severity, tuple[Step, ...]] = {
    Severity.INFO: (),
    Severity.MINOR: (Step(Channel.PUSH, DAY), Step(Channel.SMS, DAY), Step(Channel.AGENT, 0)),
    Severity.MAJOR: (
        Step(Channel.PUSH, 15 * MINUTE),
        Step(Channel.SMS, 2 * HOUR),
        Step(Channel.VOICE, 30 * MINUTE),
        Step(Channel.SMS, 4 * HOUR),
        Step(Channel.AGENT, 0),
    ),
    Severity.CRITICAL: (
        Step(Channel.SMS, 5 * MINUTE),
        Step(Channel.VOICE, 5 * MINUTE),
        Step(Channel.AGENT, 0),
    ),
    Severity.SAFETY: (Step(Channel.AGENT, 0), Step(Channel.SMS, 5 * MINUTE)),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """Who we are, how patient we are, and how much is too much. All durations in µs.

    `test_numbers` are E.164 numbers that may be reached in mode `test-numbers`; `reopen` is how long after closing
    the same rule on the same device reopens its case; `expiry` the life of a case that nobody closes; `patience` how long a
    customer who has answered may be silent before an agent looks; `spread` over how long the ends of holds are spread;
    `channels` are the ways that a message can leave by itself.
    """

    brand: str = "Nordwarm"
    phone: str = "+49 30 5550100"
    country: str = "DE"
    zone: str = "Europe/Berlin"
    ladders: Mapping[Severity, tuple[Step, ...]] = field(default_factory=lambda: LADDERS)
    hold_downs: Mapping[Severity, int] = field(default_factory=lambda: HOLD_DOWNS)
    caps: Caps = field(default_factory=Caps)
    test_numbers: frozenset[str] = frozenset()
    reopen: int = DAY
    expiry: int = 14 * DAY
    quiet_hours: bool = True
    safety_agent: bool = True
    patience: int = 6 * HOUR
    spread: int = 30 * MINUTE
    channels: frozenset[Channel] = frozenset({Channel.SMS, Channel.PAPER})
