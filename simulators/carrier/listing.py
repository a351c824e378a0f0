"""Lists of messages as Twilio gives them: filters by number and date, newest first, in pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from simulators.carrier.errors import Refusal
from simulators.carrier.message import SECOND, Message

DAY = 86_400
FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")


def page(messages: Sequence[Message], path: str, query: Mapping[str, str]) -> dict[str, object]:
    """One page of the list. Raises Refusal 20422 for a date or page that makes no sense."""
    number, size = _whole(query, "Page", 0), min(1000, max(1, _whole(query, "PageSize", 50)))
    wanted = _filter(query)
    found = [message for message in reversed(messages) if wanted(message)]
    shown = found[number * size : (number + 1) * size]
    kept = {name: query[name] for name in FILTERS if name in query}

    def address(of: int, token: str = "") -> str:
        more = {"PageToken": token} if token else {}
        return f"{path}?{urlencode({**kept, 'PageSize': size, 'Page': of, **more})}"

    return {
        "messages": [message.json() for message in shown],
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(0, len(shown) - 1),
        "uri": address(number),
        "first_page_uri": address(0),
        "previous_page_uri": address(number - 1, f"PB{found[0].sid}") if number else None,
        "next_page_uri": address(number + 1, f"PA{shown[-1].sid}")
        if len(found) > (number + 1) * size
        else None,
    }


def _filter(query: Mapping[str, str]) -> Callable[[Message], bool]:
    """The messages that `query` asks for.

    A text that has not left yet has no date_sent: it is found by its creation, or a search right after a
    request would miss it.
    """
    first = seconds(query["DateSent>"])[0] if "DateSent>" in query else None
    last = seconds(query["DateSent<"])[1] if "DateSent<" in query else None
    if "DateSent" in query:
        day = seconds(query["DateSent"])[0] // DAY * DAY
        first, last = day, day + DAY - 1

    def wanted(message: Message) -> bool:
        at = message.dated // SECOND
        return (
            query.get("To", message.to) == message.to
            and query.get("From", message.sender) == message.sender
            and (first is None or first <= at)
            and (last is None or at <= last)
        )

    return wanted


def seconds(text: str) -> tuple[int, int]:
    """The first and last UTC second that a date (`2026-11-21`) or a time (ISO 8601, UTC) names."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Refusal(20422) from None
    first = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    return first, first + (DAY - 1 if len(text) == len("2026-11-21") else 0)


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise Refusal(20422)
    return int(text)
