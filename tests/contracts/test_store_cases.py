"""The store contract for faults and cases: one episode of one fault belongs to one case, and people see their own.

Every test runs on a SQLite file and on a real PostgreSQL.
"""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from device_rules.fault import Severity
from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.customer import Customer, Person
from hub.domain.packet import seal
from hub.domain.site import Residence, Role, Site
from hub.store import SqlStore
from tests.contracts.makings import T0, case, change

HOUR = 3_600_000_000
DAY = 24 * HOUR


async def test_a_change_of_a_fault_counts_once_and_never_goes_back(both: SqlStore) -> None:
    async with both.transaction() as tx:
        assert await tx.faults.save(change(0), known_before_live=True)
        assert not await tx.faults.save(change(0))
        assert [row.change.fault for row in await tx.faults.open_of("hp1")] == ["f1"]
        assert await tx.faults.save(change(2, severity=Severity.CRITICAL))
        assert not await tx.faults.save(change(1))
        row = await tx.faults.get("f1")
        assert row is not None
        assert (row.raised, row.cleared, row.severity) == (T0, T0 + 2, Severity.CRITICAL)
        assert row.known_before_live
        assert row.change == change(2, severity=Severity.CRITICAL)
        assert await tx.faults.open_of("hp1") == []


async def test_pages_of_faults_and_cases_join_without_gap_or_repeat(both: SqlStore) -> None:
    async with both.transaction() as tx:
        for number in range(7):
            await tx.faults.save(change(0, fault=f"f{number}", at=T0 + number // 2))
            await tx.cases.save(case(f"case_{number}", device=f"d{number}", opened=T0 + number // 3))
        seen, after = [], ""
        while page := await tx.faults.page(after, 2, open_only=True):
            seen += [row.change.fault for row in page]
            after = seen[-1]
        assert seen == ["f6", "f5", "f4", "f3", "f2", "f1", "f0"]
        first = [one.id for one in await tx.cases.page("open", "", 4)]
        rest = [one.id for one in await tx.cases.page("open", first[-1], 4)]
        assert first + rest == [f"case_{number}" for number in (6, 5, 4, 3, 2, 1, 0)]


async def test_a_case_with_its_faults_and_packet_comes_back(both: SqlStore) -> None:
    kept = case(
        needs_agent=Because.LADDER_ENDED, proved=True, closing="fixed", agent="dag", acknowledged=T0, step=2
    )
    first = seal(kept.id, 1, T0, {"who": {"site": "home"}, "coil": [-14.5, "°C"]})
    async with both.transaction() as tx:
        await tx.faults.save(change())
        await tx.cases.save(kept)
        await tx.cases.join(kept.id, "f1")
        await tx.cases.join("case_other", "f1")
        await tx.cases.add_packet(first)
        await tx.cases.add_packet(replace(first, body={"changed": "later"}))
    async with both.reading() as tx:
        assert await tx.cases.get(kept.id) == kept
        assert [row.change.fault for row in await tx.cases.faults(kept.id)] == ["f1"]
        assert await tx.cases.case_of_fault("f1") == kept.id
        assert await tx.cases.packet(kept.id) == [first]
        assert await tx.cases.open_for("hp1", "icing") == kept
        assert await tx.cases.open_for("hp1", "leak") is None
        assert await tx.cases.last_for("hp1", "icing") == kept


async def test_one_case_at_most_is_open_per_device_and_family(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.cases.save(case("case_0", state=CaseState.RESOLVED, closed=T0))
        await tx.cases.save(case("case_1"))
    with pytest.raises(IntegrityError):
        async with both.transaction() as tx:
            await tx.cases.save(case("case_2"))
    async with both.transaction() as tx:
        assert [one.id for one in await tx.cases.of_device("hp1")] == ["case_0", "case_1"]


async def test_two_who_open_the_same_case_at_once_open_one(both: SqlStore) -> None:
    async def open_case(name: str) -> str:
        try:
            async with both.transaction() as tx:
                if await tx.cases.open_for("hp1", "icing") is None:
                    await tx.cases.save(case(name))
        except IntegrityError:
            return "refused"
        return "kept"

    await asyncio.gather(*(open_case(f"case_{number}") for number in range(8)))
    async with both.reading() as tx:
        assert len(await tx.cases.of_device("hp1")) == 1


async def test_the_desk_sees_its_views_and_counts_that_agree_with_them(both: SqlStore) -> None:
    desk = {
        "case_hub": {},
        "case_wait": {"state": CaseState.CONTACTING, "contacted": T0},
        "case_need": {"needs_agent": Because.LADDER_ENDED, "opened": T0 + 5},
        "case_older": {"state": CaseState.WITH_AGENT},
        "case_mine": {"agent": "dag", "needs_agent": Because.CUSTOMER_ASKED},
        "case_hers": {"agent": "eve"},
        "case_done": {"state": CaseState.RESOLVED, "closed": T0 + 9},
        "case_past": {"state": CaseState.RESOLVED, "closed": T0 - DAY},
    }
    async with both.transaction() as tx:
        for name, over in desk.items():
            await tx.cases.save(case(name, device=name, **over))
    async with both.reading() as tx:
        seen = {
            view: [one.id for one in await tx.cases.page(view, "", 20, user="dag", since=T0)]
            for view in ("mine", "unassigned", "waiting", "resolved_today")
        }
        assert seen == {
            "mine": ["case_mine"],
            "unassigned": ["case_older", "case_need"],
            "waiting": ["case_wait"],
            "resolved_today": ["case_done"],
        }
        for view, number in (await tx.cases.counts("dag", T0)).items():
            assert number == len(await tx.cases.page(view, "", 20, user="dag", since=T0)), view


async def test_a_customer_sees_the_cases_of_her_home_in_her_own_time_only(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.people.put_site(Site("home", "Europe/Berlin"))
        for name, since, until in (("ada", 0, T0 + 100), ("nils", T0 + 100, None)):
            await tx.people.put_customer(Customer(name), Person(name, name.title()))
            await tx.people.put_residence(Residence("home", name, Role.OWNER, since, until))
        await tx.cases.save(case("case_old"))
        await tx.cases.save(case("case_new", family="leak", opened=T0 + 200))
        await tx.cases.save(case("case_done", state=CaseState.RESOLVED, closed=T0, opened=T0 - 9))
        assert [one.id for one in await tx.cases.of_customer("ada", T0 + 50)] == ["case_new", "case_old"]
        assert [one.id for one in await tx.cases.of_customer("nils", T0 + 300)] == ["case_new"]
        assert await tx.cases.of_customer("ada", T0 + 300) == []
        every = await tx.cases.of_customer("ada", T0, open_only=False)
        assert [one.id for one in every] == ["case_new", "case_old", "case_done"]
