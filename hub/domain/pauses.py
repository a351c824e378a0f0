"""Pauses: what people have stopped for a while: a rule, a channel, a provider, an incident. Values only.

The kill switch, which stops everything, is `Switches.paused`. What is paused waits and is judged again; nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hub.domain.ids import Moment

START = Moment(0)
PROVIDERS = ("alexa", "mail", "push", "speakers", "twilio", "twilio-calls")
"""Who carries messages, by the names that channels give them: a pause of any other name would hold nothing."""


class Scope(StrEnum):
    """What a pause is about."""

    RULE = "rule"
    CHANNEL = "channel"
    PROVIDER = "provider"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Pause:
    """Somebody (`by`) stopped messages of one rule, channel, provider or incident, at `since`, because of something."""

    scope: Scope
    name: str
    because: str = ""
    by: str = ""
    since: Moment = START

    @property
    def key(self) -> tuple[Scope, str]:
        """What tells it from the others: the same thing is paused once."""
        return self.scope, self.name


def with_pause(pauses: Iterable[Pause], new: Pause) -> tuple[Pause, ...]:
    """`pauses` with `new`, which replaces an earlier one of the same thing."""
    return (*(each for each in pauses if each.key != new.key), new)


def without(pauses: Iterable[Pause], scope: Scope, name: str) -> tuple[Pause, ...]:
    """`pauses` without the one of that thing."""
    return tuple(each for each in pauses if each.key != (scope, name))
