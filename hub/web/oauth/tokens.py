"""`/oauth/token` and `/oauth/revoke`, what programs may know about them, and who an access token speaks for.

A code or a refresh token that comes a second time takes back everything that followed from it: somebody has copied it.
No secret, code or token reaches a log line.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.domain.ids import CustomerId, Moment
from hub.ports import Tx
from hub.web.door import Door
from hub.web.oauth.issuer import WAYS, Asked, Desk, Issuer

log = structlog.get_logger(__name__)


def router(door: Door) -> APIRouter:
    """Tokens for the programs that are named; no route at all without one."""
    routes = APIRouter(include_in_schema=False)
    if not door.programs:
        return routes

    @routes.post("/oauth/token")
    async def token(request: Request) -> Response:
        return await _exchange(door, await told_by(request), request.headers)

    @routes.post("/oauth/revoke")
    async def revoke(request: Request) -> Response:
        return await _revoke(door, await told_by(request), request.headers)

    @routes.get("/.well-known/oauth-authorization-server")
    async def about() -> Response:
        return JSONResponse(_about(door.public_url))

    return routes


async def told_by(request: Request) -> dict[str, str]:
    """The form that was sent; nothing where a field comes twice, or where it is no form."""
    try:
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=30)
    except ValueError:
        return {}
    told = dict(pairs)
    return told if len(told) == len(pairs) else {}


async def whose(tx: Tx, token: str, now: Moment, scope: str = "") -> CustomerId | None:
    """The customer that a good access token speaks for (within `scope`, if one is named); else None."""
    kept = await tx.grants.token(token) if token else None
    if kept is None or kept.kind != "access" or not kept.good(now):
        return None
    return kept.granted.customer if not scope or scope in kept.granted.scope.split() else None


async def _exchange(door: Door, told: Mapping[str, str], headers: Mapping[str, str]) -> Response:
    now = Moment(door.clock.now())
    async with door.store.transaction() as tx:
        desk = Desk(door.programs, now, await tx.grants.code(told.get("code", "")))
        desk.token = await tx.grants.token(told.get("refresh_token", ""))
        named = {name.title(): value for name, value in headers.items()}
        status, body, sent = Issuer(desk).create_token_response(Asked("POST", told, named))
        await _keep(tx, desk, told)
    error = body.get("error", "") if isinstance(body, Mapping) else ""
    log.info("oauth_token", status=status, error=error, grant=told.get("grant_type", "")[:20])
    return JSONResponse(body, status, sent)


async def _keep(tx: Tx, desk: Desk, told: Mapping[str, str]) -> None:
    """What has come of it: new tokens, and the end of what was exchanged; or, at a second use, of everything after it."""
    for seen in (desk.code, desk.token):
        if seen is not None and seen.used is not None:
            await tx.grants.end_family(seen.granted.family, desk.now)
            log.warning("oauth_used_twice", client=seen.granted.client)
    if desk.used_code:
        await tx.grants.use_code(told["code"], desk.now)
    if desk.used_token:
        await tx.grants.use_token(told["refresh_token"], desk.now)
    for token, kept in desk.new_tokens.items():
        await tx.grants.put_token(token, kept)


async def _revoke(door: Door, told: Mapping[str, str], headers: Mapping[str, str]) -> Response:
    """RFC 7009: the program gives its tokens back; what we do not know is no error."""
    now = Moment(door.clock.now())
    issuer = Issuer(Desk(door.programs, now))
    asked = Asked("POST", told, {name.title(): value for name, value in headers.items()})
    try:
        client = issuer.authenticate_client(asked, [*WAYS, "none"])
    except Exception as error:  # noqa: BLE001 - Authlib's errors all mean: not a program of ours
        log.warning("oauth_revoke_refused", error=type(error).__name__)
        return JSONResponse({"error": "invalid_client"}, 401)
    async with door.store.transaction() as tx:
        kept = await tx.grants.token(told.get("token", ""))
        if kept is not None and kept.granted.client == client.program.id:
            await tx.grants.end_family(kept.granted.family, now)
    return Response(status_code=200)


def _about(url: str) -> dict[str, object]:
    """RFC 8414."""
    return {
        "issuer": url,
        "authorization_endpoint": f"{url}/oauth/authorize",
        "token_endpoint": f"{url}/oauth/token",
        "revocation_endpoint": f"{url}/oauth/revoke",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [*WAYS, "none"],
        "scopes_supported": ["devices"],
    }
