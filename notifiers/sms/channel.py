"""The channel `sms`: text messages by Twilio's REST API, through the official library.

It sends one envelope and translates what came back. It never retries, and never repeats a number, a text or the
token in an outcome, an error or a log line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageList

from hub.domain.customer import Channel
from hub.ports import Accepted, Envelope, InDoubt, Outcome, TryLater, Undeliverable
from notifiers.sms.http import Refused, Wire

OPTED_OUT = "21610"
# The number can never get a text: not a number, no such number, not a mobile, a landline.
DEAD = frozenset({"21211", "21217", "21614", "21635"})
# Our account, its credit or our sender is at fault, not the customer: wait, and a person must act.
OURS = frozenset({"20003", "20005", "20006", "21212", "21603", "21606", "21659", "21660", "21701", "21703"})
SKEW = timedelta(minutes=5)  # how far the carrier's clock may stand from ours

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Account:
    """Where and as whom to send. `sender` is a number (E.164) or the SID of a messaging service (`MG…`).

    `api` replaces Twilio's address (a local carrier, a proxy); `public_url` is where the carrier reaches the hub.
    """

    sid: str
    token: str
    sender: str
    public_url: str
    api: str = "https://api.twilio.com"
    timeout: float = 10.0

    def __repr__(self) -> str:
        return f"Account({self.api!r})"


class Sms:
    """One Twilio client, made when first needed and used for everything."""

    channel = Channel.SMS
    in_doubt = "find"

    def __init__(self, account: Account) -> None:
        self._account = account
        self._client: Client | None = None
        self._wire: Wire | None = None

    def _messages(self) -> MessageList:
        if self._client is None:
            a = self._account
            self._wire = Wire(a.api, a.timeout)
            # With an environment of its own, the client never picks up an edge or a region (they'd rewrite our address).
            self._client = Client(a.sid, a.token, http_client=self._wire, environment={"TWILIO_EDGE": ""})
        return self._client.messages

    async def send(self, envelope: Envelope) -> Outcome:
        """Create the message. The callback address carries the outbox id; the carrier drops it when it is too old."""
        a = self._account
        sender = {"messaging_service_sid" if a.sender.startswith("MG") else "from_": a.sender}
        try:
            made = await self._messages().create_async(
                to=envelope.to,
                body=envelope.text,
                status_callback=f"{a.public_url.rstrip('/')}/hooks/twilio/status?m={envelope.id}",
                validity_period=min(36_000, max(1, envelope.relevant)),
                **sender,
            )
        except Refused as refused:
            return _refusal(refused)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            return TryLater(type(error).__name__)
        except (ClientError, OSError, json.JSONDecodeError) as error:
            return InDoubt(type(error).__name__)
        return Accepted(made.sid) if made.sid else InDoubt("no_sid")

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        """Look for exactly this text to this number since the message was made; more than one match stays in doubt.

        Dates are compared here and not by the carrier: its DateSent filter is said of texts that have been sent, and a
        text that still waits there must be found too.
        """
        since = datetime.fromtimestamp(envelope.created / 1_000_000, UTC) - SKEW
        ours: list[str] = []
        try:
            async for there in await self._messages().stream_async(to=envelope.to, page_size=50):
                if (there.date_created or since) < since:
                    break
                if there.body == envelope.text and there.sid not in envelope.known:
                    ours.append(there.sid)
        except (Refused, ClientError, OSError, json.JSONDecodeError) as error:
            return InDoubt(type(error).__name__)
        if len(ours) > 1:
            return InDoubt("several_alike")
        return Accepted(ours[0]) if ours else None

    async def close(self) -> None:
        """Give the connections back."""
        if self._wire is not None:
            await self._wire.close()


def _refusal(refused: Refused) -> Outcome:
    if refused.code == OPTED_OUT:
        return Undeliverable(refused.code, opted_out=True)
    if refused.status in (401, 403) or refused.code in OURS:
        log.error(
            "sms_account_refused", code=refused.code, status=refused.status, remedy="check account and sender"
        )
        return TryLater(refused.code)
    if refused.status in (408, 425, 429, 503) or refused.code == "20429":
        return TryLater(refused.code, refused.after)
    if refused.status >= 500:
        return InDoubt(refused.code)  # it may have been accepted before the answer broke
    return Undeliverable(refused.code, dead=refused.code in DEAD)
