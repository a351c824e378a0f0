"""MQTT brokers on loopback: `Broker` (rumqttd from the iotcore wheel) and `Mosquitto` (the Debian program).

`Broker` needs nothing but pip and starts in a tenth of a second, but keeps everything in memory: it is for the
demo and quick tests. `Mosquitto` has sessions that survive a kill: it is for system tests and benchmarks.
Neither is for production, and neither ends a process that it did not start.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import aiomqtt

from simulators.child import SILENT, Child, free_port, taken

HOST = "127.0.0.1"
READY_WITHIN = 15.0  # seconds of wall time
MAX_PAYLOAD = 4 * 1024 * 1024  # bytes; a megabyte of garbage must reach the hub

MQTT_311 = aiomqtt.ProtocolVersion.V311
MQTT_5 = aiomqtt.ProtocolVersion.V5

RUMQTTD = """
id = 0
[router]
id = 0
max_connections = 10010
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
{listeners}
"""
LISTENER = """
[{table}.main]
name = "{table}"
listen = "{host}:{port}"
next_connection_delay_ms = 1
    [{table}.main.connections]
    connection_timeout_ms = 60000
    max_payload_size = {payload}
    max_inflight_count = 1000
    dynamic_filters = true
"""
SERVE = "import sys; from iotcore import IotCoreBroker; IotCoreBroker(config_path=sys.argv[1]).run_forever()"


class BrokerError(RuntimeError):
    """The broker did not start; the sentence says why and what to do."""


class Broker:
    """An in-memory broker: MQTT 5 on `port`, MQTT 3.1.1 on `port_311` (rumqttd cannot tell them apart on one).

    Without ports it takes free ones. Raises BrokerError from start().
    """

    host = HOST

    def __init__(self, port: int | None = None, port_311: int | None = None) -> None:
        self._wanted = (port, port_311)
        self.port = port or 0
        self.port_311 = port_311 or 0
        self._child: Child | None = None
        self._folder = Path()

    @property
    def pid(self) -> int:
        """The process id, for measurements."""
        assert self._child, "the broker has not been started"
        return self._child.pid

    async def start(self) -> Self:
        """Start it and return when both listeners have accepted an MQTT connection."""
        for wanted in self._wanted:
            refuse_taken(wanted)
        self._folder = Path(tempfile.mkdtemp(prefix="beforehand-broker-"))
        for attempt in (1, 2, 3):  # a free port can be lost to somebody else before we bind it
            self.port, self.port_311 = (wanted or free_port() for wanted in self._wanted)
            self._child = Child(
                [sys.executable, "-I", "-c", SERVE, str(self._config())], self._folder / "log"
            )
            try:
                await ready(self._child, self.port, version=MQTT_5)
                await ready(self._child, self.port_311, version=MQTT_311)
            except BrokerError:
                await self._child.stop()
                if attempt == 3 or None not in self._wanted:
                    raise
            else:
                break
        return self

    def _config(self) -> Path:
        tables = (("v4", self.port_311), ("v5", self.port))
        listeners = "".join(
            LISTENER.format(table=table, host=HOST, port=port, payload=MAX_PAYLOAD) for table, port in tables
        )
        path = self._folder / "rumqttd.toml"
        path.write_text(RUMQTTD.format(listeners=listeners))
        return path

    def kill(self) -> None:
        """End it as a power cut would. start() brings it back, empty."""
        if self._child:
            self._child.kill()

    async def stop(self) -> None:
        """End it and remove its files."""
        if self._child:
            await self._child.stop()
            shutil.rmtree(self._folder, ignore_errors=True)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


@dataclass(frozen=True)
class Tls:
    """A TLS listener: PEM files of the server; with `clients` (a CA), clients must show a certificate of it."""

    certificate: Path
    key: Path
    clients: Path | None = None


class Mosquitto:
    """A Mosquitto with MQTT 5 and 3.1.1 on one port, unlimited queues, and a session store that survives a kill.

    `passwords` maps users to passwords (else anybody may connect); `data` keeps the persistence between
    instances (else a temporary folder, removed at stop()). kill() and start() may alternate: the port stays.
    Raises BrokerError from start(), with a remedy.
    """

    host = HOST

    def __init__(
        self,
        port: int | None = None,
        passwords: Mapping[str, str] | None = None,
        tls: Tls | None = None,
        data: Path | None = None,
        *,
        program: str = "mosquitto",
    ) -> None:
        self.port = port or 0
        self.port_tls = 0
        self._program = program
        self._passwords = dict(passwords or {})
        self._tls = tls
        self._data = data
        self._child: Child | None = None
        self._folder = Path()

    @property
    def port_311(self) -> int:
        """The same port: Mosquitto tells the versions apart."""
        return self.port

    @property
    def pid(self) -> int:
        """The process id, for measurements."""
        assert self._child, "Mosquitto has not been started"
        return self._child.pid

    async def start(self) -> Self:
        """Start it (again) and return when it has accepted an MQTT connection."""
        refuse_taken(self.port)
        self.port = self.port or free_port()
        if self._tls:
            self.port_tls = self.port_tls or free_port()
        if not self._folder.name:
            self._folder = Path(tempfile.mkdtemp(prefix="beforehand-mosquitto-"))
        self._child = Child([installed(self._program), "-c", str(self._config())], self._folder / "log")
        login = next(iter(self._passwords.items()), None)
        await ready(self._child, self.port, version=MQTT_5, login=login)
        return self

    def _config(self) -> Path:
        data = self._data or self._folder
        data.mkdir(parents=True, exist_ok=True)
        lines = [
            *(["user root"] if os.geteuid() == 0 else []),  # else it gives root up and cannot write here
            "per_listener_settings false",
            f"persistence true\npersistence_location {data}/",
            "autosave_interval 1\nautosave_on_changes false",
            "max_queued_messages 0\nmax_queued_bytes 0\nmax_inflight_messages 0\nmax_inflight_bytes 0",
            "set_tcp_nodelay true\nsys_interval 0",
            "log_dest stderr\nlog_type error",
            f"allow_anonymous {str(not self._passwords).lower()}",
            *([f"password_file {self._password_file()}"] if self._passwords else []),
            f"listener {self.port} {HOST}",
            *self._tls_lines(),
        ]
        path = self._folder / "mosquitto.conf"
        path.write_text("\n".join(lines) + "\n")
        return path

    def _tls_lines(self) -> list[str]:
        if not self._tls:
            return []
        lines = [f"listener {self.port_tls} {HOST}"]
        lines += [f"certfile {self._tls.certificate}", f"keyfile {self._tls.key}"]
        if self._tls.clients:
            lines += [f"cafile {self._tls.clients}", "require_certificate true"]
        return lines

    def _password_file(self) -> Path:
        path = self._folder / "passwords"
        path.touch(mode=0o600)
        for user, password in self._passwords.items():
            command = [installed("mosquitto_passwd"), "-b", str(path), user, password]
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own arguments
        return path

    def kill(self) -> None:
        """End it as a power cut would; what it had saved is there at the next start()."""
        if self._child:
            self._child.kill()

    async def halt(self) -> None:
        """End it in an orderly way and keep its files, for a later start()."""
        if self._child:
            await self._child.stop()

    async def stop(self) -> None:
        """End it and remove its files (`data` stays)."""
        await self.halt()
        if self._folder.name:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def refuse_taken(port: int | None) -> None:
    """Raise BrokerError when the wished-for port is in use."""
    if port and taken(port):
        raise BrokerError(f"Port {port} on {HOST} is taken. Stop what listens there, or choose another port.")


def installed(name: str) -> str:
    """The path of an installed program. Raises BrokerError naming the remedy."""
    found = shutil.which(
        name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
    )
    if not found:
        raise BrokerError(
            f"The program {name} is not installed. Debian and Ubuntu: apt-get install mosquitto; "
            "macOS: brew install mosquitto. The demo and the quick tests do without it."
        )
    return found


async def ready(
    child: Child, port: int, *, version: aiomqtt.ProtocolVersion, login: tuple[str, str] | None = None
) -> None:
    """Return when an MQTT client could connect; raise BrokerError when the child ended or never got there."""
    user, password = login or (None, None)
    deadline = asyncio.get_running_loop().time() + READY_WITHIN
    while asyncio.get_running_loop().time() < deadline:
        if not child.running():
            raise BrokerError(f"The broker ended while it started: {child.last_words() or 'it said nothing'}")
        try:
            async with aiomqtt.Client(
                HOST, port, protocol=version, timeout=2, username=user, password=password, logger=SILENT
            ):
                return
        except aiomqtt.MqttError:
            await asyncio.sleep(0.02)
    raise BrokerError(f"The broker did not accept a connection on port {port} within {READY_WITHIN:.0f} s.")
