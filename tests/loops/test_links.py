"""A message takes its link along when it leaves: the same one however often it is tried, and never in the words that are kept."""

import re
from dataclasses import replace

from device_rules.reading import HOUR
from hub.domain.contact import MessageClass, Phrase
from hub.domain.customer import Address, Basis, BasisKind, Channel, Purpose
from hub.domain.ids import AddressId, Moment
from hub.flow.links import LIFE, open_link, with_link
from hub.loops import relay
from hub.ports import TryLater
from tests.loops.conftest import ADA, Strange

HUB = "https://care.nordwarm.example"
AGAIN = (with_link(Phrase("page.again")),)
MAIL = AddressId("ada-mail")


def token_in(text):
    found = re.search(rf"{HUB}/p/([\w-]+)", text)
    assert found, text
    return found[1]


async def mail_to_ada(town, strange, pages=HUB, **changed):
    """Ada has a mailbox and agreed to mails; one is owed, and leaves."""
    now = Moment(town.clock.now())
    async with town.store.transaction() as tx:
        await tx.people.put_address(Address(MAIL, ADA, Channel.EMAIL, "ada@home.example"))
        await tx.people.add_basis(Basis(ADA, Purpose.SERVICE, Channel.EMAIL, BasisKind.CONTRACT, now))
    ctx = replace(town.ctx, policy=replace(town.ctx.policy, channels=frozenset(Channel)))
    message = await town.owe(channel=Channel.EMAIL, address=MAIL, **changed)
    office = town.office(notifiers={Channel.EMAIL: strange}, pages=pages, ctx=ctx)
    await relay.drain(office)
    return message, office


async def test_a_text_that_asks_for_a_link_gets_one_that_opens_the_page(town):
    message = await town.owe("link", MessageClass.TURN, phrases=AGAIN)
    await relay.drain(town.office(pages=HUB))
    (sent,) = town.carrier.created()
    token = token_in(sent.body)
    kept = await town.now(message)
    assert token not in kept.text and "<link>" in kept.text, "what is kept cannot open anything"
    async with town.store.transaction() as tx:
        visit = await open_link(tx, token, "browser", Moment(town.clock.now()))
        assert visit is not None and (visit.customer, visit.case) == (ADA, town.case.id)
        assert await open_link(tx, token, "another", Moment(town.clock.now())) is None


async def test_an_ordinary_text_has_no_link(town):
    await town.owe()
    await relay.drain(town.office(pages=HUB))
    (sent,) = town.carrier.created()
    assert HUB not in sent.body


async def test_a_mail_has_a_link_beside_its_words_and_a_subject_that_anybody_may_see(town):
    strange = Strange(channel=Channel.EMAIL)
    await mail_to_ada(town, strange)
    (envelope,) = strange.sent
    assert envelope.link.startswith(f"{HUB}/p/") and HUB not in envelope.text
    assert envelope.subject == "News about one of your devices"
    assert "heat pump" not in envelope.subject


async def test_a_message_that_is_tried_again_has_the_same_link_for_another_day(town):
    strange = Strange([TryLater("busy")], channel=Channel.EMAIL)
    _, office = await mail_to_ada(town, strange)
    town.clock.turn(HOUR)
    await relay.drain(office)
    first, second = strange.sent
    assert first.link == second.link
    async with town.store.reading() as tx:
        link = await tx.pages.link(token_in(second.link))
    assert link is not None and link.expires == town.clock.now() + LIFE


async def test_a_hub_that_the_world_cannot_reach_sends_no_links(town):
    strange = Strange(channel=Channel.EMAIL)
    await mail_to_ada(town, strange, pages="")
    assert [each.link for each in strange.sent] == [""]


async def test_an_answer_to_stop_leads_nowhere(town):
    strange = Strange(channel=Channel.EMAIL)
    await mail_to_ada(town, strange, kind=MessageClass.COMPLIANCE, phrases=(Phrase("stop.confirmed"),))
    (envelope,) = strange.sent
    assert envelope.link == ""
