"""Telling operators through Apprise, which speaks to some hundred services by an address each (mailto://, tgram://, …).

Its addresses hold secrets: none of them is ever logged. It never raises for the world's reasons.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import structlog
from apprise import Apprise, NotifyType

from hub.domain.alarms import Tell, Told
from hub.ports import BadInput

KINDS = {
    Told.BEGINS: NotifyType.FAILURE,
    Told.STANDS: NotifyType.WARNING,
    Told.OVER: NotifyType.SUCCESS,
    Told.REPORT: NotifyType.INFO,
}
SECONDS = 30.0  # a service that takes longer is tried again at the next look

log = structlog.get_logger(__name__)


class Operators:
    """Whom to tell. Without addresses there is nobody: then alarms are log lines and rows of the console."""

    def __init__(self, addresses: Sequence[str]) -> None:
        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it writes addresses into its lines
        self._apprise = Apprise()
        for number, address in enumerate(addresses, 1):
            if not self._apprise.add(address):
                raise BadInput(
                    f"operators.tell, address {number}",
                    "Apprise does not know this kind of address",
                    "See its list of services; an example is mailto://user:password@example.org",
                )

    @property
    def any(self) -> bool:
        """Whether there is somebody to tell."""
        return len(self._apprise) > 0

    async def tell(self, tell: Tell) -> bool:
        """Tell everybody; True when all services took it."""
        try:
            async with asyncio.timeout(SECONDS):
                kind = KINDS[tell.what]
                return bool(
                    await self._apprise.async_notify(title=tell.title, body=tell.words, notify_type=kind)
                )
        except (TimeoutError, OSError) as error:
            log.error("operators_not_told", alarm=tell.name, error=type(error).__name__)
        return False
