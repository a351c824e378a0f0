"""What customers have written to us, as the carrier keeps it: for a hub that comes back from a backup.

It only reads. Numbers and texts are handed on and never logged.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from notifiers.twilio_wire import BROKEN, Account, Line, Refused

SKEW = timedelta(minutes=5)  # how far the carrier's clock may stand from ours


class Unread(Exception):
    """The carrier could not be read to the end: nothing may be taken as heard."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One text to us: the carrier's id, the sender's number (personal data), the words, when it came (UTC µs)."""

    sid: str
    sender: str
    words: str
    at: int


async def texts_since(account: Account, since: int) -> list[Inbound]:
    """Every text to us since that moment (UTC µs). Raises Unread when the carrier does not answer."""
    line = Line(account)
    try:
        return [text async for text in _texts(line, datetime.fromtimestamp(since / 1e6, UTC) - SKEW)]
    except Refused as error:
        raise Unread(f"it refuses us: {error}") from None
    except BROKEN:
        raise Unread("it does not answer") from None
    finally:
        await line.close()


async def _texts(line: Line, since: datetime) -> AsyncIterator[Inbound]:
    async for there in await line.client.messages.stream_async(date_sent_after=since, page_size=500):
        came = there.date_sent or there.date_created or since
        if there.direction == "inbound" and came >= since:
            yield Inbound(there.sid, there.from_, there.body or "", int(came.timestamp() * 1e6))
