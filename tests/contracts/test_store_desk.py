"""The store contract for the desk: who leaves it, keys that are taken back, cases for eyes alone, and canaries that tell nobody.
Every test runs on a SQLite file and on a PostgreSQL."""

from __future__ import annotations

from sqlalchemy import text

from device_rules.fault import Severity
from device_rules.reading import HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.ids import CaseId, Moment, UserId
from hub.domain.incident import Incident, IncidentState
from hub.store import SqlStore
from tests.contracts.makings import T0, case


async def test_who_leaves_is_signed_out_everywhere_and_a_key_is_taken_back_by_its_name(
    both: SqlStore,
) -> None:
    async with both.transaction() as tx:
        for token in ("one", "two"):
            await tx.house.open_session(token, UserId("eva"), Moment(T0 + HOUR))
        await tx.house.open_session("three", UserId("dag"), Moment(T0 + HOUR))
        await tx.house.add_key("k1", "crm", ["read"])
        await tx.house.add_key("k2", "desk", ["read", "tickets"])
    async with both.transaction() as tx:
        assert await tx.house.close_sessions(UserId("eva")) == 2
        assert await tx.house.session("one", Moment(T0)) is None
        assert await tx.house.session("three", Moment(T0)) == "dag"
        assert await tx.house.keys() == [("crm", ("read",)), ("desk", ("read", "tickets"))]
        assert (await tx.house.revoke("crm"), await tx.house.revoke("crm")) == (1, 0)


async def test_a_case_that_cannot_be_read_is_listed_for_eyes_and_hides_no_other(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.cases.save(case("case_1"))
        await tx.cases.save(case("case_2", device="hp2"))
        await tx.house._work.run(text("UPDATE cases SET state = 'dreaming' WHERE id = 'case_1'"))  # type: ignore[attr-defined]
    async with both.reading() as tx:
        listed = {one.id: one for one in await tx.cases.listed("all", "", 10)}
        assert listed.keys() == {"case_1", "case_2"}
        odd = await tx.cases.shown(CaseId("case_1"))
        assert odd == listed[CaseId("case_1")]
        assert odd is not None and (odd.state, odd.severity) == (CaseState.WITH_AGENT, Severity.MAJOR)
        assert odd.needs_agent is Because.CANNOT_BE_READ
        assert await tx.cases.shown(CaseId("case_9")) is None


async def test_a_canary_is_a_sign_when_its_time_is_over_and_nobody_was_told(both: SqlStore) -> None:
    trying = Incident(
        id="incident_1",
        rule="icing",
        cohort="model|m|",
        title="Ice",
        severity=Severity.MAJOR,
        opened=Moment(T0),
        hold_until=Moment(T0),
        state=IncidentState.CANARY,
        canary=1,
        canary_until=Moment(T0 + 10 * MINUTE),
        paid=Moment(T0),
    )
    async with both.transaction() as tx:
        await tx.incidents.save(trying)
    async with both.reading() as tx:
        assert (await tx.upkeep.signs(Moment(T0 + 9 * MINUTE))).canaries == 0
        assert (await tx.upkeep.signs(Moment(T0 + 11 * MINUTE))).canaries == 1
    async with both.transaction() as tx:
        assert await tx.incidents.hurry([Because.PAUSED_HERE.name], Moment(T0)) == 0
