"""One simulated device on MQTT: it publishes what its body measures and answers commands, as a real one would.

Topics: `devices/{id}/telemetry`, `/events`, `/status` (retained; `offline` is the last will), commands in on
`/commands/{command_id}`, answers on `/commands/{command_id}/result` and, with MQTT 5, on the response topic.
It reconnects by itself. It buffers nothing: what it measures while it is away is lost.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from hub.clock import WallClock
from simulators.broker import HOST, MQTT_5
from simulators.child import SILENT
from simulators.devices.body import SECOND, Answer, Body, Metric, Noise, refused

TEN_MINUTES_SLOW = -600 * SECOND
AN_HOUR_AHEAD = 3600 * SECOND
RECONNECT = 0.1  # seconds of wall time
REMEMBERED = 100  # answers kept for commands that are delivered again


@dataclass(frozen=True)
class Uplink:
    """Where devices connect: broker, protocol version, credentials; and the clock they live by."""

    clock: WallClock
    port: int
    host: str = HOST
    version: aiomqtt.ProtocolVersion = MQTT_5
    login: tuple[str, str] | None = None
    tls: ssl.SSLContext | None = None
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(20))


@dataclass(frozen=True, slots=True)
class Quirks:
    """What is wrong with a device's telemetry (nothing by default).

    `clock_skew` in µs (TEN_MINUTES_SLOW, AN_HOUR_AHEAD); `in_1970` counts from 1970 at its start; `no_ts` sends no
    time; `duplicates` and `gaps` are shares (0 to 1) of the readings sent twice, or not at all.
    """

    clock_skew: int = 0
    in_1970: bool = False
    no_ts: bool = False
    duplicates: float = 0.0
    gaps: float = 0.0


class Device:
    """A body with a connection. `sent` counts its readings, `last` is the newest, `commands` what it was told."""

    def __init__(self, uplink: Uplink, body: Body, quirks: Quirks | None = None) -> None:
        self.id = body.id
        self.body = body
        self.last: dict[str, Metric] = {}
        self.sent = 0
        self.commands: list[tuple[str, Answer]] = []
        self.online = False
        self._uplink = uplink
        self._quirks = quirks or Quirks()
        self._noise = Noise(f"{body.id} on the wire")
        self._at = uplink.clock.now()  # business time up to which the body has lived
        self._born = self._at
        self._answers: OrderedDict[str, bytes] = OrderedDict()
        self._away: Answer | None = None
        self._plugged = asyncio.Event()
        self._plugged.set()
        self._pulled = asyncio.Event()
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Switch it on: it connects, says it is there, and reports from now on."""
        self._task = asyncio.create_task(self._live(), name=self.id)

    async def stop(self) -> None:
        """Switch it off in an orderly way: it says goodbye."""
        if self._task:
            await end({self._task}, patience=3.0)

    async def unplug(self) -> None:
        """Cut it off without a goodbye: the broker sends its last will. Silent until plug_in()."""
        self._plugged.clear()
        self._pulled.set()
        await self.until(lambda device: not device.online)

    def plug_in(self) -> None:
        """Let it connect again."""
        self._pulled.clear()
        self._plugged.set()

    def happen(self, name: str) -> None:
        """Let fault or repair `name` of the model happen. Raises KeyError naming those that exist."""
        happenings = self.body.happenings()
        if name not in happenings:
            raise KeyError(f"{self.body.model} knows no {name!r}; it knows {', '.join(happenings)}")
        happenings[name]()

    async def until(self, check: Callable[[Device], bool], within: float = 20.0) -> None:
        """Return when `check(device)` is true after a change. Raises TimeoutError after `within` wall seconds."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(lambda: check(self))

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _live(self) -> None:
        while True:
            try:
                await self._session()
            except aiomqtt.MqttError:
                await asyncio.sleep(RECONNECT)
            finally:
                self.online = False
                await self._tell()
            if self._away:
                await self._uplink.clock.wait(self._away.away)
            await self._plugged.wait()

    async def _session(self) -> None:
        client = self._client()
        async with self._uplink.at_once:
            await client.__aenter__()
        goodbye = True
        try:
            await self._arrive(client)
            goodbye = await self._work(client)
        except asyncio.CancelledError:
            await self._leave(client, goodbye)
            raise
        except aiomqtt.MqttError:
            await client.__aexit__(None, None, None)
            raise
        await self._leave(client, goodbye)

    async def _arrive(self, client: aiomqtt.Client) -> None:
        now = self._uplink.clock.now()
        self.body.step(max(0, now - self._at) / SECOND)
        self._at = max(now, self._at)
        if self._away:
            self._away = None
            self._born = self._at
            self.body.booted()
        await client.subscribe(f"devices/{self.id}/commands/+", qos=1)
        await client.publish(f"devices/{self.id}/status", b"online", qos=1, retain=True)
        self.online = True
        await self._tell()

    async def _leave(self, client: aiomqtt.Client, goodbye: bool) -> None:
        """Disconnect with a goodbye, or cut the line so that the broker sends the last will."""
        self.online = False
        try:
            if goodbye:
                await client.publish(f"devices/{self.id}/status", b"offline", qos=1, retain=True)
            else:
                line: Any = client._client.socket()  # aiomqtt offers no way to break off
                line.shutdown(socket.SHUT_RDWR)
                async for _ in client.messages:
                    continue
        except aiomqtt.MqttError:
            pass  # the line is gone, which is all that matters
        finally:
            await client.__aexit__(None, None, None)

    async def _work(self, client: aiomqtt.Client) -> bool:
        """Report and obey until something ends the session; tells whether it ends with a goodbye."""
        reporting = asyncio.create_task(self._report(client))
        obeying = asyncio.create_task(self._obey(client))
        pulled = asyncio.create_task(self._pulled.wait())
        tasks: set[asyncio.Task[Any]] = {reporting, obeying, pulled}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(tasks)
        for task in done:
            task.result()  # a broken line surfaces here
        return pulled not in done and not (self._away and self._away.lost)

    async def _report(self, client: aiomqtt.Client) -> None:
        first = int(self.body.every * self._noise.between(0.5, 1, 3))  # a fleet does not speak in chorus
        await self._reading(client)
        while True:
            pause, first = first or self.body.every, 0
            await self._uplink.clock.wait_until(self._at + pause)
            self._at += pause
            self.body.step(pause / SECOND)
            await self._reading(client)

    async def _reading(self, client: aiomqtt.Client) -> None:
        values = self.body.read()
        if not self._noise.chance(self._quirks.gaps):
            for _ in range(2 if self._noise.chance(self._quirks.duplicates) else 1):
                await self._publish(client, "telemetry", values)
        await self._events(client)
        self.last = values
        self.sent += 1
        await self._tell()

    async def _events(self, client: aiomqtt.Client) -> None:
        for event in self.body.events():
            await self._publish(client, "events", event)

    async def _publish(self, client: aiomqtt.Client, leaf: str, what: dict[str, Metric]) -> None:
        stamp = {} if self._quirks.no_ts else {"ts": self._own_time() // 1000}
        await client.publish(f"devices/{self.id}/{leaf}", json.dumps({**what, **stamp}), qos=1)

    def _own_time(self) -> int:
        """What the device's own clock shows, in µs."""
        return self._at - self._born if self._quirks.in_1970 else self._at + self._quirks.clock_skew

    async def _obey(self, client: aiomqtt.Client) -> None:
        """Answer commands; returns when one of them makes the device reboot."""
        async for message in client.messages:
            key = str(message.topic).rpartition("/")[2]
            if key in self._answers:  # delivered again: the same answer, and nothing is done twice
                await self._answer(client, message, self._answers[key])
                continue
            name, answer = self._decide(message.payload)
            said = json.dumps({"ok": answer.ok, **answer.said}).encode()
            self._answers[key] = said
            if len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
            await self._answer(client, message, said)
            self.commands.append((name, answer))
            await self._tell()
            if answer.away:
                self._away = answer
                return

    def _decide(self, payload: object) -> tuple[str, Answer]:
        try:
            command = json.loads(payload if isinstance(payload, bytes) else b"")
            name, args = command["name"], command.get("args") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            return "?", refused('a command is {"name": "...", "args": {...}}')
        return str(name), self.body.obey(str(name), args if isinstance(args, dict) else {})

    async def _answer(self, client: aiomqtt.Client, message: aiomqtt.Message, said: bytes) -> None:
        asked: Any = message.properties
        correlation = getattr(asked, "CorrelationData", None)
        properties: Any = None
        if correlation is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.CorrelationData = correlation
        topics = [f"{message.topic}/result", getattr(asked, "ResponseTopic", None)]
        for topic in dict.fromkeys(topic for topic in topics if topic):
            await client.publish(topic, said, qos=1, properties=properties)

    def _client(self) -> aiomqtt.Client:
        uplink = self._uplink
        user, password = uplink.login or (None, None)
        return aiomqtt.Client(
            uplink.host,
            uplink.port,
            protocol=uplink.version,
            identifier=self.id,
            username=user,
            password=password,
            tls_context=uplink.tls,
            logger=SILENT,
            will=aiomqtt.Will(f"devices/{self.id}/status", b"offline", qos=1, retain=True),
        )


async def end(tasks: set[asyncio.Task[Any]], patience: float = 0.05) -> None:
    """Cancel `tasks` until they have ended, again every `patience` wall seconds.

    Once is not enough: `asyncio.wait_for` of Python 3.11, which aiomqtt uses, forgets a cancellation that meets
    a result.
    """
    left = tasks
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=patience)
    await asyncio.gather(*tasks, return_exceptions=True)  # what they raised has been seen
