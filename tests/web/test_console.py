"""What an agent reads: the list, the ticket, the search; and what they are told when something is not possible."""

from __future__ import annotations

from dataclasses import replace

import httpx

from device_rules.reading import HOUR, MINUTE
from hub.clock import micros
from hub.domain.because import Because
from hub.domain.device import DeviceState
from hub.domain.gate import Decision, Verdict
from hub.domain.ids import CustomerId, Moment
from hub.web.console import brief, panels
from hub.web.console.gathering import gather
from hub.web.console.packet import parts
from hub.web.console.speech import amount
from hub.web.when import Watch
from tests.web.asking import hidden, sign_in
from tests.web.world import World, ticket_of


async def test_the_first_lines_of_a_ticket_say_who_to_call_and_until_when(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.asks_for_person(await here.ices_up())
    page = (await dag.get(ticket_of(case))).text
    assert "<h1>Call Ada Berg</h1>" in page
    assert "asked 17:56" in page
    assert "you may call until 21:00 (Berlin, 18:00 there)" in page
    assert "heatpump-x1 …4471 · firmware 3.2 for 6 days" in page
    assert "Outdoor coil −14 °C (below −12 °C)" in page


async def test_times_are_the_reader_s_with_the_customer_s_beside_them(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.asks_for_person(await here.ices_up("hp-7789"), "cleo")
    dag.cookies.set("beforehand_zone", "Europe/Berlin")
    page = (await dag.get(ticket_of(case))).text
    assert "16:35 (15:35 in Lisbon)" in page
    dag.cookies.set("beforehand_zone", "Asia/Tokyo")
    page = (await dag.get(ticket_of(case))).text
    assert "times in Tokyo" in page


async def test_at_night_the_ticket_says_that_nobody_may_be_written_to_and_why(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.asks_for_person(await here.ices_up())
    await here.clock.set(micros("2026-11-21T22:10:00Z"))
    page = (await dag.get(ticket_of(case))).text
    assert "quiet hours until" in page
    assert "It is quiet time where the person lives. It would leave at" in page


async def test_after_a_stop_the_ticket_says_what_is_still_allowed(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.asks_for_person(await here.ices_up())
    async with here.store.transaction() as tx:
        talking = (await tx.messages.of_case(case.id))[0].customer
        await tx.people.suppress(talking, here.now, str(Because.STOP_SAID))
    page = (await dag.get(ticket_of(case))).text
    assert "Ada may not be written to: The customer said stop." in page
    token, version = hidden(page, "csrf"), hidden(page, "version")
    refused = await dag.post(
        f"{ticket_of(case)}/reply",
        data={"csrf": token, "version": version, "text": "Hello"},
        headers={"Accept": "application/json"},
    )
    assert refused.json()["refused"] is True and refused.json()["said"] == "Not sent: The customer said stop."
    plain = await dag.post(
        f"{ticket_of(case)}/reply", data={"csrf": token, "text": "Hello"}, headers={"Accept": "text/html"}
    )
    assert plain.status_code == 422 and "your words are still there" in plain.text


async def test_a_ticket_is_found_by_name_number_serial_street_and_its_own_number(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.ices_up()
    await here.ices_up("hp-7789")
    for words in ("ada", "+49 1511 2345001", "34471", "hafenstr", "garden heat", case.id):
        page = (await dag.get("/console", params={"q": words})).text
        assert f"row-{case.id}" in page and "Cellar heat pump" not in page, words
    assert "Nothing is known of “&lt;b&gt;”" in (await dag.get("/console", params={"q": "<b>"})).text


async def test_every_view_counts_what_it_shows(dag: httpx.AsyncClient, here: World) -> None:
    await here.asks_for_person(await here.ices_up())
    told = await here.ices_up("hp-7789")
    for view, rows in {
        "needs_agent": 1,
        "hub": 1,
        "all": 2,
        "mine": 0,
        "waiting": 0,
        "resolved_today": 0,
    }.items():
        page = (await dag.get("/console", params={"view": view})).text
        assert page.count('class="row ') == rows, view
    await here.told(told, "cleo", "Nordwarm: Cleo, your heat pump is icing up.", 3)
    assert (await dag.get("/console?view=waiting")).text.count('class="row ') == 1
    assert (await dag.get("/console?view=nonsense")).status_code == 404


async def test_a_form_without_scripts_works_too(dag: httpx.AsyncClient, here: World) -> None:
    case = await here.asks_for_person(await here.ices_up())
    page = (await dag.get(ticket_of(case))).text
    form = {"csrf": hidden(page, "csrf"), "version": hidden(page, "version")}
    done = await dag.post(f"{ticket_of(case)}/take", data=form, headers={"Accept": "text/html"})
    assert done.status_code == 303 and done.headers["location"] == ticket_of(case)
    assert "<h1>Dag is helping Ada Berg</h1>" in (await dag.get(ticket_of(case))).text


async def test_a_note_is_for_colleagues_and_stands_in_the_thread(dag: httpx.AsyncClient, here: World) -> None:
    case = await here.asks_for_person(await here.ices_up())
    token = hidden((await dag.get(ticket_of(case))).text, "csrf")
    await dag.post(f"{ticket_of(case)}/note", data={"csrf": token, "text": "The dog bites."})
    page = (await dag.get(ticket_of(case))).text
    assert "The dog bites." in page and "internal note" in page
    async with here.store.reading() as tx:
        assert all("dog" not in message.text for message in await tx.messages.of_case(case.id))


async def test_two_agents_cannot_both_take_a_ticket_unseen(
    dag: httpx.AsyncClient, client: httpx.AsyncClient, here: World
) -> None:
    case = await here.asks_for_person(await here.ices_up())
    await sign_in(client, "sam")
    for who, status in ((dag, 200), (client, 409)):
        token = hidden((await who.get("/console")).text, "csrf")
        data = {"csrf": token, "version": str(case.version)}
        taken = await who.post(f"{ticket_of(case)}/take", data=data, headers={"Accept": "application/json"})
        assert taken.status_code == status


async def test_a_ticket_without_an_owner_still_opens(dag: httpx.AsyncClient, here: World) -> None:
    await here.moves_out("ada")
    case = await here.ices_up()
    page = await dag.get(ticket_of(case))
    assert page.status_code == 200 and "Unknown owner" in page.text
    assert "Nobody can be written to" in page.text
    assert "A person is needed" in page.text and "Nothing now" not in page.text
    assert "<h1>Find out whose device this is</h1>" in page.text


async def test_where_the_house_keeps_no_quiet_hours_the_ticket_speaks_of_none(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.asks_for_person(await here.ices_up())
    await here.clock.set(micros("2026-11-21T22:10:00Z"))
    awake = replace(here.door.ctx, policy=replace(here.door.ctx.policy, quiet_hours=False))
    async with here.store.reading() as tx:
        known = await gather(tx, case, here.now, awake, {})
    watch = Watch("UTC", here.now)
    assert brief.calling(known, watch) == "" and "Quiet hours" not in dict(panels.person(known, watch))


async def test_a_device_that_was_heard_is_not_called_unheard(here: World) -> None:
    case = await here.ices_up()
    async with here.store.reading() as tx:
        known = await gather(tx, case, here.now, here.door.ctx, {})
    state = DeviceState(case.device, received=Moment(here.now - 4 * MINUTE))
    known = replace(known, thing=replace(known.thing, state=state))
    assert panels.presence(known, Watch("UTC", here.now)) == ("unknown", "heard 4 min ago")


async def test_a_page_that_is_not_there_is_said_on_a_page(dag: httpx.AsyncClient) -> None:
    missing = await dag.get("/console/tickets/nothing", headers={"Accept": "text/html"})
    assert missing.status_code == 404 and "There is no such ticket." in missing.text
    assert "<html" in missing.text and "Back to the tickets" in missing.text


async def test_held_until_is_told_on_the_reader_s_clock_and_on_the_customer_s(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.asks_for_person(await here.ices_up())
    await here.clock.set(micros("2026-11-21T22:10:00Z"))
    dag.cookies.set("beforehand_zone", "Europe/London")
    page = (await dag.get(ticket_of(case))).text
    assert "It would leave at 22 Nov 07:00 (08:00 in Berlin)." in page
    assert "times in London" in page and "times in London" in (await dag.get("/console")).text


async def test_since_when_nothing_may_be_sent_is_when_they_said_stop_not_when_a_reply_was_refused(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.asks_for_person(await here.ices_up())
    async with here.store.transaction() as tx:
        await tx.people.suppress(CustomerId("ada"), Moment(here.now - 2 * HOUR), str(Because.STOP_SAID))
        current = await tx.cases.get(case.id) or case
        await tx.cases.save(
            replace(current, needs_agent=Because.SUPPRESSED, agent=None, version=current.version + 1)
        )
    form = {"csrf": hidden((await dag.get(ticket_of(case))).text, "csrf"), "text": "Hello"}
    await dag.post(f"{ticket_of(case)}/reply", data=form, headers={"Accept": "application/json"})
    page = (await dag.get(ticket_of(case))).text
    assert "<span>since 16:00</span>" in page and "<span>since 18:00</span>" not in page
    assert 'data-denied="yes"' in page


async def test_a_very_long_search_is_cut_and_answered(dag: httpx.AsyncClient, here: World) -> None:
    case = await here.ices_up()
    found = await dag.get("/console", params={"q": "hafenstr" + " " * 3000})
    assert f"row-{case.id}" in found.text
    assert (await dag.get("/console", params={"q": "x" * 3000})).status_code == 200


async def test_the_packet_says_in_words_what_is_missing_and_whether_its_seal_still_holds(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.ices_up()
    page = (await dag.get(ticket_of(case))).text
    async with here.store.reading() as tx:
        part = (await tx.cases.packet(case.id))[0]
        known = await gather(tx, case, here.now, here.door.ctx, {})
    assert f"sha256 {part.sha256}, unbroken" in page
    forged = replace(part, body={"completeness": {"missing": ["firmware", "samples:coil_temp"]}})
    shown = parts(replace(known, packet=(forged,)), Watch("UTC", here.now))[0]
    assert "BROKEN" in shown.seal
    assert shown.lines == (
        ("completeness", ("Nothing was known of a firmware version, readings of coil temp.",)),
    )


async def test_a_second_judgement_of_the_same_message_is_told_as_such(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.ices_up()
    await here.told(case, "ada", "Nordwarm: your heat pump is icing up.", 10)
    decision = Decision(Verdict.ALLOW, Because.ALLOWED, None, ("paused",), "0")
    async with here.store.transaction() as tx:
        message = (await tx.messages.of_case(case.id))[0].id
        for minutes in (10, 9):
            await tx.messages.decided(message, case.id, decision, Moment(here.now - minutes * MINUTE))
    page = (await dag.get(ticket_of(case))).text
    assert page.count("<b>The gate allowed a first text to Ada Berg (owner).</b>") == 1
    assert (
        page.count("<b>Judged again when it left: the gate allowed a first text to Ada Berg (owner).</b>")
        == 1
    )


def test_nobody_reads_long_times_in_seconds() -> None:
    assert [amount(value, "s") for value in (90.0, 926.0, 7800.0, 400000.0)] == [
        "90 s",
        "15 min",
        "2 h 10 min",
        "4 days",
    ]
    assert amount(926.0, "W") == "926 W"
