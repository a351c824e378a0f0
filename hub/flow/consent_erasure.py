"""Erasing a person, and everything we know about one as one document. What is erased stays erased: `reapply_erasures` does
it again to a store that came back from a backup."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.domain.because import Because
from hub.domain.effects import Note, Suppress
from hub.domain.ids import CustomerId, Moment
from hub.domain.quiet import local
from hub.flow.carry import carry_out
from hub.flow.consent_choices import By
from hub.flow.context import Context
from hub.ports import BadInput, Tx
from hub.ports.rights import Erasure

PAGE = 500
SCHEMA = 1
_MOMENTS = (
    "at", "since", "until", "opened", "closed", "acknowledged", "contacted", "expires", "due", "settled",
    "snoozed_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Before:
    """How it stands with a person before they are erased: rows by kind that still say something of them, and when they were
    erased before (None: never)."""

    remains: Mapping[str, int]
    erased: Moment | None


async def before(tx: Tx, customer: CustomerId) -> Before:
    """What erasing the person would blank. Changes nothing. Raises BadInput when nobody has that id."""
    await _known(tx, customer)
    mine = tx.people.sign("customer", customer)
    erased = next((each.at for each in await tx.people.erasures() if each.hash == mine), None)
    return Before(await tx.people.remains(customer), erased)


async def erase(tx: Tx, customer: CustomerId, by: By, ctx: Context) -> Mapping[str, int]:
    """Erase a person: nothing pending leaves, open cases go to agents, and what names them is blanked; how many rows of each
    kind. Their numbers stay on the suppression list, by hash. Raises BadInput when nobody has that id."""
    await _known(tx, customer)
    return await _erased(tx, customer, by, ctx)


async def _known(tx: Tx, customer: CustomerId) -> None:
    if await tx.people.customer(customer) is None:
        raise BadInput(customer, "there is no such customer", "Look for them by name or number")


async def _erased(tx: Tx, customer: CustomerId, by: By, ctx: Context) -> Mapping[str, int]:
    await carry_out(tx, (Suppress(customer, Because.ERASED),), by.now, ctx)
    told = await tx.people.erase(customer, by.who, by.now)
    data = {"customer": customer, "by": by.who, **told}
    await tx.facts.add(Note(None, None, "customer.erased", Because.ERASED, data), by.now)
    return told


async def unknown_here(tx: Tx, listed: Iterable[Erasure]) -> list[Erasure]:
    """Those of a list that this store knows nothing of, the newest of each person: what was done before its backup was made
    is in it, and who came back since then stays."""
    known = {each.hash: each.at for each in await tx.people.erasures()}
    newest = {each.hash: each for each in sorted(listed, key=lambda one: one.at)}
    return [each for each in newest.values() if each.hash not in known or known[each.hash] < each.at]


async def reapply_erasures(tx: Tx, erasures: Iterable[Erasure], now: Moment, ctx: Context) -> int:
    """Erase again whoever of `erasures` is here with a name, a number or a word: a restored backup knows nothing of what was
    erased after it was made. How many people that was. The list itself is brought up to date, too."""
    wanted = {each.hash: each for each in erasures}
    known = {each.hash for each in await tx.people.erasures()}
    again, after = 0, ""
    while page := await tx.people.page(after, PAGE):
        after = page[-1].id
        for person in page:
            erasure = wanted.get(tx.people.sign("customer", person.id))
            if erasure is not None and await tx.people.remains(person.id):
                await _erased(tx, person.id, By(erasure.who, "restored", now), ctx)
                again += 1
    for each in wanted.values():
        if each.hash not in known:
            await tx.people.add_erasure(each)
    return again


async def export(tx: Tx, customer: CustomerId, now: Moment) -> dict[str, Any]:
    """Everything that is kept about a person, as one JSON-ready document; moments as ISO 8601 in UTC.

    Raises BadInput when nobody has that id.
    """
    await _known(tx, customer)
    kept = {
        name: [_readable(row) for row in rows]
        for name, rows in (await tx.people.belongings(customer)).items()
    }
    stopped = await tx.people.suppressed(customer)
    return {
        "schema": SCHEMA,
        "customer": customer,
        "made": _iso(now),
        "stopped_since": None if stopped is None else _iso(stopped),
        **kept,
    }


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _cell(key, value) for key, value in row.items() if key not in ("seq", "hash", "user")}


def _cell(key: str, value: Any) -> Any:
    if key in _MOMENTS and isinstance(value, int):
        return _iso(Moment(value))
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _iso(moment: Moment) -> str:
    return local(moment, "UTC").isoformat()
