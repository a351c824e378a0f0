"""Broker to judgement, ours against Node-RED: the same broker settings, the same messages, the same ten rules.

Both run at once, each on a broker of its own, and are loaded in turn; the idle one costs nothing. CPU is that of the
whole process, from /proc, from before the load until the last message is judged. What ours does besides (log on disk
before the acknowledgement, checkpoints, faults saved) is not subtracted.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import httpx

from simulators.broker import Mosquitto
from simulators.child import free_port
from tests.benchmarks.engine.figures import Figure, load, middle, number, ratio, say
from tests.benchmarks.engine.places import HERE, NODE_RED, wheel_node
from tests.benchmarks.engine.workload import BOOKS, ten_rules
from tests.system.street_half import register

DEVICES = 1_000
RATE = 8_000  # messages a second: below what either can take
SECONDS = 4
WARM = 4
TICK = os.sysconf("SC_CLK_TCK")


class Hearing(Protocol):
    """What is under measure."""

    process: asyncio.subprocess.Process
    pid: int

    async def count(self) -> tuple[int, int]:
        """Messages dealt with so far, and faults raised so far."""
        ...


@dataclass
class Side:
    """One of the two, with its broker and what was measured."""

    name: str
    port: int
    process: Hearing
    first: int = 0
    sent: int = 0
    breaches: int = 0
    costs: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)


class Hub:
    """Our whole path, in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, store: Path) -> None:
        self.process, self.pid, self._store = process, process.pid, store

    @classmethod
    async def start(cls, broker: int, folder: Path, *words: str) -> Hub:
        """Register the devices, start, and wait until it listens. `--bare` among the words: it judges nothing."""
        book = book_at_hand()
        await register(folder, [f"bench-{n}" for n in range(DEVICES)], book)
        log = folder / "said"
        with log.open("w") as errors:
            process = await asyncio.create_subprocess_exec(
                "taskset", "-c", "0", sys.executable, "-m", "tests.benchmarks.engine.street_child",
                f"mqtt://127.0.0.1:{broker}", str(folder), str(book), *words,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
            )  # fmt: skip
        assert process.stdout
        said = await asyncio.wait_for(process.stdout.readline(), 60)
        if said.strip() != b"ready":
            raise RuntimeError(f"our street ended before it listened: {log.read_text().strip()[-300:]}")
        return cls(process, folder / "hub.sqlite")

    async def count(self) -> tuple[int, int]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(b"?\n")
        told = json.loads(await asyncio.wait_for(self.process.stdout.readline(), 20))
        with contextlib.closing(sqlite3.connect(f"file:{self._store}?mode=ro", uri=True)) as store:
            raised = store.execute("SELECT count(*) FROM faults").fetchone()[0]
        return int(told["received"]) - int(told["behind"]), int(raised)


def book_at_hand() -> Path:
    """The file of the ten rules."""
    return BOOKS / ten_rules().name


class NodeRed:
    """Node-RED with one flow: mqtt in → json → a function node with the ten rules → a counter."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process, self.pid, self._url = process, process.pid, url

    @classmethod
    async def start(cls, broker: int, folder: Path) -> NodeRed:
        """Write flow and settings, start, and wait until it answers."""
        port = free_port()
        (folder / "flows.json").write_text(json.dumps(flow(broker)))
        (folder / "settings.js").write_text(
            f'module.exports = {{uiPort: {port}, uiHost: "127.0.0.1", httpAdminRoot: false, flowFile: "flows.json", '
            'credentialSecret: false, logging: {console: {level: "error"}}, telemetry: {enabled: false}};\n'
        )
        process = await asyncio.create_subprocess_exec(
            "taskset", "-c", "0", str(wheel_node()), str(NODE_RED), "--userDir", str(folder),
            "--settings", str(folder / "settings.js"),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        made = cls(process, f"http://127.0.0.1:{port}/count")
        until = time.monotonic() + 60
        while time.monotonic() < until and process.returncode is None:
            try:
                await made.count()
            except (httpx.HTTPError, ValueError):
                await asyncio.sleep(0.2)
            else:
                await asyncio.sleep(1)  # it answers before it has subscribed
                return made
        raise RuntimeError("Node-RED did not answer within a minute")

    async def count(self) -> tuple[int, int]:
        async with httpx.AsyncClient(trust_env=False) as client:
            told = (await client.get(self._url, timeout=20)).json()
        return int(told["messages"]), int(told["raised"])


def flow(broker: int) -> list[dict[str, Any]]:
    """The flow as Node-RED keeps it."""
    judge = {
        "type": "function", "func": (HERE / "peer" / "node_red_ten_rules.js").read_text(), "outputs": 1,
        "initialize": 'context.set("devices", new Map());',
    }  # fmt: skip
    counter = {
        "type": "function", "outputs": 1, "initialize": 'global.set("told", {messages: 0, raised: 0});',
        "func": 'const told = global.get("told"); told.messages += 1; told.raised += msg.raised; return null;',
    }  # fmt: skip
    answer = {"type": "function", "func": 'msg.payload = global.get("told"); return msg;', "outputs": 1}
    tab = {"z": "node-tab"}
    return [
        {"id": "node-tab", "type": "tab", "label": "ten rules"},
        {"id": "node-broker", "type": "mqtt-broker", "broker": "127.0.0.1", "port": str(broker), "clientid": "node-red",
         "autoConnect": True, "protocolVersion": "5", "keepalive": "60", "cleansession": True},
        {"id": "node-in", "type": "mqtt in", "topic": "devices/+/telemetry", "qos": "1", "datatype": "utf8",
         "broker": "node-broker", "wires": [["node-json"]], **tab},
        {"id": "node-json", "type": "json", "property": "payload", "action": "obj", "wires": [["node-judge"]], **tab},
        {"id": "node-judge", "wires": [["node-counter"]], **judge, **tab},
        {"id": "node-counter", "wires": [[]], **counter, **tab},
        {"id": "node-ask", "type": "http in", "url": "/count", "method": "get", "wires": [["node-told"]], **tab},
        {"id": "node-told", "wires": [["node-response"]], **answer, **tab},
        {"id": "node-response", "type": "http response", "wires": [], **tab},
    ]  # fmt: skip


def cpu_of(pid: int) -> float:
    """Seconds of CPU, user and system, that a process has used; all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_of(pid: int) -> float:
    """MB that a process has resident."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def loaded(side: Side, seconds: int) -> None:
    """Load one side and note its µs of CPU per message and its share of the core. Raises RuntimeError on a loss."""
    before, began = cpu_of(side.process.pid), time.monotonic()
    child = await asyncio.create_subprocess_exec(
        "taskset", "-c", "1", sys.executable, "-m", "tests.benchmarks.engine.load", str(side.port), str(RATE),
        str(seconds), str(DEVICES), str(side.first), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await child.communicate()
    made = json.loads(told)
    side.sent, side.breaches = side.sent + made["sent"], side.breaches + made["breaches"]
    side.first += made["breaches"]
    until = time.monotonic() + 10
    while (await side.process.count())[0] < side.sent:
        if time.monotonic() > until:
            raise RuntimeError(f"{side.name}: {side.sent} sent, {(await side.process.count())[0]} dealt with")
        await asyncio.sleep(0.1)
    spent = cpu_of(side.process.pid) - before
    side.costs.append(spent / made["sent"] * 1e6)
    side.shares.append(spent / (time.monotonic() - began))


async def compared(rounds: int) -> list[Figure]:
    """The two whole paths, and ours without judging, in turn; no goal, for information."""
    folder = Path(tempfile.mkdtemp(prefix="beforehand-whole-"))
    sides: list[Side] = []
    try:
        async with Mosquitto() as mine, Mosquitto() as other, Mosquitto() as third:
            for name in ("hub", "node-red", "bare"):
                (folder / name).mkdir()
            sides.append(Side("ours", mine.port, await Hub.start(mine.port, folder / "hub")))
            sides.append(Side("Node-RED", other.port, await NodeRed.start(other.port, folder / "node-red")))
            bare = await Hub.start(third.port, folder / "bare", "--bare")
            sides.append(Side("ours without judging", third.port, bare))
            for side in sides:
                await loaded(side, WARM)
                side.costs.clear()
            for _ in range(rounds):
                for side in sides:
                    await loaded(side, SECONDS)
                say(f"  after a round: load average {load(warn=False)}")
            return await table(sides)
    finally:
        for side in sides:
            if side.process.process.returncode is None:
                side.process.process.kill()
            await side.process.process.wait()
        shutil.rmtree(folder, ignore_errors=True)


async def table(sides: Sequence[Side]) -> list[Figure]:
    """The costs; sound only when both raised the same number of faults."""
    counts = [(await side.process.count())[1] for side in sides[:2]]
    ours, red, bare = (told(side) for side in sides)
    faults = f"faults raised: ours {counts[0]}, Node-RED {counts[1]}"
    against = ratio(
        "Node-RED against ours", list(zip(sides[1].costs, sides[0].costs, strict=True)), note=faults
    )
    same = counts[0] == counts[1] > 0
    return [ours, red, bare, replace(against, sound=same)]


def told(side: Side) -> Figure:
    """A side's line: what a message costs, what was sent, and the state of the process."""
    note = (
        f"{side.sent:,} sent and dealt with, {side.breaches} devices too hot once; "
        f"{max(side.shares):.0%} of a core at most, {number(memory_of(side.process.pid))} MB"
    )
    return middle(f"{side.name}, {RATE:,} messages/s, QoS 1", side.costs, note=note)
