"""One text message as the carrier keeps it, and how it looks in Twilio's JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum

SECOND = 1_000_000
API = "2010-04-01"
GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_TWICE = set("^{}\\[~]|€\f")  # each takes two places


class Status(StrEnum):
    """Twilio's message states, as far as texts pass through them."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    RECEIVED = "received"
    UNHEARD_OF = "held_for_review"  # as a new release of the carrier might say


@dataclass
class Message:
    """A text in or out. Times are UTC µs; `history` holds every state with its time."""

    sid: str
    account_sid: str
    sender: str
    to: str
    body: str
    direction: str  # inbound, outbound-api, outbound-reply
    status: Status
    created: int
    service_sid: str | None = None
    callback: str | None = None
    valid_for: int | None = None  # seconds
    sent: int | None = None
    error_code: int | None = None
    history: list[tuple[int, Status]] = field(default_factory=list)

    def becomes(self, status: Status, at: int, error_code: int | None = None) -> None:
        """Take the next state."""
        self.status = status
        self.error_code = error_code
        self.history.append((at, status))
        if status in {Status.SENT, Status.RECEIVED}:
            self.sent = at

    @property
    def dated(self) -> int:
        """The time that lists are filtered by: sent, or while it has not been, created."""
        return self.created if self.sent is None else self.sent

    @property
    def uri(self) -> str:
        """Its path."""
        return f"/{API}/Accounts/{self.account_sid}/Messages/{self.sid}.json"

    def json(self) -> dict[str, object]:
        """The resource as Twilio answers it."""
        updated = self.history[-1][0] if self.history else self.created
        return {
            "account_sid": self.account_sid,
            "api_version": API,
            "body": self.body,
            "date_created": rfc2822(self.created),
            "date_sent": None if self.sent is None else rfc2822(self.sent),
            "date_updated": rfc2822(updated),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "from": None if self.status is Status.ACCEPTED else self.sender,
            "messaging_service_sid": self.service_sid,
            "num_media": "0",
            "num_segments": "0" if self.status is Status.ACCEPTED else str(segments(self.body)),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status.value,
            "subresource_uris": {"media": self.uri.replace(".json", "/Media.json")},
            "to": self.to,
            "uri": self.uri,
        }


def rfc2822(moment: int) -> str:
    """`Sat, 21 Nov 2026 17:00:00 +0000`."""
    return format_datetime(datetime.fromtimestamp(moment // SECOND, UTC))


def segments(body: str) -> int:
    """How many texts the network makes of it: 160 or 153 places of GSM-7, else 70 or 67 UTF-16 units."""
    if all(letter in GSM7 or letter in GSM7_TWICE for letter in body):
        places, one, part = sum(1 + (letter in GSM7_TWICE) for letter in body), 160, 153
    else:
        places, one, part = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if places <= one else -(-places // part)
