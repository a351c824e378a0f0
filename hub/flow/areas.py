"""Areas: in which time zones a telephone number may be, by its country and area code. It knows nothing about the person."""

from __future__ import annotations

from phonenumbers import NumberParseException, parse
from phonenumbers.timezone import time_zones_for_number

MOST = 6
"""A number that may be in more zones than these says nothing: their common hours would be hardly any."""
_UNKNOWN = "Etc/Unknown"


def zones_of_number(value: str) -> set[str]:
    """The zones (IANA) of an E.164 number; empty when it is none, or when it could be anywhere."""
    if not value.startswith("+"):
        return set()
    try:
        zones = set(time_zones_for_number(parse(value))) - {_UNKNOWN}
    except NumberParseException:
        return set()
    return zones if len(zones) <= MOST else set()
