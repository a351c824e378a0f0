"""The section `[sending]`: how fast providers are asked, and when the ladder goes round one that is down."""

from __future__ import annotations

from pydantic import Field

from hub.settings.kinds import Duration
from hub.settings.part import Part


class SendingPart(Part):
    """`rates` are calls a second and `at_once` calls under way, by provider (`twilio`, `push`, …); what is not set is as the
    channel says. After `fall_back` of a provider's failing, first messages, reminders and warnings take the next step."""

    rates: dict[str, float] = Field(default_factory=dict)
    at_once: dict[str, int] = Field(default_factory=dict)
    fall_back: Duration = 5 * 60_000_000
