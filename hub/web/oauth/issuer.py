"""The rules of OAuth 2, by Authlib: who may ask, where answers go, what a code or a refresh token is exchanged for.

Authlib asks and answers at once, the store does not: so `Desk` holds what the store knew before, and notes what is to be
kept after. Nothing here waits, reads the store or knows a page. Rules. 1. The code flow only, with PKCE (S256) for
everybody. 2. A redirect address must be on the client's list, letter by letter (on the person's own
computer: but for the port). 3. A code works once; a refresh token works
once and brings its successor; a second use takes everything back that followed from it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge

from device_rules.reading import DAY, HOUR, MINUTE, SECOND
from hub.domain.ids import CustomerId, Moment
from hub.ports.grants import Code, Granted, Token
from hub.web.door import Program
from hub.web.passwords import same

CODE_LIFE = 5 * MINUTE  # voice-platforms, requirement D1
ACCESS_LIFE = HOUR
REFRESH_LIFE = 400 * DAY  # a speaker that nobody talks to for a year is linked anew
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
WAYS = ("client_secret_basic", "client_secret_post")

Answer = tuple[int, Any, Mapping[str, str]]
"""Status, body and headers of an answer."""


@dataclass(slots=True)
class Desk:
    """One request's view of the store: what it named (`code`, `token`), and what has come of it."""

    programs: Mapping[str, Program]
    now: Moment
    code: Code | None = None
    token: Token | None = None
    new_codes: dict[str, Code] = field(default_factory=dict)
    new_tokens: dict[str, Token] = field(default_factory=dict)
    used_code: bool = False
    used_token: bool = False


@dataclass(frozen=True, slots=True)
class Customer:
    """Who allows it, as Authlib wants to be told."""

    id: CustomerId


class Client(ClientMixin):  # type: ignore[misc]  # Authlib tells no types
    """A program that the operator has named."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def get_client_id(self) -> str:
        return self.program.id

    def get_default_redirect_uri(self) -> str | None:
        return None  # it must be said

    def get_allowed_scope(self, scope: str | None) -> str | None:
        asked = (scope or self.program.scope).split()
        return " ".join(asked) if set(asked) <= set(self.program.scope.split()) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.program.redirects or _on_own_computer(
            redirect_uri, self.program.redirects
        )

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self.program.secret) and same(client_secret, self.program.secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in WAYS if self.program.secret else method == "none"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


def _on_own_computer(asked: str, redirects: Iterable[str]) -> bool:
    """Whether it is an address of the list but for its port, on the person's own computer: a program there takes whatever port
    is free (RFC 8252, 7.3)."""
    there = _without_port(asked)
    return there is not None and any(_without_port(each) == there for each in redirects)


def _without_port(address: str) -> tuple[str, str, str] | None:
    try:
        parts = urlsplit(address)
        known = parts.scheme == "http" and parts.hostname in LOOPBACK and parts.port != 0
    except ValueError:
        return None
    if not known or parts.fragment or "@" in parts.netloc:
        return None
    return str(parts.hostname), parts.path, parts.query


class _Kept:
    """A code or token as Authlib wants to ask it."""

    code_challenge_method = "S256"

    def __init__(self, granted: Granted, kept: Code | Token) -> None:
        self.granted, self.kept = granted, kept
        self.code_challenge = kept.challenge if isinstance(kept, Code) else ""

    def get_redirect_uri(self) -> str:
        return self.kept.redirect if isinstance(self.kept, Code) else ""

    def get_scope(self) -> str:
        return self.granted.scope

    def check_client(self, client: Client) -> bool:
        return self.granted.client == client.program.id


class _CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib tells no types
    TOKEN_ENDPOINT_AUTH_METHODS = (*WAYS, "none")

    def save_authorization_code(self, code: str, request: Any) -> None:
        desk, payload = self.server.desk, request.payload
        granted = Granted(secrets.token_hex(16), payload.client_id, request.user.id, request.scope)
        challenge = payload.data["code_challenge"]
        kept = Code(granted, payload.redirect_uri, challenge, Moment(desk.now + CODE_LIFE))
        desk.new_codes[code] = kept

    def query_authorization_code(self, code: str, client: Client) -> _Kept | None:
        desk = self.server.desk
        kept = desk.code
        if kept is None or kept.granted.client != client.program.id:
            return None
        return None if kept.used is not None or kept.expires <= desk.now else _Kept(kept.granted, kept)

    def delete_authorization_code(self, authorization_code: _Kept) -> None:
        self.server.desk.used_code = True

    def authenticate_user(self, authorization_code: _Kept) -> Customer:
        return Customer(authorization_code.granted.customer)


class _RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]  # Authlib tells no types
    INCLUDE_NEW_REFRESH_TOKEN = True
    TOKEN_ENDPOINT_AUTH_METHODS = (*WAYS, "none")

    def authenticate_refresh_token(self, refresh_token: str) -> _Kept | None:
        desk = self.server.desk
        kept = desk.token
        good = kept is not None and kept.kind == "refresh" and kept.good(desk.now)
        return _Kept(kept.granted, kept) if good else None

    def authenticate_user(self, refresh_token: _Kept) -> Customer:
        return Customer(refresh_token.granted.customer)

    def revoke_old_credential(self, refresh_token: _Kept) -> None:
        self.server.desk.used_token = True


class _Proof(CodeChallenge):  # type: ignore[misc]  # Authlib tells no types
    """PKCE for everybody, and S256 only: a plain challenge proves nothing to who can read the address."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        told = grant.request.payload.data
        if not told.get("code_challenge") or told.get("code_challenge_method") != "S256":
            raise InvalidRequestError("A 'code_challenge' by the method S256 is required.")
        if not told.get("state"):
            raise InvalidRequestError("A 'state' is required.")
        super().validate_code_challenge(grant, redirect_uri)


class Asked(OAuth2Request):  # type: ignore[misc]  # Authlib tells no types
    """One request. That it came over TLS is the proxy's to see; inside, the address is told as the world knows it."""

    def __init__(self, method: str, told: Mapping[str, str], headers: Mapping[str, str]) -> None:
        super().__init__(method, "https://hub/oauth", headers=dict(headers))
        self.payload = BasicOAuth2Payload(dict(told))

    @property
    def args(self) -> Mapping[str, str]:
        return dict(self.payload.data) if self.method == "GET" else {}

    @property
    def form(self) -> Mapping[str, str]:
        return dict(self.payload.data) if self.method == "POST" else {}


class Issuer(AuthorizationServer):  # type: ignore[misc]  # Authlib tells no types
    """Authlib's server over one request's desk."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.register_grant(_CodeGrant, [_Proof(required=True)])
        self.register_grant(_RefreshGrant)
        lives = BearerTokenGenerator(_secret, _secret, lambda *_: ACCESS_LIFE // SECOND)
        self.register_token_generator("default", lives)

    def query_client(self, client_id: str) -> Client | None:
        program = self.desk.programs.get(client_id)
        return Client(program) if program is not None else None

    def save_token(self, token: Mapping[str, Any], request: Any) -> None:
        """Note both tokens, in the family of what they were exchanged for."""
        desk, before = self.desk, request.authorization_code or request.refresh_token
        whose = before.granted
        granted = Granted(whose.family, whose.client, whose.customer, str(token.get("scope", whose.scope)))
        access = Token(granted, "access", Moment(desk.now + ACCESS_LIFE))
        desk.new_tokens[token["access_token"]] = access
        desk.new_tokens[token["refresh_token"]] = Token(granted, "refresh", Moment(desk.now + REFRESH_LIFE))

    def create_oauth2_request(self, request: Asked) -> Asked:
        return request

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens to Authlib's signals."""

    def handle_response(self, status: int, body: Any, headers: Any) -> Answer:
        return status, body, dict(headers)


def _secret(**_: object) -> str:
    return secrets.token_urlsafe(32)
