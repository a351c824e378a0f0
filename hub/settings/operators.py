"""The section of the settings about operators: the people who look after the hub itself."""

from __future__ import annotations

from pydantic import Field

from hub.settings.kinds import Count, Duration, WebAddress
from hub.settings.part import Part


class OperatorsPart(Part):
    """Who hears of it when sending pauses, a provider fails, opt-outs spike, telemetry waits or the disk fills.

    `tell` are Apprise addresses (mailto://…, tgram://…, https hooks …), `heartbeat` an address that is fetched every half minute
    while all is well. `lag` and `overdue`: how long telemetry and due messages may wait; `disk_free`: the least free share
    of the disk; `stops`: opt-outs within an hour; `remind`: how often an alarm that stands is repeated.
    """

    tell: tuple[str, ...] = ()
    heartbeat: WebAddress = ""
    lag: Duration = 60_000_000
    overdue: Duration = 900_000_000
    disk_free: float = Field(default=0.15, ge=0, le=1)
    stops: Count = 5
    remind: Duration = 14_400_000_000
