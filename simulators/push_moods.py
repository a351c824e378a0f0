"""How a push service is today: answers that it gives instead of its own, connections that it breaks off. For all of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from simulators.served import hang_up, never_answer


@dataclass(frozen=True, slots=True)
class Mood:
    """One answer: status, body and headers; or `hang_up`, or `silence`."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "answer"


class Moods:
    """What the next requests get, one mood each; `always` is what all get after that."""

    def __init__(self) -> None:
        self._next: list[Mood] = []
        self.always: Mood | None = None

    def now(self, status: int, body: str = "", headers: dict[str, str] | None = None) -> None:
        """The next request is answered with this."""
        self._next.append(Mood(status, body, headers or {}))

    def now_kind(self, kind: str) -> None:
        """The next request is met by `hang_up` or `silence`."""
        self._next.append(Mood(kind=kind))

    def take(self) -> Mood | None:
        """The mood of this request; None: the service is itself."""
        return self._next.pop(0) if self._next else self.always

    async def next(self, request: Request) -> Response | None:
        """The answer to `request` (whose body has been read) in today's mood; None: the service answers itself."""
        mood = self.take()
        if mood is None:
            return None
        if mood.kind == "hang_up":
            hang_up(request)
        if mood.kind == "silence":
            await never_answer(request)
        return Response(mood.body, mood.status, mood.headers)
