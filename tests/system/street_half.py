"""The first half of the street as a program: socket → log → judge → inbox, on a real store, to be killed and measured.

    python -m tests.system.street_half URL FOLDER [--bare] [--core N] [--seconds N] [--rules FILE] [--clock CLOCK]

`--bare` only receives, journals and acknowledges: the measure of what the rest costs. On SIGTERM, or after so many
seconds from the first message, it prints one JSON line of figures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Coroutine
from pathlib import Path

import structlog

import device_rules
from device_rules import Reading, RuleBook
from hub.clock import SECOND, WallClock, parse_clock
from hub.domain.device import Device
from hub.domain.ids import DeviceId
from hub.flow.judge import Judge
from hub.flow.listen import Listener, Senses
from hub.flow.registry import Registry
from hub.ingest.broker import BrokerAddress
from hub.ingest.clocks import DeviceClocks
from hub.ingest.decoders import conventions
from hub.ingest.source import Source
from hub.log.sqlite import SqliteLog
from hub.loops.judge import Bench, Ticker, judge_all
from hub.loops.listen import keep_quarantine, keep_registry, listen
from hub.ports.telemetry import Gauges
from hub.store import open_store

PACK = Path(device_rules.__file__).parent / "packs" / "heatpump" / "rules.yaml"


def book(rules: Path = PACK) -> RuleBook:
    """The heat pump's rules, or others."""
    return RuleBook.parse(rules.read_text(), str(rules))


async def register(folder: Path, names: list[str], rules: Path = PACK) -> None:
    """Write devices of these names into the store."""
    store, model = await open_store(f"sqlite:///{folder}/hub.sqlite", "tests"), book(rules).model
    async with store.transaction() as tx:
        for name in names:
            await tx.devices.put(Device(DeviceId(name), model, name))
    await store.close()


class Half:
    """Everything between broker and inbox."""

    def __init__(self, url: str, folder: Path, rules: Path = PACK, clock: WallClock | None = None) -> None:
        self.clock, self.gauges, self.rules = clock or WallClock(), Gauges(), rules
        self.log = SqliteLog(folder / "log", self.clock)
        convention = conventions([])
        self.convention = convention
        self.source = Source(BrokerAddress(url), convention.filters, self.clock, self.gauges)
        self.folder = folder
        self.worst = 0.0
        self.work: list[Coroutine[object, object, None]] = []

    async def whole(self) -> None:
        """The way it is: sort, log, acknowledge, judge."""
        books = [book(self.rules)]
        self.store = store = await open_store(f"sqlite:///{self.folder}/hub.sqlite", "tests")
        registry = Registry(books)
        senses = Senses(self.convention, DeviceClocks(), registry)
        listener = Listener(senses, self.log, store, self.clock, self.gauges)
        judges = [Judge(n, books, self.log, store, self.gauges) for n in range(self.log.partitions)]
        bench = Bench(judges, self.log, store, self.clock, self.gauges)
        await bench.restore()
        await listener.recall()
        await listener.introduce(dict(bench.described()))
        self.work = [
            listen(self.source, listener, self.log),
            keep_quarantine(listener, store),
            keep_registry(listener, bench.described()),
            judge_all(bench, Ticker(self.source, bench, self.log, self.clock)),
        ]

    async def bare(self) -> None:
        """Receive, journal, acknowledge, nothing else."""

        async def work() -> None:
            while True:
                batch = await self.source.batch()
                now = self.clock.now()
                raw = [Reading(one.topic, one.received, now, {"": one.payload.decode()}) for one in batch]
                await self.log.append([(0, record) for record in raw])
                self.source.ack(batch)

        self.work = [work()]

    async def watch(self) -> None:
        """Note the worst lag between a message's arrival and its acknowledgement."""
        while True:
            await self.clock.wait(SECOND // 10)
            oldest = self.source.oldest()
            self.worst = max(self.worst, (self.clock.now() - oldest) / 1e6 if oldest else 0.0)


def plain_logs() -> None:
    """One plain line per happening on standard error: a dressed-up traceback would cost seconds of what is measured."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


async def main() -> None:
    """Run until the end, then say what it cost."""
    plain_logs()
    asked = arguments()
    if asked.core is not None:
        os.sched_setaffinity(0, {asked.core})
    half = Half(asked.url, asked.folder, asked.rules, parse_clock(asked.clock))
    await (half.bare() if asked.bare else half.whole())
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    half.source.start()
    tasks = [asyncio.create_task(one) for one in [*half.work, half.watch()]]
    await half.source.connected()
    say("ready")
    if not asked.seconds:
        await stop.wait()
        return
    while half.gauges.received < 1000:
        await half.clock.wait(SECOND // 100)
    before, cpu, began = half.gauges.received, cpu_seconds(), time.monotonic()
    await half.clock.wait(int(asked.seconds * SECOND))
    count, used, took = half.gauges.received - before, cpu_seconds() - cpu, time.monotonic() - began
    figures = {
        "messages": count,
        "cpu": used,
        "seconds": took,
        "worst_lag": half.worst,
        "behind": half.gauges.behind,
    }
    say(json.dumps(figures))
    for task in tasks:
        task.cancel()
    os._exit(0)


def say(line: str) -> None:
    """One line for whoever started us."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def cpu_seconds() -> float:
    """User and system time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--core", type=int)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--rules", type=Path, default=PACK)
    parser.add_argument("--clock", default="")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
