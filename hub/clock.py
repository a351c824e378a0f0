"""The clock: the only file that asks what time it is.

Business time (rules, gate, signatures, tokens) is an epoch plus a rate, so that a demo can live six hours in
twenty-five seconds, and so that the hub and the simulated world share one time. Sockets and HTTP limits are
wall time and do not ask here.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

SECOND = 1_000_000


@dataclass(slots=True)
class WallClock:
    """Business time: `epoch` (UTC µs) at wall time `anchor` (UTC seconds), running `rate` times as fast.

    With the defaults it is simply the time of day. Two processes that share (epoch, anchor, rate) agree.
    """

    epoch: int = 0
    anchor: float = 0.0
    rate: float = 1.0
    _skew: float = field(default_factory=lambda: time.time() - time.monotonic())
    _turned: set[asyncio.Future[None]] = field(default_factory=set, repr=False, compare=False)

    def now(self) -> int:
        """The business time in UTC µs; it never runs backwards within a process."""
        wall = time.monotonic() + self._skew
        return self.epoch + int((wall - self.anchor) * self.rate * SECOND)

    def wall_seconds(self, micros: int) -> float:
        """How many real seconds `micros` of business time take."""
        return micros / SECOND / self.rate

    def change_rate(self, rate: float) -> None:
        """From now on run `rate` times as fast; the present moment stays what it is, and whoever waits in this event loop
        waits as much longer or shorter. For simulations only."""
        now = self.now()
        self.epoch, self.anchor, self.rate = now, time.monotonic() + self._skew, rate
        for waiting in self._turned:
            if not waiting.done():
                waiting.set_result(None)

    async def wait(self, micros: int) -> None:
        """Wait for `micros` of business time (not at all when negative)."""
        until = self.now() + micros
        if micros <= 0:
            await asyncio.sleep(0)
        while (left := self.wall_seconds(until - self.now())) > 0:
            turned = asyncio.get_running_loop().create_future()
            self._turned.add(turned)
            try:
                await asyncio.wait({turned}, timeout=left)
            finally:
                self._turned.discard(turned)

    async def wait_until(self, moment: int) -> None:
        """Wait until business time `moment` (UTC µs)."""
        await self.wait(moment - self.now())

    def __str__(self) -> str:
        return f"{iso(self.epoch)}@{self.anchor}x{self.rate}"


def fast_clock(start: int, rate: float) -> WallClock:
    """A clock that begins at `start` (UTC µs) now and runs `rate` times as fast as the wall's."""
    return WallClock(epoch=start, anchor=time.time(), rate=rate)


def parse_clock(text: str) -> WallClock:
    """The clock written by `str(clock)`, e.g. `2026-11-21T17:00:00Z@1795280400.0x600`; empty is the time of day.

    Raises ValueError when the text has another shape.
    """
    if not text:
        return WallClock()
    shape = re.fullmatch(r"(?P<epoch>[^@]+)@(?P<anchor>[0-9.]+)x(?P<rate>[0-9.]+)", text)
    if shape is None:
        raise ValueError(
            f"a clock is EPOCH@ANCHORxRATE, such as 2026-11-21T17:00:00Z@1795280400x600; got {text!r}"
        )
    return WallClock(micros(shape["epoch"]), float(shape["anchor"]), float(shape["rate"]))


def micros(text: str) -> int:
    """UTC µs of an ISO 8601 time with a zone (`2026-11-21T17:00:00Z`). Raises ValueError on anything else."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"a time needs a zone, such as 2026-11-21T17:00:00Z; got {text!r}")
    return int(moment.timestamp()) * SECOND + moment.microsecond


def iso(moment: int) -> str:
    """ISO 8601 in UTC with seconds, for machines: `2026-11-21T17:00:00Z`."""
    return datetime.fromtimestamp(moment / SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
