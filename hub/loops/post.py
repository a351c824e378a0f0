"""What the relay works with, and what it carries: letters to people and orders to devices. Values, no behaviour."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from device_rules.reading import MINUTE, SECOND
from hub.domain.contact import Message
from hub.domain.customer import Channel
from hub.domain.effects import CommandDevice
from hub.flow.context import Context
from hub.loops.ways import Ways
from hub.ports import Clock, DeviceLink, Envelope, Notifier, OutboxRow, Store

FIRST_WAIT = 5 * SECOND
LONGEST_WAIT = 15 * MINUTE
CALLBACK_WAIT = 30 * SECOND  # how long a receipt may take before we ask the carrier ourselves (contact.md, 8)
ATTEMPTS = 10  # about an hour with the waits above: longer than that, and the message is no news any more
LOOKS = 6  # how often a carrier is asked for a message in doubt before a person is


@dataclass(frozen=True, slots=True)
class PostOffice:
    """`notifiers` by channel for messages that really leave, `paper` for those that are only written down.

    `link` is the way to devices (None: there is none). `at_once` limits how many calls are under way. `ways` are the providers
    with their paces (None: as the channels say). `name` tells relays on one store from each other ("": there is no other);
    one that has shown no sign of life for `life` real seconds counts as dead.
    After `fall_back` µs of a provider's failing, its messages are handed back to their ladders. `pages` is how the world reaches people's own pages (empty: not). `test_devices` get commands before sending is live.
    """

    store: Store
    clock: Clock
    ctx: Context
    notifiers: Mapping[Channel, Notifier]
    paper: Notifier
    link: DeviceLink | None = None
    at_once: int = 16
    ways: Ways | None = None
    name: str = ""
    life: float = 20.0
    fall_back: int = 5 * MINUTE
    test_devices: frozenset[str] = frozenset()
    pages: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed message. `find` means: don't send, ask whether it has been sent. `paper`: it is only written down."""

    row: OutboxRow
    message: Message
    envelope: Envelope
    notifier: Notifier
    find: bool = False
    paper: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A claimed device command. `rehearsed`: it is only written down."""

    row: OutboxRow
    command: CommandDevice
    rehearsed: bool = False


Parcel = Letter | Order


def patience(key: str, attempt: int, at_least: float | None = None) -> int:
    """µs to wait after failed `attempt` (from 1): doubling from 5 s up to 15 min, less up to a half that `key` decides,
    and never less than the `at_least` seconds that the other side asked for."""
    whole = min(LONGEST_WAIT, FIRST_WAIT << min(20, max(0, attempt - 1)))
    digest = hashlib.blake2b(f"{key}\x00{attempt}".encode(), digest_size=4).digest()
    waited = whole - int(whole / 2 * int.from_bytes(digest, "big") / 2**32)
    return max(waited, int((at_least or 0) * SECOND))
