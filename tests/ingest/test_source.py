"""The MQTT source against real brokers: nothing is acknowledged early, nothing is lost while we are away."""

import asyncio
import datetime
import ipaddress
from pathlib import Path

import aiomqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.clock import WallClock
from hub.ingest.broker import BrokerAddress
from hub.ingest.source import Source
from hub.ports import BadInput
from hub.ports.telemetry import Gauges, Raw
from simulators.broker import MQTT_5, MQTT_311, Broker, Mosquitto, Tls
from simulators.child import free_port

pytestmark = pytest.mark.system
FILTERS = ("devices/+/telemetry",)


class Ear:
    """A source, opened and closed, that notes what it hears."""

    def __init__(self, url: str, **more: object) -> None:
        self.gauges = Gauges()
        self.source = Source(BrokerAddress(url, **more), FILTERS, WallClock(), self.gauges)

    async def __aenter__(self) -> "Ear":
        self.source.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.source.close()

    async def hear(self, count: int, *, ack: bool = True) -> list[Raw]:
        found: list[Raw] = []
        async with asyncio.timeout(20):
            while len(found) < count:
                batch = list(await self.source.batch())
                found += batch
                if ack:
                    self.source.ack(batch)
        return found

    async def trouble(self) -> str:
        async with asyncio.timeout(20):
            while not self.gauges.trouble:
                self.source._changed.clear()
                await self.source._changed.wait()
        return self.gauges.trouble


async def publish(broker: Broker | Mosquitto, first: int, count: int, **more: object) -> None:
    async with aiomqtt.Client(broker.host, broker.port, protocol=MQTT_5, **more) as client:
        for n in range(first, first + count):
            await client.publish("devices/d/telemetry", str(n), qos=1)


def numbers(found: list[Raw]) -> list[int]:
    return [int(raw.payload) for raw in found]


async def test_telemetry_is_heard_in_order_and_since_when_is_known():
    async with Broker() as broker, Ear(f"mqtt://{broker.host}:{broker.port}") as ear:
        await ear.source.connected()
        assert abs(ear.source.listening_since - WallClock().now()) < 5_000_000
        await publish(broker, 0, 50)
        found = await ear.hear(50)
    assert numbers(found) == list(range(50))
    assert found[0].topic == "devices/d/telemetry"
    assert ear.gauges.received == 50


async def test_a_broker_that_speaks_only_3_1_1_is_understood():
    async with Broker() as broker, Ear(f"mqtt://{broker.host}:{broker.port_311}") as ear:
        await ear.source.connected()
        async with aiomqtt.Client(broker.host, broker.port_311, protocol=MQTT_311) as client:
            await client.publish("devices/d/telemetry", "1", qos=1)
        assert numbers(await ear.hear(1)) == [1]


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_what_devices_said_while_the_hub_was_down_arrives_when_it_is_back(version):
    async with Mosquitto() as broker:
        url = f"mqtt://{broker.host}:{broker.port}"
        async with Ear(url, version=version) as ear:
            await ear.source.connected()
            await publish(broker, 0, 3)
            await ear.hear(3)
        await publish(broker, 3, 300)
        async with Ear(url, version=version) as ear:
            assert numbers(await ear.hear(300)) == list(range(3, 303))


async def test_what_was_not_acknowledged_is_delivered_again_and_what_was_is_not():
    async with Mosquitto() as broker:
        url = f"mqtt://{broker.host}:{broker.port}"
        async with Ear(url) as ear:
            await ear.source.connected()
            await publish(broker, 0, 5)
            await ear.hear(5)
            await publish(broker, 5, 20)
            await ear.hear(20, ack=False)
            assert ear.source.oldest() is not None
        async with Ear(url) as ear:
            assert numbers(await ear.hear(20)) == list(range(5, 25))


async def test_a_restarted_broker_is_found_again_and_the_silence_clock_starts_anew():
    async with Mosquitto(port=free_port()) as broker, Ear(f"mqtt://{broker.host}:{broker.port}") as ear:
        await ear.source.connected()
        before = ear.source.listening_since
        await broker.halt()
        assert "was lost" in await ear.trouble() or "Nothing listens" in ear.gauges.trouble
        assert ear.source.listening_since is None
        await broker.start()
        async with asyncio.timeout(20):
            await ear.source.connected()
        assert ear.source.listening_since > before
        await publish(broker, 0, 3)
        assert numbers(await ear.hear(3)) == [0, 1, 2]


async def test_a_hub_that_is_slow_makes_the_broker_hold_and_not_its_own_memory():
    big = b"x" * 500_000
    async with Mosquitto() as broker, Ear(f"mqtt://{broker.host}:{broker.port}") as ear:
        await ear.source.connected()
        async with aiomqtt.Client(broker.host, broker.port, protocol=MQTT_5) as client:
            for _ in range(300):
                await client.publish("devices/d/telemetry", big, qos=1)
        held = await ear.hear(1, ack=False)
        assert ear.source._taken_bytes < 70 * 1024 * 1024
        ear.source.ack(held)
        assert len(await ear.hear(300 - len(held))) == 300 - len(held)


async def test_wrong_credentials_are_told_with_a_remedy_and_right_ones_let_us_in():
    async with Mosquitto(passwords={"hub": "secret"}) as broker:
        url = f"mqtt://{broker.host}:{broker.port}"
        async with Ear(url, user="hub", password="wrong") as ear:
            assert "Check mqtt.user and mqtt.password" in await ear.trouble()
        async with Ear(url, user="hub", password="secret") as ear:
            await ear.source.connected()
            await publish(broker, 0, 1, username="hub", password="secret")
            assert numbers(await ear.hear(1)) == [0]


async def test_a_broker_that_is_not_there_is_told_with_a_remedy():
    async with Ear(f"mqtt://127.0.0.1:{free_port()}") as ear:
        assert "Start the broker, or set mqtt.url" in await ear.trouble()


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_two_hubs_with_one_id_do_not_flap_and_hear_what_may_be_wrong(version):
    async with Mosquitto() as broker:
        url = f"mqtt://{broker.host}:{broker.port}"
        async with Ear(url, version=version) as one, Ear(url, version=version) as other:
            async with asyncio.timeout(20):
                while "Is a second hub running?" not in await one.trouble() + await other.trouble():
                    one.gauges.trouble = other.gauges.trouble = ""
            made = one.source._number + other.source._number
            assert made < 20
            assert not await asyncio.to_thread(one.source._stopping.wait, 2)
            assert one.source._number + other.source._number - made <= 4


async def test_a_broker_that_says_that_our_session_was_taken_over_is_understood():
    async def taken_over(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(bytes([0x20, 3, 0, 0, 0]))  # CONNACK
        subscribe = await reader.read(1000)
        writer.write(bytes([0x90, 4, *subscribe[2:4], 0, 1]))  # SUBACK
        writer.write(bytes([0xE0, 2, 0x8E, 0]))  # DISCONNECT: session taken over
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(taken_over, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with Ear(f"mqtt://127.0.0.1:{port}") as ear:
            assert "Is a second hub running? Set mqtt.client_id" in await ear.trouble()


def authority(folder: Path, name: str) -> tuple[Path, x509.Certificate, ec.EllipticCurvePrivateKey]:
    return certificate(folder, name, None)


def certificate(folder: Path, name: str, signer: tuple | None):
    """A certificate for 127.0.0.1 in PEM files, signed by `signer` or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.fromtimestamp(WallClock().now() / 1e6, datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(signer[1].subject if signer else subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), critical=True)
        .add_extension(names, critical=False)
        .sign(signer[2] if signer else key, hashes.SHA256())
    )  # fmt: skip
    pem, secret = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return pem, made, key


async def test_tls_with_a_client_certificate_and_what_is_said_when_it_fails(tmp_path):
    ours = authority(tmp_path, "ca")
    certificate(tmp_path, "server", ours)
    certificate(tmp_path, "client", ours)
    certificate(tmp_path, "other", None)
    tls = Tls(tmp_path / "server.pem", tmp_path / "server.key", tmp_path / "ca.pem")
    async with Mosquitto(tls=tls) as broker:
        url = f"mqtts://{broker.host}:{broker.port_tls}"
        mine = {"cert": tmp_path / "client.pem", "key": tmp_path / "client.key"}
        async with Ear(url, ca=tmp_path / "ca.pem", **mine) as ear:
            await ear.source.connected()
            await publish(broker, 0, 200)
            assert numbers(await ear.hear(200)) == list(range(200))
        async with Ear(url, ca=tmp_path / "other.pem", **mine) as ear:
            assert "Set mqtt.ca" in await ear.trouble()
        async with Ear(f"mqtts://{broker.host}:{broker.port}", ca=tmp_path / "ca.pem") as ear:
            assert "Is this the TLS port?" in await ear.trouble()
        async with Ear(url, ca=tmp_path / "ca.pem") as ear:
            assert await ear.trouble()


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"url": "broker:1883"}, "Write mqtt://HOST:1883"),
        ({"url": "mqtt://b:x"}, "no usable port"),
        ({"url": "mqtts://b", "ca": Path("/no/such.pem")}, "there is no such file"),
        ({"url": "mqtts://b", "ca": Path(__file__)}, "no usable PEM file"),
        ({"url": "mqtt://b", "ca": Path("/x")}, "Write mqtts://"),
    ],
)
async def test_settings_that_cannot_work_are_refused_at_once(settings, complaint):
    with pytest.raises(BadInput, match=complaint):
        address = BrokerAddress(**settings)
        assert address.port
        Source(address, FILTERS, WallClock(), Gauges())


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_a_look_at_the_broker_takes_nothing_from_the_hub_that_runs(version: str):
    """`beforehand check` beside a hub: the hub keeps its line and hears every message."""
    async with Mosquitto() as broker:
        url = f"mqtt://{broker.host}:{broker.port}"
        async with Ear(url, version=version) as hub, asyncio.timeout(30):
            await hub.source.connected()
            since = hub.source.listening_since
            probe = Source(BrokerAddress(url, version=version).visiting, FILTERS, WallClock(), Gauges())
            probe.start()
            await probe.connected()
            await publish(broker, 0, 3)
            await probe.close()
            assert numbers(await hub.hear(3)) == [0, 1, 2]
            assert (hub.source.listening_since, hub.gauges.trouble) == (since, "")
