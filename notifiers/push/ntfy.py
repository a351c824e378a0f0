"""The route `ntfy:`: an ntfy server, the public one or one's own.

The address is a topic. Whoever knows a topic can read it, so the words never go there unless the lock screen may show them.
"""

from __future__ import annotations

import re
from typing import Any

from hub.domain.contact import MessageClass
from hub.ports import Accepted, Outcome, Undeliverable
from notifiers.push.card import Card
from notifiers.push.wire import Answer, Line, Reading

TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
READING = Reading("ntfy", ours=frozenset({"401", "403", "404"}))
HIGHEST, HIGH, NORMAL = 5, 4, 3


class Ntfy:
    """The server at `url`; `token` where it asks for one."""

    def __init__(self, url: str = "https://ntfy.sh", token: str = "", seconds: float = 10.0) -> None:
        self._url, self._line = url.rstrip("/"), Line(seconds)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def send(self, to: str, card: Card) -> Outcome:
        """Publish it."""
        if not TOPIC.fullmatch(to):
            return Undeliverable("no_topic", dead=True)
        answer = await self._line.post_json(f"{self._url}/", body(to, card), self._headers)
        if not isinstance(answer, Answer):
            return answer
        told = answer.json()
        if answer.good:
            return Accepted(str(told.get("id") or f"ntfy:{card.id}"))
        return READING.outcome(answer, str(told.get("code", "")))

    async def close(self) -> None:
        """Give the connections back."""
        await self._line.close()


def body(to: str, card: Card) -> dict[str, Any]:
    """The message in ntfy's words. Servers from 2.16 replace what came before with the same `sequence_id`."""
    urgent = HIGHEST if card.kind is MessageClass.SAFETY else HIGH
    told: dict[str, Any] = {
        "topic": to,
        "title": card.title,
        "message": card.body,
        "priority": urgent if card.urgent else NORMAL,
        "sequence_id": card.tag,
    }
    if card.link:
        told["click"] = card.link
        told["actions"] = [{"action": "view", "label": card.open, "url": card.link, "clear": True}]
    return told
