"""A household of which something cannot be read: its ticket is shown all the same, with what can be told, and says what is missing."""

from __future__ import annotations

import html

import httpx
import pytest
from sqlalchemy import text

from device_rules.reading import MINUTE
from hub.domain.case import Case
from hub.domain.contact import Direction, Message, MessageClass, MessageStatus, Phrase
from hub.domain.conversation import Conversation
from hub.domain.customer import Channel
from hub.domain.ids import AddressId, ContactId, CustomerId, MessageId, Moment
from tests.web.asking import key
from tests.web.world import READ_KEY, World, ticket_of

# What can happen to a household → how it looks in the store afterwards, and what its page says is missing. A newer hub, an older one, a pack that was changed, or a
# hand in the database may have written it.
BROKEN: dict[str, tuple[str, str]] = {
    "its rule is in no book any more": (
        "UPDATE cases SET rule = 'gone-rule', family = 'gone-rule'",
        "its rule, which is in no rule book any more",
    ),
    "no pack knows the model": ("UPDATE devices SET model = 'acme/vanished'", "it has no rule book"),
    "the device is not registered": (
        "UPDATE cases SET device = 'ghost'",
        "the guided fix, which is in no pack any more",
    ),
    "the play was renamed": (
        "UPDATE conversations SET body = replace(body, 'icing-up', 'thaw')",
        "the guided fix, which is in no pack any more",
    ),
    "the step was renamed": (
        "UPDATE conversations SET body = replace(body, 'look', 'peek')",
        "the guided fix, which is in no pack any more",
    ),
    "the conversation is damaged": ("UPDATE conversations SET body = '{'", "where the conversation stands"),
    "a language that nobody speaks": (
        "UPDATE customers SET language = 'xx'",
        "their language, which the hub does not speak",
    ),
    "a message in a language that nobody speaks": ("UPDATE messages SET language = 'xx'", ""),
    "a phrase that was renamed": (
        "UPDATE messages SET phrases = replace(phrases, '/look', '/peek')",
        "words of some messages",
    ),
    "phrases that are damaged": ("UPDATE messages SET phrases = '{'", "messages"),
    "a zone that does not exist": ("UPDATE sites SET zone = 'Europe/Atlantis'", "the time zone"),
    "a person's zone that does not exist": ("UPDATE customers SET zone = 'Europe/Atlantis'", "the time zone"),
    "a role that nobody knows": ("UPDATE residences SET role = 'gardener'", "who belongs to the home"),
    "a channel that nobody knows": ("UPDATE addresses SET channel = 'telex'", "the customer"),
    "an address in an odd state": ("UPDATE addresses SET health = 'lost'", "the customer"),
    "a message by a channel that nobody knows": ("UPDATE messages SET channel = 'telex'", "messages"),
    "a contact by a channel that nobody knows": ("UPDATE contacts SET channel = 'telex'", "contacts"),
    "a reason that nobody knows": ("UPDATE facts SET because = 'OF_OLD'", ""),
    "facts that are damaged": ("UPDATE facts SET data = '{'", "the timeline"),
    "a fault that is damaged": ("UPDATE faults SET change = '{'", "its faults"),
    "a sealed packet that is damaged": ("UPDATE packets SET body = '[]'", "the sealed packet"),
    "values of the device that are damaged": ("UPDATE device_states SET readings = '{'", "newest values"),
    "a basis of an odd kind": ("UPDATE bases SET kind = 'handshake'", "whether they may be written to"),
    "a case that needs somebody for a reason nobody knows": (
        "UPDATE cases SET needs_agent = 'OF_OLD'",
        "how the case stands",
    ),
    "a case in a state that nobody knows": ("UPDATE cases SET state = 'dreaming'", "how the case stands"),
    "a ladder with a channel that nobody knows": (
        "UPDATE cases SET ladder = '[[\"telex\", 1]]'",
        "how the case stands",
    ),
    "a severity that nobody knows": ("UPDATE cases SET severity = 'odd'", "how the case stands"),
    "closed for a reason nobody knows": (
        "UPDATE cases SET closing = 'odd', state = 'resolved', is_open = 0, closed = opened",
        "",
    ),
}


@pytest.fixture
async def talked(here: World) -> Case:
    """A ticket with all that a ticket can have: Ada was asked, the guided fix has begun, and she has written."""
    case = await here.ices_up()
    await here.told(case, "ada", "Your heat pump is icing up. Reply 1 to start.", 12)
    asked = Message(
        id=MessageId("msg_phrases"),
        contact=ContactId(f"contact_{case.id}_12"),
        case=case.id,
        customer=CustomerId("ada"),
        address=AddressId("ada-sms"),
        channel=Channel.SMS,
        kind=MessageClass.TURN,
        direction=Direction.OUT,
        at=Moment(here.now - 8 * MINUTE),
        phrases=(Phrase("plays/heatpump/icing-up/look", {"device": "heat pump"}),),
        status=MessageStatus.DELIVERED,
    )
    talk = Conversation(case.id, CustomerId("ada"), "icing-up", "look", channel=Channel.SMS)
    async with here.store.transaction() as tx:
        await tx.messages.add(asked)
        await tx.talks.save(talk)
    await here.heard(case, "ada", "It is icy", 6)
    return case


@pytest.mark.parametrize("what", BROKEN)
async def test_the_ticket_of_a_broken_household_is_shown_and_says_what_is_missing(
    dag: httpx.AsyncClient, here: World, talked: Case, what: str
) -> None:
    how, missing = BROKEN[what]
    async with here.store.transaction() as tx:
        await tx.house._work.run(text(how))  # type: ignore[attr-defined]
    page, listed = await dag.get(ticket_of(talked)), await dag.get("/console?view=all")
    told = await dag.get(f"/api/v1/tickets/{talked.id}", headers=key(READ_KEY))
    all_told = await dag.get("/api/v1/tickets", headers=key(READ_KEY))
    assert [each.status_code for each in (page, listed, told, all_told)] == [200] * 4
    assert f"row-{talked.id}" in listed.text and all_told.json()["items"][0]["id"] == talked.id
    said = html.unescape(page.text)
    assert ("What cannot be read of this ticket" in said) == bool(missing)
    assert missing in said


async def test_a_whole_ticket_says_nothing_of_gaps(dag: httpx.AsyncClient, talked: Case) -> None:
    page = await dag.get(ticket_of(talked))
    assert "cannot be read" not in page.text and "cannot be shown" not in page.text
    assert (await dag.get(f"/api/v1/tickets/{talked.id}", headers=key(READ_KEY))).json()["unreadable"] == []
