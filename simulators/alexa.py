"""An Alexa cloud: signs requests as Amazon does, with its own certificate authority, and listens to the answers.

`AlexaCloud` makes root, intermediate and leaf; `chain()` is what a hub fetches from the certificate address, `roots()`
what a hub must trust. `Echo` is one speaker in one home: it opens the skill, speaks intents and keeps what was said. As
Amazon does, it refuses answers that break the limits or are no XML: `BadAnswer`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from xml.etree import ElementTree

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.clock import iso

CHAIN_URL = "https://s3.amazonaws.com/echo.api/echo-api-cert-beforehand.pem"
_USAGES = [
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
]


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in allowed for name in _USAGES})


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass(frozen=True, slots=True)
class Signer:
    """A key with its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def issue(subject: str, issuer: Signer | None, now: datetime, *, san: str = "", days: int = 365) -> Signer:
    """A certificate for `subject`: a root without `issuer`, an authority without `san`, else a leaf for that name."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signed_by = issuer.certificate.subject if issuer else _name(subject)
    authority = issuer.key if issuer else key
    is_ca = not san
    usage = _usage("key_cert_sign", "crl_sign") if is_ca else _usage("digital_signature")
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(signed_by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False
        )
    )
    if san:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(san)]), critical=False)
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
    return Signer(key, builder.sign(authority, hashes.SHA256()))


BODY_BYTES, SPEECH_LETTERS = 24_000, 8000  # Amazon's limits on an answer


class BadAnswer(Exception):
    """An answer that Amazon would not speak."""


class Tells(Protocol):
    """Whatever tells the business time in UTC µs."""

    def now(self) -> int: ...


class AlexaCloud:
    """Amazon's side: certificates and signed requests to the skill's endpoint `url`. With `http`, that client carries
    them; else each request has one of its own."""

    def __init__(
        self, clock: Tells, skill_id: str, url: str = "", http: httpx.AsyncClient | None = None
    ) -> None:
        self.clock, self.skill_id, self.url, self.http = clock, skill_id, url, http
        now = datetime.fromtimestamp(clock.now() / 1e6, UTC)
        self._root = issue("Beforehand Test Root", None, now)
        self._between = issue("Beforehand Test Intermediate", self._root, now)
        self._leaf = issue("echo-api.amazon.com", self._between, now, san="echo-api.amazon.com")
        self._began, self._numbers = clock.now(), 0
        self.api = ""  # where directives go while an answer is awaited; none in a world without Amazon

    def roots(self) -> bytes:
        """The PEM of the root that a hub must trust."""
        return self._root.pem

    def chain(self) -> bytes:
        """The PEM that stands at the certificate address: leaf, then intermediate."""
        return self._leaf.pem + self._between.pem

    async def fetch(self, url: str) -> bytes:
        """The chain, as if fetched from Amazon's certificate store."""
        if url != CHAIN_URL:
            raise OSError(f"no certificate at {url}")
        return self.chain()

    def sign(self, raw: bytes) -> dict[str, str]:
        """The headers that make `raw` genuine."""
        signature = self._leaf.key.sign(raw, padding.PKCS1v15(), hashes.SHA256())
        return {
            "Signature-256": base64.b64encode(signature).decode(),
            "SignatureCertChainUrl": CHAIN_URL,
            "Content-Type": "application/json; charset=utf-8",
        }

    def next_id(self, kind: str) -> str:
        """A request or session id in Amazon's shape, never the same twice."""
        self._numbers += 1
        return f"amzn1.echo-api.{kind}.{self._began:x}-{self._numbers:08d}"

    async def post(self, body: Mapping[str, Any]) -> httpx.Response:
        """Sign `body` and post it to the skill."""
        return await self.post_raw(json.dumps(body, ensure_ascii=False).encode())

    async def post_raw(self, raw: bytes) -> httpx.Response:
        """Sign these very bytes and post them to the skill."""
        if self.http is not None:
            return await self.http.post(self.url, content=raw, headers=self.sign(raw))
        async with httpx.AsyncClient(timeout=8.0) as http:  # Amazon waits eight seconds
            return await http.post(self.url, content=raw, headers=self.sign(raw))


@dataclass(slots=True)
class Echo:
    """One smart speaker, used by one account. `said` holds what it spoke, newest last; `token` is that of an account that is
    linked in the app. With a `screen`, `page` is what it shows, and `touch` touches it. `names` are those it was taught."""

    cloud: AlexaCloud
    user: str = "amzn1.ask.account.ADA"
    locale: str = "en-US"
    session: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    listening: bool = False
    token: str = ""
    screen: bool = False
    page: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def envelope(self, request: Mapping[str, Any], *, with_session: bool = True) -> dict[str, Any]:
        """The whole body around `request`, as Amazon sends it."""
        application = {"applicationId": self.cloud.skill_id}
        user = {"userId": self.user} | ({"accessToken": self.token} if self.token else {})
        new = not self.session
        if with_session and new:
            self.session = self.cloud.next_id("session")
        session = {
            "new": new,
            "sessionId": self.session,
            "application": application,
            "attributes": self.attributes,
            "user": user,
        }
        shows = {"Alexa.Presentation.APL": {"runtime": {"maxVersion": "2024.3"}}} if self.screen else {}
        system = {
            "application": application,
            "user": user,
            "device": {"deviceId": f"{self.user}.kitchen", "supportedInterfaces": shows},
            "apiEndpoint": self.cloud.api,
            "apiAccessToken": "simulated",
        }
        now = {
            "requestId": self.cloud.next_id("request"),
            "timestamp": iso(self.cloud.clock.now()),
            "locale": self.locale,
        }
        body: dict[str, Any] = {
            "version": "1.0",
            "context": {"System": system},
            "request": {**now, **request},
        }
        return {**body, "session": session} if with_session else body

    async def open(self) -> str:
        """`Alexa, open Nordwarm.` Answers what the speaker said."""
        self.session, self.attributes = "", {}
        return await self._turn({"type": "LaunchRequest"})

    async def intent(self, name: str, **slots: str) -> str:
        """One intent with its slots; answers what the speaker said."""
        filled = {
            slot: {"name": slot, "value": value, "confirmationStatus": "NONE"}
            for slot, value in slots.items()
        }
        intent = {"name": name, "confirmationStatus": "NONE", "slots": filled}
        return await self._turn({"type": "IntentRequest", "intent": intent})

    async def touch(self, words: str) -> str:
        """A finger on the button with these words; answers what the speaker said. Raises KeyError when there is none."""
        shown = self.page["datasources"]["page"]["buttons"]
        sends = {each["words"]: each["sends"] for each in shown}[words]
        event = {"type": "Alexa.Presentation.APL.UserEvent", "arguments": sends, "token": self.page["token"]}
        return await self._turn({**event, "source": {"type": "TouchWrapper", "handler": "Press", "id": ""}})

    async def silence(self) -> None:
        """The customer says nothing more: Alexa ends the session and expects no speech."""
        await self.ends("EXCEEDED_MAX_REPROMPTS")

    async def ends(self, reason: str) -> None:
        """The session is over: EXCEEDED_MAX_REPROMPTS, USER_INITIATED or ERROR."""
        await self._turn({"type": "SessionEndedRequest", "reason": reason})
        self.session, self.listening = "", False

    async def disable(self) -> None:
        """The customer takes the skill off their account."""
        event = {"type": "AlexaSkillEvent.SkillDisabled"}
        answer = await self.cloud.post(self.envelope(event, with_session=False))
        spoken_of(answer)
        self.session = ""

    async def _turn(self, request: Mapping[str, Any]) -> str:
        answer = await self.cloud.post(self.envelope(request))
        text, response = spoken_of(answer)
        self.attributes = answer.json().get("sessionAttributes") or {}
        self.listening = response.get("shouldEndSession") is False
        self._heed(response.get("directives") or [])
        if response.get("shouldEndSession"):
            self.session = ""
        if text:
            self.said.append(text)
        return text

    def _heed(self, directives: Sequence[Mapping[str, Any]]) -> None:
        """Show the page, and learn the names."""
        for each in directives:
            if each["type"] == "Alexa.Presentation.APL.RenderDocument":
                if not self.screen:
                    raise BadAnswer("a page for a speaker without a screen")
                self.page = dict(each)
            elif each["type"] == "Dialog.UpdateDynamicEntities":
                values = [value for kind in each["types"] for value in kind["values"]]
                self.names = {value["name"]["value"]: value["id"] for value in values}


def spoken_of(answer: httpx.Response) -> tuple[str, Mapping[str, Any]]:
    """The words of an answer, and its `response`. Raises BadAnswer, or httpx.HTTPStatusError when refused."""
    answer.raise_for_status()
    if len(answer.content) > BODY_BYTES:
        raise BadAnswer(f"{len(answer.content)} bytes are more than {BODY_BYTES}")
    body = answer.json()
    response: Mapping[str, Any] = body["response"]
    text = _words(response.get("outputSpeech") or {})
    again = _words((response.get("reprompt") or {}).get("outputSpeech") or {})
    if body.get("version") != "1.0" or (response.get("shouldEndSession") is False and not (text and again)):
        raise BadAnswer("an open microphone without a question and its repetition")
    return text, response


def _words(speech: Mapping[str, Any]) -> str:
    """What is heard of `outputSpeech`."""
    written = str(speech.get("ssml") or "")
    if len(written) > SPEECH_LETTERS:
        raise BadAnswer(f"{len(written)} letters of speech are more than {SPEECH_LETTERS}")
    try:
        return "".join(ElementTree.fromstring(written).itertext()).strip() if written else ""  # noqa: S314
    except ElementTree.ParseError as why:
        raise BadAnswer(f"speech that is no XML: {why}") from why
