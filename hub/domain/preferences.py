"""Preferences: what a person chose about hearing from us. It decides nothing: the gate does, and language and zone are
the customer's own (`customer.py`)."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.customer import Channel, Purpose
from hub.domain.ids import CustomerId, Moment


@dataclass(frozen=True, slots=True)
class Preference:
    """What a person switched off, until when they want peace, and who is asked when they cannot be reached.

    `channels_off` and `purposes_off` are sorted, so that equal choices are equal. `snoozed_until` (UTC µs) holds
    everything but safety and answers. `second` is a person of our register, to whom the same gate applies.
    """

    channels_off: tuple[Channel, ...] = ()
    purposes_off: tuple[Purpose, ...] = ()
    snoozed_until: Moment | None = None
    second: CustomerId | None = None


NO_CHOICE = Preference()
"""Somebody who has chosen nothing."""
