"""Whether the store is opened with the secret that it was made with: with another one, nobody's STOP would be found again.

What is kept is a keyed hash of a fixed text, never the secret. It is there from the first import or the first run on.
"""

from __future__ import annotations

from hub.ports import BadInput, Store
from hub.settings import DEFAULT_SECRET, Settings
from hub.store import fingerprint

MARK = "secret"
ROW = f"mark:{MARK}"  # as the row of a backup has it
PLACE = "store.secret"
CAUSE = "this is not the secret that this store was made with: with it nobody who said STOP or was erased would be known"
REMEDY = "Set BEFOREHAND_STORE_SECRET (or _FILE), or secret in [store] of the settings, to the one that was there before."


async def see_secret(store: Store, settings: Settings) -> None:
    """Raises BadInput when the store was made with another secret. One that only ever had the default, and keeps nothing by
    it, may be given a real one."""
    async with store.reading() as tx:
        kept = await tx.house.mark(MARK)
        if kept is None or kept == fingerprint(settings.store.secret):
            return
        if kept != fingerprint(DEFAULT_SECRET) or await tx.house.keyed():
            raise other_secret()


async def keep_fingerprint(store: Store, settings: Settings) -> None:
    """From now on the store knows its secret."""
    mine = fingerprint(settings.store.secret)
    async with store.transaction() as tx:
        if await tx.house.mark(MARK) != mine:
            await tx.house.set_mark(MARK, mine)


def other_secret() -> BadInput:
    """What is said to whoever comes with another secret."""
    return BadInput(PLACE, CAUSE, REMEDY)
