"""Many devices on one broker and one clock, by id."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Self

from simulators.devices.body import Body
from simulators.devices.device import Device, Quirks, Uplink
from simulators.devices.fridge import Fridge
from simulators.devices.heatpump import HeatPump
from simulators.devices.router import Router
from simulators.devices.washer import Washer

MODELS: dict[str, type[HeatPump] | type[Fridge] | type[Router] | type[Washer]] = {
    HeatPump.model: HeatPump,
    Fridge.model: Fridge,
    Router.model: Router,
    Washer.model: Washer,
}


class Fleet:
    """Devices that live while the fleet does. Adding one to a running fleet switches it on."""

    def __init__(self, uplink: Uplink) -> None:
        self.uplink = uplink
        self._devices: dict[str, Device] = {}
        self._running = False

    def add(self, body: Body, quirks: Quirks | None = None) -> Device:
        """Add `body` (a HeatPump, Fridge, Router …). Raises ValueError when its id is taken."""
        if body.id in self._devices:
            raise ValueError(f"there is already a device {body.id!r}")
        device = self._devices[body.id] = Device(self.uplink, body, quirks)
        if self._running:
            device.start()
        return device

    def __getitem__(self, device_id: str) -> Device:
        return self._devices[device_id]

    def __iter__(self) -> Iterator[Device]:
        return iter(self._devices.values())

    def __len__(self) -> int:
        return len(self._devices)

    async def start(self) -> Self:
        """Switch everything on and return when every device is online. Raises TimeoutError, all switched off."""
        self._running = True
        for device in self:
            device.start()
        try:
            await asyncio.gather(*(device.until(lambda it: it.online) for device in self))
        except BaseException:
            await self.stop()
            raise
        return self

    async def stop(self) -> None:
        """Switch everything off, each with a goodbye."""
        self._running = False
        await asyncio.gather(*(device.stop() for device in self))

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
