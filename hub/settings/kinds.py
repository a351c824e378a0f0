"""Kinds of values that a setting can have: durations, time zones, addresses, telephone numbers. Each says what is wrong, and
never repeats what was written: it could be a secret in the wrong place."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parseaddr
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field

from hub.domain.contact import MessageClass
from hub.domain.text import lint
from hub.settings.slips import Slip, nearest

_UNITS = {"s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}


def duration(text: object) -> int:
    """Micros of `90s`, `15m`, `2h` or `14d` (an int is taken as µs; less than a second of them is a duration that has lost its
    unit). Raises Slip on anything else."""
    if isinstance(text, int) and not isinstance(text, bool):
        if text and text < _UNITS["s"]:
            raise Slip("a duration needs a unit", "Write it with s, m, h or d, such as 15m in quotes.")
        return text
    shape = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", str(text))
    if shape is None:
        raise Slip("it is no duration", "Write a number and s, m, h or d, such as 15m.")
    return int(float(shape[1]) * _UNITS[shape[2]])


Duration = Annotated[int, BeforeValidator(duration)]


def a_number(value: object) -> object:
    """Not `true` or `false`, which are numbers to Python alone. Raises Slip."""
    if isinstance(value, bool):
        raise Slip("it is true or false, not a number", "Write a number.")
    return value


def a_zone(name: str) -> str:
    """An IANA time zone. Raises Slip."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest(name, available_timezones())
        raise Slip("there is no such time zone", near or "Write one such as Europe/Berlin.") from None
    return name


def telephone(number: str) -> str:
    """A telephone number with its country, as E.164 where it is a text's address. Raises Slip."""
    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        raise Slip("it is no telephone number", "Write it like +49 30 5550100.") from None
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)


def as_written(number: str) -> str:
    """A telephone number as people will read it. Raises Slip when it is none."""
    telephone(number)
    return number


def an_answer(text: str) -> str:
    """What the hub may say of itself in a conversation. Raises Slip."""
    if faults := lint(text, MessageClass.TURN).faults:
        raise Slip("; ".join(faults), "Say where the prices stand, for instance.")
    if text.startswith("@"):
        raise Slip("an answer begins with a word", "Leave the @ out.")
    return text


def a_country(letters: str) -> str:
    """A country as two capital letters (ISO 3166). Raises Slip."""
    if letters not in phonenumbers.SUPPORTED_REGIONS:
        raise Slip("there is no such country", "Write its two capital letters, such as DE.")
    return letters


def a_day(text: str) -> str:
    """A date such as 2026-12-25. Raises Slip."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Slip("it is no date", "Write it like 2026-12-25, in quotes.") from None


def quiet_span(text: str) -> str:
    """`all`, or quiet hours such as `18:00-10:00`. Raises Slip."""
    if text != "all" and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", text) is None:
        raise Slip("these are no quiet hours", "Write them like 18:00-10:00, or all.")
    return text


def web_address(text: str) -> str:
    """An address that begins with https:// or http://; empty where it is not set. Raises Slip."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if text and (not good or re.search(r"\s", text)):
        raise Slip("it is no web address", "Write it like https://support.example.com.", _SOMEWHERE)
    return text


def mailbox(text: str) -> str:
    """`Name <address>` or an address; empty where it is not set. Raises Slip."""
    if text and not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(text)[1]):
        remedy = "Write it like Nordwarm <care@nordwarm.example>."
        raise Slip("it is no mail address", remedy, "nobody@example.invalid")
    return text


def no_or_telephone(number: str) -> str:
    """A telephone number, or empty where there is none. Raises Slip."""
    return telephone(number) if number else number


_SOMEWHERE = "https://example.invalid"
Day = Annotated[str, AfterValidator(a_day)]
QuietSpan = Annotated[str, AfterValidator(quiet_span)]
Zone = Annotated[str, AfterValidator(a_zone)]
Telephone = Annotated[str, AfterValidator(telephone)]


def an_emergency_number(text: str) -> str:
    """Two to six digits, as people dial it."""
    if not re.fullmatch("[0-9]{2,6}", text):
        raise Slip("it is no emergency number", "Write its two to six digits, such as 112 in quotes.")
    return text


Country = Annotated[str, AfterValidator(a_country)]
SpokenNumber = Annotated[str, AfterValidator(as_written)]
EmergencyNumber = Annotated[str, AfterValidator(an_emergency_number)]
MaybeTelephone = Annotated[str, AfterValidator(no_or_telephone)]
WebAddress = Annotated[str, AfterValidator(web_address)]
Mailbox = Annotated[str, AfterValidator(mailbox)]
Count = Annotated[int, Field(ge=0)]
