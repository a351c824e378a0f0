"""Contacts and messages: one attempt to reach a customer, and the texts in and out that it is made of.

Receipts move a message forward only: `queued accepted sent delivered read`, or to one of the ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hub.domain.because import Because
from hub.domain.customer import Channel
from hub.domain.ids import AddressId, CaseId, ContactId, CustomerId, MessageId, Moment

ON_PAPER = (Because.MODE_PAPER, Because.NOT_A_TEST_NUMBER)  # written down instead of sent


class MessageClass(StrEnum):
    """Which stages of the gate a message passes."""

    FIRST = "first"
    REMINDER = "reminder"
    TURN = "turn"
    AGENT = "agent"
    RECOVERY = "recovery"
    COMPLIANCE = "compliance"
    SAFETY = "safety"


class Direction(StrEnum):
    """Which way a message went."""

    OUT = "out"
    IN = "in"


class MessageStatus(StrEnum):
    """Where a message is. The order of the first six is the order of receipts; the last five are ends or waits."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    IN_DOUBT = "in_doubt"
    HEARD = "heard"


HUB = "hub"
"""Who has written what the hub says of itself, about one case."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words by key: rendered at dispatch in the person's language. `variables` never hold personal data."""

    key: str
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """One attempt to reach a customer on one channel, about one or several cases (`case_contacts`)."""

    id: ContactId
    customer: CustomerId
    channel: Channel
    step: str
    at: Moment
    cases: tuple[CaseId, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One text, push, utterance or call turn. `text` is empty until it has been rendered (or heard).

    `question` is True when it asks something: one open question per address. `seen_by` is the customer-safe name
    of who wrote it: `hub`, `customer` or the agent's user id.
    """

    id: MessageId
    contact: ContactId
    case: CaseId | None
    customer: CustomerId
    address: AddressId | None
    channel: Channel
    kind: MessageClass
    direction: Direction
    at: Moment
    phrases: tuple[Phrase, ...] = ()
    language: str = "en"
    text: str = ""
    status: MessageStatus = MessageStatus.QUEUED
    question: bool = False
    provider_id: str = ""
    because: Because = Because.ALLOWED
    expires: Moment | None = None
    written_by: str = HUB
