"""Kinds of values that a setting can have: durations, time zones, countries, telephone numbers. Each says what is wrong."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field

_UNITS = {"s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}


def duration(text: object) -> int:
    """Micros of `90s`, `15m`, `2h` or `14d` (an int is taken as µs). Raises ValueError on anything else."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    shape = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", str(text))
    if shape is None:
        raise ValueError(f"a duration is a number and s, m, h or d, such as 15m; got {text!r}")
    return int(float(shape[1]) * _UNITS[shape[2]])


Duration = Annotated[int, BeforeValidator(duration)]


def a_zone(name: str) -> str:
    """An IANA time zone. Raises ValueError."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; write one such as Europe/Berlin") from None
    return name


def telephone(number: str) -> str:
    """A telephone number with its country, as E.164 where it is a text's address. Raises ValueError."""
    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        raise ValueError(f"{number!r} is no telephone number; write it like +49 30 5550100") from None
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)


def as_written(number: str) -> str:
    """A telephone number as people will read it. Raises ValueError when it is none."""
    telephone(number)
    return number


def a_country(letters: str) -> str:
    """A country as two capital letters (ISO 3166). Raises ValueError."""
    if letters not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"{letters!r} is no country; write its two letters, such as DE")
    return letters


def a_day(text: str) -> str:
    """A date such as 2026-12-25. Raises ValueError."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{text!r} is no date; write it like 2026-12-25") from None


def quiet_span(text: str) -> str:
    """`all`, or quiet hours such as `18:00-10:00`. Raises ValueError."""
    if text != "all" and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", text) is None:
        raise ValueError(f"{text!r} are no quiet hours; write them like 18:00-10:00, or all")
    return text


Day = Annotated[str, AfterValidator(a_day)]
QuietSpan = Annotated[str, AfterValidator(quiet_span)]
Zone = Annotated[str, AfterValidator(a_zone)]
Telephone = Annotated[str, AfterValidator(telephone)]
Country = Annotated[str, AfterValidator(a_country)]
SpokenNumber = Annotated[str, AfterValidator(as_written)]
Count = Annotated[int, Field(ge=0)]
