"""The MQTT source: telemetry from the broker to the loop, in batches, acknowledged only when told that the log has it.

A thread of its own drives the connection (`line.py`): it reads in bulk, hands over once per batch, and writes the
acknowledgements of a batch at once. It reconnects with growing pauses and takes its session up again. Memory is
bounded: what is handed over and not yet acknowledged has a limit, and beyond it the broker has to hold the rest.
It never decodes and never writes to the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence

import structlog
from paho.mqtt.client import MQTTMessage

from hub.ingest.broker import BrokerAddress, short_words
from hub.ingest.line import LOST, V5, V311, Line, Lost
from hub.ports import Clock
from hub.ports.telemetry import Gauges, Raw

HELD_BYTES = 64 * 1024 * 1024
HELD_MESSAGES = 10_000
LARGEST_BATCH = 4_000
OVERHEAD = 200  # bytes of memory per message besides its payload
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0  # real seconds between attempts to connect
LASTING = (
    60.0  # real seconds after which a connection counts as steady; longer than the longest pause, so that
)
# two hubs with one id, who take the line from each other, don't both begin anew with short pauses
OFTEN = 3  # connections in a row that were lost before: more than a broker's restart
MANY = 20  # messages in a batch from which on it pays to wait for more
GATHER = 0.010  # real seconds; far below what anybody notices, and a commit serves ten times as many
QUICK = 0.003  # real seconds between two reads of a busy line

log = structlog.get_logger()


class Source:
    """Telemetry of one broker. `listening_since` is the business moment since which we hear without a gap, or None."""

    def __init__(self, address: BrokerAddress, filters: Sequence[str], clock: Clock, gauges: Gauges) -> None:
        address.tls()  # refuses what cannot work before anything starts
        self._address, self._filters, self._clock, self.gauges = address, tuple(filters), clock, gauges
        self.listening_since: int | None = None
        self._version = V311 if address.version == "3.1.1" else V5
        self._short = 0  # connections in a row that did not last
        self._number = 0  # of the connection: an acknowledgement belongs to one
        self._fresh: list[Raw] = []  # read and not yet handed over; the thread's own
        self._waiting: deque[list[Raw]] = deque()
        self._taken: Sequence[Raw] = ()
        self._acks: deque[Sequence[Raw]] = deque()
        self._taken_bytes = self._released_bytes = 0  # the thread counts up one, the loop the other
        self._taken_count = self._released_count = 0
        self._many = False
        self._bell = asyncio.Event()
        self._changed = asyncio.Event()
        self._stopping = threading.Event()
        self._wake_out, self._wake_in = socket.socketpair()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        """Connect, and go on connecting, until close()."""
        self._wake_out.setblocking(False)
        self._wake_in.setblocking(False)
        self._thread.start()

    async def connected(self) -> None:
        """Wait until the broker has granted the subscriptions."""
        while self.listening_since is None:
            self._changed.clear()
            await self._changed.wait()

    async def batch(self) -> Sequence[Raw]:
        """What has come in; waits for at least one message. Every batch must be given to ack()."""
        if self._many:
            await asyncio.sleep(GATHER)
        while not self._waiting:
            self._bell.clear()
            if not self._waiting:  # nothing came between the look and the clearing
                await self._bell.wait()
        found = self._waiting.popleft()
        while self._waiting and len(found) < LARGEST_BATCH:
            found += self._waiting.popleft()
        self._many = len(found) >= MANY
        self._taken = found
        return found

    def ack(self, batch: Sequence[Raw]) -> None:
        """The log has this batch, or it was refused for good: the broker may forget it."""
        self._released_bytes += sum(len(raw.payload) + OVERHEAD for raw in batch)
        self._released_count += len(batch)
        self._taken = ()
        self._acks.append(batch)
        self._wake()

    def oldest(self) -> int | None:
        """When the oldest message came that is not yet acknowledged; None when there is none."""
        if self._taken:
            return self._taken[0].received
        return self._waiting[0][0].received if self._waiting else None

    async def close(self) -> None:
        """Send the acknowledgements that are due, say goodbye and end the thread. The broker keeps the session."""
        self._stopping.set()
        if self._thread.is_alive():
            self._wake()
            await asyncio.to_thread(self._thread.join)
        self._wake_in.close()
        self._wake_out.close()

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # it has been woken often enough
            self._wake_in.send(b"!")

    # What follows runs in the thread.

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            began: float | None = None
            self._number += 1
            line = Line(self._address, self._version, self._heard)
            try:
                line.open(self._filters)
                began = time.monotonic()
                self._listening(None)
                self._pump(line)
            except Lost as error:
                if self._another_version(error):
                    continue
                self._count(began)
                self._listening(self._words(error))
            except Exception:  # a bug of ours must not make us deaf for ever
                log.exception("the line broke")
                self._listening("The line to the broker broke for a reason of ours; see the log.")
            finally:
                line.close()
            pause = FIRST_PAUSE if self._lasted_long(began) else min(LONGEST_PAUSE, pause * 2)
            self._stopping.wait(pause)

    @staticmethod
    def _lasted_long(began: float | None) -> bool:
        return began is not None and time.monotonic() - began >= LASTING

    def _count(self, began: float | None) -> None:
        """Count the connection that was lost just now, if it was one and did not last."""
        if began is not None:
            self._short = 0 if self._lasted_long(began) else self._short + 1

    def _words(self, error: Lost) -> str:
        """Why the line was lost; a guess when nobody says so, and it happens again and again."""
        if str(error) == LOST and self._short >= OFTEN:
            return short_words(self._short, self._address)
        return str(error)

    def _another_version(self, error: Lost) -> bool:
        """Whether to try the other version of MQTT at once: from 5 down; back up only after a pause."""
        if not error.early or self._address.version != "auto":
            return False
        self._version = V311 if self._version == V5 else V5
        return self._version == V311

    def _listening(self, trouble: str | None) -> None:
        """Note that we hear, or (with `trouble`) that we don't."""
        self.listening_since = self._clock.now() if trouble is None else None
        self.gauges.connected = trouble is None
        if trouble is None:
            log.info("listening", broker=self._address.host, version=self._version.name)
        elif trouble != self.gauges.trouble:
            log.warning("not listening", broker=self._address.host, because=trouble)
        self.gauges.trouble = trouble or ""
        self._tell(self._changed)

    def _tell(self, event: asyncio.Event) -> None:
        try:
            self._loop.call_soon_threadsafe(event.set)
        except RuntimeError:
            self._stopping.set()  # the loop is gone, and so are we

    def _pump(self, line: Line) -> None:
        last = 0.0
        while not self._stopping.is_set():
            came = line.pump(1.0, self._wake_out, self._room)
            self._hand_over()
            self._acknowledge(line)
            if came:
                now = time.monotonic()
                if now - last < 2 * QUICK:  # a busy line: let a few more arrive before the next wake-up
                    self._stopping.wait(QUICK)
                last = now
        self._acknowledge(line)

    def _room(self) -> bool:
        return (
            self._taken_bytes - self._released_bytes < HELD_BYTES
            and self._taken_count - self._released_count < HELD_MESSAGES
        )

    def _heard(self, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = message._topic.decode("utf-8", "surrogateescape")
        payload = bytes(message.payload)
        self._taken_bytes += len(payload) + OVERHEAD
        self._taken_count += 1
        now = self._clock.now()
        self._fresh.append(Raw(topic, payload, now, message.retain, message.qos, message.mid, self._number))

    def _hand_over(self) -> None:
        if self._fresh:
            self.gauges.received += len(self._fresh)
            fresh, self._fresh = self._fresh, []
            self._waiting.append(fresh)
            if not self._bell.is_set():
                self._tell(self._bell)

    def _acknowledge(self, line: Line) -> None:
        with contextlib.suppress(BlockingIOError):
            self._wake_out.recv(4096)
        mids: list[int] = []
        while self._acks:
            mids += [raw.mid for raw in self._acks.popleft() if raw.qos and raw.line == self._number]
        if mids:
            line.acknowledge(mids)
