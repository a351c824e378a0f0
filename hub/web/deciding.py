"""Deciding about incidents, for the console and for the API alike: one transaction each. Sends nothing itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from hub.domain.incident import Incident
from hub.domain.incident_life import Refused
from hub.ports import Tx
from hub.web.door import Door
from hub.web.problems import Problem


async def perform(house: Door, incident: str, act: Callable[[Tx], Awaitable[Incident]]) -> Incident:
    """Does it in one transaction. Raises 404, and 409 where it does not fit."""
    async with house.store.transaction() as tx:
        await known(tx, incident)
        try:
            return await act(tx)
        except Refused as refused:
            raise Problem(409, str(refused), "Look at the incident again.") from refused


async def known(tx: Tx, incident: str) -> Incident:
    """The incident. Raises 404."""
    found = await tx.incidents.get(incident)
    if found is None:
        raise Problem(404, "There is no such incident.")
    return found
