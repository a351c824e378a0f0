"""Cells: one piece of text becomes one value, or an error that says how it should look. Pure; knows no other cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

from device_rules.reading import Value
from hub.domain.customer import Channel
from hub.domain.ids import Moment

Parser = Callable[[str], Any]
_Name = TypeVar("_Name", bound=StrEnum)


class BadCell(Exception):
    """A cell that cannot be read: `cause` and `remedy`."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause, self.remedy = cause, remedy


def words(text: str) -> str:
    """Any text of at most 200 letters."""
    if len(text) > 200:
        raise BadCell("this is longer than 200 letters", "Shorten it")
    return text


def ident(text: str) -> str:
    """An id: no spaces, no slashes and no wildcards, for ids of devices are part of topics."""
    if not re.fullmatch(r"[^\s/+#\x00]{1,128}", text):
        raise BadCell("an id holds no spaces and none of / + #, and at most 128 letters", "Write another id")
    return text


def zone(text: str) -> str:
    """An IANA time zone."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadCell("there is no such time zone", "Write one such as Europe/Berlin") from error
    return text


def country(text: str) -> str:
    """A country: two letters (ISO 3166)."""
    if text.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise BadCell("there is no such country", "Write two letters such as DE")
    return text.upper()


def language(text: str) -> str:
    """A language: two or three letters."""
    if not re.fullmatch(r"[a-z]{2,3}", text):
        raise BadCell("this is no language", "Write two small letters such as en or de")
    return text


def email(text: str) -> str:
    """An address of electronic mail."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise BadCell("this is no mail address", "Write one such as ada@example.org, or leave it empty")
    return text


def phone(text: str) -> str:
    """A phone number as people write it. Which one it is depends on the country: see `number`."""
    if not re.fullmatch(r"\+?[\d\s()/.\-]{4,30}", text):
        raise BadCell("this is no phone number", "Write one such as +49 151 23456789")
    return text


def moment(text: str) -> Moment:
    """A day (from its beginning in UTC) or a time with its zone, in UTC µs."""
    try:
        read = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise BadCell("this is no date", "Write one such as 2026-11-21 or 2026-11-21T17:00:00Z") from error
    if read.tzinfo is None:
        if len(text) > 10:
            raise BadCell("a time needs its zone", "Write one such as 2026-11-21T17:00:00Z")
        read = read.replace(tzinfo=UTC)
    return Moment(int(read.timestamp()) * 1_000_000 + read.microsecond)


def clock_time(text: str) -> int:
    """A time of day, in minutes since midnight."""
    shape = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text)
    if shape is None:
        raise BadCell("this is no time of day", "Write one such as 21:00")
    return int(shape[1]) * 60 + int(shape[2])


def attribute(text: str) -> Value:
    """An attribute of a device: a number, true or false, or text. `007` is text."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return float(text) if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text) else words(text)


def one_of(names: type[_Name]) -> Callable[[str], _Name]:
    """One of a few names."""

    def read(text: str) -> _Name:
        try:
            return names(text.lower().replace(" ", "_"))
        except ValueError as error:
            raise BadCell("there is no such name", f"Write one of {', '.join(names)}") from error

    return read


_DEAR = (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST)


def number(text: str, home: str) -> tuple[Channel, str]:
    """How to reach a phone number written in country `home`: by text or, a landline, by phone; and the number in E.164.

    Raises BadCell when it is no number there.
    """
    remedy = "Write it with its country, such as +49 151 23456789"
    try:
        read = phonenumbers.parse(text, home or None)
    except phonenumbers.NumberParseException as error:
        raise BadCell("this is no phone number" + (f" in {home}" if home else ""), remedy) from error
    if phonenumbers.is_possible_number_with_reason(read) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise BadCell("this number has too few or too many digits", remedy)
    if phonenumbers.number_type(read) in _DEAR:
        raise BadCell("this is a premium number, which costs who rings it", "Write the person's own number")
    fixed = phonenumbers.number_type(read) == phonenumbers.PhoneNumberType.FIXED_LINE
    written = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
    return (Channel.PHONE if fixed else Channel.SMS), str(written)
