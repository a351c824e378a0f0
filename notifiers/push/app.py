"""The route `app:`: a signed webhook to the maker's own app server, which pushes by its own means.

The address is the person's id in the maker's app. Signed as Standard Webhooks asks; the server is the maker's, so it is
told the words too.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from hub.ports import Accepted, Clock, Outcome
from notifiers.push.card import Card
from notifiers.push.wire import Answer, Line, Reading

READING = Reading("app", dead=frozenset({"410"}))


class AppServer:
    """The server at `url`, with the `secret` (`whsec_…`) that it checks our signature with. Raises ValueError when it is none."""

    def __init__(self, url: str, secret: str, clock: Clock, seconds: float = 10.0) -> None:
        self._url, self._clock, self._line = url, clock, Line(seconds)
        self._webhook = Webhook(secret)

    async def send(self, to: str, card: Card) -> Outcome:
        """Hand it over. `webhook-id` is the message's own, so that a server that heard it before can say so."""
        at = datetime.fromtimestamp(self._clock.now() // 1_000_000, UTC)
        told = json.dumps(body(to, card, at), ensure_ascii=False)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": card.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._webhook.sign(card.id, at, told),
        }
        answer = await self._line.post(self._url, told.encode(), headers)
        if not isinstance(answer, Answer):
            return answer
        return Accepted(f"app:{card.id}") if answer.good else READING.outcome(answer)

    async def close(self) -> None:
        """Give the connections back."""
        await self._line.close()


def body(to: str, card: Card, at: datetime) -> dict[str, Any]:
    """What the maker's server reads."""
    data = {
        "id": card.id,
        "to": to,
        "title": card.title,
        "body": card.body,
        "text": card.words,
        "link": card.link,
        "language": card.language,
        "class": str(card.kind),
        "relevant_seconds": card.relevant,
    }
    return {"type": "message.push", "timestamp": at.isoformat(), "data": data}
