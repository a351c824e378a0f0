"""What of a ticket cannot be read: a rule, play or language that is gone, words of a newer hub, a damaged row. It is said on the
page once each, and takes nothing else of the ticket with it. Holds no personal data; mends nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
import structlog

from hub.domain.ids import CaseId
from hub.ports import BadInput

log = structlog.get_logger()
ODD = (ValueError, LookupError, TypeError, AttributeError, msgspec.MsgspecError, BadInput)
"""What one ticket may end with when something of it cannot be read; it must not take the others with it."""
Found = TypeVar("Found")


@dataclass(slots=True)
class Gaps:
    """The names of what cannot be read of a case, in the order in which it was missed."""

    case: CaseId
    found: list[str] = field(default_factory=list)

    def miss(self, what: str, error: str = "") -> None:
        """`what` cannot be read; logged once."""
        if what not in self.found:
            self.found.append(what)
            log.error("ticket cannot be told", case=self.case, what=what, error=error)

    async def read(self, what: str, reading: Awaitable[Found], otherwise: Found) -> Found:
        """What `reading` finds, or `otherwise` where it cannot be read."""
        try:
            return await reading
        except ODD as error:
            self.miss(what, type(error).__name__)
            return otherwise

    def told(self, what: str, telling: Callable[[], Found], otherwise: Found) -> Found:
        """What `telling` says, or `otherwise` where it cannot be said."""
        try:
            return telling()
        except ODD as error:
            self.miss(what, type(error).__name__)
            return otherwise

    def __str__(self) -> str:
        """One sentence for the page; nothing when all can be read."""
        if not self.found:
            return ""
        *most, last = self.found
        names = f"{', '.join(most)} and {last}" if most else last
        return f"What cannot be read of this ticket: {names}. Tell who runs the hub; the rest is shown."
