"""Linking an account in the Alexa app: the pages, the code flow with PKCE, and what a stolen code or token is worth."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hub.domain.ids import Moment
from hub.web.oauth.tokens import whose
from tests.flow.home import ADA
from tests.web.hooks.kitchen import kitchen
from tests.web.oauth.linking import ASKS, REDIRECT, App, app_in, came_back

MINUTE = 60_000_000


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with kitchen(tmp_path, "ro-1") as here:
        made = app_in(here)
        async with made.http:
            yield made


async def speaks_for(app: App, token: str) -> str | None:
    async with app.here.home.store.reading() as tx:
        return await whose(tx, token, Moment(app.here.home.now), "devices")


async def test_d1_an_account_is_linked_by_the_code_flow_with_pkce(app: App) -> None:
    """D1 Code flow with PKCE S256, single-use code, 5 min life; wrong redirect_uri or state refused; refresh rotates;
    token answer < 4.5 s (test limit 1 s)."""
    back = await app.allows()
    assert back["state"] == ASKS["state"]

    before = time.perf_counter()
    answer = await app.redeems(back["code"])
    assert time.perf_counter() - before < 1
    tokens = answer.json()
    assert (answer.status_code, tokens["token_type"], tokens["expires_in"]) == (200, "Bearer", 3600)
    assert answer.headers["cache-control"] == "no-store"
    assert await speaks_for(app, tokens["access_token"]) == ADA
    assert await speaks_for(app, tokens["refresh_token"]) is None


async def test_d1_a_code_works_once_and_a_second_use_takes_the_tokens_back(app: App) -> None:
    """D1: single-use code."""
    code = (await app.allows())["code"]
    tokens = (await app.redeems(code)).json()
    again = await app.redeems(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert await speaks_for(app, tokens["access_token"]) is None


async def test_d1_a_code_lives_five_minutes(app: App) -> None:
    """D1: 5 min life."""
    code = (await app.allows())["code"]
    app.here.home.now = Moment(app.here.home.now + 5 * MINUTE)
    assert (await app.redeems(code)).json()["error"] == "invalid_grant"

    code = (await app.allows())["code"]
    app.here.home.now = Moment(app.here.home.now + 5 * MINUTE - 1)
    assert (await app.redeems(code)).status_code == 200


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"code_verifier": "another-verifier-that-is-long-enough-for-the-rules"}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": "https://pitangui.amazon.com/api/skill/link/M2NORDWARM"}, "invalid_grant"),
        ({"client_secret": "another"}, "invalid_client"),
        ({"client_id": "another"}, "invalid_client"),
        ({"code": "another"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_d1_a_code_is_worth_nothing_to_somebody_else(
    app: App, told: dict[str, str], error: str
) -> None:
    """D1: PKCE, client and redirect address are all checked when a code is redeemed; the code itself stays good."""
    code = (await app.allows())["code"]
    answer = await app.redeems(
        told.get("code", code), **{key: each for key, each in told.items() if key != "code"}
    )
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == error
    assert (await app.redeems(code)).status_code == 200


@pytest.mark.parametrize(
    "asks",
    [
        {"redirect_uri": "https://evil.example/api/skill/link/M2NORDWARM"},
        {"redirect_uri": REDIRECT + "/"},
        {"redirect_uri": REDIRECT.replace("https", "http")},
        {"redirect_uri": None},
        {"client_id": "another"},
        {"client_id": None},
    ],
)
async def test_d1_a_wrong_address_or_program_is_sent_nowhere(app: App, asks: dict[str, str | None]) -> None:
    """D1: wrong redirect_uri refused: nobody is redirected, and the page says that the link does not work."""
    page = await app.opens(**asks)
    assert page.status_code == 400
    assert "This link does not work" in page.text
    assert "location" not in page.headers


@pytest.mark.parametrize(
    ("asks", "error"),
    [
        ({"state": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
    ],
)
async def test_d1_what_is_missing_is_told_to_the_program(
    app: App, asks: dict[str, str | None], error: str
) -> None:
    """D1: no state, no PKCE, or a plain challenge: the program hears it at its own address."""
    answer = await app.opens(**asks)
    assert came_back(answer)["error"] == error


async def test_d1_a_state_or_form_that_was_changed_on_the_way_is_refused(app: App) -> None:
    """D1: wrong state refused: what was asked is sealed, and good for ten minutes."""
    page = await app.opens()
    for forged in ("", "x", "AAAA" * 50):
        answer = await app.http.post(
            "/oauth/authorize/number", data={"asked": forged, "mobile": "+4915100000001"}
        )
        assert answer.status_code == 410
    app.here.home.now = Moment(app.here.home.now + 10 * MINUTE)
    assert (await app.says_number(page, await app.mobile())).status_code == 410


async def test_d1_a_refresh_token_is_exchanged_once_and_a_copy_ends_the_link(app: App) -> None:
    """D1: refresh rotates."""
    first = await app.links()
    second = (await app.exchanges(grant_type="refresh_token", refresh_token=first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert await speaks_for(app, second["access_token"]) == ADA
    app.here.home.now = Moment(app.here.home.now + 60 * MINUTE)
    assert await speaks_for(app, second["access_token"]) is None

    third = (await app.exchanges(grant_type="refresh_token", refresh_token=second["refresh_token"])).json()
    copied = await app.exchanges(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert copied.json()["error"] == "invalid_grant"
    assert await speaks_for(app, third["access_token"]) is None
    after = await app.exchanges(grant_type="refresh_token", refresh_token=third["refresh_token"])
    assert after.status_code == 400


async def test_a_program_may_give_its_tokens_back(app: App) -> None:
    tokens = await app.links()
    form = {"client_id": "alexa", "client_secret": "wrong", "token": tokens["refresh_token"]}
    assert (await app.http.post("/oauth/revoke", data=form)).status_code == 401
    assert await speaks_for(app, tokens["access_token"]) == ADA
    assert (
        await app.http.post("/oauth/revoke", data={**form, "client_secret": "a-secret-for-amazon"})
    ).is_success
    assert await speaks_for(app, tokens["access_token"]) is None


async def test_nobody_learns_from_the_page_whose_number_is_known(app: App) -> None:
    page = await app.opens()
    known = await app.says_number(page, await app.mobile())
    strange = await app.says_number(page, "+49 151 99999999")
    assert known.status_code == strange.status_code == 200
    assert known.text == strange.text
    assert "is on its way" in known.text


async def test_five_wrong_codes_end_the_asking_and_three_texts_an_hour_are_enough(app: App) -> None:
    page = await app.says_number(await app.opens(), await app.mobile())
    code = await app.code_texted()
    for _ in range(5):
        assert (await app.says_code(page, "000000")).status_code == 422
    assert (await app.says_code(page, code)).status_code == 422

    for _ in range(4):
        await app.says_number(await app.opens(), await app.mobile())
    await app.here.home.posts()
    texts = await app.here.home.texts()
    assert len([text for text in texts if "links a smart speaker" in text]) == 3


async def test_a_code_is_good_for_ten_minutes_and_for_one_linking(app: App) -> None:
    page = await app.says_number(await app.opens(), await app.mobile())
    code = await app.code_texted()
    other = await app.opens()
    assert (await app.says_code(other, code)).status_code == 422
    assert came_back(await app.says_code(page, f" {code[:3]} {code[3:]} "))["code"]
    assert (await app.says_code(page, code)).status_code == 422


async def test_who_would_rather_not_goes_back_with_nothing(app: App) -> None:
    page = await app.opens()
    from_page = page.text.split('name="asked" value="')[1].split('"')[0]
    answer = await app.http.post("/oauth/authorize/cancel", data={"asked": from_page})
    back = came_back(answer)
    assert (back["error"], back["state"]) == ("access_denied", ASKS["state"])


@pytest.mark.parametrize(
    ("language", "words"),
    [("de-AT,de;q=0.9", "Lautsprecher verbinden"), ("es", "Vincular su altavoz"), ("fr", "Link")],
)
async def test_the_page_speaks_the_language_of_the_browser(app: App, language: str, words: str) -> None:
    page = await app.http.get("/oauth/authorize", params=ASKS, headers={"accept-language": language})
    assert words in page.text
    assert 'name="viewport"' in page.text
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "form-action 'self' https://layla.amazon.com" in policy


async def test_a_number_that_is_none_is_asked_for_again(app: App) -> None:
    answer = await app.says_number(await app.opens(), "my number")
    assert answer.status_code == 422
    assert "does not look like a phone number" in answer.text


async def test_no_log_line_holds_a_secret(app: App) -> None:
    with capture_logs() as lines:
        tokens = await app.links()
    said = str(lines)
    for secret in (*(str(value) for value in tokens.values() if value != 3600), await app.mobile()):
        assert secret in ("Bearer", "devices") or secret not in said


async def test_without_a_program_there_is_nothing_to_ask(tmp_path: Path) -> None:
    async with kitchen(tmp_path, "ro-1") as here:
        assert here.cloud.http is not None
        found = (
            await here.cloud.http._transport.handle_async_request(  # the kitchen's own door has no programs
                here.cloud.http.build_request("GET", "http://inside/oauth/authorize")
            )
        )
        assert found.status_code == 404


async def test_programs_can_read_how_it_is_done(app: App) -> None:
    about = (await app.http.get("/.well-known/oauth-authorization-server")).json()
    assert about["code_challenge_methods_supported"] == ["S256"]
    assert about["token_endpoint"].endswith("/oauth/token")
