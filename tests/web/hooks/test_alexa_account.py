"""An account that is linked in the Alexa app: whose it is, what it may hear, and what happens when it no longer is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.bootstrap.front import application
from hub.domain.customer import Channel, Health
from hub.domain.ids import CustomerId
from simulators.alexa import Echo
from tests.flow.home import ADA, BEN
from tests.web.hooks.kitchen import Kitchen, acceptable, kitchen
from tests.web.oauth.linking import App, app_in

YES = "AMAZON.YesIntent"
NOTICE = {"eventName": "AMAZON.MessageAlert.Activated"}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with kitchen(tmp_path, "hp-1", "ro-1") as here:
        made = app_in(here)
        transport = httpx.ASGITransport(application(here.door))
        async with (
            made.http,
            httpx.AsyncClient(transport=transport, event_hooks={"response": [acceptable]}) as http,
        ):
            here.cloud.http = http
            yield made


async def event(here: Kitchen, kind: str, body: dict[str, Any], echo: Echo | None = None) -> None:
    request = {"type": f"AlexaSkillEvent.{kind}", "body": body}
    await here.cloud.post((echo or here.ada).envelope(request, with_session=False))


async def speakers(here: Kitchen, who: CustomerId = ADA) -> list[Health]:
    async with here.home.store.reading() as tx:
        return [each.health for each in await tx.people.addresses(who) if each.channel is Channel.VOICE]


async def test_b5_without_a_token_the_speaker_is_told_how_to_link_and_nothing_else(app: App) -> None:
    """B5 Without accessToken: LinkAccount card + spoken guidance, no fault text."""
    await app.here.home.fails("ro-1", "line-unstable")
    for token in ("", "a token that nobody gave"):
        app.here.ada.token = token
        for request in (
            {"type": "LaunchRequest"},
            {"type": "IntentRequest", "intent": {"name": "StatusIntent", "slots": {}}},
        ):
            answer = (await app.here.cloud.post(app.here.ada.envelope(request))).json()["response"]
            assert answer["card"] == {"type": "LinkAccount"}
            assert "card into your Alexa app" in answer["outputSpeech"]["ssml"]
            assert "router" not in str(answer)
            [waits] = answer["directives"]
            assert (waits["type"], waits["slotToElicit"]) == ("Dialog.ElicitSlot", "code")


async def test_a_linked_account_hears_of_its_own_devices_and_teaches_their_names(app: App) -> None:
    app.here.ada.token = (await app.links())["access_token"]
    await app.here.home.fails("ro-1", "line-unstable")
    assert "needs a little attention" in await app.here.ada.open()
    assert set(app.here.ada.names) == {"garden heat pump", "hall router"}
    assert "hall router" in await app.here.says(YES)


async def test_the_customers_own_name_comes_before_everybodys(app: App) -> None:
    app.here.ada.token = (await app.links())["access_token"]
    for device, rule in (("ro-1", "line-unstable"), ("hp-1", "icing-up")):
        await app.here.home.fails(device, rule)
    await app.here.ada.open()
    await app.here.says(YES)
    found = [
        {"authority": "amzn1.er-authority.echo-sdk.skill.DEVICE", "status": {"code": "ER_SUCCESS_MATCH"},
         "values": [{"value": {"name": "router", "id": "ROUTER"}}]},
        {"authority": "amzn1.er-authority.echo-sdk.dynamic.skill.DEVICE", "status": {"code": "ER_SUCCESS_MATCH"},
         "values": [{"value": {"name": "garden heat pump", "id": "hp-1"}}]},
    ]  # fmt: skip
    slot = {"name": "device", "value": "the garden thing", "resolutions": {"resolutionsPerAuthority": found}}
    request = {"type": "IntentRequest", "intent": {"name": "DeviceIntent", "slots": {"device": slot}}}
    answer = (await app.here.cloud.post(app.here.ada.envelope(request))).json()
    assert "heat pump" in answer["response"]["outputSpeech"]["ssml"]


async def test_what_alexa_is_not_sure_of_is_read_back_and_done_by_nobody(app: App) -> None:
    app.here.ada.token = (await app.links())["access_token"]
    await app.here.home.fails("ro-1", "line-unstable")
    await app.here.ada.open()
    await app.here.says(YES)
    nothing = [{"authority": "x", "status": {"code": "ER_SUCCESS_NO_MATCH"}}]
    slot = {"name": "device", "value": "banana", "resolutions": {"resolutionsPerAuthority": nothing}}
    request = {"type": "IntentRequest", "intent": {"name": "RestartIntent", "slots": {"device": slot}}}
    answer = (await app.here.cloud.post(app.here.ada.envelope(request))).json()
    assert "Did you mean" in answer["response"]["outputSpeech"]["ssml"]
    assert await app.here.home.commands() == []


async def test_notices_follow_the_account_to_whoever_linked_it_last(app: App) -> None:
    tokens = await app.links()
    await event(app.here, "SkillAccountLinked", {"accessToken": tokens["access_token"]})
    await event(app.here, "ProactiveSubscriptionChanged", {"subscriptions": [NOTICE]})
    assert await speakers(app.here) == [Health.GOOD]

    app.here.home.now += 1_000_000
    await app.here.links(who=BEN)
    assert await speakers(app.here) == [Health.DEAD]
    assert await speakers(app.here, BEN) == [Health.GOOD]


async def test_b6_who_disables_the_skill_is_reached_another_way_and_the_tokens_are_worth_nothing(
    app: App,
) -> None:
    """B6 SkillDisabled or empty subscriptions → Alexa channel off; the next fault uses another channel."""
    tokens = await app.links()
    app.here.ada.token = tokens["access_token"]
    await app.here.ada.open()
    await event(app.here, "ProactiveSubscriptionChanged", {"subscriptions": [NOTICE]})
    app.here.home.now += 1_000_000
    await event(app.here, "SkillDisabled", {})

    assert await speakers(app.here) == [Health.DEAD]
    assert "not linked" in await app.here.ada.open()
    again = await app.exchanges(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert again.status_code == 400
    before = len(await app.here.home.texts())
    await app.here.home.fails("ro-1", "line-unstable")
    assert len(await app.here.home.texts()) == before + 1


async def test_d2_a_code_still_links_a_speaker_whose_account_nobody_linked_in_the_app(app: App) -> None:
    """D2: the pairing code works besides account linking."""
    assert "Thank you." in await app.here.links()
    await app.here.home.fails("ro-1", "line-unstable")
    assert "needs a little attention" in await app.here.ada.open()
