"""One MQTT connection of the bulk source, driven by the thread that calls it: open, pump, acknowledge, close.

paho-mqtt parses and keeps the protocol; reading, waiting and acknowledging happen in bulk, because a wake-up and a
write per message cost more than all the rest. It keeps no message and decides nothing about them.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from hub.ingest.broker import BrokerAddress, network_words, refusal_words

V5, V311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311
PATIENCE = 10.0  # real seconds for CONNACK and SUBACK
BURST = 500  # messages read before acknowledgements get their turn
RECEIVE_MAXIMUM = 8_192  # unacknowledged messages that a version 5 broker may send us
LOST = "The connection to the broker was lost."  # nobody said why
FOR_NEW_ONLY = 1  # retain handling: retained messages only when the subscription is new

OnMessage = Callable[[paho.MQTTMessage], None]


class Lost(Exception):
    """The connection is gone or did not come about; the sentence names the remedy. `early`: before any answer,
    which is how brokers that speak only the older version refuse the newer one."""

    def __init__(self, words: str, *, early: bool = False) -> None:
        super().__init__(words)
        self.early = early


class Line:
    """A connection with a persistent session. Raises Lost from open() and pump()."""

    def __init__(self, address: BrokerAddress, version: MQTTProtocolVersion, on_message: OnMessage) -> None:
        self.count = 0
        self._address, self._version = address, version
        self._on_message = on_message
        self._answer: ReasonCode | None = None
        self._granted: list[ReasonCode] | None = None
        self._goodbye = ""
        self._unsent = bytearray()  # acknowledgements that the socket did not take yet
        self._client = self._made()

    def _made(self) -> paho.Client:
        address = self._address
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=address.client_id,
            clean_session=None if self._version == V5 else self._address.expiry == 0,
            protocol=self._version,
            transport="websockets" if address.web else "tcp",
            reconnect_on_failure=False,
            manual_ack=True,
        )
        if address.web:
            client.ws_set_options(path=address.path)
        if address.user:
            client.username_pw_set(address.user, address.password or None)
        context = address.tls()
        if context:
            client.tls_set_context(context)
        client.connect_timeout = PATIENCE
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_message = self._heard
        return client

    def open(self, filters: Sequence[str]) -> None:
        """Connect, take the session up again, subscribe at QoS 1. Blocks for a while at most."""
        expiry: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        expiry.SessionExpiryInterval = self._address.expiry
        expiry.ReceiveMaximum = RECEIVE_MAXIMUM
        newer: dict[str, Any] = {"clean_start": False, "properties": expiry} if self._version == V5 else {}
        try:
            self._client.connect(self._address.host, self._address.port, self._address.keepalive, **newer)
        except OSError as error:
            raise Lost(network_words(error, self._address)) from None
        except paho.WebsocketConnectionError as error:
            raise Lost(f"The broker refused the websocket ({error}). Check the path in mqtt.url.") from None
        self._await(lambda: self._answer is not None, "did not answer CONNECT")
        assert self._answer is not None
        if self._answer.is_failure:
            old = "protocol version" in str(self._answer).lower()
            raise Lost(refusal_words(str(self._answer), self._address), early=old)
        self._subscribe(filters)

    def _subscribe(self, filters: Sequence[str]) -> None:
        options = SubscribeOptions(qos=1, retainHandling=FOR_NEW_ONLY)
        wanted: Any = [(name, options if self._version == V5 else 1) for name in filters]
        self._client.subscribe(wanted)
        self._await(lambda: self._granted is not None, "did not answer SUBSCRIBE")
        for name, code in zip(filters, self._granted or (), strict=False):
            if code.is_failure:
                raise Lost(
                    f"The broker refused the subscription to {name} ({code}). Give our user the right to read it."
                )

    def _await(self, done: Callable[[], bool], failure: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > deadline:
                raise Lost(
                    f"{self._address.host}:{self._address.port} {failure}. Is it an MQTT broker?", early=True
                )
            try:
                self.pump(0.1, None, _always)
            except Lost:
                if not done():  # a refusal is an answer too, and closes the line
                    raise

    def pump(self, wait: float, wake: socket.socket | None, room: Callable[[], bool]) -> int:
        """Wait up to `wait` seconds for traffic or for `wake`; read and write. Answers how many messages came.

        While there is no `room` nothing is taken from the socket: the broker has to hold what it has.
        """
        line, reading = self._socket(), room()
        poll = select.poll()
        writing = select.POLLOUT if self._client.want_write() or self._unsent else 0
        poll.register(line.fileno(), (select.POLLIN if reading else 0) | writing)
        if wake:
            poll.register(wake.fileno(), select.POLLIN)
        waiting_inside = (
            reading and hasattr(line, "pending") and line.pending() > 0
        )  # TLS has read ahead of us
        ready = dict(poll.poll(0 if waiting_inside else wait * 1000))
        before = self.count
        if waiting_inside or (reading and ready.get(line.fileno(), 0) & ~select.POLLOUT):
            self._read(room)
        if ready.get(line.fileno(), 0) & select.POLLOUT:
            self._write()
        self._check(self._client.loop_misc())
        return self.count - before

    def _read(self, room: Callable[[], bool]) -> None:
        for _ in range(BURST):
            before = self.count
            self._check(self._client.loop_read())
            if self.count == before or not room():
                break

    def _write(self) -> None:
        if self._unsent:
            self._send(b"")
        if not self._unsent:
            self._check(self._client.loop_write())

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Tell the broker that we have these messages: one write for all of them. Raises Lost."""
        if self._address.web:
            for mid in mids:
                self._client.ack(mid, 1)
            return
        if self._client.want_write():
            self._check(self._client.loop_write())
        pubacks = b"".join([b"@\x02" + mid.to_bytes(2, "big") for mid in mids])
        if self._client.want_write():  # a packet of paho's is half sent: ours must come after it
            self._unsent += pubacks
        else:
            self._send(pubacks)

    def _send(self, more: bytes) -> None:
        data = bytes(self._unsent) + more
        try:
            sent = self._socket().send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise Lost(network_words(error, self._address)) from None
        self._unsent = bytearray(data[sent:])

    def close(self) -> None:
        """Say goodbye where that is still possible; the broker keeps the session."""
        self._client.on_message = None
        self._client.disconnect()
        if self._client.socket() is not None:
            self._client.loop_write()

    def _socket(self) -> Any:
        line = self._client.socket()
        if line is None:
            raise Lost(self._goodbye or LOST, early=self._answer is None)
        return line

    def _check(self, code: MQTTErrorCode) -> None:
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise Lost(self._goodbye or LOST, early=self._answer is None)

    def _heard(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        self.count += 1
        self._on_message(message)

    def _connected(self, _client: paho.Client, _data: Any, _flags: Any, code: ReasonCode, _more: Any) -> None:
        self._answer = code

    def _disconnected(
        self, _client: paho.Client, _data: Any, flags: Any, code: ReasonCode, _more: Any
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self._goodbye = refusal_words(str(code), self._address)

    def _subscribed(
        self, _client: paho.Client, _data: Any, _mid: int, codes: list[ReasonCode], _more: Any
    ) -> None:
        self._granted = codes


def _always() -> bool:
    """There is room while a connection is being opened: it does not last."""
    return True
