"""Registered devices, where they stand, and what was last heard of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, or_, select

from device_rules.reading import PresenceState
from hub.domain.device import Admission, Device, DeviceState, Placement
from hub.domain.ids import DeviceId, Moment, SiteId
from hub.store.prepared import Prepared, Row, given
from hub.store.rows import Work, escaped, to_json
from hub.store.tables import device_states, devices, placements, sites


def device_of(row: Row) -> Device:
    """The device in a row of `devices`."""
    return Device(
        id=row["id"],
        model=row["model"],
        name=row["name"],
        serial=row["serial"],
        firmware=row["firmware"],
        firmware_since=row["firmware_since"],
        room=row["room"],
        site=row["site"],
        admission=Admission(row["admission"]),
        attributes=json.loads(row["attributes"]),
    )


def columns_of(device: Device) -> dict[str, Any]:
    """The row of `devices` that keeps `device`."""
    return {
        "id": device.id,
        "model": device.model,
        "name": device.name,
        "serial": device.serial,
        "firmware": device.firmware,
        "firmware_since": device.firmware_since,
        "room": device.room,
        "site": device.site,
        "admission": device.admission.value,
        "attributes": to_json(device.attributes),
    }


def state_of(row: Row) -> DeviceState:
    """The state in a row of `device_states`."""
    return DeviceState(
        device=row["device"],
        presence=PresenceState(row["presence"]),
        presence_since=row["presence_since"],
        presence_reason=row["presence_reason"],
        received=row["received"],
        values={name: (value, at) for name, (value, at) in json.loads(row["readings"]).items()},
    )


def state_columns(state: DeviceState) -> dict[str, Any]:
    """The row of `device_states` that keeps `state`."""
    return {
        "device": state.device,
        "presence": state.presence.value,
        "presence_since": state.presence_since,
        "presence_reason": state.presence_reason,
        "received": state.received,
        "readings": to_json(state.values),
    }


_GET = Prepared(select(devices).where(devices.c.id == given("device")))
_STATE = Prepared(select(device_states).where(device_states.c.device == given("device")))
_AT_SITE = Prepared(select(devices).where(devices.c.site == given("site")).order_by(devices.c.id))
_SITE_AT = Prepared(
    select(placements.c.site)
    .where(
        placements.c.device == given("device"),
        placements.c.since <= given("at"),
        or_(placements.c.until.is_(None), placements.c.until > given("at")),
    )
    .order_by(placements.c.since.desc())
    .limit(1)
)


class SqlDevices:
    """See `hub.ports.store.Devices`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, device: DeviceId) -> Device | None:
        row = await self._work.one(_GET, device=device)
        return device_of(row) if row else None

    async def put(self, device: Device) -> None:
        await self._work.put(devices, columns_of(device))

    async def place(self, placement: Placement) -> None:
        """Put a device at a site. A placement that was open until now ends where the new one begins."""
        if placement.until is None:
            await self._work.run(
                placements.update()
                .where(
                    placements.c.device == placement.device,
                    placements.c.until.is_(None),
                    placements.c.since < placement.since,
                )
                .values(until=placement.since)
            )
        await self._work.put(
            placements,
            {
                "device": placement.device,
                "site": placement.site,
                "since": placement.since,
                "until": placement.until,
            },
        )

    async def site_at(self, device: DeviceId, at: Moment) -> SiteId | None:
        """Where the device stood at `at`: its newest placement that holds then."""
        site: SiteId | None = await self._work.value(_SITE_AT, device=device, at=at)
        return site

    async def at_site(self, site: SiteId) -> list[Device]:
        return [device_of(row) for row in await self._work.all(_AT_SITE, site=site)]

    async def state(self, device: DeviceId) -> DeviceState | None:
        row = await self._work.one(_STATE, device=device)
        return state_of(row) if row else None

    async def find(self, text: str, limit: int = 20) -> list[Device]:
        """Devices whose id, serial number or name holds `text`, or their site's label, whatever the case of letters."""
        like = f"%{escaped(text.strip().lower())}%"
        columns = (devices.c.id, devices.c.serial, devices.c.name)
        there = select(sites.c.id).where(func.lower(sites.c.label).like(like, escape="\\"))
        held = [func.lower(column).like(like, escape="\\") for column in columns]
        return await self._devices(
            select(devices).where(or_(*held, devices.c.site.in_(there))).order_by(devices.c.id).limit(limit)
        )

    async def page(self, after: str, limit: int, admission: Admission | None = None) -> list[Device]:
        query = select(devices).where(devices.c.id > after).order_by(devices.c.id).limit(limit)
        return await self._devices(
            query.where(devices.c.admission == admission.value) if admission else query
        )

    async def _devices(self, query: Any) -> list[Device]:
        return [device_of(row) for row in await self._work.all(query)]


async def save_states(work: Work, states: Iterable[DeviceState]) -> None:
    """Save what was last heard of devices; part of the judge's checkpoint."""
    await work.put_all(device_states, [state_columns(state) for state in states])
