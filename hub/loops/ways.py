"""The ways out: one per provider, with its pace, its breaker and its calls under way. Told, never asking.

A way says how many calls may go now, and when to look again if none may. It never knows which messages wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.domain.customer import Channel
from hub.loops.breaker import Breaker
from hub.ports import Notifier
from hub.ports.pace import Pace, pace_of

COMMAND = "command"  # device commands have a lane of their own, and no provider
LANES = (COMMAND, *(channel.value for channel in Channel))


@dataclass(slots=True)
class Way:
    """One provider and the lanes it carries. `free_at` is when its pace allows another call (UTC µs)."""

    pace: Pace
    lanes: tuple[str, ...]
    breaker: Breaker = field(default_factory=Breaker)
    busy: int = 0
    free_at: int = 0

    def room(self, wanted: int, now: int) -> int:
        """How many of `wanted` calls may start at `now`, as far as one knows here; the pace is asked in the store."""
        if now < self.free_at or self.breaker.resting(now):
            return 0
        return max(0, min(wanted, self.breaker.allowed(self.pace.at_once) - self.busy))

    def again(self, now: int) -> int | None:
        """When to look again because of the clock; None: when a call under way has ended."""
        later = max(self.free_at, self.breaker.until)
        return later if later > now else None


@dataclass(slots=True)
class Ways:
    """All ways of a relay, by provider."""

    by_provider: dict[str, Way]

    @property
    def all(self) -> Iterable[Way]:
        """Every way."""
        return self.by_provider.values()

    def of(self, notifier: Notifier) -> Way:
        """The way that `notifier` takes; one that no lane has (the paper) gets a way of its own."""
        pace = pace_of(notifier)
        return self.by_provider.setdefault(pace.provider, Way(pace, ()))

    def open_lanes(self, wanted: int, now: int) -> list[str]:
        """The lanes that can take `wanted` calls at once and have no pace: these are claimed together, commands too."""
        closed = {
            lane for way in self.all for lane in way.lanes if way.pace.rate or way.room(wanted, now) < wanted
        }
        return [lane for lane in LANES if lane not in closed]

    def narrow(self, wanted: int, now: int) -> list[tuple[Way, int]]:
        """The ways that are claimed one by one, with the calls that may start."""
        rooms = [(way, way.room(wanted, now)) for way in self.all if way.lanes]
        return [(way, room) for way, room in rooms if room and (way.pace.rate or room < wanted)]

    def usable(self, now: int) -> list[str]:
        """The lanes on which something may start now."""
        closed = {lane for way in self.all for lane in way.lanes if not way.room(1, now)}
        return [lane for lane in LANES if lane not in closed]

    def again(self, now: int) -> int | None:
        """When the first of the ways that rest is to be looked at again."""
        moments = [way.again(now) for way in self.all if way.lanes]
        return min((moment for moment in moments if moment is not None), default=None)

    def down(self, span: int, now: int) -> list[Way]:
        """The ways that have failed for longer than `span` µs."""
        return [way for way in self.all if way.lanes and way.breaker.down_for(now) > span]

    def resting(self, now: int) -> Sequence[str]:
        """The providers that are left alone at the moment."""
        return sorted(way.pace.provider for way in self.all if way.breaker.resting(now))

    def unproved(self) -> Sequence[str]:
        """The providers that have taken nothing since they failed, or since this process began."""
        return sorted(way.pace.provider for way in self.all if way.lanes and not way.breaker.proved)


def ways_of(notifiers: Mapping[Channel, Notifier], paces: Mapping[str, Pace]) -> Ways:
    """The ways of these channels; `paces`, by provider, overrule what a channel says of itself."""
    lanes: dict[str, list[str]] = {}
    told: dict[str, Pace] = {}
    for channel, notifier in notifiers.items():
        pace = pace_of(notifier)
        lanes.setdefault(pace.provider, []).append(str(channel))
        told.setdefault(pace.provider, paces.get(pace.provider, pace))
    return Ways({provider: Way(pace, tuple(lanes[provider])) for provider, pace in told.items()})
