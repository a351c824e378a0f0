"""What Alexa asks: each request is checked, turned into a turn, answered in the same transaction, and remembered.

Not genuine → 400 and no word. Genuine → 200 with valid JSON, whatever it was and whatever happens to us. A request that
comes again gets the same bytes and changes nothing. A speaker that is linked to nobody hears how to link it and nothing
else.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from traceback import walk_tb
from typing import Any

import msgspec
import structlog
from fastapi import APIRouter, Request, Response

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Heard, Intent, Question, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.ids import CustomerId, Moment
from hub.flow import subscribing
from hub.flow.converse import turn as converse
from hub.flow.subscribing import Wish
from hub.ports import Tx
from hub.web.door import AlexaKeys, Door, Translator
from hub.web.hooks.alexa_check import Chains, Refused, check, check_skill, check_time, load_roots
from hub.web.hooks.alexa_events import kind_of, moment_of, table, wants_notices

LIMIT = 64 * 1024  # bytes of a body; Amazon's are below 10 KB
PATIENCE = 6.0  # real seconds until we apologise: Amazon hangs up after eight (voice-platforms, section 2.2)
CODE_DIGITS = 6
PLATFORM = "alexa"
LANGUAGES = ("de", "en")
OURS = ("hub.", "voice_skills.")
EVENTS = "AlexaSkillEvent."
GONE = ("AlexaSkillEvent.SkillDisabled",)

ASK = Question(Expecting.NOTHING, (), (Phrase("link.ask"),))
NEEDS_LINK = Reply((Phrase("link.needed"),), ASK)
ASK_CODE = Reply((Phrase("link.ask"),), ASK)
LINKED = Reply((Phrase("link.done"),), end=True)
WRONG_CODE = Reply((Phrase("link.wrong"),), ASK)
LOCKED = Reply((Phrase("link.locked"),), end=True)
GOODBYE = Reply((Phrase("goodbye"),), end=True)
TROUBLE = Reply((Phrase("voice.trouble"),), end=True)

log = structlog.get_logger(__name__)


def router(door: Door, patience: float = PATIENCE) -> APIRouter:
    """`POST /hooks/alexa`; no route at all without a skill. `patience` is the time for an answer, in real seconds."""
    routes = APIRouter(prefix="/hooks", include_in_schema=False)
    if door.alexa is None or door.alexa_voice is None:
        return routes
    keys, voice = door.alexa, door.alexa_voice
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
        answer = await answered(door, voice, body, now, patience)
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


async def answered(
    door: Door, voice: Translator, body: Mapping[str, Any], now: Moment, patience: float
) -> dict[str, Any]:
    """The response to a genuine request. What cannot be said, or not in time, is undone, and told kindly."""
    language = language_of(body)
    try:
        async with asyncio.timeout(patience), door.store.transaction() as tx:
            return voice.say(await reply_to(tx, door, voice, body, now), body, language)
    except Exception as error:  # noqa: BLE001 - whatever it is: one line without any value, and a kind word
        log.error("alexa_turn_failed", error=type(error).__name__, at=place_of(error))
        return voice.say(TROUBLE, body, language)


async def reply_to(
    tx: Tx, door: Door, voice: Translator, body: Mapping[str, Any], now: Moment
) -> Reply | None:
    """What is said to this request; None for events and whatever we do not know."""
    user = account(body)
    if kind_of(body).startswith(EVENTS):
        await happened(tx, body, user, now)
        return None
    said = voice.heard(body, language_of(body))
    if said is None or not user:
        return None
    before = await tx.talks.reply_to(Channel.VOICE, said.key)
    if before is not None:
        return msgspec.convert(before, Reply)
    customer = await tx.talks.linked(PLATFORM, user)
    if said.meaning.intent is Intent.LINK or customer is None:
        reply = await to_link(tx, user, said, now)
        await tx.talks.remember(Channel.VOICE, said.key, msgspec.to_builtins(reply), now)
        return reply
    return await converse(tx, CustomerId(customer), said, now, door.ctx)


async def happened(tx: Tx, body: Mapping[str, Any], user: str, now: Moment) -> None:
    """A skill event: what the person lets us do on their speaker has changed, or the skill is gone. By its own moment."""
    if not user:
        return
    kind = kind_of(body)
    customer = await tx.talks.linked(PLATFORM, user)
    if kind in GONE:
        await subscribing.gone(tx, Wish(user, False, moment_of(body, now), kind), customer, now)
        await tx.talks.unlink(PLATFORM, user)
        log.info("speaker_unlinked")
        return
    wanted = wants_notices(body)
    if wanted is not None:
        news = await subscribing.subscribed(tx, Wish(user, wanted, moment_of(body, now), kind), customer, now)
        log.info("speaker_notices", wanted=wanted, news=news, linked=customer is not None)


async def to_link(tx: Tx, user: str, said: Turn, now: Moment) -> Reply:
    """Link the speaker's account by the code that we sent by text, or say how that is done."""
    meaning = said.meaning
    if said.kind is Heard.HANGUP or meaning.intent is Intent.GOODBYE:
        return GOODBYE
    if meaning.intent is not Intent.LINK:
        return NEEDS_LINK
    if len(meaning.slot) != CODE_DIGITS:  # misheard, or not said yet: that is no wrong try
        return ASK_CODE
    if await tx.talks.locked(PLATFORM, user, now):
        log.warning("speaker_link_locked")
        return LOCKED
    linked = await tx.talks.use_code(PLATFORM, user, meaning.slot, now)
    log.info("speaker_link", linked=linked is not None)
    if linked is not None:
        await subscribing.linked(tx, user, linked, now)
    return WRONG_CODE if linked is None else LINKED


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


def place_of(error: BaseException) -> str:
    """The last place of ours that it passed; never the error's own words, which may hold values."""
    places = [f"{trace.f_globals.get('__name__', '')}:{line}" for trace, line in walk_tb(error.__traceback__)]
    return next((place for place in reversed(places) if place.startswith(OURS)), "")
