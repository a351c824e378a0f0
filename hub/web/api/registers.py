"""`POST /api/v1/import`: customers, sites, devices and bases brought in by a program, as a sync.

What is listed is added or changed; what is not listed is told and never deleted; a STOP is never undone; who was
erased is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from hub.domain.ids import Moment
from hub.flow.enlist import Named
from hub.flow.register import Report, sync, with_all_mistakes
from hub.flow.sheets import BadSheet, Row, Sheet, gathered, read_rows
from hub.ports import BadInput
from hub.web.access import KeyFirst, Scope, needs
from hub.web.api import shapes
from hub.web.api.nouns import House
from hub.web.problems import Problem

router = APIRouter(
    prefix="/api/v1", tags=["import"], route_class=KeyFirst, dependencies=[Depends(needs(Scope.IMPORT))]
)
Cell = str | float | bool | None
Rows = list[dict[str, Cell]]
MOST_ERRORS = 200


class Registers(shapes.Shape):
    """Rows by sheet; columns are those of the CSV files. An absent or null cell says nothing: what is known stays."""

    sites: Rows = Field(default_factory=list)
    customers: Rows = Field(default_factory=list)
    devices: Rows = Field(default_factory=list)
    bases: Rows = Field(default_factory=list)


class NamedOut(shapes.Shape):
    """One row: which sheet, which id, which columns."""

    sheet: str
    id: str
    columns: str


class ReachOut(shapes.Shape):
    """One customer: the channels on which they may be contacted afterwards; without any, why."""

    customer: str
    channels: list[str]
    because: str


class ImportOut(shapes.Shape):
    """What was done, or would be done in a rehearsal."""

    rehearsal: bool
    id: str = Field(description="By which the import can be taken back; empty when it changed nothing.")
    reach: list[ReachOut]
    added: list[NamedOut]
    changed: list[NamedOut]
    same: int
    absent: list[NamedOut] = Field(description="Known, not listed, and left as they are.")
    stopped: list[str] = Field(description="Customers who said stop; they stay in peace.")
    groundless: list[str] = Field(description="Customers without a recorded basis: listed, not contacted.")
    erased: list[str] = Field(
        description="People who were erased here, and are left out. Take them out of the source."
    )
    summary: str


@router.post("/import")
async def bring_in(
    house: House,
    registers: Registers,
    dry_run: Annotated[bool, Query(description="Only say what would change.")] = False,
) -> ImportOut:
    """Brings the registers up to date in one transaction; refused as a whole, with every mistake, or done as a whole."""
    now, home = Moment(house.clock.now()), house.ctx.policy.country
    try:
        report = await sync(house.store, _rows(registers), now, dry_run, home)
    except BadSheet as error:
        bad = await with_all_mistakes(house.store, error, now, home) if error.rows else error
        raise _refused(bad.problems) from error
    return _out(report.held_against(house.books, house.ctx.words.languages()))


def _rows(registers: Registers) -> list[Row]:
    """All sheets; their mistakes together."""
    brought = {sheet: getattr(registers, sheet.value) for sheet in Sheet}
    return gathered([partial(read_rows, sheet, lines) for sheet, lines in brought.items() if lines])


def _refused(problems: Sequence[BadInput]) -> Problem:
    found = [{"at": one.place, "cause": one.cause, "remedy": one.remedy} for one in problems[:MOST_ERRORS]]
    many = f"{len(problems)} mistake{'s' if len(problems) > 1 else ''}"
    return Problem(422, f"Nothing was imported: {many}.", "Mend them and send it again.", errors=found)


def _out(report: Report) -> ImportOut:
    plan = report.plan
    return ImportOut(
        rehearsal=report.rehearsal, id=report.batch, reach=_reach(report), added=_named(plan.added), changed=_named(plan.changed), same=len(plan.same),
        absent=_named(plan.absent), stopped=list(plan.stopped), groundless=list(plan.groundless),
        erased=list(plan.erased.out), summary=str(report),
    )  # fmt: skip


def _reach(report: Report) -> list[ReachOut]:
    return [
        ReachOut(customer=one.customer, channels=list(one.channels), because=str(one.because))
        for one in report.plan.reach
    ]


def _named(found: Sequence[Named]) -> list[NamedOut]:
    return [NamedOut(sheet=sheet, id=name, columns=columns) for sheet, name, columns in found]
