"""The outbox contract about lanes, urgency, pace and relays, on SQLite and on PostgreSQL."""

import asyncio

from hub.domain.contact import MessageClass
from hub.domain.customer import Channel
from hub.domain.effects import WakeAt
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.store import SqlStore
from tests.contracts.makings import T0, case, message, order

BOTH = ("message", "command")


async def owe(store: SqlStore, *kinds: MessageClass) -> None:
    async with store.transaction() as tx:
        for number, kind in enumerate(kinds):
            await tx.outbox.put(message(f"msg_{number}", case=f"case_{number}", kind=kind), T0 + number)


async def test_what_is_waited_for_leaves_before_what_is_older(both: SqlStore) -> None:
    await owe(both, MessageClass.RECOVERY, MessageClass.FIRST, MessageClass.TURN, MessageClass.SAFETY)
    async with both.transaction() as tx:
        rows = await tx.outbox.claim(T0 + 9, 9, BOTH)
    assert [row.id for row in rows] == ["msg_3", "msg_2", "msg_1", "msg_0"]


async def test_a_claim_of_one_lane_leaves_the_others_alone(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.outbox.put(message("msg_sms"), T0)
        await tx.outbox.put(message("msg_push", channel=Channel.PUSH), T0 + 1)
        await tx.outbox.put(order(), T0 + 2)
        assert await tx.outbox.next_due(["push", "command"]) == T0 + 1
        rows = await tx.outbox.claim(T0 + 9, 9, BOTH, ["push", "command"], "relay-1")
    assert {row.id for row in rows} == {"msg_push", "cmd_1"}
    async with both.transaction() as tx:
        assert [row.id for row in await tx.outbox.stuck(T0 + 10, ["relay-1"])] == []
        assert len(await tx.outbox.stuck(T0 + 10, ["relay-2"])) == 2


async def test_what_is_only_looked_at_is_not_taken(both: SqlStore) -> None:
    await owe(both, MessageClass.FIRST, MessageClass.TURN)
    async with both.transaction() as tx:
        assert [row.id for row in await tx.outbox.due(T0 + 9, 9, ["sms"], [MessageClass.FIRST])] == ["msg_0"]
        assert len(await tx.outbox.claim(T0 + 9, 9, BOTH)) == 2


async def test_a_case_that_somebody_holds_is_passed_over_and_nobody_waits(both: SqlStore) -> None:
    async with both.transaction() as tx:
        for number in range(2):
            await tx.cases.save(case(f"case_{number}", device=f"hp{number}"))
    await owe(both, MessageClass.FIRST, MessageClass.FIRST)
    if not both._postgres:
        return  # one writer at a time: there is nobody to wait for
    async with asyncio.timeout(5), both.transaction() as answering:
        await answering.cases.get(CaseId("case_0"), lock=True)
        async with both.transaction() as tx:
            assert [row.id for row in await tx.outbox.claim(T0 + 9, 9, BOTH)] == ["msg_1"]


async def test_leave_to_ask_is_shared_saved_up_and_given_back(both: SqlStore) -> None:
    async with both.transaction() as tx:
        assert await tx.outbox.tokens("twilio", 2.0, 5, T0) == (2, T0 + 500_001)
        assert (await tx.outbox.tokens("twilio", 2.0, 1, T0))[0] == 0
        assert (await tx.outbox.tokens("push", 2.0, 1, T0))[0] == 1
    async with both.transaction() as tx:
        assert (await tx.outbox.tokens("twilio", 2.0, 5, T0 + 500_000))[0] == 1
        await tx.outbox.tokens("twilio", 2.0, -1, T0 + 500_000)
        assert (await tx.outbox.tokens("twilio", 2.0, 5, T0 + 500_000))[0] == 1
        assert (await tx.outbox.tokens("twilio", 2.0, 5, T0 + 60_000_000))[0] == 2, "no more than a second's"


async def test_a_slow_pace_adds_up(both: SqlStore) -> None:
    async with both.transaction() as tx:
        granted = [(await tx.outbox.tokens("post", 0.25, 1, T0 + at * 1_000_000))[0] for at in range(9)]
    assert granted == [1, 0, 0, 0, 1, 0, 0, 0, 1]


async def test_what_was_held_for_a_reason_can_be_hurried_and_the_rest_waits(both: SqlStore) -> None:
    await owe(both, MessageClass.FIRST, MessageClass.FIRST)
    async with both.transaction() as tx:
        await tx.outbox.settle("msg_0", "queued", due=T0 + 900, note="paused_here")
        await tx.outbox.settle("msg_1", "queued", due=T0 + 900, note="quiet_hours")
        assert await tx.outbox.hurry(["paused_here"], T0 + 5) == 1
        assert [row.id for row in await tx.outbox.claim(T0 + 9, 9, BOTH)] == ["msg_0"]


async def test_a_relay_lives_as_long_as_it_shows_itself(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.outbox.beat("relay-1", T0)
        await tx.outbox.beat("relay-2", T0 + 9)
        assert await tx.outbox.alive(T0 + 5) == ["relay-2"]
        await tx.outbox.beat("relay-2", None)
        assert await tx.outbox.alive(T0) == ["relay-1"]


async def test_what_waits_for_a_step_comes_sooner_in_its_order_and_the_rest_does_not(both: SqlStore) -> None:
    async with both.transaction() as tx:
        for home, name, due in (
            ("a", "release", 300),
            ("b", "release", 600),
            ("c", "release", 9_000),
            ("d", "hold", 300),
        ):
            await tx.wakes.put(WakeAt(CaseId(home), name, Moment(T0 + due)))
        assert await tx.wakes.hurry("release", Moment(T0 + 900), Moment(T0)) == 2
        assert [wake.case for wake in await tx.wakes.take(Moment(T0 + 10), 9)] == ["a"]
        assert [wake.case for wake in await tx.wakes.take(Moment(T0 + 20), 9)] == ["b"]
        assert [wake.case for wake in await tx.wakes.take(Moment(T0 + 300), 9)] == ["d"]


async def test_what_goes_to_one_person_of_a_home_can_be_stopped_alone(both: SqlStore) -> None:
    await owe(both, MessageClass.FIRST, MessageClass.FIRST)
    async with both.transaction() as tx:
        assert (
            await tx.outbox.cancel(CaseId("case_1"), (MessageClass.FIRST,), CustomerId("somebody else")) == []
        )
        gone = await tx.outbox.cancel(CaseId("case_1"), (MessageClass.FIRST,), CustomerId("ada"))
    assert gone == ["msg_1"]
