"""The devices of the whole-path comparison: `python -m tests.benchmarks.engine.load PORT RATE SECONDS DEVICES FIRST`.

A steady stream of QoS 1 publishes over one bare socket, 14 fields each. Once in ten thousand messages the next device,
counted from FIRST, is too hot for one message. It prints what it sent and never looks at what becomes of it.
"""

from __future__ import annotations

import json
import random
import socket
import sys
import time

from hub.clock import WallClock
from tests.benchmarks.engine.workload import healthy
from tests.benchmarks.street_cost import flush, publish_packet, wait
from tests.system.street_half import say

CONNECT = b"\x10\x12\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x05blast"
GOODBYE = b"\xe0\x00"
RARE = 10_000
PAYLOADS = 2_000


def payload(rng: random.Random, **changed: float) -> bytes:
    """Nine values that rules look at, four that they do not, and room for the time."""
    extra = {
        "rssi": rng.randrange(-80, -40),
        "fw": "1.4.2",
        "uptime": rng.randrange(1_000_000),
        "seq": rng.randrange(9_999),
    }
    return (
        json.dumps({**healthy(rng), **changed, **extra, "ts": 0}, separators=(",", ":")).encode()[:-2]
        + b"%d}"
    )


def main() -> None:
    """Publish, then say how much."""
    port, rate, seconds, devices, first = (int(word) for word in sys.argv[1:])
    rng, clock = random.Random(1), WallClock()
    payloads = [payload(rng) for _ in range(PAYLOADS)]
    hot = payload(rng, temp=90.0)
    topics = [b"devices/bench-%d/telemetry" % n for n in range(devices)]
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(CONNECT)
    line.recv(100)
    line.setblocking(False)
    began, sent, breaches, unsent = time.monotonic(), 0, 0, b""
    while (passed := time.monotonic() - began) < seconds or unsent:
        due = int(min(passed, seconds) * rate) - sent
        if due < rate // 500 and not unsent:
            wait(line, 0.002)
        elif due:
            now, packets = clock.now() // 1_000, []
            for n in range(sent, sent + min(due, 500)):
                breach = n % RARE == RARE // 2 and first + breaches < devices
                device = first + breaches if breach else n % devices
                breaches += breach
                words = hot if breach else payloads[n % PAYLOADS]
                packets.append(publish_packet(topics[device], words % now, n % 65_000 + 1))
            sent += len(packets)
            unsent += b"".join(packets)
        unsent = flush(line, unsent)
    line.settimeout(20)
    line.sendall(GOODBYE)
    while line.recv(
        1 << 20
    ):  # the broker hangs up when it has read everything; leaving earlier would lose the end
        pass
    line.close()
    say(json.dumps({"sent": sent, "breaches": breaches}))


if __name__ == "__main__":
    main()
