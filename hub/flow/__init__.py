"""The arrows: load → decide → save state, facts, inbox, outbox, in one transaction. One arrow, one file.

`ARROWS` says which arrow takes which event; the loop `flow` looks nowhere else. An arrow never waits for the world: what
the world answers comes back as a new event.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hub.domain import events
from hub.domain.ids import Moment
from hub.flow.context import Context
from hub.flow.converse import command_answered, heard, proof_came
from hub.flow.handover import ticket_wanted
from hub.flow.receipts import receipt_came
from hub.flow.resolve import case_ended
from hub.flow.triage import fault_changed, look
from hub.flow.woken import message_failed, woke
from hub.ports import Tx, Window

Arrow = Callable[[Tx, Any, Moment, Context], Awaitable[object]]
Look = Callable[[Any, Context, float], Awaitable[Window | None]]

ARROWS: Mapping[type[Any], Arrow] = {
    events.FaultChanged: fault_changed,
    events.Woke: woke,
    events.MessageHeard: heard,
    events.CommandAnswered: command_answered,
    events.ProofCame: proof_came,
    events.MessageFailed: message_failed,
    events.ReceiptCame: receipt_came,
    events.TicketWanted: ticket_wanted,
    events.CaseEnded: case_ended,
}

LOOKS: Mapping[type[Any], Look] = {events.FaultChanged: look}
"""What an event needs of the telemetry log is read before its transaction, in so many real seconds at most, and
comes to its arrow as `ctx.looked`."""
