"""Preferences: what a person chose about hearing from us, line by line; the newest line for an item counts.

It decides nothing: the gate does. Language, zone, quiet hours and *wake me* are the customer's own values besides
(`customer.py`); their lines here say who chose them, when and how.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from hub.domain.customer import Channel, Purpose
from hub.domain.ids import CustomerId, Moment

LATEST = 365 * 86_400_000_000  # µs: for longer than a year nobody snoozes, they switch off
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Item(StrEnum):
    """What can be chosen."""

    CHANNELS_OFF = "channels_off"
    PURPOSES_OFF = "purposes_off"
    SNOOZED_UNTIL = "snoozed_until"
    SECOND = "second"
    QUIET = "quiet"
    WAKE_ME = "wake_me"
    LANGUAGE = "language"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Choice:
    """One line: `value` is JSON-ready (see `READS`); `who` chose it (customer, agent's id, import), `how` (page, phone …)."""

    customer: CustomerId
    item: Item
    value: Any
    at: Moment
    who: str
    how: str


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


def fold(choices: Iterable[Choice]) -> Preference:
    """The preference that `choices`, oldest first, amount to."""
    newest = {choice.item: choice.value for choice in choices}
    return Preference(
        channels_off=tuple(sorted(Channel(each) for each in newest.get(Item.CHANNELS_OFF) or ())),
        purposes_off=tuple(sorted(Purpose(each) for each in newest.get(Item.PURPOSES_OFF) or ())),
        snoozed_until=newest.get(Item.SNOOZED_UNTIL),
        second=newest.get(Item.SECOND) or None,
    )


def read(item: Item, value: Any) -> Any:
    """`value` as it is kept. Raises ValueError, in words, when it is no value for `item`."""
    try:
        return READS[item](value)
    except (TypeError, KeyError, LookupError) as error:
        raise ValueError(f"this is no value for {item}") from error


def _channels(value: Any) -> list[str]:
    return sorted({Channel(each).value for each in _listed(value)})


def _purposes(value: Any) -> list[str]:
    return sorted({Purpose(each).value for each in _listed(value)})


def _listed(value: Any) -> list[str]:
    if isinstance(value, str) or value is None:
        raise ValueError("write a list")
    return [str(each) for each in value]


def _moment(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("write a moment in UTC microseconds, or nothing")
    return value


def _second(value: Any) -> str:
    return str(value or "")


def _quiet(value: Any) -> list[int]:
    begins, ends = value
    for minute in (begins, ends):
        if isinstance(minute, bool) or not isinstance(minute, int) or not 0 <= minute < 24 * 60:
            raise ValueError("write minutes of the day: [1260, 480] is 21:00 to 08:00")
    return [begins, ends]


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("say true or false")
    return value


def _language(value: Any) -> str:
    if not _LANGUAGE.fullmatch(str(value)):
        raise ValueError("write a language such as en, de or pt-BR")
    return str(value)


def _zone(value: Any) -> str:
    if value:
        ZoneInfo(str(value))  # raises for a zone that does not exist
    return str(value or "")


READS: Mapping[Item, Callable[[Any], Any]] = {
    Item.CHANNELS_OFF: _channels,
    Item.PURPOSES_OFF: _purposes,
    Item.SNOOZED_UNTIL: _moment,
    Item.SECOND: _second,
    Item.QUIET: _quiet,
    Item.WAKE_ME: _truth,
    Item.LANGUAGE: _language,
    Item.ZONE: _zone,
}
