"""What a ticket tells at first sight: what was really tried, where the guided fix stood, and when somebody is expected."""

from __future__ import annotations

from dataclasses import replace

import httpx

from device_rules.reading import DAY, HOUR
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.conversation import Conversation
from hub.domain.effects import CommandDevice, Note
from hub.domain.ids import CommandId, CustomerId, Moment
from hub.domain.slots import BookingKind, Slot
from hub.ports.bookings import Booking
from tests.web.asking import hidden
from tests.web.test_customer_page import words
from tests.web.world import World, ticket_of

ADA = CustomerId("ada")


async def page(dag: httpx.AsyncClient, case: Case) -> str:
    return words((await dag.get(ticket_of(case))).text)


async def test_many_words_do_not_hide_what_was_really_tried_nor_the_step(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.asks_for_person(await here.ices_up())
    async with here.store.transaction() as tx:
        device = await tx.devices.get(case.device)
        assert device is not None
        model, play_id = next((m, p) for m, p in here.door.ctx.plays if m == device.model)
        play = here.door.ctx.plays[model, play_id]
        step = next(each for each in play.steps.values() if hasattr(each, "choices"))
        talk = Conversation(
            case.id, ADA, play=play_id, step=step.id, tried=("opening:go", f"{step.id}:blocked")
        )
        await tx.talks.save(talk)
        until = Moment(here.now + HOUR)
        command = CommandDevice("cmd-1", case.id, case.device, "defrost", {}, until, repeatable=True)
        await tx.outbox.put(command, here.now)
        await tx.outbox.set_command(CommandId("cmd-1"), "failed", "no airflow at the outlet", here.now)
    for minute, text in enumerate(
        ("shut up", "yes", "not sure", "I cannot see it", "waht?", "no", "hm", "what")
    ):
        await here.heard(case, "ada", text, 60 - minute)
    told = await page(dag, case)
    assert "Device asked to defrost: failed (no airflow at the outlet)" in told
    assert f"Guided fix, at the step “{step.id.replace('_', ' ')}”:" in told
    assert "Answered on the way: opening: go" in told
    assert "more before, in the conversation below" in told


async def test_a_booked_call_stands_in_the_head_the_next_step_and_the_timeline(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.asks_for_person(await here.ices_up())
    starts = Moment(here.now + 2 * DAY)
    slot = Slot(BookingKind.CALLBACK, starts, Moment(starts + HOUR))
    async with here.store.transaction() as tx:
        assert await tx.bookings.hold(Booking("b-1", case.id, ADA, slot, "1", here.now))
        data = {"booking": "b-1", "kind": "callback", "starts": slot.starts, "ends": slot.ends}
        await tx.facts.add(Note(case.id, case.device, "booking.made", Because.CALL_BOOKED, data), here.now)
    told = await page(dag, case)
    assert told.count("booked for") >= 3
    head, _, rest = told.partition("What broke")
    assert "Call booked for" in head
    assert "Next Call booked for" in rest
    assert "Appointment The customer has booked a call. Call: " in rest


async def test_danger_does_not_wait_for_an_appointment(dag: httpx.AsyncClient, here: World) -> None:
    case = await here.asks_for_person(await here.ices_up())
    slot = Slot(BookingKind.CALLBACK, Moment(here.now + DAY), Moment(here.now + DAY + HOUR))
    async with here.store.transaction() as tx:
        current = await tx.cases.get(case.id) or case
        danger = replace(current, needs_agent=Because.SAFETY_AT_ONCE, version=current.version + 1)
        await tx.cases.save(danger)
        await tx.bookings.hold(Booking("b-1", case.id, ADA, slot, "1", here.now))
    told = await page(dag, case)
    assert "Act now: this is a safety matter" in told
    assert "ring Ada now" in told


async def test_who_only_wrote_hey_is_headlined_by_what_they_wrote(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.asks_for_person(await here.ices_up())
    await here.heard(case, "ada", "hey", 1)
    async with here.store.transaction() as tx:
        current = await tx.cases.get(case.id) or case
        await tx.cases.save(replace(current, needs_agent=Because.CUSTOMER_ASKED, version=current.version + 1))
    told = await page(dag, case)
    assert "Answer Ada" in told and "they wrote to us" in told
    assert "“hey”" in told.partition("What broke")[0]


async def test_a_device_command_is_not_said_to_have_gone_through_a_carrier(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.ices_up()
    async with here.store.transaction() as tx:
        note = Note(case.id, case.device, "command.published", Because.PUBLISHED, {"command": "defrost"})
        await tx.facts.add(note, here.now)
    told = await page(dag, case)
    assert "Command published The device's broker took it." in told.replace("&#39;", "'")


async def test_the_steps_are_offered_where_there_are_some_and_the_customer_reads_how(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.ices_up()
    assert "Offer the steps" not in await page(dag, case)
    case = await here.asks_for_person(case)
    async with here.store.transaction() as tx:
        talk = await tx.talks.get(case.id)
        assert talk is not None
        await tx.talks.save(replace(talk, with_person=True))
    shown = (await dag.get(ticket_of(case))).text
    assert "Offer the steps" in shown
    told = {"csrf": hidden(shown, "csrf"), "version": hidden(shown, "version")}
    html = {"accept": "text/html"}
    done = await dag.post(f"{ticket_of(case)}/offer-steps", data=told, headers=html)
    assert done.status_code == 303, done.text
    after = await page(dag, case)
    assert "write: steps" in after
    assert "Offered the steps" in after
