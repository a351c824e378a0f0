"""How fast a provider may be asked. A channel may say so with `provider`, `rate_per_second` and `at_once`; else it is its own
provider and asked as fast as there is work, a few calls at once."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ports.world import Notifier

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Pace:
    """`provider` is who carries, for all channels it carries. `rate` is calls a second over all relays (0: no limit),
    `at_once` how many calls one relay may have under way."""

    provider: str
    rate: float = 0.0
    at_once: int = AT_ONCE


def pace_of(notifier: Notifier) -> Pace:
    """What `notifier` says of itself, or the defaults."""
    return Pace(
        str(getattr(notifier, "provider", "") or notifier.channel),
        float(getattr(notifier, "rate_per_second", 0.0)),
        int(getattr(notifier, "at_once", AT_ONCE)),
    )
