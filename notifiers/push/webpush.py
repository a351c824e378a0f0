"""The route `webpush:`: browsers, by RFC 8030 with VAPID (RFC 8292) and encrypted for that browser alone (RFC 8291).

The address is the browser's subscription: its JSON, or `endpoint#p256dh.auth`. Sends only to hosts that are known push
services, since an endpoint is whatever a browser said it was.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from py_vapid import Vapid02
from pywebpush import WebPusher

from hub.ports import Accepted, Clock, Outcome, Undeliverable
from notifiers.push.card import Card
from notifiers.push.wire import Answer, Line, Reading

# A browser that was told another key takes nothing signed with this one, however often it is tried.
READING = Reading("webpush", dead=frozenset({"404", "410"}), mends=False)
FITS = 3_500  # bytes of JSON: with padding and keys it stays under the 4,096 that every push service takes
TOKEN_LIFE = 12 * 3_600  # seconds; RFC 8292 allows 24 hours at most
RENEW = 3_600  # seconds before its end in which a token is not used any more
LONGEST = 2_419_200  # seconds that push services keep a message at most: four weeks
# Where the push services of all current browsers live; `*.` stands for any one below.
HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
    "web.push.apple.com",
    "*.push.apple.com",
)


@dataclass(frozen=True, slots=True)
class Vapid:
    """Who we are to a push service: a private key (raw, base64url) and an address that they can write to (`mailto:…`)."""

    private_key: str
    subject: str

    def __repr__(self) -> str:
        return f"Vapid({self.subject!r})"


class WebPush:
    """Browsers. `hosts` are the push services that may be asked, `https` only unless named with their scheme. Raises
    py_vapid.VapidException when nobody could write to the subject of `vapid`."""

    def __init__(
        self, vapid: Vapid, clock: Clock, hosts: tuple[str, ...] = HOSTS, seconds: float = 10.0
    ) -> None:
        self._key = Vapid02.from_string(vapid.private_key)
        self._subject, self._clock, self._hosts = vapid.subject, clock, hosts
        self._line = Line(seconds)
        self._tokens: dict[str, tuple[int, str]] = {}
        self._key.sign(
            {"aud": "https://example.com", "exp": 1, "sub": vapid.subject}
        )  # refuses a bad subject

    async def send(self, to: str, card: Card) -> Outcome:
        """Encrypt and push it. A subscription that makes no sense, or leads elsewhere, is dead."""
        try:
            endpoint, keys = subscription(to)
            known = allowed(endpoint, self._hosts)
            sealed = WebPusher({"endpoint": endpoint, "keys": keys}).encode(payload(card))["body"]
        except Exception:  # noqa: BLE001 - the library raises whatever its parts raise on a key that is none
            return Undeliverable("no_subscription", dead=True)
        if not known:
            return Undeliverable("unknown_push_service", dead=True)
        answer = await self._line.post(endpoint, sealed, self._headers(endpoint, card))
        if not isinstance(answer, Answer):
            return answer
        return Accepted(f"webpush:{card.id}") if answer.good else READING.outcome(answer)

    async def close(self) -> None:
        """Give the connections back."""
        await self._line.close()

    def _headers(self, endpoint: str, card: Card) -> dict[str, str]:
        return {
            "Authorization": self._token(endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(min(LONGEST, card.relevant)),
            "Urgency": "high" if card.urgent else "normal",
            "Topic": card.tag,
        }

    def _token(self, endpoint: str) -> str:
        """The VAPID header for the service at `endpoint`, used for some hours: services remember it, and so do we."""
        parts, now = urlsplit(endpoint), self._clock.now() // 1_000_000
        origin = f"{parts.scheme}://{parts.netloc}"
        until, header = self._tokens.get(origin, (0, ""))
        if not RENEW < until - now <= TOKEN_LIFE:
            until = now + TOKEN_LIFE
            claims = {"aud": origin, "exp": until, "sub": self._subject}
            header = str(self._key.sign(claims)["Authorization"])
            self._tokens[origin] = (until, header)
        return header


def subscription(to: str) -> tuple[str, dict[str, str]]:
    """Endpoint and keys of an address. Raises ValueError or KeyError when it holds none."""
    if to.startswith("{"):
        found = json.loads(to)
        keys = found["keys"]
        return str(found["endpoint"]), {"p256dh": str(keys["p256dh"]), "auth": str(keys["auth"])}
    endpoint, _, secret = to.rpartition("#")
    p256dh, _, auth = secret.partition(".")
    if not (endpoint and p256dh and auth):
        raise ValueError("no subscription")
    return endpoint, {"p256dh": p256dh, "auth": auth}


def allowed(endpoint: str, hosts: tuple[str, ...]) -> bool:
    """Whether `endpoint` leads to a known push service, by https; an entry such as `http://127.0.0.1:9` means
    just that. Raises ValueError or httpx.InvalidURL when it is no address."""
    parts = urlsplit(str(httpx.URL(endpoint)))
    if f"{parts.scheme}://{parts.netloc}" in hosts:
        return True
    host = parts.hostname or ""
    known = any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in hosts)
    return known and parts.scheme == "https" and parts.netloc == host


def payload(card: Card) -> bytes:
    """What the service worker reads. The words are for after the opening, where no page of ours can show them."""
    shown = {
        "title": card.title,
        "body": card.body,
        "tag": card.tag,
        "lang": card.language,
        "open": card.open,
    }
    shown |= {"link": card.link} if card.link else {"words": card.words}
    while len(told := json.dumps(shown, ensure_ascii=False).encode()) > FITS:
        longest = max(("words", "body", "title", "link"), key=lambda name: len(shown.get(name, "")))
        shown[longest] = "" if longest == "link" else shown[longest][: len(shown[longest]) * 3 // 4] + "…"
    return told
