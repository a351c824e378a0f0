"""Identifiers: typed so that they cannot be mixed up, and derived from content so that replays are absorbed."""

from __future__ import annotations

import hashlib
from typing import NewType

Moment = NewType("Moment", int)
"""A point in time: UTC microseconds since 1970."""

DeviceId = NewType("DeviceId", str)
SiteId = NewType("SiteId", str)
CustomerId = NewType("CustomerId", str)
AddressId = NewType("AddressId", str)
FaultId = NewType("FaultId", str)
CaseId = NewType("CaseId", str)
ContactId = NewType("ContactId", str)
MessageId = NewType("MessageId", str)
CommandId = NewType("CommandId", str)
UserId = NewType("UserId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32: no i, l, o, u to misread


def derive(kind: str, *parts: object) -> str:
    """A short id (`kind_` and 16 letters, 80 bits) derived from `parts`: the same parts give the same id."""
    text = "\x00".join(str(part) for part in (kind, *parts)).encode()
    number = int.from_bytes(hashlib.blake2b(text, digest_size=10).digest(), "big")
    letters = "".join(_ALPHABET[(number >> shift) & 31] for shift in range(75, -5, -5))
    return f"{kind}_{letters}"


def case_id(first_fault: FaultId) -> CaseId:
    """The case that the given fault opened."""
    return CaseId(derive("case", first_fault))


def contact_id(case: CaseId, step: str, customer: CustomerId) -> ContactId:
    """The attempt to reach `customer` about `case` at ladder step `step` (or turn key)."""
    return ContactId(derive("contact", case, step, customer))


def message_id(contact: ContactId, what: str, address: AddressId | str) -> MessageId:
    """The message `what` (step, turn key or class) of `contact` to `address`."""
    return MessageId(derive("msg", contact, what, address))


def command_id(case: CaseId, step: str, key: str) -> CommandId:
    """The device command that `step` of `case` asked for under idempotency `key`."""
    return CommandId(derive("cmd", case, step, key))
