"""The report of all engines of this process, for `/metrics`: made anew at most once a minute, engine by engine, so
that nobody waits for long."""

from __future__ import annotations

import asyncio

from device_rules.report import Report, together
from hub.loops.judge import Bench

EVERY = 60.0  # real seconds
NEVER = -EVERY


class Reporter:
    """Asks the engines of `bench`. It keeps the last answer."""

    def __init__(self, bench: Bench) -> None:
        self._bench, self._at, self._last = bench, NEVER, Report({})
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self) -> Report:
        """The report, up to a minute old."""
        async with self._one_at_a_time:
            now = asyncio.get_running_loop().time()
            if now >= self._at + EVERY:
                reports = []
                for judge in self._bench.judges:
                    reports.append(judge.engine.report())
                    await asyncio.sleep(0)  # the loop's other work goes on between two engines
                self._at, self._last = now, together(reports)
            return self._last
