"""What Alexa asks: each request is checked, turned into a turn, answered in the same transaction, and remembered.

Not genuine → 400 and no word. Genuine → 200 with valid JSON, whatever it was and whatever happens to us. A request that
comes again gets the same bytes and changes nothing. A speaker that is linked to nobody hears how to link it and nothing
else.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from traceback import walk_tb
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response

from hub.domain.contact import Phrase
from hub.domain.conversation import Reply
from hub.domain.ids import Moment
from hub.web.door import AlexaKeys, Door, Translator
from hub.web.hooks.alexa_check import Chains, Refused, check, check_skill, check_time, load_roots
from hub.web.hooks.alexa_events import language_of
from hub.web.hooks.alexa_pause import Meanwhile, Pauses
from hub.web.hooks.alexa_turn import reply_to, settled

LIMIT = 64 * 1024  # bytes of a body; Amazon's are below 10 KB
OURS = ("hub.", "voice_skills.")
TROUBLE = Reply((Phrase("voice.trouble"),), end=True)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Real seconds: until we say "one moment" (`soon`), for a device that is about to answer (`device`), and until we
    apologise: Amazon hangs up after eight (voice-platforms, section 2.2)."""

    soon: float = 1.0
    device: float = 2.5
    patience: float = 6.0


@dataclass(frozen=True, slots=True)
class Skill:
    """The skill at the door: its voice, and how to say something meanwhile."""

    voice: Translator
    pauses: Pauses
    limits: Limits


def router(door: Door, limits: Limits = Limits()) -> APIRouter:
    """`POST /hooks/alexa`; no route at all without a skill."""
    routes = APIRouter(prefix="/hooks", include_in_schema=False)
    if door.alexa is None or door.alexa_voice is None:
        return routes
    keys = door.alexa
    skill = Skill(door.alexa_voice, Pauses(keys), limits)
    chains, roots = Chains(keys.fetch), load_roots(keys.roots)

    @routes.post("/alexa")
    async def alexa(request: Request) -> Response:
        now = Moment(door.clock.now())
        try:
            raw = await received(request)
            await check(request.headers, raw, chains, roots, now)
            body = genuine(raw, keys, now)
        except Refused:
            log.warning("alexa_refused")
            return Response(status_code=400)
        answer = await answered(door, skill, body, now)
        return Response(json.dumps(answer, ensure_ascii=False), media_type="application/json")

    return routes


async def received(request: Request) -> bytes:
    """The body, byte for byte. Raises Refused when it is empty or longer than anything Amazon sends."""
    raw = b""
    async for piece in request.stream():
        raw += piece
        if len(raw) > LIMIT:
            raise Refused
    if not raw:
        raise Refused
    return raw


def genuine(raw: bytes, keys: AlexaKeys, now: int) -> Mapping[str, Any]:
    """The body of a request that is signed: it must be an object, fresh, and for our skill. Raises Refused."""
    try:
        body = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as why:
        raise Refused from why
    if not isinstance(body, dict):
        raise Refused
    request = body.get("request")
    check_time(request if isinstance(request, Mapping) else {}, now)
    check_skill(body, keys.skill_id)
    return body


async def answered(door: Door, skill: Skill, body: Mapping[str, Any], now: Moment) -> dict[str, Any]:
    """The response to a genuine request. What cannot be said, or not in time, is undone, and told kindly."""
    voice, limits = skill.voice, skill.limits
    language = language_of(body, door.ctx.words.languages())
    say = skill.pauses.saying(body, lambda: voice.moment(language))
    try:
        async with asyncio.timeout(limits.patience), Meanwhile(say, limits.soon) as meanwhile:
            await settled(door, body, now, meanwhile, limits.device)
            async with door.store.transaction() as tx:
                reply, beside = await reply_to(tx, door, voice, body, now)
                return voice.say(reply, body, language, beside)
    except Exception as error:  # noqa: BLE001 - whatever it is: one line without any value, and a kind word
        log.error("alexa_turn_failed", error=type(error).__name__, at=place_of(error))
        return voice.say(TROUBLE, body, language)


def place_of(error: BaseException) -> str:
    """The last place of ours that it passed; never the error's own words, which may hold values."""
    places = [f"{trace.f_globals.get('__name__', '')}:{line}" for trace, line in walk_tb(error.__traceback__)]
    return next((place for place in reversed(places) if place.startswith(OURS)), "")
