"""The route `ha:`: a notify service of a Home Assistant, such as its app on a phone (`mobile_app_adas_phone`).

The address is the name of the service. Uses Home Assistant's REST API with a long-lived token.
"""

from __future__ import annotations

import re
from typing import Any

from hub.ports import Accepted, Outcome, Undeliverable
from notifiers.push.card import Card
from notifiers.push.wire import Answer, Line, Reading

SERVICE = re.compile(r"[a-z0-9_]{1,128}")
READING = Reading("ha", ours=frozenset({"401", "403", "404"}))


class HomeAssistant:
    """The house at `url`, with a long-lived access `token`."""

    def __init__(self, url: str, token: str, seconds: float = 10.0) -> None:
        self._url, self._line = url.rstrip("/"), Line(seconds)
        self._headers = {"Authorization": f"Bearer {token}"}

    async def send(self, to: str, card: Card) -> Outcome:
        """Call the service."""
        if not SERVICE.fullmatch(to):
            return Undeliverable("no_service", dead=True)
        url = f"{self._url}/api/services/notify/{to}"
        answer = await self._line.post_json(url, body(card), self._headers)
        if not isinstance(answer, Answer):
            return answer
        return Accepted(f"ha:{card.id}") if answer.good else READING.outcome(answer)

    async def close(self) -> None:
        """Give the connections back."""
        await self._line.close()


def body(card: Card) -> dict[str, Any]:
    """The call's data. `tag` replaces what came before; `url` is read by iPhones, `clickAction` by Android."""
    data: dict[str, Any] = {"tag": card.tag}
    if card.urgent:
        data |= {"ttl": 0, "priority": "high"}  # Android delivers at once instead of when the phone wakes
    if card.link:
        data |= {"url": card.link, "clickAction": card.link}
    return {"title": card.title, "message": card.body, "data": data}
