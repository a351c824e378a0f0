"""Receipts: what carriers tell about a message, and how far that moves it. It never moves backwards.

Rules of this file. 1. The order is the table `ORDER`; a status only gives way to one of a higher rank, so that late,
repeated and reordered receipts are absorbed whatever their order. 2. The ends stand above every success: when one part
of a long message failed, the message failed. 3. What a carrier says and we don't know moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.domain.contact import MessageStatus as S

ORDER: Mapping[S, int] = {
    S.QUEUED: 0,
    S.SENDING: 1,
    S.IN_DOUBT: 2,
    S.ACCEPTED: 3,
    S.SENT: 4,
    S.DELIVERED: 5,
    S.READ: 6,
    S.CANCELLED: 7,
    S.EXPIRED: 8,
    S.UNDELIVERED: 9,
    S.FAILED: 10,
    S.HEARD: 11,
}

# Carriers' own words for them (contact-governance, section 9: the order of receipts).
TOLD: Mapping[str, S] = {
    "scheduled": S.ACCEPTED,
    "accepted": S.ACCEPTED,
    "queued": S.ACCEPTED,
    "sending": S.ACCEPTED,
    "sent": S.SENT,
    "delivered": S.DELIVERED,
    "read": S.READ,
    "partially_delivered": S.UNDELIVERED,
    "undelivered": S.UNDELIVERED,
    "failed": S.FAILED,
    "canceled": S.CANCELLED,
    "cancelled": S.CANCELLED,
    "expired": S.EXPIRED,
    # calls
    "initiated": S.ACCEPTED,
    "ringing": S.ACCEPTED,
    "in-progress": S.SENT,
    "completed": S.SENT,
    "busy": S.UNDELIVERED,
    "no-answer": S.UNDELIVERED,
}

TAKEN = (S.ACCEPTED, S.SENT, S.DELIVERED, S.READ)
LOST = frozenset({S.FAILED, S.UNDELIVERED, S.EXPIRED})


def told(word: str) -> S | None:
    """The status that a carrier's `word` means; None when nobody knows it."""
    return TOLD.get(word.strip().lower())


def advance(current: S, news: S) -> S:
    """Where a message is after `news`: the one of the two with the higher rank."""
    return news if ORDER[news] > ORDER[current] else current


def left(status: S) -> bool:
    """Whether a message of this status is known to have reached the carrier."""
    return status in (S.ACCEPTED, S.SENT, S.DELIVERED, S.READ, S.UNDELIVERED)
