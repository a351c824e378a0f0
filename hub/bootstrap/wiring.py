"""The hub, put together from its settings: every adapter is chosen here, and every loop gets what it needs.

`open_hub` builds, `Hub.run` runs everything in one TaskGroup until cancelled, `Hub.close` gives everything back.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TextIO

import structlog

from hub.bootstrap.channels import FOLDER, channels_of, notifiers_of, public_url
from hub.bootstrap.chores import Health, Lookout, lookout_of, upkeep_of
from hub.bootstrap.erasures import erasure_file
from hub.bootstrap.errands import announcing, delivery_of, errands_of
from hub.bootstrap.keyed import see_secret
from hub.bootstrap.names import automatic_known
from hub.bootstrap.policy import calendars_of, limits_of, policy_of
from hub.bootstrap.sending import Around, Providers, post_of
from hub.bootstrap.shelf import Shelf, take_down
from hub.bootstrap.voices import Voices, access_of, voices_of, with_voices
from hub.clock import WallClock, parse_clock
from hub.domain.ids import Moment
from hub.flow import ARROWS, LOOKS
from hub.flow.context import Context
from hub.flow.judge import Judge
from hub.flow.listen import Listener, Senses
from hub.flow.registry import Registry
from hub.ingest.broker import BrokerAddress
from hub.ingest.clocks import DeviceClocks
from hub.ingest.decoders import Conventions, conventions
from hub.ingest.link import MqttLink
from hub.ingest.source import Source
from hub.log.empty import EmptyLog
from hub.log.sqlite import Keeping, SqliteLog
from hub.loops import flow, relay, sweep, wake
from hub.loops.judge import Bench, Ticker, judge_all
from hub.loops.listen import keep_quarantine, keep_registry, listen
from hub.loops.post import PostOffice
from hub.ports import BadInput, Log, Store
from hub.ports.telemetry import Gauges
from hub.settings import Settings
from hub.store import open_store, upgrade
from voice_skills.matcher import Matcher

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Hub:
    """A whole hub. `listener`, `bench` and `source` are the way in, `post` the way out, `door` what the web is given."""

    settings: Settings
    clock: WallClock
    store: Store
    log: SqliteLog
    shelf: Shelf
    ctx: Context
    gauges: Gauges
    source: Source
    listener: Listener
    bench: Bench
    post: PostOffice
    lookout: Lookout
    voices: Voices
    _closing: Sequence[Callable[[], Awaitable[None]]] = ()

    async def restore(self) -> None:
        """Take up where the last run ended: snapshots, clocks of devices, the registry."""
        await self.bench.restore()
        await self.listener.recall()
        await self.listener.introduce(dict(self.bench.described()))
        await relay.recover(self.post, Moment(self.clock.now()))

    async def run(self) -> None:
        """All loops, until cancelled or until one breaks."""
        self.source.start()
        ticker = Ticker(self.source, self.bench, self.log, self.clock)
        works = flow.Works(self.store, self.clock, self.ctx, ARROWS, LOOKS)
        loops: Mapping[str, Awaitable[None]] = {
            "listen": listen(self.source, self.listener, self.log),
            "quarantine": keep_quarantine(self.listener, self.store),
            "registry": keep_registry(self.listener, self.bench.described()),
            "judge": judge_all(self.bench, ticker),
            "flow": flow.run(works),
            "wake": wake.run(self.store, self.clock),
            "relay": relay.run(self.post),
            "sweep": sweep.run(self._chores()),
            "voices": self.voices.run(),
            "announce": announcing(self.settings, self.store, self.clock),
        }
        async with asyncio.TaskGroup() as group:
            for name, loop in loops.items():
                group.create_task(_as_coroutine(loop), name=name)

    def _chores(self) -> list[sweep.Chore]:
        async def keep_log() -> None:
            await self.log.judged(self.bench.saved(), self.clock.now())

        health = Health(self.store, self.clock, self.gauges, self.log)
        providers = Providers(self.post.ways, self.clock) if self.post.ways else None
        upkeep = upkeep_of(self.settings, health, self.lookout, providers)
        errands = errands_of(self.settings, self.store, self.clock)
        return [sweep.Chore("log", 600.0, keep_log), *upkeep, *errands]

    async def close(self) -> None:
        """Give back connections, files and threads, last opened first."""
        for close in reversed(self._closing):
            await close()


async def _as_coroutine(loop: Awaitable[None]) -> None:
    await loop


async def open_hub(
    settings: Settings, screen: TextIO | None = sys.stdout, clock: WallClock | None = None
) -> Hub:
    """Build a hub. Raises BadInput when a setting cannot work; nothing is left open then."""
    clock = clock or _clock(settings)
    lookout = lookout_of(settings)
    delivery_of(settings, clock)  # refused now, if it must be
    access_of(settings)  # and so are tokens
    shelf = _shelf(settings)
    convention = conventions([each.written() for each in settings.mqtt.mapping])
    address = broker_address(settings)
    store = await open_the_store(settings)
    telemetry = await _log_of(settings, clock, store)
    ctx = _context(settings, shelf, telemetry)
    gauges = Gauges()
    source = Source(address, _filters(settings, convention), clock, gauges)
    registry = Registry(shelf.books.values(), settings.mqtt.unknown_devices)
    listener = Listener(Senses(convention, DeviceClocks(), registry), telemetry, store, clock, gauges)
    books = list(shelf.books.values())
    judges = [Judge(number, books, telemetry, store, gauges) for number in range(telemetry.partitions)]
    bench = Bench(judges, telemetry, store, clock, gauges)
    link = MqttLink(address, clock)
    paper, channels = notifiers_of(settings, screen, clock)
    voices = voices_of(settings, Around(store, clock, ctx, link), shelf)
    channels = with_voices(channels, voices)
    post = post_of(settings, Around(store, clock, ctx, link), paper, channels)
    closing: list[Callable[[], Awaitable[None]]] = [store.close, telemetry.close]
    closing += [
        lookout.close,
        link.close,
        voices.close,
        source.close,
        paper.close,
        *(channel.close for channel in channels.values()),
    ]
    way_in = (source, listener, bench)
    return Hub(settings, clock, store, telemetry, shelf, ctx, gauges, *way_in, post, lookout, voices, closing)


def _shelf(settings: Settings) -> Shelf:
    """The packs, and a warning for each language in which one of them is told in English."""
    shelf = take_down(settings.rules.packs)
    for language, packs in shelf.unwritten.items():
        log.warning("told_in_english", language=language, packs=packs)
    return shelf


async def _log_of(settings: Settings, clock: WallClock, store: Store) -> SqliteLog:
    """The telemetry log; where there can be none, the store is closed again."""
    try:
        return SqliteLog(settings.log.path, clock, settings.log.partitions, Keeping(age=settings.log.keep))
    except OSError as error:
        await store.close()
        raise BadInput("log.path", f"{settings.log.path} cannot be used: {error.strerror}", FOLDER) from None
    except BaseException:
        await store.close()
        raise


def _context(settings: Settings, shelf: Shelf, telemetry: Log) -> Context:
    policy = policy_of(settings.policy, channels_of(settings), shelf.books)
    automatic_known(settings.incidents, shelf.books)
    calendars = calendars_of(settings.bookings, settings.policy.zone)
    policy = replace(
        policy, incidents=limits_of(settings.incidents), calendars=calendars, pages=bool(public_url(settings))
    )
    return Context(policy, shelf.plays, shelf.words, Matcher(shelf.words), telemetry)


def _clock(settings: Settings) -> WallClock:
    try:
        return parse_clock(settings.clock)
    except ValueError as error:
        raise BadInput("clock", str(error), "Leave it empty for the time of day.") from None


def broker_address(settings: Settings) -> BrokerAddress:
    """The broker as the settings name it. Raises BadInput when the address cannot be one."""
    part = settings.mqtt
    address = BrokerAddress(
        part.url, part.user, part.password, part.ca, part.cert, part.key, part.client_id, part.version
    )
    assert address.scheme
    assert address.port
    return address


def probe_of(settings: Settings, gauges: Gauges) -> Source:
    """A listener for a look at the broker: it asks for what the hub asks for, and takes nothing from a hub that runs."""
    convention = conventions([each.written() for each in settings.mqtt.mapping])
    return Source(broker_address(settings).visiting, _filters(settings, convention), _clock(settings), gauges)


def _filters(settings: Settings, convention: Conventions) -> tuple[str, ...]:
    """What to subscribe to: what the conventions ask for, and what the settings add."""
    return tuple(dict.fromkeys((*convention.filters, *settings.mqtt.topics)))


async def open_the_store(settings: Settings, *, any_secret: bool = False) -> Store:
    """The store alone, for commands that need nothing else. Raises BadInput when it is of another version, and, unless
    `any_secret` will do (a kill switch must work from every shell), when it was made with another secret."""
    store = await open_store(settings.store.dsn, settings.store.secret, erased=erasure_file(settings))
    try:
        if not any_secret:
            await see_secret(store, settings)
    except BaseException:
        await store.close()
        raise
    return store


async def upgrade_the_store(settings: Settings) -> tuple[str | None, str]:
    """Bring the database up to date; its versions before (None: empty) and after."""
    return await upgrade(settings.store.dsn)


def bare_context(settings: Settings) -> Context:
    """What arrows need when a command runs them; there is no telemetry to look into."""
    shelf = take_down(settings.rules.packs)
    return _context(settings, shelf, EmptyLog())
