"""The post office, put together from the settings: ways out with their paces, and the relay's name."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hub.bootstrap.channels import public_url
from hub.bootstrap.names import providers_known
from hub.domain.customer import Channel
from hub.flow.context import Context
from hub.loops.post import PostOffice
from hub.loops.ways import Ways, ways_of
from hub.ports import Clock, DeviceLink, Notifier, Store
from hub.ports.pace import Pace, pace_of
from hub.settings import Settings


@dataclass(frozen=True, slots=True)
class Around:
    """What a post office needs besides its settings."""

    store: Store
    clock: Clock
    ctx: Context
    link: DeviceLink | None


@dataclass(frozen=True, slots=True)
class Providers:
    """Which providers are left alone at the moment, for whoever watches the house."""

    ways: Ways
    clock: Clock

    def resting(self) -> Sequence[str]:
        """Their names."""
        return self.ways.resting(self.clock.now())

    def unproved(self) -> Sequence[str]:
        """Those that have taken nothing since they failed, or since this process began."""
        return self.ways.unproved()


def post_of(
    settings: Settings, around: Around, paper: Notifier, channels: Mapping[Channel, Notifier]
) -> PostOffice:
    """The post office. On a store that several relays may share, this one gets a name of its own."""
    part = settings.sending
    shared = not settings.store.dsn.startswith("sqlite")
    return PostOffice(
        around.store,
        around.clock,
        around.ctx,
        channels,
        paper,
        around.link,
        ways=ways_of(channels, _paces(settings, channels)),
        name=f"relay-{secrets.token_hex(6)}" if shared else "",
        fall_back=part.fall_back,
        test_devices=frozenset(part.test_devices),
        pages=public_url(settings),
    )


def _paces(settings: Settings, channels: Mapping[Channel, Notifier]) -> dict[str, Pace]:
    """The paces that the settings overrule. Raises BadSettings on a provider that nobody knows."""
    told = {pace.provider: pace for pace in map(pace_of, channels.values())}
    part = settings.sending
    providers_known(part)
    return {
        name: replace(
            pace, rate=part.rates.get(name, pace.rate), at_once=part.at_once.get(name, pace.at_once)
        )
        for name, pace in told.items()
    }
