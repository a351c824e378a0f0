"""Settings of incidents: when many faults are one matter, and how it may speak."""

from __future__ import annotations

from pydantic import Field

from hub.settings.kinds import Count, Duration
from hub.settings.part import Part


class IncidentsPart(Part):
    """`devices` (two or more) with one fault, or `share` of a cohort but never fewer than `at_least`, within `window` are one matter;
    contacts one by one wait `hold` for a decision. Approved, it tells `canary_share` first and waits `canary_time`; it
    stops when more than `failures` of the messages fail or `opt_outs` of the people say stop. `rate` is messages an hour,
    `replies` how many an hour one free agent can answer. Above `two_people` households two people have to approve.
    `automatic` rules (`*`: all) need nobody; other devices of a site are heard through `gateways` (models). Who decides at the
    command line is asked for their `password`; false takes the name alone, and the record says so."""

    devices: int = Field(default=20, ge=2)
    share: float = Field(default=0.02, ge=0, le=1)
    at_least: int = Field(default=5, ge=2)
    window: Duration = 600_000_000
    hold: Duration = 900_000_000
    canary_share: float = Field(default=0.01, gt=0, le=1)
    canary_most: int = Field(default=50, ge=1)
    canary_time: Duration = 600_000_000
    failures: float = Field(default=0.05, ge=0, le=1)
    opt_outs: float = Field(default=0.005, ge=0, le=1)
    two_people: Count = 500
    rate: int = Field(default=600, ge=1)
    replies: int = Field(default=3, ge=1)
    cadence: Duration = 3_600_000_000
    automatic: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    password: bool = True
