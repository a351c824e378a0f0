"""The outbox contract: what is owed leaves once, whoever claims, and what is stopped in time never leaves.

Every test runs on a SQLite file and on a real PostgreSQL.
"""

import asyncio
from dataclasses import replace

import pytest

from hub.domain.contact import MessageClass, MessageStatus
from hub.domain.effects import WakeAt
from hub.domain.events import Woke
from hub.store import SqlStore, open_store
from hub.store.inbox import AlreadyTaken
from tests.contracts.makings import T0, case, message, order

BOTH = ("message", "command")
ASKING = (MessageClass.FIRST, MessageClass.REMINDER)


async def owed(store: SqlStore, count: int) -> None:
    async with store.transaction() as tx:
        for number in range(count):
            await tx.outbox.put(message(f"msg_{number:02}", case=f"case_{number}"), T0 + number)


async def test_what_is_due_is_claimed_in_order_and_only_once(both: SqlStore) -> None:
    await owed(both, 3)
    async with both.transaction() as tx:
        await tx.outbox.put(order(), T0)
        assert await tx.outbox.next_due() == T0
        rows = await tx.outbox.claim(T0 + 1, 10, BOTH)
    assert [(row.id, row.state, row.attempts, row.claimed) for row in rows] == [
        ("cmd_1", "sending", 1, T0 + 1),
        ("msg_00", "sending", 1, T0 + 1),
        ("msg_01", "sending", 1, T0 + 1),
    ]
    assert rows[0].item == order()
    assert rows[1].item == message("msg_00", case="case_0")
    async with both.transaction() as tx:
        assert await tx.outbox.claim(T0 + 1, 10, BOTH) == []
        assert await tx.outbox.next_due() == T0 + 2


async def test_a_claim_takes_the_kinds_and_the_number_it_asks_for(both: SqlStore) -> None:
    await owed(both, 3)
    async with both.transaction() as tx:
        await tx.outbox.put(order(), T0)
        assert [row.id for row in await tx.outbox.claim(T0 + 9, 9, ["command"])] == ["cmd_1"]
        assert [row.id for row in await tx.outbox.claim(T0 + 9, 2, ["message"])] == ["msg_00", "msg_01"]


async def test_a_claim_that_was_not_committed_is_none(both: SqlStore) -> None:
    await owed(both, 1)
    with pytest.raises(RuntimeError):
        async with both.transaction() as tx:
            assert len(await tx.outbox.claim(T0, 1, BOTH)) == 1
            raise RuntimeError("killed before the commit")
    async with both.transaction() as tx:
        [row] = await tx.outbox.claim(T0, 1, BOTH)
        assert row.attempts == 1


async def test_what_is_owed_twice_or_was_sent_is_owed_once(both: SqlStore) -> None:
    async with both.transaction() as tx:
        for due in (T0, T0 + 5):
            await tx.outbox.put(message(), due)
        [row] = await tx.outbox.claim(T0, 10, BOTH)
        await tx.outbox.settle(row.id, "done")
        await tx.outbox.put(message(), T0)
        assert await tx.outbox.claim(T0 + 9, 10, BOTH) == []
        settled = await tx.outbox.get(row.id)
        assert settled is not None
        assert settled.state == "done"


async def test_a_message_rests_until_it_may_be_tried_again_and_waits_apart_when_in_doubt(
    both: SqlStore,
) -> None:
    await owed(both, 2)
    async with both.transaction() as tx:
        for row, state in zip(await tx.outbox.claim(T0 + 9, 2, BOTH), ("queued", "in_doubt"), strict=True):
            await tx.outbox.settle(row.id, state, due=T0 + 100, note="20429")
        assert await tx.outbox.claim(T0 + 99, 9, BOTH) == []
        assert await tx.outbox.next_due() == T0 + 100
        assert [row.id for row in await tx.outbox.page("in_doubt", 9)] == ["msg_01"]
        again = await tx.outbox.claim(T0 + 100, 9, BOTH)
        assert [(row.id, row.attempts) for row in again] == [("msg_00", 2), ("msg_01", 2)]
        await tx.outbox.settle("msg_01", "parked")
        assert [row.id for row in await tx.outbox.page("parked", 9)] == ["msg_01"]


async def test_what_a_dead_sender_left_behind_is_found(both: SqlStore) -> None:
    await owed(both, 2)
    async with both.transaction() as tx:
        await tx.outbox.claim(T0, 1, BOTH)
        await tx.outbox.claim(T0 + 50, 1, BOTH)
        assert [row.id for row in await tx.outbox.stuck(T0 + 50)] == ["msg_00"]
        assert await tx.outbox.claim(T0 + 99, 9, BOTH) == []


async def test_an_answer_stops_what_still_waits_and_leaves_what_has_crossed(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.outbox.put(message("first"), T0)
        await tx.outbox.put(message("reminder", kind=MessageClass.REMINDER), T0 + 5)
        await tx.outbox.put(message("turn", kind=MessageClass.TURN), T0 + 5)
        await tx.outbox.put(message("else", case="case_2"), T0 + 5)
        await tx.outbox.put(order(), T0 + 5)
        assert [row.id for row in await tx.outbox.claim(T0, 9, BOTH)] == ["first"]
        assert await tx.outbox.cancel("case_1", ASKING) == ["reminder"]
        assert await tx.outbox.cancel("case_1", ASKING) == []
        stopped = await tx.messages.get("reminder")
        assert stopped is not None
        assert stopped.status is MessageStatus.CANCELLED
        assert {row.id for row in await tx.outbox.claim(T0 + 9, 9, BOTH)} == {"turn", "else", "cmd_1"}


async def test_the_first_ending_of_a_command_counts(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.outbox.put(order(), T0)
        assert await tx.outbox.set_command("cmd_1", "sent", "", T0 + 1)
        assert await tx.outbox.set_command("cmd_1", "done", "restarted", T0 + 2)
        assert not await tx.outbox.set_command("cmd_1", "timed_out", "", T0 + 3)
        assert not await tx.outbox.set_command("cmd_9", "done", "", T0 + 3)
        row = await tx.outbox.command("cmd_1")
        assert row is not None
        assert (row.command, row.state, row.note, row.at) == (order(), "done", "restarted", T0 + 2)
        assert await tx.outbox.commands_of("case_1") == [row]
        assert await tx.outbox.command("cmd_9") is None


async def test_two_senders_never_get_the_same_row(both: SqlStore, dsn: str) -> None:
    await owed(both, 60)
    other = await open_store(dsn, "secret")

    async def send(store: SqlStore) -> list[str]:
        mine: list[str] = []
        while True:
            async with store.transaction() as tx:
                rows = await tx.outbox.claim(T0 + 99, 7, BOTH)
            if not rows:
                return mine
            mine += [row.id for row in rows]

    taken = [one for mine in await asyncio.gather(*(send(s) for s in (both, other) * 3)) for one in mine]
    await other.close()
    assert sorted(taken) == [f"msg_{number:02}" for number in range(60)]


async def test_two_claimers_of_wakes_share_them_without_overlap(both: SqlStore, dsn: str) -> None:
    other = await open_store(dsn, "secret")
    async with both.transaction() as tx:
        for number in range(40):
            await tx.wakes.put(WakeAt(f"case_{number}", "step", T0))

    async def wake(store: SqlStore) -> list[str]:
        mine: list[str] = []
        while True:
            async with store.transaction() as tx:
                taken = await tx.wakes.take(T0, 5)
            if not taken:
                return mine
            mine += [one.case for one in taken]

    woken = [one for mine in await asyncio.gather(*(wake(s) for s in (both, other) * 2)) for one in mine]
    await other.close()
    assert sorted(woken) == sorted(f"case_{number}" for number in range(40))


async def test_two_hubs_handle_every_event_once_and_in_order(both: SqlStore, dsn: str) -> None:
    other = await open_store(dsn, "secret")
    async with both.transaction() as tx:
        for number in range(24):
            await tx.inbox.put(f"case_{number % 4}", Woke(f"case_{number % 4}", "step", str(number)), T0)
    handled: list[tuple[str, int]] = []

    async def work(store: SqlStore) -> None:
        while True:
            try:
                async with store.transaction() as tx:
                    rows = await tx.inbox.next(1)
                    for row in rows:
                        assert isinstance(row.event, Woke)
                        await tx.facts.newest()  # let the other one try
                        await tx.inbox.done(row)
                        handled.append((row.key, int(row.event.token)))
                    waiting = await tx.inbox.depth()
            except AlreadyTaken:
                continue
            if not rows and not waiting:
                return

    async with asyncio.timeout(30):
        await asyncio.gather(*(work(store) for store in (both, other)))
    await other.close()
    assert len(set(handled)) == len(handled) == 24
    for key in {key for key, _ in handled}:
        tokens = [token for one, token in handled if one == key]
        assert tokens == sorted(tokens)


async def test_nothing_is_claimed_after_an_answer_whoever_comes_first(both: SqlStore) -> None:
    """The race of wall 5: of an acknowledgement and a claim, one is first, and both know it."""
    for round_ in range(12):
        one = case(f"case_{round_}", device=f"d{round_}")
        async with both.transaction() as tx:
            await tx.cases.save(one)
            await tx.outbox.put(message(f"msg_{round_:02}", case=one.id), T0)

        async def answer(kept=one) -> list[str]:
            async with both.transaction() as tx:
                found = await tx.cases.get(kept.id, lock=True)
                assert found is not None
                await tx.cases.save(replace(found, acknowledged=T0))
                return list(await tx.outbox.cancel(kept.id, ASKING))

        async def send() -> list[str]:
            async with both.transaction() as tx:
                return [row.id for row in await tx.outbox.claim(T0, 5, BOTH)]

        stopped, sent = await asyncio.gather(answer(), send())
        assert sorted(stopped + sent) == [f"msg_{round_:02}"]
