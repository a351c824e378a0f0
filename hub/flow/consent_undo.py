"""Taking an import back: what it brought ends, as far as nobody has changed it since. A STOP is never undone by it.

Nothing is deleted: addresses are suspended, homes ended, and the ledger gets a line. Names, sites and devices stay as they
are, and numbers that the import replaced are not kept anywhere, so they cannot come back: the report says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hub.domain.because import Because
from hub.domain.customer import Address, Basis, BasisKind, Channel, Customer, Health, Purpose, QuietHours
from hub.domain.device import Device, Placement
from hub.domain.effects import Note
from hub.domain.ids import AddressId, CustomerId, Moment, SiteId, derive
from hub.domain.plural import many
from hub.domain.site import Residence, Role, Site
from hub.flow.consent_choices import By
from hub.flow.enlist import Write
from hub.ports import BadInput, Tx
from hub.ports.rights import ImportLine, ImportRow

HOW = "import undone"
PLURAL = {"address": "addresses", "basis": "bases", "place of a device": "places of devices"}
_OWN = ("language", "zone", "quiet")  # what an import may say about a person, besides name and addresses


@dataclass(slots=True)
class Undone:
    """What came of it: `back` and `kept` (somebody changed it since) count lines by kind; `left` are what is never taken
    back; `lost` are addresses that took the place of others."""

    batch: str
    back: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"Import {self.batch} is taken back: {_counted(self.back)}."]
        if self.kept:
            lines.append(f"Left alone, for somebody has changed them since: {_counted(self.kept)}.")
        if self.left:
            lines.append(f"Never taken back: {_counted(self.left)}. Mend them by another import.")
        if self.lost:
            lines.append(
                f"{many(len(self.lost), 'address', 'addresses')} took the place of another, which is not kept, and "
                f"{'is' if len(self.lost) == 1 else 'are'} suspended. Import the right one."
            )
        return "\n".join(lines)


def _counted(counter: Counter[str]) -> str:
    told = (many(number, kind, PLURAL.get(kind, "")) for kind, number in sorted(counter.items()))
    return ", ".join(told) or "nothing"


async def record(tx: Tx, writes: Iterable[Write], who: str, now: Moment) -> str:
    """Note what an import is about to do, before it does it; the import's id ("" when it does nothing)."""
    lines = [await _line(tx, write) for write in writes]
    if not lines:
        return ""
    batch = derive("import", now, *(f"{line.kind}:{line.subject}" for line in lines))
    await tx.people.add_import(ImportRow(batch, who, now), lines)
    return batch


async def _line(tx: Tx, write: Write) -> ImportLine:
    match write:
        case (Customer() as customer, _):
            known = await tx.people.customer(customer.id)
            return ImportLine("customer", customer.id, _own(known) if known else None, _own(customer))
        case Address():
            before = await tx.people.address(write.id)
            return ImportLine(
                "address", write.id, _signed(tx, before) if before else None, _signed(tx, write)
            )
        case Residence():
            lived = await _lived(tx, write.site, _residence(write))
            return ImportLine("home", write.customer, _residence(lived) if lived else None, _residence(write))
        case Basis():
            given = [write.purpose.value, write.channel.value, write.kind.value, write.at]
            return ImportLine("basis", write.customer, None, given)
        case Site():
            return ImportLine("site", write.id, None, None)
        case Device():
            return ImportLine("device", write.id, None, None)
        case Placement():
            return ImportLine("place of a device", write.device, None, None)


def _own(customer: Customer) -> dict[str, Any]:
    quiet = [customer.quiet.begins, customer.quiet.ends]
    return {"language": customer.language, "zone": customer.zone, "quiet": quiet}


def _signed(tx: Tx, address: Address) -> dict[str, Any]:
    return {"hash": tx.people.sign("address", address.value), "health": address.health.value}


def _residence(one: Residence) -> dict[str, Any]:
    return {"site": one.site, "role": one.role.value, "since": one.since, "until": one.until} | {
        "customer": one.customer
    }


async def _lived(tx: Tx, site: SiteId, like: Mapping[str, Any]) -> Residence | None:
    """The residence with the same people and beginning, as it stands."""
    for one in await tx.people.residents(site, like["since"]):
        if (one.customer, one.role.value, one.since) == (like["customer"], like["role"], like["since"]):
            return one
    return None


async def about(tx: Tx, batch: str) -> tuple[ImportRow, str]:
    """The import `batch`, and in words what it brought. Changes nothing. Raises BadInput as `undo` does."""
    row = await _standing(tx, batch)
    return row, _counted(Counter(line.kind for line in await tx.people.import_lines(batch)))


async def _standing(tx: Tx, batch: str) -> ImportRow:
    row = await tx.people.import_row(batch)
    if row is None:
        raise BadInput(batch, "there is no such import", "See: beforehand people imports")
    if row.undone is not None:
        raise BadInput(batch, "this import was taken back before", "See: beforehand people imports")
    return row


async def undo(tx: Tx, batch: str, by: By) -> Undone:
    """Take the import `batch` back. Raises BadInput when there is none, or when it was taken back before."""
    row = await _standing(tx, batch)
    told = Undone(batch)
    for line in reversed(await tx.people.import_lines(batch)):
        await _back(tx, line, (row, by), told)
    await tx.people.import_undone(batch, by.now)
    data = {"import": batch, "by": by.who, "back": dict(told.back), "kept": dict(told.kept)}
    await tx.facts.add(Note(None, None, "import.undone", Because.IMPORT_UNDONE, data), by.now)
    return told


async def _back(tx: Tx, line: ImportLine, what: tuple[ImportRow, By], told: Undone) -> None:
    mend = _MEND.get(line.kind)
    if mend is None:
        told.left[line.kind] += 1
        return
    done = await mend(tx, line, what)
    (told.back if done else told.kept)[line.kind] += 1
    replaced = line.kind == "address" and line.before is not None
    if done and replaced and line.before["hash"] != line.after["hash"]:
        told.lost.append(line.subject)


async def _address(tx: Tx, line: ImportLine, what: tuple[ImportRow, By]) -> bool:
    address = await tx.people.address(AddressId(line.subject))
    if address is None or _signed(tx, address) != line.after:
        return False
    same = line.before is not None and line.before["hash"] == line.after["hash"]
    health = Health(line.before["health"]) if same else Health.SUSPENDED
    await tx.people.set_health(address.id, health)
    return True


async def _basis(tx: Tx, line: ImportLine, what: tuple[ImportRow, By]) -> bool:
    """The ledger goes on as if the line had not been there; where it is not the newest any more, it does anyway."""
    purpose, channel, kind, at = line.after
    mine = [
        one
        for one in await tx.people.bases(CustomerId(line.subject))
        if (one.purpose.value, one.channel.value) == (purpose, channel)
    ]
    if not mine or (mine[-1].kind.value, mine[-1].at) != (kind, at):
        return False
    before = mine[-2] if len(mine) > 1 else _none(CustomerId(line.subject), purpose, channel)
    _, by = what
    await tx.people.add_basis(replace(before, at=by.now, who=by.who, how=HOW))
    return True


def _none(customer: CustomerId, purpose: str, channel: str) -> Basis:
    return Basis(customer, Purpose(purpose), Channel(channel), BasisKind.WITHDRAWN, Moment(0))


async def _customer(tx: Tx, line: ImportLine, what: tuple[ImportRow, By]) -> bool:
    """A person stays, with the name they have; what the import said of them is as it was, unless they chose since."""
    customer, (row, _) = CustomerId(line.subject), what
    person = await tx.people.customer(customer)
    if person is None or line.before is None:
        return person is not None
    chosen = {str(one.item) for one in await tx.people.choices(customer) if one.at >= row.at}
    now_so = _own(person)
    mended = {key: line.before[key] for key in _OWN if key not in chosen and now_so[key] == line.after[key]}
    if not mended:
        return False
    values: dict[str, Any] = now_so | mended
    back = replace(
        person, language=values["language"], zone=values["zone"], quiet=QuietHours(*values["quiet"])
    )
    await tx.people.change_customer(back)
    return True


async def _home(tx: Tx, line: ImportLine, what: tuple[ImportRow, By]) -> bool:
    lived = await _lived(tx, SiteId(line.after["site"]), line.after)
    if lived is None or lived.until != line.after["until"]:
        return False
    _, by = what
    until = by.now if line.before is None else line.before["until"]
    await tx.people.put_residence(replace(lived, role=Role(line.after["role"]), until=until))
    return True


_MEND: Mapping[str, Callable[[Tx, ImportLine, tuple[ImportRow, By]], Awaitable[bool]]] = {
    "address": _address,
    "basis": _basis,
    "customer": _customer,
    "home": _home,
}
