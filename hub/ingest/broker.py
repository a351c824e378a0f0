"""Where the broker is and how to be let in; and what went wrong with it, in words that name the remedy.

Both the bulk source and the way to devices connect by this. It opens no connection itself.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from hub.ports import BadInput

PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """`url` is mqtt://, mqtts://, ws:// or wss://, with host and port. `version` is auto, 5 or 3.1.1.

    `expiry` is for how many seconds the broker keeps our session while we are away.
    """

    url: str
    user: str = ""
    password: str = ""
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    client_id: str = "beforehand-hub"
    version: str = "auto"
    expiry: int = 7 * 86_400
    keepalive: int = 30

    @property
    def scheme(self) -> str:
        """One of PORTS. Raises BadInput."""
        try:
            parts = urlsplit(self.url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in PORTS or not parts.hostname:
            remedy = "Write mqtt://HOST:1883 or mqtts://HOST:8883"
            raise BadInput("mqtt.url", "it is no broker's address", remedy)
        return parts.scheme

    @property
    def host(self) -> str:
        """The broker's name."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port; the usual one of the scheme when the address has none. Raises BadInput."""
        try:
            return urlsplit(self.url).port or PORTS[self.scheme]
        except ValueError:
            raise BadInput("mqtt.url", "it has no usable port", "Write mqtt://HOST:1883") from None

    @property
    def web(self) -> bool:
        """Whether MQTT runs in websockets."""
        return self.scheme in ("ws", "wss")

    @property
    def path(self) -> str:
        """The path of the websocket."""
        return urlsplit(self.url).path or "/mqtt"

    @property
    def visiting(self) -> BrokerAddress:
        """The same broker for a look beside the hub that may be running: under a name of its own, and nothing is kept of it."""
        return replace(self, client_id=f"{self.client_id}-check", expiry=0)

    def tls(self) -> ssl.SSLContext | None:
        """The TLS context; None when the address has no TLS. Raises BadInput for files that cannot be used."""
        if self.scheme not in ("mqtts", "wss"):
            if self.ca or self.cert:
                raise BadInput(
                    "mqtt.url", "certificates are set, but the address has no TLS", "Write mqtts://"
                )
            return None
        for name, path in (("ca", self.ca), ("cert", self.cert), ("key", self.key)):
            if path and not path.is_file():
                raise BadInput(f"mqtt.{name}", "there is no such file", "Name a PEM file")
        try:
            context = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
            if self.cert:
                context.load_cert_chain(self.cert, self.key)
        except ssl.SSLError as error:
            raise BadInput(
                "mqtt.ca, mqtt.cert, mqtt.key", f"no usable PEM file ({error.reason})", "Check them"
            ) from None
        return context


def network_words(error: OSError, address: BrokerAddress) -> str:
    """Why no connection came about, and what to do."""
    place = f"{address.host}:{address.port}"
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"The certificate of {place} is not trusted ({error.verify_message}). "
                "Set mqtt.ca to the PEM file of the authority that signed it."
            )
        case ssl.SSLError() | ConnectionResetError() if address.scheme in ("mqtts", "wss"):
            return (
                f"TLS with {place} failed ({getattr(error, 'reason', error.strerror)}). Is this the TLS port? "
                "Does the broker want a client certificate (mqtt.cert, mqtt.key)?"
            )
        case ConnectionRefusedError():
            return f"Nothing listens on {place}. Start the broker, or set mqtt.url."
        case socket.gaierror():
            return f"There is no host {address.host}. Check mqtt.url."
        case TimeoutError():
            return f"{place} does not answer. Check mqtt.url and the firewall."
    return f"The connection to {place} failed ({error})."


def refusal_words(reason: str, address: BrokerAddress) -> str:
    """Why the broker refused us, and what to do."""
    low = reason.lower()
    if "user name" in low or "not authori" in low or "banned" in low:
        return f"The broker refused the login ({reason}). Check mqtt.user and mqtt.password, and the client's rights."
    if "identifier" in low:
        return f"The broker refused the client id {address.client_id!r} ({reason}). Set mqtt.client_id."
    if "taken over" in low:
        return (
            f"Another client uses the id {address.client_id!r}. Is a second hub running? Set mqtt.client_id."
        )
    return f"The broker refused the connection ({reason})."


def short_words(times: int, address: BrokerAddress) -> str:
    """What it may mean that the line was lost so soon so many times in a row: many brokers don't say it."""
    return (
        f"The connection to the broker was lost {times} times soon after it was made. Does another client use the id "
        f"{address.client_id!r}? Is a second hub running? Set mqtt.client_id."
    )
