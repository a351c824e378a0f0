"""The store contract for households: who is beside a case, what was seen, what waits for a sleeper, what is withdrawn.

Every test runs on a SQLite file and on a real PostgreSQL.
"""

import pytest

from hub.domain.case import CaseState, Step, To
from hub.domain.contact import Contact, MessageClass
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from hub.store import SqlStore
from tests.contracts.makings import T0, case, message, order

MINUTE = 60_000_000


async def test_a_ladder_remembers_whom_each_step_turns_to(both: SqlStore) -> None:
    ladder = (Step(Channel.SMS, 5, To.SECOND), Step(Channel.AGENT, 0, To.SUPERVISOR), Step(Channel.PUSH, 0))
    async with both.transaction() as tx:
        await tx.cases.save(case(ladder=ladder))
    async with both.reading() as tx:
        found = await tx.cases.get(case().id)
    assert found is not None and found.ladder == ladder


async def test_beside_a_case_are_the_unanswered_ones_of_its_household(both: SqlStore) -> None:
    mine = case("case_1")
    others = [
        case("case_2", device="hp2", opened=T0 + 2),
        case("case_3", device="hp3", state=CaseState.CONTACTING, opened=T0 + 1),
        case("case_4", device="hp4", site="elsewhere"),
        case("case_5", device="hp5", state=CaseState.CONTACTING, acknowledged=T0),
        case("case_6", device="hp6", state=CaseState.TALKING),
        case("case_7", device="hp7", state=CaseState.RESOLVED),
    ]
    async with both.transaction() as tx:
        for each in (mine, *others):
            await tx.cases.save(each)
        assert [each.id for each in await tx.cases.beside(mine)] == ["case_3", "case_2"]
        assert [each.id for each in await tx.cases.beside(mine, lock=True)] == ["case_3", "case_2"]


async def test_two_cases_that_look_for_each_other_never_wait_for_each_other(
    both: SqlStore, request: pytest.FixtureRequest
) -> None:
    first, second = case("case_1"), case("case_2", device="hp2")
    async with both.transaction() as tx:
        await tx.cases.save(first)
        await tx.cases.save(second)
    if "sqlite" in request.node.name:
        return  # there one writes at a time
    async with both.transaction() as one, both.transaction() as other:
        await one.cases.get(first.id, lock=True)
        await other.cases.get(second.id, lock=True)
        assert await one.cases.beside(first, lock=True) == []
        assert await other.cases.beside(second, lock=True) == []


async def test_a_contact_is_seen_once(both: SqlStore) -> None:
    shared = Contact("contact_1", "ada", Channel.SMS, "step:0", T0, ("case_1", "case_2"))  # type: ignore[arg-type]
    async with both.transaction() as tx:
        await tx.messages.add_contact(shared)
        assert await tx.cases.mark_seen(shared.id, "page", Moment(T0 + 1))
        assert not await tx.cases.mark_seen(shared.id, "push", Moment(T0 + 2))
        for each in shared.cases:
            assert await tx.cases.seen(each) == {shared.id: T0 + 1}


async def test_a_command_for_a_sleeper_waits_until_it_is_heard_and_no_longer_than_it_is_good_for(
    both: SqlStore,
) -> None:
    async with both.transaction() as tx:
        for name, device in (("cmd_1", "hp1"), ("cmd_2", "hp2")):
            await tx.outbox.put(order(name, device=device), Moment(T0))
            await tx.errands.lay_down(name)  # type: ignore[arg-type]
        assert await tx.outbox.claim(Moment(T0 + 1), 10, ("command",)) == []
        assert await tx.errands.rouse([], Moment(T0 + 2)) == []
        assert await tx.errands.rouse(["hp1"], Moment(T0 + 2)) == ["cmd_1"]  # type: ignore[list-item]
        assert await tx.errands.rouse(["hp1"], Moment(T0 + 3)) == []  # type: ignore[list-item]
        [claimed] = await tx.outbox.claim(Moment(T0 + 3), 10, ("command",))
        assert claimed.id == "cmd_1"
        assert await tx.errands.rouse(["hp2"], Moment(T0 + 2 * MINUTE)) == []  # type: ignore[list-item]
        late = await tx.outbox.get("cmd_2")
        assert late is not None and late.state == "cancelled"


async def test_commands_that_have_not_left_can_be_called_off(both: SqlStore) -> None:
    async with both.transaction() as tx:
        for name in ("cmd_1", "cmd_2", "cmd_3"):
            await tx.outbox.put(order(name), Moment(T0))
        await tx.outbox.put(order("cmd_4", case="case_2"), Moment(T0))
        await tx.errands.lay_down("cmd_2")  # type: ignore[arg-type]
        await tx.outbox.settle("cmd_3", "done")
        assert await tx.errands.call_off(case().id, Moment(T0 + 1)) == ["cmd_1", "cmd_2"]
        assert await tx.errands.call_off(case().id, Moment(T0 + 1)) == []
        ended = await tx.outbox.command("cmd_1")  # type: ignore[arg-type]
        assert ended is not None and (ended.state, ended.note) == ("failed", "no longer wanted")
        assert [row.id for row in await tx.outbox.claim(Moment(T0 + 1), 10, ("command",))] == ["cmd_4"]


async def test_what_tells_of_several_cases_is_withdrawn_for_any_of_them(both: SqlStore) -> None:
    shared = Contact("contact_1", "ada", Channel.SMS, "step:0", T0, ("case_1", "case_2"))  # type: ignore[arg-type]
    async with both.transaction() as tx:
        await tx.messages.add_contact(shared)
        await tx.outbox.put(message("msg_1", case="case_1"), Moment(T0))
        await tx.outbox.put(message("msg_2", case="case_3", contact="contact_9"), Moment(T0))
        gone = await tx.outbox.cancel("case_2", (MessageClass.FIRST,))  # type: ignore[arg-type]
        assert gone == ["msg_1"]
