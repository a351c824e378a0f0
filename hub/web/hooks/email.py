"""The way out of mails: one click, for people and for mail programs (RFC 8058).

Only a POST does anything: whoever looks at links in advance, as mail scanners do, changes nothing. No session, no cookie
and no sign-in: the link itself is sealed, and opens nothing else.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from hub.domain.contact import Message, Phrase
from hub.domain.customer import Channel
from hub.domain.ids import MessageId, Moment
from hub.domain.sealed import UNSUBSCRIBE, unseal
from hub.flow.unsubscribing import unsubscribe
from hub.ports import Tx
from hub.web.door import Door
from hub.web.paper import page
from hub.web.problems import Problem

HOW = "list-unsubscribe"


def router(door: Door) -> APIRouter:
    """`GET` and `POST /hooks/email/{token}`."""
    routes = APIRouter(prefix="/hooks/email", include_in_schema=False)

    @routes.get("/{token}")
    async def ask(token: str, request: Request) -> Response:
        async with door.store.reading() as tx:
            language = await _language(tx, await _message(door, tx, token))
        return _page(door, request, language, done=False)

    @routes.post("/{token}")
    async def leave(token: str, request: Request) -> Response:
        now = Moment(door.clock.now())
        async with door.store.transaction() as tx:
            message = await _message(door, tx, token)
            language = await _language(tx, message)
            await unsubscribe(tx, message.customer, Channel.EMAIL, HOW, now)
        return _page(door, request, language, done=True)

    return routes


async def _message(door: Door, tx: Tx, token: str) -> Message:
    """The mail that the link came with. Raises Problem when the link is none of ours."""
    known = unseal(door.secret, UNSUBSCRIBE, token)
    message = await tx.messages.get(MessageId(known)) if known else None
    if message is None:
        raise Problem(404, "This link is not complete.", f"Please ring us: {door.ctx.policy.phone}")
    return message


async def _language(tx: Tx, message: Message) -> str:
    person = await tx.people.customer(message.customer)
    return person.language if person else message.language


def _page(door: Door, request: Request, language: str, *, done: bool) -> Response:
    policy, words = door.ctx.policy, door.ctx.words

    def said(key: str) -> str:
        own = {"brand": policy.brand, "phone": policy.phone}
        return words.text(Phrase(f"unsubscribe.{key}", own), language)

    told = {
        "title": said("done_title" if done else "title"),
        "detail": said("done" if done else "ask"),
        "button": "" if done else said("button"),
        "language": language,
    }
    return page(request, "unsubscribe.html", None, told)
