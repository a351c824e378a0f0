"""The channel `sms`: text messages by Twilio's REST API, through the official library.

It sends one envelope and translates what came back. It never retries, and never repeats a number, a text or the
token in an outcome, an error or a log line.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.domain.customer import Channel
from hub.ports import Accepted, Envelope, InDoubt, Outcome, Undeliverable
from notifiers.twilio_wire import BROKEN, Line, Refused, broken, refusal
from notifiers.twilio_wire import Account as Account

OPTED_OUT = "21610"
# The number can never get a text: not a number, no such number, not a mobile, a landline.
DEAD = frozenset({"21211", "21217", "21614", "21635"})
SKEW = timedelta(minutes=5)  # how far the carrier's clock may stand from ours


class Sms:
    """Texts of one account, on one line to the carrier."""

    channel = Channel.SMS
    provider = "twilio"
    in_doubt = "find"

    def __init__(self, account: Account) -> None:
        self._line = Line(account)

    async def send(self, envelope: Envelope) -> Outcome:
        """Create the message. The callback address carries the outbox id; the carrier drops it when it is too old."""
        sender = self._line.account.sender
        try:
            made = await self._line.client.messages.create_async(
                to=envelope.to,
                body=envelope.text,
                status_callback=self._line.hook(f"status?m={envelope.id}"),
                validity_period=min(36_000, max(1, envelope.relevant)),
                **{"messaging_service_sid" if sender.startswith("MG") else "from_": sender},
            )
        except Refused as refused:
            if refused.code == OPTED_OUT:
                return Undeliverable(refused.code, opted_out=True)
            return refusal(refused, "sms_account_refused", DEAD)
        except BROKEN as error:
            return broken(error)
        return Accepted(made.sid) if made.sid else InDoubt("no_sid")

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        """Look for exactly this text to this number since the message was made; more than one match stays in doubt.

        Dates are compared here and not by the carrier: its DateSent filter is said of texts that have been sent, and a
        text that still waits there must be found too.
        """
        since = datetime.fromtimestamp(envelope.created / 1_000_000, UTC) - SKEW
        ours: list[str] = []
        try:
            async for there in await self._line.client.messages.stream_async(to=envelope.to, page_size=50):
                if (there.date_created or since) < since:
                    break
                if there.body == envelope.text and there.sid not in envelope.known:
                    ours.append(there.sid)
        except (Refused, *BROKEN) as error:
            return InDoubt(type(error).__name__)
        if len(ours) > 1:
            return InDoubt("several_alike")
        return Accepted(ours[0]) if ours else None

    async def close(self) -> None:
        """Give the connections back."""
        await self._line.close()
