"""Who of those that an import lists was erased here: the register that still holds them must not bring them back. Only a
basis that was given after the erasure lets somebody in again. Reads only; ids only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.domain.customer import BasisKind
from hub.domain.ids import CustomerId, Moment
from hub.flow.consent_undo import HOW as UNDONE
from hub.flow.register_words import some
from hub.flow.sheets import Row, Sheet
from hub.ports import Tx

_OF_PEOPLE = (Sheet.CUSTOMERS, Sheet.BASES)


@dataclass(frozen=True, slots=True)
class Erased:
    """Of the people an import lists: who was erased and is left `out`, and who was erased and is now let in again (`back`)."""

    out: tuple[CustomerId, ...] = ()
    back: tuple[CustomerId, ...] = ()

    def taken(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that come in."""
        return [row for row in rows if row.sheet not in _OF_PEOPLE or row.id not in self.out]


NOBODY = Erased()


async def erased(tx: Tx, rows: Sequence[Row]) -> Erased:
    """Who of the people in `rows` was erased."""
    listed = sorted({CustomerId(row.id) for row in rows if row.sheet in _OF_PEOPLE})
    since = {each.hash: each.at for each in await tx.people.erasures()} if listed else {}
    out, back = [], []
    for one in listed:
        gone = since.get(tx.people.sign("customer", one))
        if gone is None:
            continue
        if not await _again(tx, one, rows, gone):
            out.append(one)
        elif not await tx.people.name(one):
            back.append(one)
    return Erased(tuple(out), tuple(back))


async def _again(tx: Tx, customer: CustomerId, rows: Sequence[Row], gone: Moment) -> bool:
    """Whether a basis was given since, in this import or in the ledger. What another import's taking back restored is old."""
    given = [(row.cells["kind"], row.cells["at"]) for row in rows if row.id == customer and _is_basis(row)]
    given += [(line.kind, line.at) for line in await tx.people.bases(customer) if line.how != UNDONE]
    return any(kind is not BasisKind.WITHDRAWN and at > gone for kind, at in given)


def _is_basis(row: Row) -> bool:
    return row.sheet is Sheet.BASES and not row.broken


def told(found: Erased) -> list[str]:
    """A line for those who are left out, and one for those who come back."""
    lines = []
    if found.out:
        are = "person was erased here and is" if len(found.out) == 1 else "people were erased here and are"
        lines.append(f"{len(found.out)} {are} left out: {some(found.out)}. Take them out of the source.")
    if found.back:
        were = "person was" if len(found.back) == 1 else "people were"
        lines.append(
            f"{len(found.back)} {were} erased here, and a basis given since lets them in again: {some(found.back)}. "
            "Nobody writes to them until they say START."
        )
    return lines
