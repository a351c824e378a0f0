"""Somebody links their account in the Alexa app: the hub's own pages in a browser, and Amazon's side of the code flow."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from hub.bootstrap.front import application
from hub.domain.ids import CustomerId
from hub.web.door import Program
from tests.flow.home import ADA
from tests.web.hooks.kitchen import Kitchen

REDIRECT = "https://layla.amazon.com/api/skill/link/M2NORDWARM"
SECRET = "a-secret-for-amazon"
ALEXA = Program(
    "alexa",
    SECRET,
    (REDIRECT, "https://pitangui.amazon.com/api/skill/link/M2NORDWARM"),
    "devices",
    speaker=True,
)
VERIFIER = "a-verifier-that-is-long-enough-for-the-rules-of-pkce"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKS = {
    "response_type": "code",
    "client_id": "alexa",
    "redirect_uri": REDIRECT,
    "state": "amazon's state/+=",
    "scope": "devices",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
MOBILES = {ADA: "+4915100000001"}


@dataclass
class App:
    """The Alexa app with a browser in it. `http` reaches the hub without a socket and follows nothing by itself."""

    here: Kitchen
    http: httpx.AsyncClient

    async def opens(self, **asks: str | None) -> httpx.Response:
        """The authorize page, asked for as `asks` says (None leaves out)."""
        query = {name: value for name, value in {**ASKS, **asks}.items() if value is not None}
        return await self.http.get("/oauth/authorize", params=query)

    async def says_number(self, page: httpx.Response, mobile: str) -> httpx.Response:
        return await self.http.post("/oauth/authorize/number", data={"asked": asked(page), "mobile": mobile})

    async def says_code(self, page: httpx.Response, code: str) -> httpx.Response:
        return await self.http.post("/oauth/authorize/code", data={"asked": asked(page), "code": code})

    async def code_texted(self, who: CustomerId = ADA) -> str:
        """The newest code that a text brought."""
        await self.here.home.posts()
        return re.findall(r"\b(\d{6})\b", " ".join(await self.here.home.texts(who)))[-1]

    async def allows(self, **asks: str | None) -> dict[str, str]:
        """The customer goes the whole way; what comes back to Amazon."""
        page = await self.says_number(await self.opens(**asks), await self.mobile())
        return came_back(await self.says_code(page, await self.code_texted()))

    async def mobile(self, who: CustomerId = ADA) -> str:
        async with self.here.home.store.reading() as tx:
            return next(each.value for each in await tx.people.addresses(who) if each.channel == "sms")

    async def exchanges(self, **told: str) -> httpx.Response:
        """Amazon's servers ask for tokens."""
        form = {"client_id": "alexa", "client_secret": SECRET, **told}
        return await self.http.post("/oauth/token", data=form)

    async def redeems(self, code: str, **told: str) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
        return await self.exchanges(**{**form, "code_verifier": VERIFIER, **told})

    async def links(self) -> dict[str, Any]:
        """Everything; the tokens that Amazon has then."""
        answer = await self.redeems((await self.allows())["code"])
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens


def app_in(here: Kitchen, *more: Program) -> App:
    """The app of somebody at home in `here`; the kitchen's own door learns to link, and knows `more` programs."""
    here.door = replace(
        here.door, programs={each.id: each for each in (ALEXA, *more)}, secret="a secret of the house"
    )
    transport = httpx.ASGITransport(application(here.door))
    return App(here, httpx.AsyncClient(transport=transport, base_url="https://hub"))


def asked(page: httpx.Response) -> str:
    """The sealed form in a page."""
    found = re.search(r'name="asked" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return unescape(found[1])


def came_back(answer: httpx.Response) -> dict[str, str]:
    """What the redirect brings to Amazon."""
    assert answer.status_code in (302, 303), answer.text
    parts = urlsplit(answer.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" in ALEXA.redirects
    return {name: values[0] for name, values in parse_qs(parts.query).items()}
