"""Customers: people we may contact, what they agreed to, and when not to disturb them.

Names and addresses (`Person`, `Address.value`) are personal data: they live in two tables and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.domain.ids import AddressId, CustomerId, Moment


class Channel(StrEnum):
    """A way to reach a person. Channels are spoken of by these names in settings, ladders and ledgers. On their own web page,
    or through an assistant of theirs, people come to us: nothing is ever sent to `page` or `assistant` (`COME_TO_US`)."""

    PAPER = "paper"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    PUSH = "push"
    PHONE = "phone"
    VOICE = "voice"
    EMAIL = "email"
    AGENT = "agent"
    PAGE = "page"
    ASSISTANT = "assistant"


COME_TO_US = frozenset({Channel.PAGE, Channel.ASSISTANT})
"""Channels on which nobody can be reached: stop there means stop on all ways."""


class Purpose(StrEnum):
    """What a basis allows. Marketing does not exist here."""

    SERVICE = "service"
    CARE = "care"
    SAFETY = "safety"


class BasisKind(StrEnum):
    """The legal ground of a basis, or its withdrawal."""

    CONTRACT = "contract"
    CONSENT = "consent"
    LEGITIMATE_INTEREST = "legitimate_interest"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Basis:
    """One line of the basis ledger, which is append-only: the newest line for (purpose, channel) counts.

    `how` says how it was given (form, import, phone), `wording` the text that was shown or its version,
    `who` the actor that recorded it, `country` the law it was given under (ISO 3166 alpha-2).
    """

    customer: CustomerId
    purpose: Purpose
    channel: Channel
    kind: BasisKind
    at: Moment
    country: str = ""
    who: str = ""
    how: str = ""
    wording: str = ""


class Health(StrEnum):
    """Whether an address can be used."""

    GOOD = "good"
    UNVERIFIED = "unverified"
    SUSPENDED = "suspended"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a person on one channel. `value` (E.164 number, token …) is personal data."""

    id: AddressId
    customer: CustomerId
    channel: Channel
    value: str
    health: Health = Health.GOOD
    rank: int = 0


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local minutes of the day between which nobody is disturbed; 21:00 to 08:00 by default.

    Source of the default: contact-governance, section 4 (allowed window 08:00–21:00 local).
    """

    begins: int = 21 * 60
    ends: int = 8 * 60


@dataclass(frozen=True, slots=True)
class RestDays:
    """Days on which the maker disturbs nobody, by the calendar where the person lives: whole `dates` (ISO 8601), whole
    `weekdays` (0 is Monday), and weekdays with quiet hours of their `own`, besides everybody's personal ones."""

    dates: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    own: tuple[tuple[int, QuietHours], ...] = ()


NO_REST = RestDays()


@dataclass(frozen=True, slots=True)
class Customer:
    """A person we may contact, without name or address. `zone` (IANA) is set when it differs from the site's."""

    id: CustomerId
    language: str = "en"
    zone: str = ""
    quiet: QuietHours = QuietHours()
    wake_me: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """The name of a customer: personal data."""

    customer: CustomerId
    name: str
