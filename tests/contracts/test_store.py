"""The store contract: what is written comes back, replays are absorbed, a failed transaction leaves nothing.

Every test runs on a SQLite file and on a real PostgreSQL. Faults and cases: `test_store_cases.py`; people: `test_store_people.py`.
"""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError

from device_rules.reading import PresenceState
from hub.domain.asked import Caps, Mode, Switches
from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.contact import Contact, Direction, MessageClass, MessageStatus
from hub.domain.conversation import Conversation, Expecting
from hub.domain.customer import Channel
from hub.domain.device import Admission, Device, DeviceState, Placement
from hub.domain.effects import Note, WakeAt
from hub.domain.events import CaseEnded, FaultChanged, Woke
from hub.domain.gate import Decision, Verdict
from hub.domain.site import Site
from hub.ports import Checkpoint, Quarantined
from hub.store import SqlStore
from hub.store.inbox import AlreadyTaken
from tests.contracts.makings import T0, case, change, message

HOUR = 3_600_000_000
DAY = 24 * HOUR


async def test_a_device_its_home_and_its_state_come_back_as_they_were(both: SqlStore) -> None:
    device = Device(
        "hp1",
        "heatpump",
        "Garden 100% pump",
        serial="SN_7",
        firmware="2.1",
        firmware_since=T0,
        room="garden",
        site="home",
        admission=Admission.QUARANTINED,
        attributes={"kw": 8.5, "indoor": False, "gas": "R290"},
    )
    state = DeviceState(
        "hp1", PresenceState.ONLINE, T0, "birth", T0, {"coil": (-3.5, T0), "mode": ("heat", T0)}
    )
    async with both.transaction() as tx:
        await tx.devices.put(device)
        await tx.devices.put(Device("hp2", "heatpump", "Cellar"))
        await tx.partitions.save(Checkpoint(3, 99, {"hp1": b"\x00snap"}, (state,)))
    async with both.reading() as tx:
        assert await tx.devices.get("hp1") == device
        assert await tx.devices.state("hp1") == state
        assert await tx.devices.at_site("home") == [device]
        assert await tx.devices.page("", 9, Admission.QUARANTINED) == [device]
        assert [one.id for one in await tx.devices.page("hp1", 9)] == ["hp2"]
        for text in ("HP1", "sn_", "100%"):
            assert await tx.devices.find(text) == [device], text
        assert await tx.devices.find("_n_") == []
        assert await tx.partitions.load(3) == (99, {"hp1": b"\x00snap"})
        assert await tx.partitions.load(4) == (0, {})


async def test_a_device_that_moves_stands_in_one_place_at_a_time(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.devices.put(Device("hp1", "heatpump", "Pump"))
        for site, since in (("old", 10), ("new", 20)):
            await tx.people.put_site(Site(site, "Europe/Berlin"))
            await tx.devices.place(Placement("hp1", site, since))
        assert [await tx.devices.site_at("hp1", at) for at in (9, 10, 19, 20, 99)] == [
            None,
            "old",
            "old",
            "new",
            "new",
        ]


async def test_a_message_is_kept_once_by_its_id_and_by_the_providers(both: SqlStore) -> None:
    sent = message(text="Nordwarm: Ada, …", provider_id="SM1", because=Because.QUIET_HOURS)
    async with both.transaction() as tx:
        assert await tx.messages.add(sent)
        assert not await tx.messages.add(sent)
        assert not await tx.messages.add(replace(sent, id="msg_2"))
        assert await tx.messages.add(message("msg_3", at=T0 - 1))
        assert await tx.messages.add(message("msg_4", at=T0 - 1))
        assert await tx.messages.get("msg_1") == sent
        assert await tx.messages.by_provider(Channel.SMS, "SM1") == sent
        assert await tx.messages.by_provider(Channel.SMS, "") is None
        await tx.messages.update(replace(sent, status=MessageStatus.DELIVERED))
        thread = await tx.messages.of_case("case_1")
        assert [(one.id, one.status.value) for one in thread] == [
            ("msg_3", "queued"),
            ("msg_4", "queued"),
            ("msg_1", "delivered"),
        ]


async def test_one_contact_may_be_about_several_cases(both: SqlStore) -> None:
    contact = Contact("contact_1", "ada", Channel.SMS, "0", T0, ("case_1", "case_2"))
    async with both.transaction() as tx:
        for _ in range(2):
            await tx.messages.add_contact(contact)
        await tx.messages.add(message())
        assert await tx.messages.contacts_of("case_2") == [contact]
        assert [one.id for one in await tx.messages.of_case("case_2")] == ["msg_1"]


async def test_the_history_counts_what_left_or_waits_and_nothing_that_was_lost(both: SqlStore) -> None:
    told = [
        message("a"),
        message("b", status=MessageStatus.UNDELIVERED),
        message("c", kind=MessageClass.REMINDER, at=T0 - 2 * DAY),
        message("d", kind=MessageClass.TURN),
        message("e", case="case_2", at=T0 - 2 * HOUR),
        message("f", customer="ben", case="case_3"),
        message("g", direction=Direction.IN, status=MessageStatus.HEARD, at=T0 - 3, kind=MessageClass.TURN),
    ]
    async with both.transaction() as tx:
        for one in told:
            await tx.messages.add(one)
        history = await tx.messages.history(message("next"), case(), Caps(), T0)
        assert (history.case_firsts, history.case_reminders) == (1, 1)
        assert (history.customer_day, history.customer_week, history.fleet_hour) == (2, 3, 2)
        assert (history.heard, history.question_of) == (T0 - 3, None)
        stranger = await tx.messages.history(message("next", customer="zoe", case=None), None, Caps(), T0)
        assert (stranger.case_firsts, stranger.customer_week, stranger.fleet_hour) == (0, 0, 2)


async def test_one_question_is_open_per_address_until_it_is_answered_or_its_case_is_over(
    both: SqlStore,
) -> None:
    async with both.transaction() as tx:
        await tx.cases.save(case())
        assert await tx.messages.ask("ada-sms", "case_1", T0)
        assert await tx.messages.ask("ada-sms", "case_1", T0 + 1)
        assert not await tx.messages.ask("ada-sms", "case_2", T0 + 2)
        assert await tx.messages.open_question("ada-sms") == "case_1"
        await tx.cases.save(case(state=CaseState.RESOLVED))
        assert await tx.messages.open_question("ada-sms") is None
        assert await tx.messages.ask("ada-sms", "case_2", T0 + 3)
        await tx.messages.answered("case_2")
        assert await tx.messages.open_question("ada-sms") is None


async def test_every_decision_of_the_gate_is_kept(both: SqlStore) -> None:
    held = Decision(Verdict.HOLD, Because.QUIET_HOURS, T0 + HOUR, ("kill_switch", "quiet_hours"), "5f")
    async with both.transaction() as tx:
        for at in (T0, T0 + 1):
            await tx.messages.decided("msg_1", "case_1", held, at)
        assert await tx.messages.decisions("case_1") == [("msg_1", T0, held), ("msg_1", T0 + 1, held)]


async def test_a_conversation_comes_back_and_a_turn_gets_the_same_reply(both: SqlStore) -> None:
    talk = Conversation(
        "case_1", "ada", "icing", "ask", Expecting.CHOICE, ("1", "2"), T0, channel=Channel.SMS
    )
    async with both.transaction() as tx:
        await tx.talks.save(talk)
        await tx.talks.remember(Channel.SMS, "SM1", {"say": ["Grüße"]}, T0)
        await tx.talks.remember(Channel.SMS, "SM1", {"say": ["other"]}, T0)
        assert await tx.talks.get("case_1") == talk
        assert await tx.talks.get("case_2") is None
        assert await tx.talks.reply_to(Channel.SMS, "SM1") == {"say": ["Grüße"]}
        assert await tx.talks.reply_to(Channel.VOICE, "SM1") is None


async def test_a_speaker_is_linked_by_a_code_that_works_once_and_in_time(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.talks.new_code("ada", "111111", T0 + 10)
        await tx.talks.new_code("ada", "222222", T0 + 10)
        assert await tx.talks.use_code("alexa", "amzn1", "111111", T0) is None
        assert await tx.talks.use_code("alexa", "amzn1", "222222", T0 + 10) is None
        assert await tx.talks.use_code("alexa", "amzn1", "222222", T0) == "ada"
        assert await tx.talks.use_code("alexa", "amzn2", "222222", T0) is None
        assert await tx.talks.linked("alexa", "amzn1") == "ada"
        await tx.talks.unlink("alexa", "amzn1")
        assert await tx.talks.linked("alexa", "amzn1") is None


async def test_the_timeline_is_numbered_in_order_and_resumed_from_any_number(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.facts.add(Note("case_1", "hp1", "raised", Because.FAULT_RAISED, {"°": [1]}), T0)
        await tx.facts.add(Note(None, "hp1", "healed", Because.HEALED_ALONE), T0)
        first, second = [fact.seq for fact in await tx.facts.since(0)]
        assert second == await tx.facts.newest() > first
        [row] = await tx.facts.of_case("case_1")
        assert (row.because, row.data, row.device) == ("FAULT_RAISED", {"°": [1]}, "hp1")
        assert [fact.seq for fact in await tx.facts.of_device("hp1")] == [second, first]
        assert [fact.seq for fact in await tx.facts.since(first)] == [second]


async def test_events_are_handled_in_order_per_key_and_once(both: SqlStore) -> None:
    events = [
        ("hp1", FaultChanged(change())),
        ("case_1", Woke("case_1", "hold")),
        ("hp1", CaseEnded("c", "x")),
    ]
    async with both.transaction() as tx:
        for key, event in events:
            await tx.inbox.put(key, event, T0)
    async with both.transaction() as tx:
        rows = await tx.inbox.next(10)
        assert [(row.key, row.event) for row in rows] == events[:2]
        await tx.inbox.done(rows[0])
        assert [row.event for row in await tx.inbox.next(10)] == [events[1][1], events[2][1]]
    with pytest.raises(AlreadyTaken):
        async with both.transaction() as tx:
            await tx.wakes.put(WakeAt("case_1", "step", T0))
            await tx.inbox.done(rows[0])
    async with both.reading() as tx:
        assert await tx.wakes.of_case("case_1") == []
        assert await tx.inbox.depth() == 2


async def test_an_event_that_always_fails_is_put_aside_and_the_next_one_goes_on(both: SqlStore) -> None:
    async with both.transaction() as tx:
        for name in ("bad", "good"):
            await tx.inbox.put("case_1", Woke("case_1", name), T0)
        for tries in range(5):
            [row] = await tx.inbox.next(1)
            assert (row.event, row.tries) == (Woke("case_1", "bad"), tries)
            await tx.inbox.failed(row, "KeyError")
        [row] = await tx.inbox.next(1)
        assert row.event == Woke("case_1", "good")
        assert await tx.inbox.depth() == 1


async def test_a_wake_replaces_the_earlier_one_of_its_name_and_is_taken_once(both: SqlStore) -> None:
    async with both.transaction() as tx:
        for wake in (
            WakeAt("case_1", "step", T0 + 9),
            WakeAt("case_1", "step", T0 + 5, "2"),
            WakeAt("case_2", "hold", T0),
        ):
            await tx.wakes.put(wake)
        await tx.wakes.put(WakeAt("case_1", "expire", T0 + DAY))
        assert await tx.wakes.next_due() == T0
        assert await tx.wakes.take(T0 + 5, 10) == [
            WakeAt("case_2", "hold", T0),
            WakeAt("case_1", "step", T0 + 5, "2"),
        ]
        assert await tx.wakes.take(T0 + 5, 10) == []
        await tx.wakes.put(WakeAt("case_1", "check", T0))
        await tx.wakes.forget("case_1", ["check"])
        assert [wake.name for wake in await tx.wakes.of_case("case_1")] == ["expire"]
        await tx.wakes.forget("case_1")
        assert await tx.wakes.next_due() is None


async def test_switches_and_refused_telemetry_are_kept(both: SqlStore) -> None:
    async with both.transaction() as tx:
        assert await tx.house.switches() == Switches()
        await tx.house.set_switches(Switches(Mode.LIVE, True, "storm", T0))
        assert await tx.house.switches() == Switches(Mode.LIVE, True, "storm", T0)
        await tx.house.quarantine([Quarantined("a/b", "not JSON", 2, T0, T0 + 1, b"\xff\x00")])
        await tx.house.quarantine([Quarantined("a/b", "not JSON", 3, T0 + 2, T0 + 3, b"{")])
        assert await tx.house.quarantined() == [Quarantined("a/b", "not JSON", 5, T0, T0 + 3, b"{")]
        assert await tx.partitions.heard_until() is None
        await tx.partitions.set_heard_until(T0)
        assert await tx.partitions.heard_until() == T0


async def test_a_transaction_that_fails_leaves_nothing_and_rings_no_bell(both: SqlStore) -> None:
    with pytest.raises(RuntimeError):
        async with both.transaction() as tx:
            await tx.cases.save(case())
            await tx.facts.add(Note("case_1", None, "opened", Because.FAULT_RAISED), T0)
            raise RuntimeError("power cut")
    async with both.reading() as tx:
        assert await tx.cases.get("case_1") is None
        assert await tx.facts.newest() == 0


async def test_reading_sees_one_moment_never_waits_and_cannot_write(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.cases.save(case())
        async with asyncio.timeout(5), both.reading() as page:
            assert await page.cases.get("case_1") is None
    async with both.reading() as page:
        assert await page.facts.newest() == 0
        async with both.transaction() as tx:
            await tx.facts.add(Note("case_1", None, "opened", Because.FAULT_RAISED), T0)
        assert await page.facts.newest() == 0
    with pytest.raises(DBAPIError):
        async with both.reading() as page:
            await page.cases.save(case("case_2"))
    async with both.transaction() as tx:
        assert (await tx.cases.get("case_1", lock=True)) == case()


async def test_whoever_is_stopped_halfway_leaves_nothing_and_the_store_goes_on(both: SqlStore) -> None:
    async def write(number: int) -> None:
        async with both.transaction() as tx:
            for _ in range(10):
                await tx.facts.add(Note(f"case_{number}", None, "opened", Because.FAULT_RAISED), T0)

    for number in range(25):
        task = asyncio.create_task(write(number))
        async with both.reading() as tx:
            for _ in range(number % 6):
                await tx.facts.newest()
        task.cancel()
        await asyncio.wait([task])
    async with asyncio.timeout(10):
        await write(99)
    async with both.reading() as tx:
        assert {len(await tx.facts.of_case(f"case_{number}")) for number in range(25)} <= {0, 10}
        assert len(await tx.facts.of_case("case_99")) == 10
