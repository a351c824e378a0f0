"""The way to a device: commands out over MQTT. What the device answers comes in at the front door, as an event.

A command is `{"name", "args", "id", "expires"}` on `devices/{id}/commands/{command_id}`; with MQTT 5 it also carries
its expiry, a response topic and the command's id as correlation. It never rides on a retained message.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import aiomqtt
import msgspec
import structlog
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from hub.domain.effects import CommandDevice
from hub.ingest.broker import BrokerAddress
from hub.ports import Clock

WITHIN = 5.0  # real seconds for the broker to take a command
V5, V311 = aiomqtt.ProtocolVersion.V5, aiomqtt.ProtocolVersion.V311

log = structlog.get_logger()


class MqttLink:
    """Commands to devices over one connection that is opened when it is needed."""

    def __init__(self, address: BrokerAddress, clock: Clock) -> None:
        self._address, self._clock = address, clock
        self._client: aiomqtt.Client | None = None
        self._version = V311 if address.version == "3.1.1" else V5
        self._one_at_a_time = asyncio.Lock()

    async def send(self, command: CommandDevice) -> bool:
        """True when the broker has the command. Never raises for the world's reasons."""
        left = self._clock.wall_seconds(command.expires - self._clock.now())
        if left <= 0:
            return False
        topic = f"devices/{command.device}/commands/{command.id}"
        said = {
            "name": command.name,
            "args": command.args,
            "id": command.id,
            "expires": _iso(command.expires),
        }
        async with self._one_at_a_time:
            try:
                client = await self._open()
                extra = self._extra(command, topic, left)
                await client.publish(
                    topic, msgspec.json.encode(said), qos=1, properties=extra, timeout=WITHIN
                )
            except aiomqtt.MqttError as error:
                log.warning("command not sent", device=command.device, command=command.id, because=str(error))
                await self._drop()
                return False
        return True

    def _extra(self, command: CommandDevice, topic: str, left: float) -> Properties | None:
        if self._version != V5:
            return None
        extra: Any = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        extra.MessageExpiryInterval = max(1, int(left))
        extra.ResponseTopic = f"{topic}/result"
        extra.CorrelationData = command.id.encode()
        return extra  # type: ignore[no-any-return]

    async def _open(self) -> aiomqtt.Client:
        if self._client is not None:
            return self._client
        try:
            self._client = await self._connect()
        except aiomqtt.MqttError:
            if self._address.version != "auto":
                raise
            self._version = V311 if self._version == V5 else V5
            self._client = await self._connect()
        return self._client

    async def _connect(self) -> aiomqtt.Client:
        address = self._address
        client = aiomqtt.Client(
            address.host,
            address.port,
            username=address.user or None,
            password=address.password or None,
            identifier=f"{address.client_id}-commands",
            protocol=self._version,
            timeout=WITHIN,
            keepalive=address.keepalive,
            transport="websockets" if address.web else "tcp",
            websocket_path=address.path if address.web else None,
            tls_context=address.tls(),
        )
        await client.__aenter__()
        return client

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            try:
                await client.__aexit__(None, None, None)
            except aiomqtt.MqttError:
                log.debug("the command line was gone already")

    async def close(self) -> None:
        """Say goodbye."""
        async with self._one_at_a_time:
            await self._drop()


def _iso(moment: int) -> str:
    return (
        datetime.fromtimestamp(moment / 1_000_000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    )
