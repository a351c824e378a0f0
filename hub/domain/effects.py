"""Everything we can want done: imperative, frozen. The pure core answers them; `hub/flow/carry.py` carries them out.

None of them waits: what the world answers comes back as an event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hub.domain.because import Because
from hub.domain.contact import Message, MessageClass, Phrase
from hub.domain.customer import Channel
from hub.domain.events import Event
from hub.domain.ids import CaseId, CustomerId, DeviceId, Moment
from hub.domain.slots import Slot


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Come back to `case` at `due` with `Woke(case, name, token)`; the same (case, name) replaces an earlier one."""

    case: CaseId
    name: str
    due: Moment
    token: str = ""


@dataclass(frozen=True, slots=True)
class ForgetWakes:
    """Nothing more is due for `case` (all names, or just those given)."""

    case: CaseId
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeStep:
    """Reach out: take the case's ladder step number `step`; once it has been taken, nothing more."""

    case: CaseId
    step: int


@dataclass(frozen=True, slots=True)
class Say:
    """Say `phrases` to `customer` on `channel` as a message of class `kind`; `what` names it within the case.

    Everything passes the gate; `question` marks an open question.
    """

    case: CaseId
    customer: CustomerId
    channel: Channel
    kind: MessageClass
    what: str
    phrases: tuple[Phrase, ...]
    question: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """Put a message that the gate allowed (or held until `due`) into the outbox."""

    message: Message
    due: Moment


@dataclass(frozen=True, slots=True)
class CancelPending:
    """Nothing that is still queued for `case` may leave (classes given, or `first` and `reminder`)."""

    case: CaseId
    because: Because
    kinds: tuple[MessageClass, ...] = (MessageClass.FIRST, MessageClass.REMINDER)


@dataclass(frozen=True, slots=True)
class CommandDevice:
    """Send a command to a device through the outbox; never again after a crash unless `repeatable`."""

    id: str
    case: CaseId
    device: DeviceId
    name: str
    args: dict[str, str | float | bool]
    expires: Moment
    repeatable: bool


@dataclass(frozen=True, slots=True)
class CancelCommands:
    """No device command of the case that has not left yet is wanted any more."""

    case: CaseId
    because: Because


@dataclass(frozen=True, slots=True)
class Suppress:
    """End every service contact with this person on every channel, until they choose otherwise.

    `channel` is where they said so: with `revoke_all` off, contact ends there only.
    """

    customer: CustomerId
    because: Because
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class Unsuppress:
    """The person chose to hear from us again."""

    customer: CustomerId
    because: Because


@dataclass(frozen=True, slots=True)
class BookSlot:
    """Book `slot` for the person of the case; `instead` is a booking of theirs that it replaces."""

    case: CaseId
    customer: CustomerId
    slot: Slot
    instead: str = ""


@dataclass(frozen=True, slots=True)
class CancelBooking:
    """The booking is not wanted any more; its slot is free again."""

    case: CaseId
    booking: str
    because: Because


@dataclass(frozen=True, slots=True)
class AskProof:
    """Send a link to the person's own telephone, good once and until `expires`, that proves who agrees to `step`."""

    case: CaseId
    customer: CustomerId
    step: str
    asks: Phrase
    expires: Moment


@dataclass(frozen=True, slots=True)
class SpeakLanguage:
    """The person wants to be spoken to in `language` from here on."""

    customer: CustomerId
    language: str


@dataclass(frozen=True, slots=True)
class HandOn:
    """Hand on by an inbox row: `event` is handled in order with others of `key`."""

    key: str
    event: Event


@dataclass(frozen=True, slots=True)
class Note:
    """Write one line of the timeline. `data` is JSON-ready and holds no personal data."""

    case: CaseId | None
    device: DeviceId | None
    kind: str
    because: Because
    data: dict[str, Any] = field(default_factory=dict)


Effect = (
    WakeAt
    | ForgetWakes
    | TakeStep
    | Say
    | Send
    | CancelPending
    | CommandDevice
    | CancelCommands
    | Suppress
    | Unsuppress
    | BookSlot
    | CancelBooking
    | AskProof
    | SpeakLanguage
    | HandOn
    | Note
)
