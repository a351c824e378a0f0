"""The register: customers, sites, devices and bases brought in as a sync. What is listed is added or changed; what is not
listed is told and never deleted; a STOP is never undone; who was erased is left out.

`plan` compares and writes nothing; `sync` plans, and carries it out unless it is a rehearsal.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from hub.domain.customer import Address, Basis, Customer, Person
from hub.domain.device import Device, Placement
from hub.domain.ids import CustomerId, Moment
from hub.domain.site import Residence, Site
from hub.flow import left_out, moved_out
from hub.flow import register_words as words
from hub.flow.consent import is_stranger
from hub.flow.consent_reach import Reach, reach
from hub.flow.consent_undo import record
from hub.flow.enlist import ALWAYS, Enlisting, Named, Write, add_bases, add_customers, add_devices, add_sites
from hub.flow.left_out import NOBODY, Erased, erased
from hub.flow.moved_out import MovedOut
from hub.flow.sheets import BadSheet, Row, Sheet
from hub.ports import BadInput, Store, Tx

PAGE = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. Ids only: no names, no numbers."""

    added: tuple[Named, ...] = ()
    changed: tuple[Named, ...] = ()
    same: tuple[Named, ...] = ()
    absent: tuple[Named, ...] = ()
    writes: tuple[Write, ...] = field(default=(), repr=False)
    stopped: tuple[CustomerId, ...] = ()
    groundless: tuple[CustomerId, ...] = ()
    reach: tuple[Reach, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict, repr=False)
    languages: Mapping[str, str] = field(default_factory=dict, repr=False)
    shared: tuple[tuple[CustomerId, CustomerId], ...] = ()
    moved: tuple[MovedOut, ...] = ()
    erased: Erased = NOBODY
    now: Moment = ALWAYS

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices that are added or changed, as they are then."""
        return tuple(write for write in self.writes if isinstance(write, Device))


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or (`rehearsal`) would have done. `devices` need to be described to the engine anew; `batch` is the
    id by which it can be taken back ("" when it changed nothing)."""

    plan: Plan
    rehearsal: bool
    batch: str = ""
    unjudged: tuple[str, ...] = ()
    speechless: tuple[str, ...] = ()

    def held_against(self, models: Collection[str], languages: Collection[str]) -> Report:
        """The report, with what of it nobody here can serve: devices of other models than `models` (those with a rule
        book), and customers of other languages than `languages` (those with phrases)."""
        return replace(
            self,
            unjudged=tuple(_beyond(self.plan.models, models)),
            speechless=tuple(_beyond(self.plan.languages, languages)),
        )

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices that are added or changed."""
        return self.plan.devices

    def __str__(self) -> str:
        plan, verb = self.plan, "would be " if self.rehearsal else ""
        back = [f"To take this import back: beforehand people undo-import {self.batch}"] if self.batch else []
        lines = [
            words.same_told(len(plan.same)),
            *left_out.told(plan.erased),
            *words.told(f"{verb}added", plan.added),
            *words.told(f"{verb}changed", plan.changed),
            *moved_out.told(plan.moved, plan.now, self.rehearsal),
            *words.told("not listed, and left as they are", plan.absent),
            *words.groundless_told(plan.groundless),
            *words.unjudged_told(self.unjudged),
            *words.speechless_told(self.speechless),
            *words.shared_told(plan.shared),
            *words.stopped_told(plan.stopped),
            *words.reach_told(plan.reach, self.rehearsal),
            *back,
        ]
        return "\n".join(lines)


async def sync(
    store: Store, rows: Sequence[Row], now: Moment, dry_run: bool = False, country: str = "DE"
) -> Report:
    """Bring `rows` in, in one transaction, or only say what that would do.

    Numbers without a country belong to the country of the customer's site, else to `country`. Raises BadSheet with
    every mistake; then nothing has been written.
    """
    if dry_run:
        async with store.reading() as tx:
            return Report(await plan(tx, rows, now, country), rehearsal=True)
    async with store.transaction() as tx:
        planned = await plan(tx, rows, now, country)
        batch = await record(tx, planned.writes, "import", now)
        await apply(tx, planned)
        stopped = await _stopped(
            tx, [one.customer for one in planned.reach]
        )  # a number that was on the list may have come in under a new name
    return Report(replace(planned, stopped=stopped), rehearsal=False, batch=batch)


async def plan(tx: Tx, rows: Sequence[Row], now: Moment, country: str = "DE") -> Plan:
    """What `rows` would change. Raises BadSheet."""
    gone = await erased(tx, rows)
    taken = gone.taken(rows)
    listing = Enlisting(tx, tuple(rows), taken, now, country)
    await _enlist(listing)
    if listing.problems:
        raise BadSheet(listing.problems)
    people = _people(taken)
    moved = await moved_out.moved_out(tx, listing.writes, now)
    left = {(Sheet.CUSTOMERS, one.customer) for one in moved}
    based = {write.customer for write in listing.writes if isinstance(write, Basis)}
    return Plan(
        added=tuple(listing.added),
        changed=tuple(listing.changed),
        same=tuple(listing.same),
        absent=tuple(one for one in await _absent(listing) if one[:2] not in left),
        writes=tuple(listing.writes),
        stopped=await _stopped(tx, people),
        groundless=tuple([one for one in people if one not in based and not await tx.people.bases(one)]),
        reach=tuple(await reach(tx, people, listing.writes, now)),
        models=_cells(taken, Sheet.DEVICES, "model"),
        languages=_cells(taken, Sheet.CUSTOMERS, "language"),
        shared=tuple(dict.fromkeys(listing.shared)),
        moved=tuple(moved),
        erased=gone,
        now=now,
    )


async def with_all_mistakes(store: Store, bad: BadSheet, now: Moment, country: str = "DE") -> BadSheet:
    """`bad`, and what else is wrong with the rows that could be read: every mistake is told in one round. Writes nothing."""
    async with store.reading() as tx:
        taken = (await erased(tx, bad.rows)).taken(bad.rows)
        listing = Enlisting(tx, bad.rows, taken, now, country, bad.unread)
        await _enlist(listing)
    return BadSheet(_by_line([*bad.problems, *listing.problems]))


def _by_line(problems: Sequence[BadInput]) -> list[BadInput]:
    """Mistakes in the order in which one mends them: file by file, line by line."""
    files: dict[str, int] = {}

    def place(problem: BadInput) -> tuple[int, int]:
        name, _, rest = problem.place.partition(", line ")
        line = rest.partition(",")[0]
        return files.setdefault(name, len(files)), int(line) if line.isdecimal() else 0

    return sorted(problems, key=place)


async def _enlist(listing: Enlisting) -> None:
    await add_sites(listing)
    await add_customers(listing)
    await add_devices(listing)
    await add_bases(listing)


async def apply(tx: Tx, planned: Plan) -> None:
    """Carry a plan out."""
    for write in planned.writes:
        await _write(tx, write)


async def _write(tx: Tx, write: Write) -> None:
    match write:
        case Site():
            await tx.people.put_site(write)
        case (Customer() as customer, Person() as person):
            await tx.people.put_customer(customer, person)
        case Address():
            await tx.people.put_address(write)
        case Residence():
            await tx.people.put_residence(write)
        case Device():
            await tx.devices.put(write)
        case Placement():
            await tx.devices.place(write)
        case Basis():
            await tx.people.add_basis(write)
        case _:
            assert_never(write)


def _people(rows: Sequence[Row]) -> list[CustomerId]:
    return sorted({CustomerId(row.id) for row in rows if row.sheet is Sheet.CUSTOMERS})


async def _stopped(tx: Tx, people: Sequence[CustomerId]) -> tuple[CustomerId, ...]:
    return tuple([one for one in people if await tx.people.suppressed(one) is not None])


async def _absent(listing: Enlisting) -> list[Named]:
    """What is known and not listed, of the sheets that were brought."""
    listed = {(row.sheet, row.id) for row in listing.rows}
    brought = {row.sheet for row in listing.rows} - {Sheet.BASES}
    known: list[Named] = []
    for sheet in sorted(brought):
        after = ""
        while ids := await _page(listing.tx, sheet, after):
            known += [(sheet, one, "") for one in ids if (sheet, one) not in listed and not is_stranger(one)]
            after = ids[-1]
    return known


async def _page(tx: Tx, sheet: Sheet, after: str) -> list[str]:
    if sheet is Sheet.CUSTOMERS:
        return [one.id for one in await tx.people.page(after, PAGE)]
    if sheet is Sheet.SITES:
        return [one.id for one in await tx.people.site_page(after, PAGE)]
    return [one.id for one in await tx.devices.page(after, PAGE)]


def _cells(rows: Sequence[Row], sheet: Sheet, column: str) -> dict[str, str]:
    """What the rows of one sheet say in `column`, by id."""
    return {row.id: row.cells[column] for row in rows if row.sheet is sheet and column in row.cells}


def _beyond(said: Mapping[str, str], known: Collection[str]) -> list[str]:
    return [f"{one} ({value})" for one, value in sorted(said.items()) if value not in known]
