"""Whose speaker it is: linked in the Alexa app (an access token comes with every request), or by a code that we sent.

A token that is over, or was taken back, speaks for nobody: the person is asked to link again. An account that says another
customer's code is theirs from then on; the newest link counts, and nobody shares one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Heard, Intent, Question, Reply, Turn
from hub.domain.customer import Health
from hub.domain.ids import CustomerId, Moment
from hub.flow import subscribing
from hub.flow.subscribing import Wish
from hub.ports import Tx
from hub.ports.beside import Beside
from hub.web.hooks.alexa_events import LINKED as ACCOUNT_LINKED
from hub.web.hooks.alexa_events import kind_of, moment_of, table, wants_notices
from hub.web.oauth.tokens import whose

CODE_DIGITS = 6
PLATFORM, ACCOUNT = "alexa", "alexa-account"
"""Linked by a code, and linked in the Alexa app."""
PROGRAM, SCOPE = "alexa", "devices"
GONE = "AlexaSkillEvent.SkillDisabled"

ASK = Question(Expecting.NOTHING, (), (Phrase("link.ask"),))
NEEDS_LINK = Reply((Phrase("link.needed"),), ASK)
NEEDS_ACCOUNT = Reply((Phrase("link.account"),), ASK)
ASK_CODE = Reply((Phrase("link.ask"),), ASK)
LINKED = Reply((Phrase("link.done"),), end=True)
WRONG_CODE = Reply((Phrase("link.wrong"),), ASK)
LOCKED = Reply((Phrase("link.locked"),), end=True)
GOODBYE = Reply((Phrase("goodbye"),), end=True)

log = structlog.get_logger(__name__)


def account(body: Mapping[str, Any]) -> str:
    """Amazon's id of the account that speaks."""
    named = table(body, "context", "System", "user").get("userId") or table(body, "session", "user").get(
        "userId"
    )
    return named if isinstance(named, str) else ""


def token_of(body: Mapping[str, Any]) -> str:
    """The access token that comes with a request; empty where the account is not linked in the app."""
    for path in (("context", "System", "user"), ("session", "user"), ("request", "body")):
        token = table(body, *path).get("accessToken")
        if isinstance(token, str) and token:
            return token
    return ""


async def customer_of(tx: Tx, body: Mapping[str, Any], now: Moment) -> CustomerId | None:
    """Who speaks: by the token, else by the code that linked this account."""
    by_token = await whose(tx, token_of(body), now, SCOPE)
    return by_token or await tx.talks.linked(PLATFORM, account(body))


async def owner_of(tx: Tx, user: str) -> CustomerId | None:
    """Whose account it is, for events, which come without a token."""
    return await tx.talks.linked(ACCOUNT, user) or await tx.talks.linked(PLATFORM, user)


async def keep_account(tx: Tx, body: Mapping[str, Any], now: Moment) -> None:
    """An account that comes with a customer's token is theirs, whoever's it was: notices go where they belong."""
    user, customer = account(body), await whose(tx, token_of(body), now, SCOPE)
    if customer is None or not user or await tx.talks.linked(ACCOUNT, user) == customer:
        return
    await _leave(tx, user, customer)
    await tx.talks.link(ACCOUNT, user, customer, now)
    await subscribing.linked(tx, user, customer, now)
    log.info("speaker_account_linked")


async def _leave(tx: Tx, user: str, customer: CustomerId) -> None:
    """The account is no way any more to whoever had it before `customer`."""
    for platform in (PLATFORM, ACCOUNT):
        before = await tx.talks.linked(platform, user)
        if before is not None and before != customer:
            await tx.people.set_health(subscribing.address_id(before, user), Health.DEAD)
            await tx.talks.unlink(platform, user)


async def happened(tx: Tx, body: Mapping[str, Any], user: str, now: Moment) -> None:
    """A skill event: what the person lets us do on their speaker has changed, or the skill is gone. By its own moment."""
    if not user:
        return
    kind = kind_of(body)
    if kind == ACCOUNT_LINKED:
        await keep_account(tx, body, now)
        return
    customer = await owner_of(tx, user)
    if kind == GONE:
        await subscribing.gone(tx, Wish(user, False, moment_of(body, now), kind), customer, now)
        if customer is not None and await tx.talks.linked(ACCOUNT, user) == customer:
            await tx.grants.end_client(PROGRAM, customer, now)
        for platform in (PLATFORM, ACCOUNT):
            await tx.talks.unlink(platform, user)
        log.info("speaker_unlinked")
        return
    wanted = wants_notices(body)
    if wanted is not None:
        news = await subscribing.subscribed(tx, Wish(user, wanted, moment_of(body, now), kind), customer, now)
        log.info("speaker_notices", wanted=wanted, news=news, linked=customer is not None)


async def to_link(tx: Tx, user: str, said: Turn, now: Moment, in_app: bool = False) -> Reply:
    """Link the speaker's account by the code that we sent by text, or say how that is done (`in_app`: in the Alexa app)."""
    meaning = said.meaning
    if said.kind is Heard.HANGUP or meaning.intent is Intent.GOODBYE:
        return GOODBYE
    if meaning.intent is not Intent.LINK:
        return NEEDS_ACCOUNT if in_app else NEEDS_LINK
    if len(meaning.slot) != CODE_DIGITS:  # misheard, or not said yet: that is no wrong try
        return ASK_CODE
    if await tx.talks.locked(PLATFORM, user, now):
        log.warning("speaker_link_locked")
        return LOCKED
    linked = await tx.talks.use_code(PLATFORM, user, meaning.slot, now)
    log.info("speaker_link", linked=linked is not None)
    if linked is not None:
        await _leave(tx, user, linked)
        await subscribing.linked(tx, user, linked, now)
    return WRONG_CODE if linked is None else LINKED


def beside_link(reply: Reply) -> Beside:
    """What goes with words about linking: a card for the Alexa app where that is set up, and the code to wait for."""
    waits = reply.ask is not None and reply.ask.again == ASK.again
    return Beside(account=bool(reply.say) and reply.say[0] == NEEDS_ACCOUNT.say[0], code=waits)
