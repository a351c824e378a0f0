"""Addresses, the basis ledger and the suppression list: what a person agreed to, and that stop means stop.

The ledger is append-only. The suppression list holds keyed hashes only, of the person's id and of every address, so
that it survives erasure and recognises the same number when it is imported again under another name.
"""

from __future__ import annotations

from sqlalchemy import func, select

from hub.domain.customer import Address, Basis, BasisKind, Channel, Health, Purpose
from hub.domain.ids import AddressId, CustomerId, Moment
from hub.store.erasing import Erasing
from hub.store.prepared import Prepared, Row, given
from hub.store.tables import addresses, bases, suppressions

_ADDRESS = Prepared(select(addresses).where(addresses.c.id == given("address")))
_ADDRESSES = Prepared(
    select(addresses)
    .where(addresses.c.customer == given("customer"))
    .order_by(addresses.c.rank, addresses.c.channel, addresses.c.id)
)
_BASES = Prepared(
    select(bases).where(bases.c.customer == given("customer")).order_by(bases.c.at, bases.c.seq)
)
_LISTED = Prepared(select(func.min(suppressions.c.since)).where(suppressions.c.hash == given("hash")))
_THEMSELVES = (
    "customer"  # who said it, in lines that STOP and START write: START restores what STOP ended, no more
)


def address_of(row: Row) -> Address:
    """The address in a row of `addresses`."""
    return Address(
        id=row["id"],
        customer=row["customer"],
        channel=Channel(row["channel"]),
        value=row["value"],
        health=Health(row["health"]),
        rank=row["rank"],
    )


def basis_of(row: Row) -> Basis:
    """The ledger line in a row of `bases`."""
    return Basis(
        customer=row["customer"],
        purpose=Purpose(row["purpose"]),
        channel=Channel(row["channel"]),
        kind=BasisKind(row["kind"]),
        at=row["at"],
        country=row["country"],
        who=row["who"],
        how=row["how"],
        wording=row["wording"],
    )


class Consent(Erasing):
    """The half of `hub.ports.store.People` that says whether and where a person may be reached."""

    async def address(self, address: AddressId) -> Address | None:
        row = await self._work.one(_ADDRESS, address=address)
        return address_of(row) if row else None

    async def addresses(self, customer: CustomerId) -> list[Address]:
        """The person's addresses, the preferred ones first."""
        rows = await self._work.all(_ADDRESSES, customer=customer)
        return [address_of(row) for row in rows]

    async def find_address(self, channel: Channel, value: str) -> Address | None:
        """Whose address this is; when several people share it, one where it works, the best ranked."""
        if not value:
            return None
        rows = await self._work.all(
            select(addresses)
            .where(addresses.c.channel == channel.value, addresses.c.value == value)
            .order_by(addresses.c.rank, addresses.c.id)
        )
        found = sorted((address_of(row) for row in rows), key=lambda one: list(Health).index(one.health))
        return found[0] if found else None

    async def put_address(self, address: Address) -> None:
        await self._work.put(
            addresses,
            {
                "id": address.id,
                "customer": address.customer,
                "channel": address.channel.value,
                "value": address.value,
                "health": address.health.value,
                "rank": address.rank,
            },
        )

    async def set_health(self, address: AddressId, health: Health) -> None:
        await self._work.change(addresses, {"id": address}, {"health": health.value})

    async def bases(self, customer: CustomerId) -> list[Basis]:
        """The person's ledger, oldest line first (by its own moment, then in the order written)."""
        rows = await self._work.all(_BASES, customer=customer)
        return [basis_of(row) for row in rows]

    async def add_basis(self, basis: Basis) -> None:
        await self._work.insert(
            bases,
            {
                "customer": basis.customer,
                "purpose": basis.purpose.value,
                "channel": basis.channel.value,
                "kind": basis.kind.value,
                "at": basis.at,
                "country": basis.country,
                "who": basis.who,
                "how": basis.how,
                "wording": basis.wording,
            },
        )

    async def suppressed(self, customer: CustomerId, channel: Channel | None = None) -> Moment | None:
        """Since when the person, or any of their addresses, is on the suppression list; with `channel`, since when there."""
        hashes = await self._hashes(customer)
        if channel is not None:
            hashes.append(self._work.hash("channel", customer, channel.value))
        listed = [await self._work.value(_LISTED, hash=one) for one in hashes]
        return min((since for since in listed if since is not None), default=None)

    async def stop_channel(self, customer: CustomerId, channel: Channel, at: Moment, because: str) -> None:
        """Stop on one channel: list the person there, and withdraw every basis for it. Saying it twice is one."""
        hashed = self._work.hash("channel", customer, channel.value)
        if not await self._work.add(suppressions, {"hash": hashed, "since": at, "because": because}):
            return
        for line in await self._newest(customer):
            if line.channel is channel and line.kind is not BasisKind.WITHDRAWN:
                await self._ledger(line, BasisKind.WITHDRAWN, at, because)

    async def suppress(self, customer: CustomerId, at: Moment, because: str) -> None:
        """Stop: list the person and every address, and withdraw every basis in the ledger. Saying it twice is one."""
        listed = [
            await self._work.add(suppressions, {"hash": one, "since": at, "because": because})
            for one in await self._hashes(customer)
        ]
        if not any(listed):
            return
        granted = [line for line in await self._newest(customer) if line.kind is not BasisKind.WITHDRAWN]
        if not granted:
            granted = [Basis(customer, Purpose.SERVICE, Channel.SMS, BasisKind.WITHDRAWN, at)]
        for line in granted:
            await self._ledger(line, BasisKind.WITHDRAWN, at, because)

    async def unsuppress(self, customer: CustomerId, at: Moment, because: str) -> None:
        """Start: take the person and their addresses off the list, and note the renewed consent in the ledger."""
        channels = [self._work.hash("channel", customer, one.value) for one in Channel]
        hashes = await self._hashes(customer) + channels
        gone = await self._work.count(suppressions.delete().where(suppressions.c.hash.in_(hashes)))
        if not gone:
            return
        for line in await self._newest(customer):
            if line.kind is BasisKind.WITHDRAWN and line.who == _THEMSELVES:
                await self._ledger(line, BasisKind.CONSENT, at, because)

    async def _ledger(self, line: Basis, kind: BasisKind, at: Moment, because: str) -> None:
        await self.add_basis(
            Basis(line.customer, line.purpose, line.channel, kind, at, line.country, _THEMSELVES, because)
        )

    async def _newest(self, customer: CustomerId) -> list[Basis]:
        lines = {(line.purpose, line.channel): line for line in await self.bases(customer)}
        return list(lines.values())

    async def _hashes(self, customer: CustomerId) -> list[str]:
        known = [one for one in await self.addresses(customer) if one.value]
        return [
            self._work.hash("customer", customer),
            *sorted({self._work.hash("address", one.value) for one in known}),
        ]
