"""The front door of a hub: what the web layer is given, and the server that it listens with."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any

import certifi
import httpx
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from device_rules import as_text
from device_rules.explain import as_json
from device_rules.groups import is_group
from hub.bootstrap.channels import public_url
from hub.bootstrap.chores import Health, checks_of
from hub.bootstrap.push import push_keys
from hub.bootstrap.reporting import Reporter
from hub.bootstrap.wiring import Hub
from hub.domain.ids import UserId
from hub.ports import BadInput
from hub.settings import Settings
from hub.web.app import create_app
from hub.web.door import AlexaKeys, Caller, Door, Program, TwilioKeys
from hub.web.hooks import alexa, email, phone, twilio
from hub.web.mcp.entrance import SCOPE
from hub.web.oauth import asking, tokens
from voice_skills.alexa import AlexaVoice
from voice_skills.phone import PhoneVoice

CHAIN_SECONDS = 3.0
CHAIN_BYTES = 65_536
DIRECTIVE_SECONDS = 2.0

Fetch = Callable[[str], Awaitable[bytes]]


async def fetch_chain(url: str) -> bytes:
    """Amazon's certificate chain at `url`: three seconds, 64 kB, no redirects. Raises OSError."""
    try:
        async with (
            asyncio.timeout(CHAIN_SECONDS),
            httpx.AsyncClient(follow_redirects=False) as http,
            http.stream("GET", url) as answer,
        ):
            found = bytearray()
            async for part in answer.aiter_bytes():
                found += part
                if len(found) > CHAIN_BYTES:
                    raise OSError("the certificate chain is too large")
            if answer.status_code != 200:
                raise OSError(f"the certificate store answered {answer.status_code}")
            return bytes(found)
    except (httpx.HTTPError, TimeoutError) as error:
        raise OSError(f"the certificate chain cannot be had: {type(error).__name__}") from error


async def post_directive(url: str, token: str, body: Mapping[str, Any]) -> None:
    """Tell Amazon to say something before the answer comes. Raises OSError."""
    try:
        async with httpx.AsyncClient(timeout=DIRECTIVE_SECONDS, follow_redirects=False) as http:
            answer = await http.post(url, json=dict(body), headers={"Authorization": f"Bearer {token}"})
            answer.raise_for_status()
    except httpx.HTTPError as error:
        raise OSError(f"the directive was not taken: {type(error).__name__}") from error


def door_of(hub: Hub, sign_in_as: UserId | None = None, fetch: Fetch = fetch_chain) -> Door:
    """What the web layer may use. `fetch` gets Alexa's certificate chains."""
    settings = hub.settings
    policy = hub.ctx.policy
    common = {"brand": policy.brand, "phone": policy.phone, "name": ""}
    return Door(
        store=hub.store,
        clock=hub.clock,
        ctx=hub.ctx,
        public_url=public_url(settings),
        secret=settings.store.secret,
        twilio=TwilioKeys(settings.sms.auth_token, settings.sms.opt_out) if settings.sms.auth_token else None,
        alexa=_alexa(settings, fetch),
        alexa_voice=AlexaVoice(hub.shelf.words, common),
        caller=_caller(settings, PhoneVoice(hub.shelf.words, common)),
        push=push_keys(settings.push),
        programs=_programs(settings),
        sign_in_as=sign_in_as,
        checks=checks_of(Health(hub.store, hub.clock, hub.gauges, hub.log)),
        explain=_explain(hub),
        books=dict(hub.shelf.books),
        gauges=hub.gauges,
        report=Reporter(hub.bench),
    )


def _caller(settings: Settings, voice: PhoneVoice) -> Caller | None:
    return Caller(voice, settings.phone.person) if settings.phone.sender else None


def _alexa(settings: Settings, fetch: Fetch) -> AlexaKeys | None:
    part = settings.alexa
    if not part.skill_id:
        return None
    file = str(part.roots or certifi.where())
    try:
        with open(file, "rb") as pem:  # noqa: PTH123 - certifi hands out a plain path
            roots = pem.read()
    except OSError as error:
        raise BadInput("alexa.roots", f"it cannot be read: {error.strerror}", "Name a PEM file.") from None
    return AlexaKeys(part.skill_id, roots, fetch, post_directive, part.api_url)


def _programs(settings: Settings) -> dict[str, Program]:
    """The programs that customers may link: assistants, and Alexa, where account linking is set up."""
    part = settings.alexa
    named = [
        Program(each.id, each.secret, each.redirects, SCOPE, each.name, each.bare)
        for each in settings.assistants.programs
    ]
    programs = {program.id: program for program in named}
    if not part.link_secret:
        return programs
    return {
        **programs,
        "alexa": Program("alexa", part.link_secret, part.link_redirects, SCOPE, "Alexa", speaker=True),
    }


def _explain(hub: Hub) -> Callable[[str, str], Awaitable[dict[str, Any]]]:
    async def explain(device: str, rule: str) -> dict[str, Any]:
        """Why a rule is raised on a device or a group, or why not; KeyError when either is unknown."""
        if is_group(device):
            try:
                why = hub.bench.groups.engine.why(device, rule)
            except ValueError as error:  # no group is called so
                raise KeyError(device) from error
        else:
            engine = hub.bench.judges[hub.log.partition_of(device)].engine
            why = engine.why(device, rule, hub.clock.now())
        return {**as_json(why), "text": as_text(why)}

    return explain


def application(door: Door) -> FastAPI:
    """The web application with all hooks that are set up."""
    app = create_app(door)
    for hook in (twilio, phone, email, alexa, asking, tokens):
        app.include_router(hook.router(door))
    return app


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises BadInput when the port is taken or may not be had."""
    address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    line = socket.socket(address[0], socket.SOCK_STREAM)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        line.bind(address[4])
        line.listen(256)
    except OSError as error:
        line.close()
        remedy = f"Stop what listens there, or choose another: BEFOREHAND_WEB_PORT={port + 1}"
        raise BadInput(f"{host}:{port}", f"the port cannot be had: {error.strerror}", remedy) from None
    return line


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own: who runs the hub decides when it ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


@contextlib.asynccontextmanager
async def served(app: ASGIApp, line: socket.socket) -> AsyncIterator[None]:
    """Serve `app` on `line` while the block runs."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve([line]), name="web")
    try:
        yield
    finally:
        server.should_exit = True
        await task
        line.close()
