"""The routes by which notifications leave, as the section `[push]` of the settings sets them up."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from py_vapid import VapidException

from hub.domain.customer import Channel
from hub.ports import BadInput, Clock, Notifier
from hub.settings.push import PushPart
from hub.settings.slips import Problems
from hub.web.door import PushKeys
from notifiers import NOTIFIERS
from notifiers.push.apns import Apns, AppleKey
from notifiers.push.app import AppServer
from notifiers.push.channel import Route
from notifiers.push.fcm import Fcm, ServiceAccount
from notifiers.push.homeassistant import HomeAssistant
from notifiers.push.ntfy import Ntfy
from notifiers.push.webpush import HOSTS, Vapid, WebPush, allowed

CURVE = ec.SECP256R1()
NEW_KEY = "Make one with: beforehand push keys"


def push_of(part: PushPart, clock: Clock) -> dict[Channel, Notifier]:
    """The channel with every route that is set up; nothing when none is. Raises BadSettings on settings that cannot work."""
    routes: dict[str, Route] = {}
    problems = Problems()
    for scheme, build in _ROUTES.items():
        with problems.kept():
            if (route := build(part, clock)) is not None:
                routes[scheme] = route
    problems.told()
    return {Channel.PUSH: NOTIFIERS[Channel.PUSH](routes, part.lock_screen == "full")} if routes else {}


def new_vapid_keys() -> tuple[str, str]:
    """A new private key and its public one, as push services and browsers want them (raw, base64url)."""
    key = ec.generate_private_key(CURVE)
    private = _text(key.private_numbers().private_value.to_bytes(32, "big"))
    return private, vapid_public(private)


def vapid_public(private: str) -> str:
    """The public key that browsers are told; "" without a private one. Raises BadInput when it is none."""
    if not private:
        return ""
    try:
        raw = base64.urlsafe_b64decode(private + "=" * (-len(private) % 4))
        key = ec.derive_private_key(int.from_bytes(raw, "big"), CURVE)
    except ValueError:
        raise BadInput("push.vapid_key", "it is no VAPID key", NEW_KEY) from None
    if len(raw) != 32:
        raise BadInput("push.vapid_key", "it is no VAPID key", NEW_KEY)
    return _text(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def push_keys(part: PushPart) -> PushKeys | None:
    """What the page on which people subscribe needs; None when browsers are not set up."""
    public, hosts = vapid_public(part.vapid_key), HOSTS + part.webpush_hosts
    if not public:
        return None
    return PushKeys(public, lambda endpoint: allowed(endpoint, hosts), part.lock_screen == "full")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _webpush(part: PushPart, clock: Clock) -> Route | None:
    if not part.vapid_key:
        return None
    problems, key, route = Problems(), part.vapid_key, None
    with problems.kept():
        vapid_public(key)
    if problems.found:
        key = new_vapid_keys()[0]  # the subject is looked at all the same
    with problems.kept():
        route = _to_browsers(Vapid(key, part.vapid_subject), clock, HOSTS + part.webpush_hosts)
    problems.told()
    return route


def _to_browsers(vapid: Vapid, clock: Clock, hosts: tuple[str, ...]) -> WebPush:
    try:
        return WebPush(vapid, clock, hosts)
    except VapidException:
        remedy = "Write an address where push services reach you, such as mailto:push@example.com."
        raise BadInput("push.vapid_subject", "nobody can write to it", remedy) from None


def _fcm(part: PushPart, clock: Clock) -> Route | None:
    if part.fcm_account is None:
        return None
    remedy = "Name the JSON file of a service account of your Firebase project."
    text = _file("push.fcm_account", part.fcm_account, remedy)
    try:
        account = ServiceAccount.read(text)
    except (ValueError, KeyError, TypeError):
        raise BadInput("push.fcm_account", "it is no service account", remedy) from None
    _is_key("push.fcm_account", account.private_key, rsa.RSAPrivateKey, remedy)
    return Fcm(account, clock, part.fcm_url)


def _apns(part: PushPart, clock: Clock) -> Route | None:
    if part.apns_key is None:
        return None
    named, key = "Name the .p8 file that Apple gave you.", ""
    problems = Problems()
    with problems.kept():
        key = _file("push.apns_key", part.apns_key, named)
        _is_key("push.apns_key", key, ec.EllipticCurvePrivateKey, named)
    with problems.kept():
        if not (part.apns_key_id and part.apns_team and part.apns_topic):
            remedy = "Set push.apns_key_id, push.apns_team and push.apns_topic (the app's bundle id)."
            raise BadInput("push", "a key of Apple's without its id, team or topic cannot send", remedy)
    problems.told()
    return Apns(AppleKey(key, part.apns_key_id, part.apns_team, part.apns_topic), clock, part.apns_url)


def _app(part: PushPart, clock: Clock) -> Route | None:
    if not part.app_url:
        return None
    try:
        return AppServer(part.app_url, part.app_secret, clock)
    except (
        Exception
    ) as error:  # the library has an error of its own for an empty secret, and others for a broken one
        remedy = "Write the secret that your server checks our signature with: whsec_ and base64."
        raise BadInput("push.app_secret", "it is no secret", remedy) from error


def _ntfy(part: PushPart, clock: Clock) -> Route | None:
    return Ntfy(part.ntfy_url, part.ntfy_token) if part.ntfy_url else None


def _ha(part: PushPart, clock: Clock) -> Route | None:
    if not part.ha_url:
        return None
    if not part.ha_token:
        raise BadInput(
            "push.ha_token", "a Home Assistant takes no calls without one", "Make a long-lived token."
        )
    return HomeAssistant(part.ha_url, part.ha_token)


def _file(place: str, path: Path, remedy: str) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError) as error:
        raise BadInput(place, f"it cannot be read: {type(error).__name__}", remedy) from None


def _is_key(place: str, pem: str, kind: type, remedy: str) -> None:
    """Raises BadInput when `pem` holds no private key of `kind`."""
    try:
        good = isinstance(load_pem_private_key(pem.encode(), None), kind)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        good = False
    if not good:
        raise BadInput(place, "there is no private key of the right kind in it", remedy)


_ROUTES: dict[str, Callable[[PushPart, Clock], Route | None]] = {
    "webpush": _webpush,
    "fcm": _fcm,
    "apns": _apns,
    "app": _app,
    "ntfy": _ntfy,
    "ha": _ha,
}
