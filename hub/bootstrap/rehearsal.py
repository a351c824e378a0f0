"""What a backtest needs of the house: the book in force, words and plays, the people, and the hub's own log.

Nothing here is written to: the register is read, and people from files live in a store that is thrown away.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from device_rules import Describe, RuleBook
from hub.bootstrap.channels import channels_of
from hub.bootstrap.keyed import see_secret
from hub.bootstrap.policy import policy_of
from hub.bootstrap.shelf import Shelf, take_down
from hub.clock import parse_clock
from hub.domain.device import Device
from hub.domain.ids import Moment
from hub.domain.site import Site
from hub.flow.register import sync
from hub.flow.registry import described
from hub.flow.rehearsal_people import Home, assumed, registered
from hub.flow.rehearsal_speech import Terms
from hub.flow.sheets import Row
from hub.log.recorded import LogRecording
from hub.ports import Store
from hub.settings import Settings
from hub.store import open_store
from voice_skills.packs import add_pack

PAGE = 1_000
SQLITE = "sqlite:///"


@dataclass(slots=True)
class People:
    """Whose devices are rehearsed with: `source` says in words where they come from."""

    source: str
    settings: Settings
    store: Store | None = None
    devices: dict[str, tuple[Device, Site | None]] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """Where devices stand of which nothing is known: with assumed customers in the maker's zone, else nowhere."""
        return self.settings.policy.zone if self.store is None else ""

    def describe(self, device: str, moment: int) -> Describe | None:
        """What the register knows about a device and the place where it stands; None when it is not there."""
        known = self.devices.get(device)
        return described(known[0], moment, known[1]) if known else None

    async def homes(self, devices: Sequence[tuple[str, str]], terms: Terms) -> dict[str, Home]:
        """The homes of (device, model) pairs."""
        if self.store is None:
            return assumed(devices, terms.policy)
        now = Moment(parse_clock(self.settings.clock).now())
        async with self.store.reading() as tx:
            return await registered(tx, devices, now, terms.policy)


@asynccontextmanager
async def people_of(settings: Settings, sheets: Sequence[Row]) -> AsyncIterator[People]:
    """The people in `sheets`; without any, those of the hub's register; without one, assumed ones. Raises BadInput."""
    if sheets:
        with tempfile.TemporaryDirectory(prefix="beforehand-") as folder:
            store: Store = await open_store(f"{SQLITE}{folder}/people.sqlite", "of a rehearsal")
            try:
                now = Moment(parse_clock(settings.clock).now())
                await sync(store, sheets, now, country=settings.policy.country)
                devices = await _devices(store)
                yield People("the customers in the files", settings, store, devices)
            finally:
                await store.close()
        return
    if not _has_store(settings.store.dsn):
        yield People("assumed customers", settings)
        return
    store = await open_store(settings.store.dsn, settings.store.secret)
    try:
        await see_secret(store, settings)
        devices = await _devices(store)
        yield (
            People("the hub's register", settings, store, devices)
            if devices
            else People("assumed customers", settings)
        )
    finally:
        await store.close()


def _has_store(dsn: str) -> bool:
    """Whether there is a store already: looking at one must not make it."""
    return not dsn.startswith(SQLITE) or Path(dsn.removeprefix(SQLITE)).is_file()


async def _devices(store: Store) -> dict[str, tuple[Device, Site | None]]:
    """Every device with its site."""
    sites: dict[str, Site] = {}
    found: dict[str, tuple[Device, Site | None]] = {}
    async with store.reading() as tx:
        after = ""
        while places := await tx.people.site_page(after, PAGE):
            sites |= {each.id: each for each in places}
            after = places[-1].id
        after = ""
        while page := await tx.devices.page(after, PAGE):
            found |= {each.id: (each, sites.get(each.site or "")) for each in page}
            after = page[-1].id
    return found


def terms_of(settings: Settings, book: RuleBook) -> tuple[Terms, Shelf]:
    """Policy, plays and words: those of the packs in the settings, and those that stand beside the book."""
    shelf = take_down(settings.rules.packs)
    plays, words = dict(shelf.plays), shelf.words
    folder = Path(book.name).parent
    force = shelf.books.get(book.model)
    beside = (folder / "plays.yaml").is_file()
    if beside and (force is None or Path(force.name).parent.resolve() != folder.resolve()):
        found, words = add_pack(folder, words)
        plays |= {(book.model, play.id): play for play in found}
    return Terms(policy_of(settings.policy, channels_of(settings)), plays, words), shelf


def own_log(settings: Settings, since: int | None) -> LogRecording:
    """The hub's own log, the last `since` µs of it. Raises BadInput when there is none."""
    return LogRecording(settings.log.path, since)
