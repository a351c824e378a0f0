"""The section `[sending]`: how fast providers are asked, and when the ladder goes round one that is down."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from hub.settings.kinds import Duration, a_number
from hub.settings.part import Part

Rate = Annotated[float, BeforeValidator(a_number), Field(ge=0, le=10_000)]
Hands = Annotated[int, BeforeValidator(a_number), Field(ge=1, le=256)]


class SendingPart(Part):
    """`rates` are calls a second and `at_once` calls under way, by provider (`twilio` for texts and WhatsApp, `twilio-calls`, `push`, …); what is not set is as the
    channel says. After `fall_back` of a provider's failing, first messages, reminders and warnings take the next step.
    `test_devices` get commands while sending is not live yet; those to other devices are written on paper then."""

    rates: dict[str, Rate] = Field(default_factory=dict)
    at_once: dict[str, Hands] = Field(default_factory=dict)
    fall_back: Duration = 5 * 60_000_000
    test_devices: tuple[str, ...] = ()
