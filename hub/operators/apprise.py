"""Telling operators through Apprise, which speaks to some hundred services by an address each (mailto://, tgram://, …).

Its addresses hold secrets: none of them is ever logged. It never raises for the world's reasons. It is loaded where there is
somebody to tell: a hub without operators' addresses starts without it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import structlog

from hub.domain.alarms import Tell, Told
from hub.ports import BadInput

KINDS = {Told.BEGINS: "failure", Told.STANDS: "warning", Told.OVER: "success", Told.REPORT: "info"}
SECONDS = 30.0  # a service that takes longer is tried again at the next look

if TYPE_CHECKING:
    from apprise import Apprise

log = structlog.get_logger(__name__)


class Operators:
    """Whom to tell. Without addresses there is nobody: then alarms are log lines and rows of the console."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._apprise = _known(addresses) if addresses else None

    @property
    def any(self) -> bool:
        """Whether there is somebody to tell."""
        return self._apprise is not None

    async def tell(self, tell: Tell) -> bool:
        """Tell everybody; True when all services took it, False where there is nobody."""
        if self._apprise is None:
            return False
        try:
            async with asyncio.timeout(SECONDS):
                kind = KINDS[tell.what]
                return bool(
                    await self._apprise.async_notify(title=tell.title, body=tell.words, notify_type=kind)
                )
        except (TimeoutError, OSError) as error:
            log.error("operators_not_told", alarm=tell.name, error=type(error).__name__)
        return False


def _known(addresses: Sequence[str]) -> Apprise:
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it writes addresses into its lines
    apprise: Apprise = import_module("apprise").Apprise()
    for number, address in enumerate(addresses, 1):
        if not apprise.add(address):
            raise BadInput(
                f"operators.tell, address {number}",
                "Apprise does not know this kind of address",
                "See its list of services; an example is mailto://user:password@example.org",
            )
    return apprise
