"""Devices: one physical thing, of a model that rules are written for, standing at a site from a date to a date."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from device_rules.reading import PresenceState, Value
from hub.domain.ids import DeviceId, Moment, SiteId


class Admission(StrEnum):
    """How far we trust a device that has been heard: unknown ones wait in quarantine."""

    ACTIVE = "active"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Device:
    """One device as registered. `name` is what its people call it ("garden heat pump"); `attributes` feed rules."""

    id: DeviceId
    model: str
    name: str
    serial: str = ""
    firmware: str = ""
    firmware_since: Moment | None = None
    room: str = ""
    site: SiteId | None = None
    admission: Admission = Admission.ACTIVE
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What was last heard of a device, as of the newest checkpoint. `values`: metric → (value, effective µs)."""

    device: DeviceId
    presence: PresenceState = PresenceState.UNKNOWN
    presence_since: Moment | None = None
    presence_reason: str = ""
    received: Moment | None = None
    values: dict[str, tuple[Value, int]] = field(default_factory=dict)

    @property
    def asleep(self) -> bool:
        """It said that it sleeps, and has not been heard since."""
        heard = self.received is not None and self.received > (self.presence_since or 0)
        return self.presence is PresenceState.SLEEPING and not heard


@dataclass(frozen=True, slots=True)
class Placement:
    """`device` stands at `site` from `since` until `until` (None: still). Moving house starts a new placement."""

    device: DeviceId
    site: SiteId
    since: Moment
    until: Moment | None = None
