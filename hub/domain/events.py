"""Everything that can have happened: past tense, frozen, stored as JSON in the inbox until an arrow has taken it.

An inbox row has a key; rows of one key are handled in order. Keys: the device for faults, the case for all else.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from device_rules.fault import FaultChange


class FaultChanged(msgspec.Struct, frozen=True, tag=True):
    """The judge saved a change of a fault: raised, severity, unstable or cleared."""

    change: FaultChange
    known_before_live: bool = False


class Woke(msgspec.Struct, frozen=True, tag=True):
    """A due moment has come. `name` says which: `hold`, `step`, `check`, `command`, `release`, `expire`, `settle`,
    `watch`, `visit`."""

    case: str
    name: str
    token: str = ""


class MessageHeard(msgspec.Struct, frozen=True, tag=True):
    """A customer wrote. `key` is the provider's id of the message; `address` is known, or the sender is a stranger."""

    channel: str
    key: str
    address: str
    customer: str
    text: str
    opt_out: str = ""


class ReceiptCame(msgspec.Struct, frozen=True, tag=True):
    """A carrier told what became of a message: `status` is the carrier's word (see `receipts.TOLD`), `code` its error.

    `message` is our outbox id, `provider_id` the carrier's (either may be missing). `dead` says that the address will
    never work on this channel, `opted_out` that the person has opted out at the carrier.
    """

    message: str
    status: str
    code: str = ""
    provider_id: str = ""
    channel: str = "sms"
    dead: bool = False
    opted_out: bool = False


class MessageFailed(msgspec.Struct, frozen=True, tag=True):
    """A message will not reach anybody: refused by the carrier, denied by the gate, expired or parked."""

    case: str
    message: str
    because: str


class CommandAnswered(msgspec.Struct, frozen=True, tag=True):
    """A device answered a command, or its time was over (`ok` False, `note` "timed out")."""

    case: str
    command: str
    ok: bool
    note: str = ""


class ProofCame(msgspec.Struct, frozen=True, tag=True):
    """The person has agreed (or not) to `step` on their own telephone. `key` is unique: a second press changes nothing."""

    case: str
    step: str
    given: bool
    key: str


class TicketWanted(msgspec.Struct, frozen=True, tag=True):
    """The case needs an agent. `who` is whose doing that was, where it was a person of the household."""

    case: str
    because: str
    who: str = ""


class CaseEnded(msgspec.Struct, frozen=True, tag=True):
    """The case is over: everyone who was contacted is told once, and nothing pending survives."""

    case: str
    because: str


Event: TypeAlias = (
    FaultChanged
    | Woke
    | MessageHeard
    | ReceiptCame
    | MessageFailed
    | CommandAnswered
    | ProofCame
    | TicketWanted
    | CaseEnded
)
"""What the inbox holds."""
