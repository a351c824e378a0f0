"""What a message costs the hub, against a bare receive-journal-acknowledge loop, in one run against Mosquitto.

    python -m tests.benchmarks.street_cost [--rate 8000] [--seconds 15] [--devices 1000]

A load process publishes at QoS 1 with MQTT 5; the measured process is pinned to one core. Goal: the whole way costs
at most 1.6 times the bare one, at 8,000 messages a second and more, without growing lag.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import shutil
import socket
import statistics
import struct
import sys
import tempfile
import time
from pathlib import Path

from simulators.broker import Mosquitto
from tests.system.street_half import register, say

GOAL = 1.6


def pump_reading(rng: random.Random, device: int, ts: int) -> bytes:
    """A healthy heat pump's telemetry."""
    return json.dumps(
        {
            "supply_temp": round(rng.gauss(45, 0.5), 1), "room_temp": round(rng.gauss(21, 0.1), 1), "setpoint": 21.0,
            "coil_temp": round(rng.gauss(-3, 0.3), 1), "outdoor_temp": round(rng.gauss(2, 0.1), 1),
            "power": round(rng.gauss(1400, 30)), "fan_speed": round(rng.gauss(820, 10)), "mode": "heat",
            "defrost_age": device % 60, "pressure": round(rng.gauss(22, 0.2), 1), "ts": ts,
        }
    ).encode()  # fmt: skip


def publish_packet(topic: bytes, payload: bytes, mid: int) -> bytes:
    """A PUBLISH of MQTT 5 at QoS 1."""
    body = struct.pack(">H", len(topic)) + topic + struct.pack(">H", mid) + b"\x00" + payload
    size, length = b"", len(body)
    while True:
        size += bytes([length % 128 | (128 if length > 127 else 0)])
        length //= 128
        if not length:
            return b"\x32" + size + body


def blast(port: int, rate: int, seconds: float, devices: int) -> None:
    """Publish at `rate`, acknowledgements read and thrown away, until the time is over."""
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(b"\x10\x12\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x05blast")
    line.recv(100)
    line.setblocking(False)
    rng = random.Random(1)
    now = int(time.time() * 1000)  # noqa: TID251 - the load is a device, and devices have clocks
    payloads = [pump_reading(rng, n, 0).replace(b'"ts": 0}', b'"ts": %d}') for n in range(5000)]
    topics = [b"devices/hp-%d/telemetry" % n for n in range(devices)]
    began, sent, unsent = time.monotonic(), 0, b""
    while (passed := time.monotonic() - began) < seconds:
        due = int(passed * rate) - sent
        if due < rate // 500 and not unsent:
            wait(line, 0.002)
        else:
            packets = [
                publish_packet(
                    topics[n % devices], payloads[n % 5000] % (now + int(passed * 1000)), n % 65_000 + 1
                )
                for n in range(sent, sent + min(due, 500))
            ]
            sent += len(packets)
            unsent += b"".join(packets)
        unsent = flush(line, unsent)
    say(json.dumps({"sent": sent, "rate": sent / seconds}))


def wait(line: socket.socket, seconds: float) -> None:
    """Wait without turning the processor."""
    line.settimeout(seconds)
    try:
        line.recv(1 << 20)
    except TimeoutError:
        pass
    finally:
        line.setblocking(False)


def flush(line: socket.socket, data: bytes) -> bytes:
    """Send what the socket takes; read acknowledgements away. Answers what is left."""
    with contextlib.suppress(BlockingIOError):
        line.recv(1 << 20)
    if not data:
        return data
    try:
        return data[line.send(data) :]
    except BlockingIOError:
        return data


async def measure(asked: argparse.Namespace, bare: bool) -> dict[str, float]:
    """One run: a broker, the load, and the measured process."""
    folder = Path(tempfile.mkdtemp(prefix="beforehand-cost-"))
    await register(folder, [f"hp-{n}" for n in range(asked.devices)])
    async with Mosquitto() as broker:
        hub = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.system.street_half",
            f"mqtt://{broker.host}:{broker.port}", str(folder), "--core", "0", "--seconds", str(asked.seconds),
            *(["--bare"] if bare else []), stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert hub.stdout
        while (said := await hub.stdout.readline()).strip() != b"ready":
            assert said, "the measured process ended"
        load = await asyncio.create_subprocess_exec(
            "taskset", "-c", "1", sys.executable, "-m", "tests.benchmarks.street_cost", "--blast", str(broker.port),
            "--rate", str(asked.rate), "--seconds", str(asked.seconds + 4), "--devices", str(asked.devices),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        while not said.startswith(b"{"):
            said = await hub.stdout.readline()
            assert said, "the measured process ended"
        figures = json.loads(said)
        out, _ = await load.communicate()
        await hub.wait()
    shutil.rmtree(folder)
    return figures | json.loads(out)


async def main(asked: argparse.Namespace) -> int:
    """Rounds of both runs in turn, and the table; 0 when the median ratio of the rounds meets the goal."""
    head = f"{'':8}{'offered/s':>11}{'taken/s':>10}{'CPU µs/msg':>12}{'core':>7}{'worst lag s':>13}{'unjudged':>10}"
    say(head)
    ratios, kept_up = [], True
    for _ in range(asked.rounds):
        each = {name: show(name, await measure(asked, name == "bare")) for name in ("bare", "whole")}
        ratios.append(each["whole"][0] / each["bare"][0])
        kept_up = kept_up and each["whole"][1] > 0.97 * asked.rate
    ratio = statistics.median(ratios)
    say(
        f"ratio {ratio:.2f}, the median of {', '.join(f'{one:.2f}' for one in ratios)} (goal {GOAL}), "
        f"{'kept up' if kept_up else 'fell behind'}"
    )
    return 0 if ratio <= GOAL and kept_up else 1


def show(name: str, row: dict[str, float]) -> tuple[float, float]:
    """Print one run; its µs of CPU per message, and the messages per second that it took."""
    each, taken = row["cpu"] / row["messages"] * 1e6, row["messages"] / row["seconds"]
    say(
        f"{name:8}{row['rate']:>11.0f}{taken:>10.0f}{each:>12.1f}"
        f"{row['cpu'] / row['seconds']:>7.0%}{row['worst_lag']:>13.2f}{row['behind']:>10.0f}"
    )
    return each, taken


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=8_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--devices", type=int, default=1_000)
    parser.add_argument("--blast", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.blast:
        blast(given.blast, given.rate, given.seconds, given.devices)
    else:
        sys.exit(asyncio.run(main(given)))
