"""Who loses a home by an import, since when, to whom, and which open cases are there: read before it is written. Ids only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from device_rules.reading import SECOND
from hub.domain.ids import CaseId, CustomerId, Moment, SiteId
from hub.domain.plural import many
from hub.domain.site import Residence, Role
from hub.flow.enlist import Write
from hub.ports import Tx


@dataclass(frozen=True, slots=True)
class MovedOut:
    """`customer` is no longer the owner of `site` from `since` on; `heirs` are. `cases` are open there: the new owners
    are asked about them from then on."""

    customer: CustomerId
    site: SiteId
    since: Moment
    heirs: tuple[CustomerId, ...]
    cases: tuple[CaseId, ...] = ()


async def moved_out(tx: Tx, writes: Sequence[Write], now: Moment) -> list[MovedOut]:
    """Whose time as an owner these writes end."""
    homes = [one for one in writes if isinstance(one, Residence) and one.role is Role.OWNER]
    found = []
    for home in homes:
        there = await tx.people.residents(home.site, now)
        before = [(one.customer, one.role, one.since) for one in there]
        if home.until is None or (home.customer, home.role, home.since) not in before:
            continue
        heirs = tuple(one.customer for one in homes if (one.site, one.since) == (home.site, home.until))
        cases = await tx.cases.of_customer(home.customer, now)
        open_there = tuple(case.id for case in cases if case.site == home.site)
        found.append(MovedOut(home.customer, home.site, home.until, heirs, open_there))
    return found


def told(found: Sequence[MovedOut], now: Moment, rehearsal: bool) -> list[str]:
    """A line for each: `dora would no longer be the owner of dd, from now on (new owner: dina).`"""
    verb = "would no longer be" if rehearsal else "is no longer"
    return [
        f"{one.customer} {verb} the owner of {one.site}, from {_day(one.since, now)} "
        f"(new owner: {', '.join(one.heirs)}).{_open(one)}"
        for one in found
    ]


def _day(since: Moment, now: Moment) -> str:
    return (
        "now on" if since == now else f"{datetime.fromtimestamp(since / SECOND, UTC):%Y-%m-%d %H:%M} UTC on"
    )


def _open(one: MovedOut) -> str:
    if not one.cases:
        return ""
    return f" {many(len(one.cases), 'case')} {'is' if len(one.cases) == 1 else 'are'} open there: {', '.join(one.cases)}."
