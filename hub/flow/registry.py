"""The registry in memory: which devices we know, of which model and where, and what becomes of those we do not know.

The hot path asks it for every message, so it never waits for the store; what changed there is fetched by `refresh`
and, for a device that speaks before it was noticed, by `look_up`.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from device_rules import RuleBook
from device_rules.reading import Describe
from hub.domain.device import Admission, Device
from hub.domain.ids import DeviceId, SiteId
from hub.domain.site import Site
from hub.ports import Log, Store, Tx

KINDS: Mapping[str, str] = {
    "float": "number",
    "int": "number",
    "bool": "bool",
    "enum": "text",
    "text": "text",
}
PAGE = 1_000
STRANGERS = 10_000  # unknown ids remembered as such
FORGET = 5_000_000  # µs of business time after which an unknown id is looked up again
AT_ONCE = 20  # look-ups for one batch: a storm of invented ids must not hold up the others

Unknown = Literal["quarantine", "admit", "refuse"]


class Registry:
    """Known devices. `unknown` says what becomes of the others."""

    def __init__(self, books: Iterable[RuleBook], unknown: Unknown = "quarantine") -> None:
        self.unknown = unknown
        self._kinds = {
            book.model: {name: KINDS[metric.type] for name, metric in book.metrics.items()} for book in books
        }
        self._devices: dict[str, Device] = {}
        self._active: set[str] = set()
        self._of: dict[str, Mapping[str, str]] = {}
        self._strangers: OrderedDict[str, int] = OrderedDict()
        self._sites: dict[SiteId, Site] = {}

    def kinds(self, device: str) -> Mapping[str, str]:
        """The declared kind of each metric of the device's model; empty when unknown."""
        return self._of.get(device, _NOTHING)

    def active(self, device: str) -> bool:
        """Whether the device is known and admitted, and there is a rule book for its model."""
        return device in self._active

    @property
    def devices(self) -> Mapping[str, Device]:
        """Every device that is known, by id; always the same mapping."""
        return self._devices

    def knows(self, model: str) -> bool:
        """Whether there is a rule book for the model."""
        return model in self._kinds

    def put(self, device: Device) -> bool:
        """Take a device as it is registered now; True when something about it is new."""
        news = self._devices.get(device.id) != device
        self._devices[device.id] = device
        if device.admission is Admission.ACTIVE and self.knows(device.model):
            self._active.add(device.id)
        else:
            self._active.discard(device.id)
        self._of[device.id] = self._kinds.get(device.model, _NOTHING)
        self._strangers.pop(device.id, None)
        return news

    async def refresh(self, store: Store) -> list[Device]:
        """Read the whole registry, page by page; answers the devices that are new or changed, or whose site is."""
        changed: list[Device] = []
        elsewhere = await self._refresh_sites(store)
        after = ""
        while True:
            async with store.reading() as tx:
                page = await tx.devices.page(after, PAGE)
            changed += [device for device in page if self.put(device) or device.site in elsewhere]
            if len(page) < PAGE:
                return changed
            after = page[-1].id

    async def _refresh_sites(self, store: Store) -> set[SiteId]:
        """Read all sites; answers those that are new or changed."""
        changed: set[SiteId] = set()
        after = ""
        while True:
            async with store.reading() as tx:
                page = await tx.people.site_page(after, PAGE)
            changed |= {site.id for site in page if self._sites.get(site.id) != site}
            self._sites.update((site.id, site) for site in page)
            if len(page) < PAGE:
                return changed
            after = page[-1].id

    def described(self, device: Device, now: int) -> Describe:
        """What the log is told about a device, with the place where it stands."""
        return described(device, now, self._sites.get(device.site) if device.site else None)

    async def look_up(self, store: Store, ids: Iterable[str], now: int) -> list[Device]:
        """Ask the store for devices that nobody here knows, but for each at most every five seconds."""
        wanted = [
            device for device in dict.fromkeys(ids) if now - self._strangers.get(device, -FORGET) >= FORGET
        ]
        found: list[Device] = []
        if not wanted:
            return found
        async with store.reading() as tx:
            for name in wanted[:AT_ONCE]:
                device = await tx.devices.get(DeviceId(name))
                if device is not None:
                    await self._learn_site(tx, device)
                    self.put(device)
                    found.append(device)
                else:
                    self._remember(name, now)
        return found

    async def _learn_site(self, tx: Tx, device: Device) -> None:
        site = await tx.people.site(device.site) if device.site else None
        if site is not None:
            self._sites[site.id] = site

    def _remember(self, stranger: str, now: int) -> None:
        self._strangers.pop(stranger, None)
        self._strangers[stranger] = now
        while len(self._strangers) > STRANGERS:
            self._strangers.popitem(last=False)


_NOTHING: Mapping[str, str] = {}


def described(device: Device, now: int, site: Site | None = None) -> Describe:
    """What the log says about a device, and of `site`, where it stands: its zone, and its country as the region. A
    device that is not admitted has no model, so no rules."""
    model = device.model if device.admission is Admission.ACTIVE else ""
    zone, region = (site.zone, site.country) if site else ("", "")
    attributes = dict(device.attributes)
    return Describe(
        device.id, now, now, model, device.firmware, attributes, device.site or "", zone=zone, region=region
    )


async def describe(log: Log, device: Device, now: int, site: Site | None = None) -> None:
    """Tell the log, and so the engine, what is known about a device now."""
    await log.append([(log.partition_of(device.id), described(device, now, site))])


def fingerprint(record: Describe) -> bytes:
    """Eight bytes that differ when what is known about the device differs."""
    known = [record.model, record.firmware, sorted(record.attributes.items())]
    place = [record.site, record.zone, record.region]
    return hashlib.blake2b(msgspec.json.encode([*known, *place]), digest_size=8).digest()
