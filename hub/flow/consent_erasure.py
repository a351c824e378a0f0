"""Erasing a person, and everything we know about one as one document. What is erased stays erased: `reapply_erasures` does
it again to a store that came back from a backup."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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


async def erase(tx: Tx, customer: CustomerId, by: By, ctx: Context) -> Mapping[str, int]:
    """Erase a person: nothing pending leaves, open cases go to agents, and what names them is blanked; how many rows of each
    kind. Their numbers stay on the suppression list, by hash. Raises BadInput when nobody has that id."""
    if await tx.people.customer(customer) is None:
        raise BadInput(customer, "there is no such customer", "Look for them by name or number")
    return await _erased(tx, customer, by, ctx)


async def _erased(tx: Tx, customer: CustomerId, by: By, ctx: Context) -> Mapping[str, int]:
    await carry_out(tx, (Suppress(customer, Because.ERASED),), by.now, ctx)
    told = await tx.people.erase(customer, by.who, by.now)
    data = {"customer": customer, "by": by.who, **told}
    await tx.facts.add(Note(None, None, "customer.erased", Because.ERASED, data), by.now)
    return told


async def reapply_erasures(tx: Tx, erasures: Iterable[Erasure], now: Moment, ctx: Context) -> int:
    """Erase again whoever of `erasures` is here with a name or a number: a restored backup knows nothing of what was erased
    after it was made. How many people that was. The list itself is brought up to date, too."""
    wanted = {each.hash: each for each in erasures}
    known = {each.hash for each in await tx.people.erasures()}
    again, after = 0, ""
    while page := await tx.people.page(after, PAGE):
        after = page[-1].id
        for person in page:
            erasure = wanted.get(tx.people.sign("customer", person.id))
            if erasure is not None and await _named(tx, person.id):
                await _erased(tx, person.id, By(erasure.who, "restored", now), ctx)
                again += 1
    for each in wanted.values():
        if each.hash not in known:
            await tx.people.add_erasure(each)
    return again


async def _named(tx: Tx, customer: CustomerId) -> bool:
    addresses = await tx.people.addresses(customer)
    return bool(await tx.people.name(customer)) or any(each.value for each in addresses)


def as_lines(erasures: Iterable[Erasure]) -> str:
    """The list of erasures as a file: one JSON object a line, hashes only. Keep it beside the backups."""
    return "".join(
        json.dumps({"hash": each.hash, "at": each.at, "who": each.who}) + "\n" for each in erasures
    )


def from_lines(text: str, name: str = "erasures") -> list[Erasure]:
    """The erasures in such a file. Raises BadInput with the line that is none."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found.append(Erasure(str(row["hash"]), Moment(int(row["at"])), str(row.get("who", ""))))
        except (ValueError, KeyError, TypeError):
            cause = "this is no erasure"
            raise BadInput(f"{name}, line {number}", cause, "Use: beforehand people erasures") from None
    return found


async def export(tx: Tx, customer: CustomerId, now: Moment) -> dict[str, Any]:
    """Everything that is kept about a person, as one JSON-ready document; moments as ISO 8601 in UTC.

    Raises BadInput when nobody has that id.
    """
    if await tx.people.customer(customer) is None:
        raise BadInput(customer, "there is no such customer", "Look for them by name or number")
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
