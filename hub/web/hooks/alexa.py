"""What Alexa asks: each request is checked, turned into a turn, answered in the same transaction, and remembered.

Not genuine → 400 and no word. Genuine → 200 with valid JSON, whatever it was. A request that comes again gets the same
bytes and changes nothing. A speaker that is linked to nobody hears how to link it and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Intent, Question, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.ids import CustomerId, Moment
from hub.flow.converse import turn as converse
from hub.ports import Tx
from hub.web.door import AlexaKeys, Door, Translator
from hub.web.hooks.alexa_check import Chains, Refused, check, check_skill, check_time, load_roots

LIMIT = 64 * 1024  # bytes of a body; Amazon's are below 10 KB
PLATFORM = "alexa"
LANGUAGES = ("de", "en")
GONE = ("AlexaSkillEvent.SkillDisabled",)
LINK = Reply((Phrase("link.needed"),), end=True)
LINK_ASK = Reply((Phrase("link.ask"),), ask=Question(Expecting.NOTHING, (), (Phrase("link.ask"),)))
LINKED = Reply((Phrase("link.done"),), end=True)
WRONG_CODE = Reply((Phrase("link.wrong"),), end=True)
TROUBLE = Reply((Phrase("voice.trouble"),), end=True)

log = structlog.get_logger(__name__)


def router(door: Door) -> APIRouter:
    """`POST /hooks/alexa`; no route at all without a skill."""
    routes = APIRouter(prefix="/hooks", include_in_schema=False)
    if door.alexa is None or door.alexa_voice is None:
        return routes
    keys, voice = door.alexa, door.alexa_voice
    chains, roots = Chains(keys.fetch), load_roots(keys.roots)

    @routes.post("/alexa")
    async def alexa(request: Request) -> Response:
        now = Moment(door.clock.now())
        raw = await request.body() if int(request.headers.get("content-length") or 0) <= LIMIT else b""
        try:
            if not raw or len(raw) > LIMIT:
                raise Refused
            await check(request.headers, raw, chains, roots, now)
            body = genuine(raw, keys, now)
        except Refused:
            log.warning("alexa_refused")
            return Response(status_code=400)
        answer = await answered(door, voice, body, now)
        return Response(json.dumps(answer, ensure_ascii=False), media_type="application/json")

    return routes


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


async def answered(door: Door, voice: Translator, body: Mapping[str, Any], now: Moment) -> dict[str, Any]:
    """The response to a genuine request. Our own bug is told kindly, logged once, and undone."""
    language = language_of(body)
    try:
        async with door.store.transaction() as tx:
            reply = await reply_to(tx, door, voice, body, now)
        return voice.say(reply, body, language)
    except Exception:
        log.exception("alexa_turn_failed")
        return voice.say(TROUBLE, body, language)


async def reply_to(
    tx: Tx, door: Door, voice: Translator, body: Mapping[str, Any], now: Moment
) -> Reply | None:
    """What is said to this request; None for events and whatever we do not know."""
    user = account(body)
    if kind_of(body) in GONE:
        await tx.talks.unlink(PLATFORM, user)
        return None
    said = voice.heard(body, language_of(body))
    if said is None or not user:
        return None
    customer = await tx.talks.linked(PLATFORM, user)
    if said.meaning.intent is Intent.LINK and said.meaning.slot:
        return await link(tx, user, said, now)
    if customer is None:
        asks = said.meaning.intent is Intent.LINK
        return LINK_ASK if asks else LINK
    return await converse(tx, CustomerId(customer), said, now, door.ctx)


async def link(tx: Tx, user: str, said: Turn, now: Moment) -> Reply:
    """Link the speaker's account by the code we sent by text. A repeated request is told the same again."""
    before = await tx.talks.reply_to(Channel.VOICE, said.key)
    if before is None:
        linked = await tx.talks.use_code(PLATFORM, user, said.meaning.slot, now)
        before = {"linked": linked is not None}
        await tx.talks.remember(Channel.VOICE, said.key, before, now)
        log.info("speaker_link", linked=linked is not None)
    return LINKED if before.get("linked") else WRONG_CODE


def table(body: object, *path: str) -> Mapping[str, Any]:
    """The table at `path`, or an empty one."""
    for name in path:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def kind_of(body: Mapping[str, Any]) -> str:
    """The request's type."""
    return str(table(body, "request").get("type") or "")


def account(body: Mapping[str, Any]) -> str:
    """Amazon's id of the account that speaks."""
    named = table(body, "context", "System", "user").get("userId") or table(body, "session", "user").get(
        "userId"
    )
    return named if isinstance(named, str) else ""


def language_of(body: Mapping[str, Any]) -> str:
    """The language of the request's locale, English where we do not speak it."""
    language = str(table(body, "request").get("locale") or "")[:2].lower()
    return language if language in LANGUAGES else "en"
