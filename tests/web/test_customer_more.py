"""More of a person's own page: appointments, proofs, other voices before it, and the end when the device is well."""

from __future__ import annotations

from dataclasses import replace

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from device_rules.fault import ChangeKind
from device_rules.reading import HOUR, MINUTE
from hub.domain.case import Case
from hub.domain.contact import Phrase
from hub.domain.conversation import Conversation, Heard, Intent, Meaning, Turn
from hub.domain.customer import Channel
from hub.domain.ids import CustomerId, Moment
from hub.domain.slots import BookingKind, Calendar
from hub.domain.wording import which_of
from hub.flow.converse import turn
from hub.web.app import create_app
from tests.web.test_customer_page import ADA, link_to, press, talk_of, words
from tests.web.world import World

ALWAYS = tuple((day, 0, 24 * 60) for day in range(7))
CALLS = Calendar(BookingKind.CALLBACK, ALWAYS, length=HOUR, lead=HOUR)
VISITS = Calendar(BookingKind.VISIT, ALWAYS, length=2 * HOUR)


@pytest.fixture
def app(here: World) -> FastAPI:
    calendars = {BookingKind.CALLBACK: CALLS, BookingKind.VISIT: VISITS}
    policy = replace(here.door.ctx.policy, calendars=calendars)
    return create_app(replace(here.door, secret="a secret", ctx=replace(here.door.ctx, policy=policy)))


@pytest.fixture
async def case(here: World) -> Case:
    return await here.ices_up()


@pytest.fixture
async def page(here: World, case: Case, client: httpx.AsyncClient) -> str:
    await client.post(await link_to(here, case))
    return (await client.get("/p")).text


async def stands(here: World, case: Case, **changed: object) -> None:
    """The conversation stands elsewhere, because of another voice."""
    async with here.store.transaction() as tx:
        talk = await tx.talks.get(case.id) or Conversation(case.id, ADA)
        await tx.talks.save(replace(talk, **changed))  # type: ignore[arg-type]


async def test_ada_books_a_technician_and_changes_her_mind(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    assert 'value="visit"' in page and 'value="callback"' in page
    offered = await press(client, page, "visit")
    assert "When may a technician come?" in words(offered) and 'value="choice:3"' in offered
    booked = await press(client, offered, "choice:1")
    assert "A technician comes:" in words(booked)
    async with here.store.reading() as tx:
        (one,) = await tx.bookings.of_case(case.id)
    assert (one.slot.kind, one.customer) == (BookingKind.VISIT, ADA)
    assert 'value="callback"' in booked and 'says" value="visit"' not in booked
    asked = await press(client, booked, "cancel_visit")
    over = await press(client, asked, "yes") if 'value="yes"' in asked else asked
    assert "A technician comes:" not in words(over)


async def test_a_proof_that_was_asked_for_elsewhere_is_one_press_here(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    until = Moment(here.now + 10 * MINUTE)
    await stands(here, case, step="defrost", proving="defrost", prove_until=until, channel=Channel.VOICE)
    wanted = (await client.get("/p")).text
    assert "Please confirm that it is you" in words(wanted)
    done = await press(client, wanted, "yes")
    assert "We are watching it" in words(done)
    async with here.store.reading() as tx:
        assert [each.command.name for each in await tx.outbox.commands_of(case.id)] == ["defrost"]
    assert (await talk_of(here, case)).proving == ""


async def test_a_proof_that_ada_refuses_commands_nothing(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    until = Moment(here.now + 10 * MINUTE)
    await stands(here, case, step="defrost", proving="defrost", prove_until=until, channel=Channel.VOICE)
    await press(client, (await client.get("/p")).text, "no")
    async with here.store.reading() as tx:
        assert await tx.outbox.commands_of(case.id) == []


async def test_what_a_speaker_or_a_list_of_devices_had_asked_does_not_stand_on_the_page(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    for guess in ("open", which_of([("case_x", "Fridge"), (case.id, "Garden heat pump")]), "offer:"):
        await stands(here, case, guess=guess, channel=Channel.VOICE)
        shown = (await client.get("/p")).text
        assert "What to do indoors" in words(shown), guess
    asked = await press(client, shown, "choice:1")
    assert "Please look from a window" in words(asked)


async def test_the_fix_that_began_at_the_speaker_goes_on_here_at_the_same_step(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    ctx = here.door.ctx
    for number, meaning in enumerate(
        (Meaning(Intent.UNKNOWN), Meaning(Intent.YES), Meaning(Intent.CHOICE, 1))
    ):
        said = Turn(Heard.LAUNCH if number == 0 else Heard.TEXT, Channel.VOICE, f"k{number}", "", meaning)
        async with here.store.transaction() as tx:
            await turn(tx, CustomerId("ada"), said, here.now, ctx)
    standing = await talk_of(here, case)
    shown = (await client.get("/p")).text
    text = ctx.words.text(Phrase("plays/heatpump/icing-up/look", {"device": "Garden heat pump"}), "en")
    assert (standing.step, standing.channel) == ("look", Channel.VOICE)
    assert text in words(shown) and "It is free" in words(shown)


async def test_when_the_device_is_well_the_page_says_so(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    async with here.store.transaction() as tx:
        (fault,) = await tx.cases.faults(case.id)
        number = fault.change.number + 1
        over = msgspec.structs.replace(fault.change, kind=ChangeKind.CLEARED, at=here.now, number=number)
        await tx.faults.save(over)
    shown = words((await client.get("/p")).text)
    assert "All is well" in shown
    assert "Your Garden heat pump is working well again." in shown


async def test_a_new_link_can_be_asked_for_three_times_an_hour(
    here: World, case: Case, client: httpx.AsyncClient
) -> None:
    link = await link_to(here, case)
    await client.post(link)
    answers = []
    for _ in range(5):
        await here.clock.advance(MINUTE)
        answers.append((await client.post(f"{link}/again")).status_code)
    assert answers == [200, 200, 200, 429, 429]
