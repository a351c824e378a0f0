"""Is this request really from Alexa? Checks address, chain, name, signature, time and skill; says only yes or no.

Rules. 1. The signature covers the raw body bytes, so nothing is parsed before it has been checked. 2. Any failure is
`Refused` without a reason that could reach the sender. 3. Roots are never pinned: Amazon changes its chain.
Source of every figure: Amazon's "Host a custom skill as a web service", as noted in voice-platforms, section 3.
"""

from __future__ import annotations

import base64
import posixpath
import re
import warnings
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

TOLERANCE = 150  # seconds, both ways
EVENT_TOLERANCE = 3600  # skill events are delivered with delay
CHAIN_LIFE = 3600  # seconds of business time for which a fetched chain is kept
CHAIN_LIMIT = 65_536
ECHO_API = x509.DNSName("echo-api.amazon.com")


class Refused(Exception):
    """The request is not from Alexa: answer 400 and say nothing."""


def load_roots(pem: bytes) -> Store:
    """The roots of a PEM bundle, one at a time: one odd root must not spoil the rest."""
    blocks = re.findall(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", pem, re.DOTALL)
    roots = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for block in blocks:
            try:
                roots.append(x509.load_pem_x509_certificate(block))
            except (ValueError, Warning):
                continue
    return Store(roots)


def check_url(url: str) -> None:
    """The chain's address is Amazon's: https, s3.amazonaws.com, port 443, path /echo.api/ after normalising."""
    try:
        parts = urlsplit(url)
        good = (
            parts.scheme == "https"
            and parts.hostname == "s3.amazonaws.com"
            and parts.username is None
            and parts.port in (None, 443)
            and posixpath.normpath(unquote(parts.path)).startswith("/echo.api/")
        )
    except ValueError:
        good = False
    if not good:
        raise Refused


def check_signature(store: Store, chain: bytes, signature: str, raw: bytes, now: datetime) -> None:
    """The body was signed (RSA, SHA-256) by a key whose chain leads to a root and names echo-api.amazon.com."""
    try:
        given = base64.b64decode(signature, validate=True)
        leaf, *rest = x509.load_pem_x509_certificates(chain)
        PolicyBuilder().store(store).time(now).build_server_verifier(ECHO_API).verify(leaf, rest)
        key = leaf.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise Refused
        key.verify(given, raw, padding.PKCS1v15(), hashes.SHA256())
    except (ValueError, VerificationError, InvalidSignature) as why:
        raise Refused from why


def check_time(request: Mapping[str, Any], now: int) -> None:
    """The request is fresh: within 150 s of `now` (UTC µs), skill events within an hour."""
    tolerance = EVENT_TOLERANCE if str(request.get("type", "")).startswith("AlexaSkillEvent.") else TOLERANCE
    if abs(_seconds(request.get("timestamp")) - now / 1e6) > tolerance:
        raise Refused


def _seconds(stamp: object) -> float:
    """Epoch seconds of an ISO time; integers come too, in seconds or milliseconds."""
    if isinstance(stamp, int | float) and not isinstance(stamp, bool):
        if not abs(stamp) < 1e15:  # "not a number" is no time either
            raise Refused
        return stamp / 1000 if stamp > 1e11 else float(stamp)
    try:
        moment = datetime.fromisoformat(str(stamp).replace("Z", "+00:00"))
    except ValueError as why:
        raise Refused from why
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def check_skill(body: Mapping[str, Any], skill_id: str) -> None:
    """The request is for our skill: `context.System.application`, else `session.application`."""
    system = _table(_table(body, "context"), "System")
    application = _table(system, "application") or _table(_table(body, "session"), "application")
    if application.get("applicationId") != skill_id:
        raise Refused


def _table(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


@dataclass(slots=True)
class Chains:
    """Fetches certificate chains and keeps them for an hour: one fetch for many requests."""

    fetch: Callable[[str], Awaitable[bytes]]
    _kept: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    async def get(self, url: str, now: int) -> bytes:
        """The PEM at `url`; `now` in UTC µs. Raises Refused when it cannot be had or is too large."""
        check_url(url)
        kept = self._kept.get(url)
        if kept is not None and now - kept[0] < CHAIN_LIFE * 1_000_000:
            return kept[1]
        try:
            pem = await self.fetch(url)
        except Exception as why:
            raise Refused from why
        if len(pem) > CHAIN_LIMIT:
            raise Refused
        if len(self._kept) > 16:  # Amazon uses one or two at a time
            self._kept.clear()
        self._kept[url] = (now, pem)
        return pem


async def check(headers: Mapping[str, str], raw: bytes, chains: Chains, roots: Store, now: int) -> None:
    """Chain, name and signature of a request with `headers` (any letter case) and body bytes `raw`."""
    lower = {name.lower(): value for name, value in headers.items()}
    url, signature = lower.get("signaturecertchainurl"), lower.get("signature-256")
    if not url or not signature:
        raise Refused
    chain = await chains.get(url, now)
    check_signature(roots, chain, signature, raw, datetime.fromtimestamp(now / 1e6, UTC))
