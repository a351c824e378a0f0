"""People's rights: what they chose, imports that can be taken back, and opt-outs that somebody reads again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from hub.domain.ids import CustomerId, Moment
from hub.domain.preferences import NO_CHOICE, Choice, Item, Preference, fold
from hub.ports.rights import ImportLine, ImportRow, Review
from hub.store.prepared import Prepared, Row, given
from hub.store.rows import Work, to_json
from hub.store.tables import suppressions
from hub.store.tables_consent import import_lines, imports, preferences, reviews

_CHOICES = Prepared(
    select(preferences).where(preferences.c.customer == given("customer")).order_by(preferences.c.seq)
)
_LISTED = Prepared(select(func.min(suppressions.c.since)).where(suppressions.c.hash == given("hash")))


def _choice_of(row: Row) -> Choice:
    return Choice(
        row["customer"], Item(row["item"]), json.loads(row["value"]), row["at"], row["who"], row["how"]
    )


def _review_of(row: Row) -> Review:
    return Review(row["seq"], row["customer"], row["message"], row["at"], row["settled"], row["by"])


class Chosen:
    """The part of `hub.ports.rights.Rights` that is kept line by line; see `erasing.py` for the rest."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def choose(self, choice: Choice) -> None:
        await self._work.insert(
            preferences,
            {
                "customer": choice.customer,
                "item": choice.item.value,
                "value": to_json(choice.value),
                "who": choice.who,
                "how": choice.how,
                "at": choice.at,
            },
        )

    async def choices(self, customer: CustomerId) -> list[Choice]:
        """What the person chose, oldest line first."""
        return [_choice_of(row) for row in await self._work.all(_CHOICES, customer=customer)]

    async def preference(self, customer: CustomerId) -> Preference:
        lines = await self.choices(customer)
        return fold(lines) if lines else NO_CHOICE

    def sign(self, kind: str, value: str) -> str:
        return self._work.hash(kind, value)

    async def suppressed_value(self, value: str) -> Moment | None:
        since: Moment | None = await self._work.value(_LISTED, hash=self._work.hash("address", value))
        return since

    async def add_import(self, row: ImportRow, lines: Sequence[ImportLine]) -> None:
        await self._work.add(imports, {"id": row.id, "who": row.who, "at": row.at, "undone": row.undone})
        for line in lines:
            kept = {"before": to_json(line.before), "after": to_json(line.after)}
            await self._work.insert(
                import_lines, {"batch": row.id, "kind": line.kind, "subject": line.subject, **kept}
            )

    async def import_row(self, batch: str) -> ImportRow | None:
        row = await self._work.one(select(imports).where(imports.c.id == batch))
        return ImportRow(**row) if row else None

    async def import_lines(self, batch: str) -> list[ImportLine]:
        """What the import did, in order."""
        query = select(import_lines).where(import_lines.c.batch == batch).order_by(import_lines.c.seq)
        return [_line_of(row) for row in await self._work.all(query)]

    async def imports(self, limit: int) -> list[ImportRow]:
        """The newest imports first."""
        rows = await self._work.all(select(imports).order_by(imports.c.at.desc(), imports.c.id).limit(limit))
        return [ImportRow(**row) for row in rows]

    async def import_undone(self, batch: str, at: Moment) -> None:
        await self._work.change(imports, {"id": batch}, {"undone": at})

    async def add_review(self, customer: CustomerId, message: str, at: Moment) -> None:
        await self._work.insert(reviews, {"customer": customer, "message": message, "at": at, "by": ""})

    async def reviews(self, limit: int) -> list[Review]:
        """Opt-outs that nobody has read again, oldest first."""
        query = select(reviews).where(reviews.c.settled.is_(None)).order_by(reviews.c.seq).limit(limit)
        return [_review_of(row) for row in await self._work.all(query)]

    async def settle_review(self, seq: int, by: str, at: Moment) -> bool:
        """Somebody has read it again; False when there is no such review or it was read before."""
        change: Any = reviews.update().where(reviews.c.seq == seq, reviews.c.settled.is_(None))
        return await self._work.count(change.values(settled=at, by=by)) == 1


def _line_of(row: Row) -> ImportLine:
    return ImportLine(row["kind"], row["subject"], json.loads(row["before"]), json.loads(row["after"]))
