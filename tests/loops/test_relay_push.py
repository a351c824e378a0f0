"""A push through the whole way out: consent on record, the gate, the relay, a push service; and a phone that is gone."""

from __future__ import annotations

import pytest

from hub.domain.contact import MessageStatus
from hub.domain.customer import Channel, Health
from hub.domain.ids import Moment
from hub.flow.push_addresses import Consent, turn_off, turn_on
from hub.loops import relay
from simulators.push import PushService
from tests.contracts.push_worlds import push_world


@pytest.fixture
async def browser(town):
    async with push_world("webpush", town.clock) as here:
        yield here


async def subscribed(town, to: str):
    """Ada agrees on the page; answers the changes that make a message a push to her."""
    owner = town.message().customer
    async with town.store.transaction() as tx:
        now = Moment(town.clock.now())
        address = await turn_on(tx, Consent(owner, to, "Tell me about faults.", "web page", "DE"), now)
    return {"address": address, "channel": Channel.PUSH}


async def health(town, address) -> Health:
    async with town.store.reading() as tx:
        return (await tx.people.address(address)).health


async def test_ada_is_told_in_her_browser_and_her_lock_screen_keeps_it_to_itself(town, browser):
    here = await subscribed(town, browser.to)
    message = await town.owe(**here)
    await relay.drain(town.office(notifiers={Channel.PUSH: browser.push}))
    after = await town.now(message)
    assert (after.status, after.provider_id) == (MessageStatus.ACCEPTED, f"webpush:{message.id}")
    (pushed,) = browser.service.taken
    assert pushed.read["title"] == town.ctx.policy.brand
    assert after.text not in (pushed.read["title"], pushed.read["body"])
    assert pushed.read["words"] == after.text


async def test_a_browser_that_is_gone_is_not_tried_again(town, browser):
    here = await subscribed(town, browser.to)
    assert isinstance(browser.service, PushService)
    browser.service.browsers["ada"].gone = True
    first = await town.owe(**here)
    office = town.office(notifiers={Channel.PUSH: browser.push})
    await relay.drain(office)
    assert (await town.now(first)).status is MessageStatus.FAILED
    assert await health(town, here["address"]) is Health.DEAD
    assert "address.dead" in await town.story()


async def test_who_turned_notifications_off_gets_none(town, browser):
    here = await subscribed(town, browser.to)
    async with town.store.transaction() as tx:
        town.clock.turn(1_000_000)
        assert await turn_off(tx, browser.to, Moment(town.clock.now()))
    message = await town.owe(**here)
    await relay.drain(town.office(notifiers={Channel.PUSH: browser.push}))
    assert (await town.now(message)).status is MessageStatus.FAILED
    assert str((await town.now(message)).because) == "no_basis"
    assert browser.arrived() == 0


async def test_a_push_in_doubt_is_sent_again_and_shows_once(town, browser):
    here = await subscribed(town, browser.to)
    browser.moods.now_kind("hang_up")
    message = await town.owe(**here)
    await relay.drain(town.office(notifiers={Channel.PUSH: browser.push}))
    assert (await town.now(message)).status is MessageStatus.ACCEPTED
    assert len(browser.service.browsers["ada"].waiting) == 1
