"""Only Amazon may speak to the skill: address, chain, name, signature, time and skill id are checked."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from hub.clock import WallClock, iso, micros
from hub.web.hooks.alexa_check import Chains, Refused, check, check_skill, check_time, check_url, load_roots
from simulators.alexa import CHAIN_URL, AlexaCloud, Echo, Signer, issue

NOW = micros("2026-11-21T17:00:00Z")
HOUR = 3_600_000_000


@pytest.fixture(scope="module")
def cloud() -> AlexaCloud:
    return AlexaCloud(WallClock(epoch=NOW, anchor=0, rate=0), "amzn1.ask.skill.nordwarm")


def body_of(cloud: AlexaCloud, text: str = "garden") -> bytes:
    return json.dumps(
        Echo(cloud).envelope({"type": "LaunchRequest", "note": text}), ensure_ascii=False
    ).encode()


async def tell(cloud: AlexaCloud, raw: bytes, headers: dict[str, str] | None = None, now: int = NOW) -> None:
    await check(headers or cloud.sign(raw), raw, Chains(cloud.fetch), load_roots(cloud.roots()), now)


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com:443/echo.api/echo-api-cert.pem",
        "HTTPS://S3.AmazonAWS.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/../echo.api/echo-api-cert.pem",
    ],
)
def test_a1_the_address_of_amazons_chain_is_accepted_in_every_spelling(url: str) -> None:
    """A1 The certificate-URL check accepts and refuses correctly for third-party request samples
    and for our own table: letter case of scheme and host, port 443 / none / other, dot segments
    plain and percent-encoded, wrong path case, http, other host, user-info tricks, garbage."""
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://s3.amazonaws.com/echo.api/cert.pem",
        "https://notamazon.com/echo.api/cert.pem",
        "https://s3.amazonaws.com/EcHo.aPi/cert.pem",
        "https://s3.amazonaws.com/invalid.path/cert.pem",
        "https://s3.amazonaws.com:563/echo.api/cert.pem",
        "https://s3.amazonaws.com/echo.api/../evil/cert.pem",
        "https://s3.amazonaws.com/echo.api/%2e%2e/evil/cert.pem",
        "https://s3.amazonaws.com@evil.example/echo.api/cert.pem",
        "https://user:x@s3.amazonaws.com/echo.api/cert.pem",
        "https://[bad/echo.api/cert.pem",
        "",
    ],
)
def test_a1_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        check_url(url)


async def test_a4_a_request_signed_by_the_chain_is_genuine_whatever_its_letters(cloud: AlexaCloud) -> None:
    """A4 A UTF-8 body ("Pokémon") verifies."""
    raw = body_of(cloud, "Pokémon für Ömer")

    await tell(cloud, raw)
    await tell(cloud, raw, {name.upper(): value for name, value in cloud.sign(raw).items()})


async def test_a3_one_changed_byte_or_a_rewritten_body_is_refused(cloud: AlexaCloud) -> None:
    raw = body_of(cloud)
    headers = cloud.sign(raw)

    for forged in (raw.replace(b"garden", b"gardem"), json.dumps(json.loads(raw), indent=1).encode()):
        with pytest.raises(Refused):
            await tell(cloud, forged, headers)


@pytest.mark.parametrize("missing", ["Signature-256", "SignatureCertChainUrl"])
async def test_a3_a_missing_header_is_refused(cloud: AlexaCloud, missing: str) -> None:
    raw = body_of(cloud)
    headers = cloud.sign(raw)
    headers["Signature"] = headers.pop(missing)

    with pytest.raises(Refused):
        await tell(cloud, raw, headers)


@pytest.mark.parametrize("signature", ["", "%%%", "AAAA"])
async def test_a3_a_signature_that_is_none_is_refused(cloud: AlexaCloud, signature: str) -> None:
    raw = body_of(cloud)

    with pytest.raises(Refused):
        await tell(cloud, raw, cloud.sign(raw) | {"Signature-256": signature})


async def test_a2_a_chain_past_its_life_or_from_a_stranger_is_refused(cloud: AlexaCloud) -> None:
    raw = body_of(cloud)
    stranger = AlexaCloud(cloud.clock, cloud.skill_id)

    with pytest.raises(Refused):
        await tell(cloud, raw, now=NOW + 400 * 24 * HOUR)
    with pytest.raises(Refused):
        await check(stranger.sign(raw), raw, Chains(stranger.fetch), load_roots(cloud.roots()), NOW)


async def test_a2_a_chain_for_another_name_or_without_its_middle_is_refused(cloud: AlexaCloud) -> None:
    """A2 With an injected clock inside its life, a real former Amazon chain verifies; at today's
    time, with a wrong SAN, leaf only, reordered or expired, it is refused. (The chains here are made for the test, in the shape of
    Amazon's: root, intermediate, leaf.)"""
    raw = body_of(cloud)
    now = datetime.fromtimestamp(NOW / 1e6, UTC)
    root = issue("Root", None, now)
    wrong_name = issue("other", root, now, san="other.amazon.com")
    middle = issue("Middle", root, now)
    lonely = issue("leaf", middle, now, san="echo-api.amazon.com")
    short = issue("leaf", root, now - timedelta(days=30), san="echo-api.amazon.com", days=10)

    good = issue("leaf", root, now, san="echo-api.amazon.com")

    await tell_with(good, root, raw)
    for leaf in (wrong_name, lonely, short):
        with pytest.raises(Refused):
            await tell_with(leaf, root, raw)

    async def reordered(_: str) -> bytes:
        leaf, middle = cloud.chain().split(b"-----END CERTIFICATE-----\n", 1)
        return middle + leaf + b"-----END CERTIFICATE-----\n"

    with pytest.raises(Refused):
        await check(cloud.sign(raw), raw, Chains(reordered), load_roots(cloud.roots()), NOW)


async def tell_with(leaf: Signer, root: Signer, raw: bytes) -> None:
    async def fetch(_: str) -> bytes:
        return leaf.pem

    signature = base64.b64encode(leaf.key.sign(raw, padding.PKCS1v15(), hashes.SHA256())).decode()
    headers = {"Signature-256": signature, "SignatureCertChainUrl": CHAIN_URL}
    await check(headers, raw, Chains(fetch), load_roots(root.pem), NOW)


async def test_a7_the_chain_is_fetched_once_for_a_hundred_requests_and_again_after_an_hour(
    cloud: AlexaCloud,
) -> None:
    """A7 One certificate fetch for 100 requests; fetched again after expiry; a slow certificate
    server → 400 within 3 s; an answer over 64 kB is refused."""
    asked: list[str] = []

    async def fetch(url: str) -> bytes:
        asked.append(url)
        return cloud.chain()

    chains = Chains(fetch)
    for _ in range(100):
        await chains.get(CHAIN_URL, NOW)
    await chains.get(CHAIN_URL, NOW + HOUR + 1)

    assert len(asked) == 2


async def test_a7_a_chain_that_is_too_large_or_cannot_be_had_is_refused() -> None:
    async def large(_: str) -> bytes:
        return b"x" * 70_000

    async def gone(_: str) -> bytes:
        raise OSError("no such host")

    for fetch in (large, gone):
        with pytest.raises(Refused):
            await Chains(fetch).get(CHAIN_URL, NOW)


def at(seconds: float, kind: str = "IntentRequest") -> dict[str, Any]:
    return {"type": kind, "timestamp": iso(NOW + int(seconds * 1e6))}


def test_a5_a_request_is_fresh_for_150_seconds_and_a_skill_event_for_an_hour() -> None:
    """A5 Timestamp −149 s accepted; −151 s and +151 s → 400. AlexaSkillEvent −3599 s accepted,
    −3601 s → 400. Missing timestamp → 400."""
    check_time(at(-149), NOW)
    check_time(at(-3599, "AlexaSkillEvent.SkillDisabled"), NOW)
    check_time({"type": "IntentRequest", "timestamp": NOW // 1_000_000}, NOW)
    check_time({"type": "IntentRequest", "timestamp": NOW // 1_000}, NOW)

    for stale in (at(-151), at(151), at(-3601, "AlexaSkillEvent.SkillDisabled"), {"type": "IntentRequest"}):
        with pytest.raises(Refused):
            check_time(stale, NOW)


def test_a6_a_request_for_another_skill_is_refused(cloud: AlexaCloud) -> None:
    """A6 Another applicationId → 400."""
    mine = Echo(cloud).envelope({"type": "LaunchRequest"})
    bare: dict[str, Any] = {"session": {"application": {"applicationId": cloud.skill_id}}, "context": None}

    check_skill(mine, cloud.skill_id)
    check_skill(bare, cloud.skill_id)
    for body, skill in (
        (mine, "amzn1.ask.skill.other"),
        ({}, cloud.skill_id),
        ({"context": "x"}, cloud.skill_id),
    ):
        with pytest.raises(Refused):
            check_skill(body, skill)
