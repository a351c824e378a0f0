"""Policy: what the operator decides about contacting people. Loaded from settings once; never changes mid-case.

A case freezes its ladder when it starts, so a changed policy touches new cases only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE, SECOND
from hub.domain.asked import Caps
from hub.domain.case import Step, To
from hub.domain.customer import NO_REST, Channel, RestDays
from hub.domain.incident import Limits
from hub.domain.slots import BookingKind, Calendar, workweek

# Sources: contact-governance, sections 6 (hold-downs) and 7 (ladders). A safety fault goes to an agent at once.
HOLD_DOWNS: Mapping[Severity, int] = {
    Severity.INFO: 10 * MINUTE,
    Severity.MINOR: 5 * MINUTE,
    Severity.MAJOR: MINUTE,
    Severity.CRITICAL: 0,
    Severity.SAFETY: 0,
}

# How long a safe command may work before anybody is asked; with what is urgent, both happen at once (section 7).
HEAL_WAITS: Mapping[Severity, int] = {
    Severity.INFO: 10 * MINUTE,
    Severity.MINOR: 10 * MINUTE,
    Severity.MAJOR: 2 * MINUTE,
    Severity.CRITICAL: 0,
    Severity.SAFETY: 0,
}

# A minor ladder without an agent ends with "informed": the case is watched, and an agent sees it when its life is over.
_AT_ONCE = (Step(Channel.PUSH, 0), Step(Channel.VOICE, 0), Step(Channel.SMS, 5 * MINUTE))
_NEVER_CLOSED = (
    Step(Channel.PHONE, 5 * MINUTE),
    Step(Channel.AGENT, 10 * MINUTE),
    Step(Channel.SMS, 0, To.SECOND),
    Step(Channel.AGENT, 0, To.SUPERVISOR),
)
LADDERS: Mapping[Severity, tuple[Step, ...]] = {
    Severity.INFO: (),
    Severity.MINOR: (Step(Channel.PUSH, DAY), Step(Channel.SMS, DAY)),
    Severity.MAJOR: (
        Step(Channel.PUSH, 15 * MINUTE),
        Step(Channel.SMS, 2 * HOUR),
        Step(Channel.VOICE, 30 * MINUTE),
        Step(Channel.EMAIL, 90 * MINUTE),
        Step(Channel.SMS, 4 * HOUR),
        Step(Channel.AGENT, 0),
    ),
    Severity.CRITICAL: (*_AT_ONCE, *_NEVER_CLOSED),
    Severity.SAFETY: (Step(Channel.AGENT, 0), *_AT_ONCE, *_NEVER_CLOSED),
}


# When people can be rung and visited, unless the operator says otherwise: a working week, half an hour or two hours each.
CALENDARS: Mapping[BookingKind, Calendar] = {
    BookingKind.CALLBACK: Calendar(
        BookingKind.CALLBACK, workweek(9, 18), length=30 * MINUTE, lead=HOUR, horizon=7 * DAY, capacity=2
    ),
    BookingKind.VISIT: Calendar(BookingKind.VISIT, workweek(8, 16)),
}


def ladder_mistakes(ladder: Sequence[Step]) -> list[str]:
    """What makes no sense in a ladder, in words for whoever wrote it."""
    found = []
    for number, step in enumerate(ladder, 1):
        agent = step.channel is Channel.AGENT
        if step.to is To.SUPERVISOR and not agent:
            found.append(f"step {number}: a supervisor is told with the channel agent, not {step.channel}")
        if step.to is To.SECOND and agent:
            found.append(f"step {number}: an agent is nobody's second contact; leave `to` out")
        if step.wait < 0:
            found.append(f"step {number}: nobody can wait for less than no time")
    return found


@dataclass(frozen=True, slots=True)
class Policy:
    """Who we are, how patient we are, and how much is too much. All durations in µs.

    `test_numbers` are E.164 numbers that may be reached in mode `test-numbers`; `reopen` is how long after closing
    the same rule on the same device reopens its case; `expiry` the life of a case that nobody closes; `patience` how long a
    customer who has answered may be silent before an agent looks; `spread` over how long the ends of holds are spread;
    `revoke_all` whether STOP on one channel ends them all; `rest` are days on which nobody is disturbed; `channels` are the ways that a message can leave by itself.

    `ladders_by_rule` are ladders of single rules, by `rule` or `model:rule`; they go before a play's own ladder, which
    goes before that of the severity. `bundle` is how long a first message waits for another one to the same household,
    `digest` how long a minor one waits for company. An agent's taking is asked about after `agent_confirm` (0: never)
    and lapses `agent_release` later; an urgent case that nobody takes is shown to a supervisor after `supervisor_after`.
    `heal_waits` is how long a safe command may work before anybody is asked, `sleepy` how long one waits for a sleeping
    device. `calendars` say when people can be rung and visited (a kind that has none is not offered); `pages` whether the
    world reaches people's own pages, so that a text may link to them. `emergency` are numbers to call in danger, by country,
    where the usual one of a country is not wanted; `number_on_unit` the models whose label bears `phone` (`*`: all); `answers` what is said to a plain question, by language and topic.
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
    ladders_by_rule: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    bundle: int = 120 * SECOND
    digest: int = HOUR
    agent_confirm: int = HOUR
    agent_release: int = 15 * MINUTE
    supervisor_after: int = 20 * MINUTE
    heal_waits: Mapping[Severity, int] = field(default_factory=lambda: HEAL_WAITS)
    sleepy: int = HOUR
    revoke_all: bool = True
    rest: RestDays = NO_REST
    calendars: Mapping[BookingKind, Calendar] = field(default_factory=dict)
    pages: bool = False
    emergency: Mapping[str, str] = field(default_factory=dict)
    number_on_unit: frozenset[str] = frozenset()
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    channels: frozenset[Channel] = frozenset({Channel.SMS, Channel.PAPER})

    def ladder_of(
        self, severity: Severity, rule: tuple[str, str], own: tuple[Step, ...] = ()
    ) -> tuple[Step, ...]:
        """The ladder of a fault: that of its `rule` (model, id), else its play's `own`, else that of its severity."""
        model, name = rule
        by_rule = self.ladders_by_rule.get(f"{model}:{name}") or self.ladders_by_rule.get(name)
        return by_rule or own or self.ladders[severity]

    incidents: Limits = field(default_factory=Limits)
