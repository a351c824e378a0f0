"""What the flow needs from the world: the log, channels, words, device commands and the clock.

The errors here are the world's: `BadInput` is theirs, answered with a place and a remedy; `Undeliverable` and
`TryLater` are the relay's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from device_rules.reading import Record
from hub.domain.contact import MessageClass, Phrase
from hub.domain.conversation import Expecting, Meaning
from hub.domain.customer import Channel
from hub.domain.effects import CommandDevice
from hub.domain.ids import Moment
from hub.domain.spoken_time import When
from hub.domain.text import TextCheck as TextCheck


class BadInput(Exception):
    """What somebody gave us cannot be used: `place` (file, line, field), `cause` and `remedy`."""

    def __init__(self, place: str, cause: str, remedy: str = "") -> None:
        super().__init__(f"{place}: {cause}" + (f". {remedy}" if remedy else ""))
        self.place, self.cause, self.remedy = place, cause, remedy


class InUse(BadInput):
    """Something that only one hub can have is held by another."""


class Clock(Protocol):
    """Business time in UTC µs; waiting in business time."""

    def now(self) -> int: ...
    async def wait(self, micros: int) -> None: ...
    async def wait_until(self, moment: int) -> None: ...
    def wall_seconds(self, micros: int) -> float: ...


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A record in the log at `position` of its partition (positions grow, without order between partitions)."""

    position: int
    record: Record


@dataclass(frozen=True, slots=True)
class Window:
    """What the log has of one device in a span, oldest first; not `whole` when older records were left out for time."""

    records: Sequence[Record] = ()
    whole: bool = True


class Log(Protocol):
    """The durable, ordered, partitioned record of accepted telemetry. `append` is durable before it returns.

    `window` answers the newest `limit` records, and looks for them `within` real seconds (None: until it has them).
    `state` is open, full (too little free disk) or failed; while it is not open, `append` raises LogStopped.
    `summary` is one partition more, in which no device is: what the others have counted about groups of devices.
    """

    partitions: int
    summary: int

    @property
    def state(self) -> str: ...

    def partition_of(self, device: str) -> int: ...
    async def append(self, records: Sequence[tuple[int, Record]]) -> None: ...
    async def read(self, partition: int, after: int, limit: int = 10_000) -> list[Entry]: ...
    async def arrived(self, partition: int, after: int) -> None: ...
    async def end(self, partition: int) -> int: ...
    async def window(
        self, device: str, span: tuple[int, int], limit: int = 5_000, within: float | None = None
    ) -> Window: ...
    async def judged(self, positions: Mapping[int, int], now: int) -> None: ...
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message ready to leave. `id` is the outbox row's: the callback address carries it. `to` is personal data.

    `relevant` is for how many seconds the message is worth delivering. `known` are provider ids of other messages with
    the same words to the same person, so that `find` doesn't take one for another. `brand` is who writes, `subject` what
    it is about in a few words that may be seen on a lock screen, `link` where the person can answer on the web ("": nowhere).
    `heard_ago` is how long ago, in µs, the person last wrote from this address (None: never, or of no account to the channel).
    """

    id: str
    to: str
    text: str
    language: str
    kind: MessageClass
    created: Moment
    relevant: int = 14_400
    known: frozenset[str] = frozenset()
    brand: str = ""
    subject: str = ""
    link: str = ""
    heard_ago: int | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it and calls it `provider_id`."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """Never retry. `code` is the provider's, `opted_out` says that the person has opted out there,
    `dead` that the address will never work on this channel."""

    code: str
    opted_out: bool = False
    dead: bool = False


@dataclass(frozen=True, slots=True)
class TryLater:
    """Not now; after so many seconds if the provider said so."""

    code: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Nobody can tell whether it was accepted."""

    code: str


Outcome = Accepted | Undeliverable | TryLater | InDoubt


class Notifier(Protocol):
    """A channel: `send` never raises for the world's reasons. `find` looks for a message that is in doubt:
    `Accepted` when it is there, None when proven absent, `InDoubt` when that cannot be told."""

    channel: Channel
    in_doubt: str  # "find", "park" or "resend"

    async def send(self, envelope: Envelope) -> Outcome: ...
    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None: ...
    async def close(self) -> None: ...


class DeviceLink(Protocol):
    """The way to a device. `send` answers True when the broker has the command; the device's answer is an event."""

    async def send(self, command: CommandDevice) -> bool: ...


class Words(Protocol):
    """Phrases rendered in a language. `text` is for screens, `spoken` for ears; a missing key or variable raises
    BadInput, which stops the send and not the customer. `when` is a time in an answer to "when?";
    `tongue` the language that phrases are said in: the wanted one, or English where one of them is not written in it."""

    def text(self, phrase: Phrase, language: str) -> str: ...
    def spoken(self, phrase: Phrase, language: str) -> str: ...
    def languages(self) -> Sequence[str]: ...
    def tongue(self, phrases: Iterable[Phrase], language: str) -> str: ...
    def when(self, text: str, language: str) -> When | None: ...
    def only_time(self, text: str, language: str) -> bool: ...


class Ears(Protocol):
    """Understanding: STOP words first, then the open choices, then patterns. Never guesses an action."""

    def understand(
        self, text: str, language: str, expecting: Expecting, options: Sequence[str]
    ) -> Meaning: ...

    def ready(self) -> None:
        """Load what is known of every language now, and not in front of the first customer."""
