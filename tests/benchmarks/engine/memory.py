"""Bytes of engine state per device, by tracemalloc: an engine that knows 100,000 devices minus one that knows none.

Every device is described and has sent three readings. The readings are the caller's and made before counting begins;
a second figure makes them while counting and throws them away, so that what the engine keeps alive of them is counted too.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterable

from device_rules import Engine, Record, RuleBook
from tests.benchmarks.engine.figures import Figure
from tests.benchmarks.engine.workload import Street, describe, read_book, ten_rules

GOAL = 600.0
PASSES = 3


def feed(engine: Engine, chunks: Iterable[list[Record]]) -> None:
    """Judge everything and keep nothing of it here."""
    for chunk in chunks:
        for record in chunk:
            engine.judge(record)
    engine.mark()  # as the hub does once a second


def state(devices: int, book: RuleBook, *, callers: bool) -> float:
    """Bytes per device. `callers`: the readings are kept by the caller and not counted."""
    street = Street(devices)
    described: list[Record] = [describe(name, book.model) for name in street.names]
    kept = [street.chunk(devices) for _ in range(PASSES)] if callers else []
    gc.collect()
    tracemalloc.start()
    try:
        engine = Engine([book])
        empty = tracemalloc.get_traced_memory()[0]
        feed(engine, [described])
        feed(engine, kept or street.chunks(PASSES * devices))
        gc.collect()
        return (tracemalloc.get_traced_memory()[0] - empty) / devices
    finally:
        tracemalloc.stop()


def bytes_per_device(devices: int) -> list[Figure]:
    """Ten rules of the simple forms, with and without what is kept alive of the readings; and the ten stateful ones."""
    simple, stateful = read_book("ten-plain.yaml"), ten_rules()
    of = f"per device, {devices:,} devices"
    return [
        Figure(
            f"engine state {of}, ten rules of the simple forms",
            state(devices, simple, callers=True),
            "B",
            GOAL,
            note="readings are the caller's",
        ),
        Figure(
            "with what it keeps alive of the readings",
            state(devices, simple, callers=False),
            "B",
            GOAL,
            note="values and dictionaries of readings included",
        ),
        Figure(
            f"engine state {of}, ten stateful rules",
            state(devices, stateful, callers=False),
            "B",
            note="two windows of counts and two previous values more, all included",
        ),
    ]
