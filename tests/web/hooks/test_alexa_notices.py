"""Amazon tells at the hub's door what a person lets us do on their speaker; the next fault lights it up, or does not."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from device_rules.reading import MINUTE
from hub.clock import iso
from hub.domain.customer import Address, Channel, Health
from tests.flow.home import ADA
from tests.web.hooks.kitchen import Kitchen, kitchen

SUBSCRIPTION = "AlexaSkillEvent.ProactiveSubscriptionChanged"
PERMISSION = "AlexaSkillEvent.SkillPermissionChanged"
NOTICE = {"eventName": "AMAZON.MessageAlert.Activated"}
SCOPE = {"scope": "alexa::devices:all:notifications:write"}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Kitchen]:
    async with kitchen(tmp_path, "hp-1") as made:
        yield made


async def told(here: Kitchen, kind: str, body: Any, minutes_ago: int = 0) -> None:
    created = iso(here.home.now - minutes_ago * MINUTE)
    request = {"type": kind, "eventCreationTime": created, "body": body}
    answer = await here.cloud.post(here.ada.envelope(request, with_session=False))
    assert answer.json() == {"version": "1.0", "response": {}}


async def speakers(here: Kitchen) -> list[Address]:
    async with here.home.store.reading() as tx:
        return [each for each in await tx.people.addresses(ADA) if each.channel is Channel.VOICE]


async def test_a_subscription_makes_the_linked_speaker_an_address(here: Kitchen) -> None:
    await here.links()
    await told(here, SUBSCRIPTION, {"subscriptions": [NOTICE]})
    [speaker] = await speakers(here)
    assert (speaker.health, speaker.value) == (Health.GOOD, here.ada.user)


async def test_a_subscription_before_the_link_counts_after_it(here: Kitchen) -> None:
    await told(here, SUBSCRIPTION, {"subscriptions": [NOTICE]})
    assert await speakers(here) == []
    await here.links()
    assert [each.health for each in await speakers(here)] == [Health.GOOD]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (SUBSCRIPTION, {"subscriptions": []}),
        (SUBSCRIPTION, {"subscriptions": [{"eventName": "AMAZON.Occasion.Updated"}]}),
        (PERMISSION, {"acceptedPermissions": []}),
    ],
)
async def test_b6_a_wish_for_quiet_is_heeded_at_once_and_an_older_yes_changes_nothing(
    here: Kitchen, kind: str, body: Any
) -> None:
    await here.links()
    await told(here, SUBSCRIPTION, {"subscriptions": [NOTICE]}, minutes_ago=9)
    await told(here, kind, body, minutes_ago=5)
    await told(here, SUBSCRIPTION, {"subscriptions": [NOTICE]}, minutes_ago=7)
    assert [each.health for each in await speakers(here)] == [Health.SUSPENDED]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (SUBSCRIPTION, None),
        (SUBSCRIPTION, {"subscriptions": "all"}),
        (SUBSCRIPTION, [1]),
        (PERMISSION, {}),
        (PERMISSION, {"acceptedPermissions": [SCOPE]}),
        ("AlexaSkillEvent.SkillEnabled", {}),
    ],
)
async def test_an_event_that_does_not_say_so_changes_nothing(here: Kitchen, kind: str, body: Any) -> None:
    await here.links()
    await told(here, kind, body)
    assert await speakers(here) == []


async def test_b6_a_skill_that_was_put_away_is_no_address_any_more(here: Kitchen) -> None:
    await here.links()
    await told(here, SUBSCRIPTION, {"subscriptions": [NOTICE]}, minutes_ago=2)
    await told(here, "AlexaSkillEvent.SkillDisabled", {})
    assert [each.health for each in await speakers(here)] == [Health.DEAD]
