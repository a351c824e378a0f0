"""Bookings and PINs. A slot's seat is held by a unique index: of two people at the same moment, one gets it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from device_rules.reading import HOUR
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.domain.slots import BookingKind, Slot
from hub.ports.bookings import Booking, BookingState, PinCheck
from hub.store.prepared import Row
from hub.store.rows import Work
from hub.store.tables_talk import bookings, pins

TRIES = 5
LOCK = HOUR
"""Five tries, then an hour without. Source: voice-platforms, section 6 (five tries); the hour is ours."""


def _booking(row: Row) -> Booking:
    slot = Slot(BookingKind(row["kind"]), row["starts"], row["ends"])
    return Booking(
        row["id"], row["case"], row["customer"], slot, row["seat"], row["made"], BookingState(row["state"])
    )


def _held(booking: Booking) -> dict[str, str]:
    kind = booking.slot.kind.value
    return {
        "held": f"{kind}:{booking.slot.starts}:{booking.seat}",
        "one": f"{booking.case}:{kind}",
    }


class SqlBookings:
    """See `hub.ports.bookings.Bookings`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def hold(self, booking: Booking) -> bool:
        """Keep the seat; False when somebody has it, or the case has a booking of this kind."""
        row = {
            "id": booking.id,
            "case": booking.case,
            "customer": booking.customer,
            "kind": booking.slot.kind.value,
            "seat": booking.seat,
            "state": booking.state.value,
            "starts": booking.slot.starts,
            "ends": booking.slot.ends,
            "made": booking.made,
        }
        return await self._work.add(bookings, row | _held(booking))

    async def release(self, booking: str, state: BookingState) -> bool:
        """The booking does not stand any more: its seat is free. False when it was so already."""
        where = {"id": booking, "state": BookingState.BOOKED.value}
        return await self._work.change(bookings, where, {"state": state.value, "held": None, "one": None}) > 0

    async def move(self, old: str, new: Booking) -> bool:
        """`new` instead of `old`, or `old` as it was."""
        before = await self.get(old)
        if before is None or before.state is not BookingState.BOOKED:
            return await self.hold(new)
        await self._work.change(bookings, {"id": old}, {"one": None})
        if await self.hold(new):
            return await self.release(old, BookingState.MOVED)
        await self._work.change(bookings, {"id": old}, {"one": _held(before)["one"]})
        return False

    async def get(self, booking: str) -> Booking | None:
        row = await self._work.one(select(bookings).where(bookings.c.id == booking))
        return _booking(row) if row else None

    async def of_case(self, case: CaseId) -> list[Booking]:
        """The bookings of a case that stand."""
        query = select(bookings).where(
            bookings.c["case"] == case, bookings.c.state == BookingState.BOOKED.value
        )
        return [_booking(row) for row in await self._work.all(query.order_by(bookings.c.starts))]

    async def taken(self, kind: BookingKind, since: Moment, until: Moment) -> Mapping[Moment, frozenset[str]]:
        """The seats that are taken, by the start of their slots."""
        query = select(bookings.c.starts, bookings.c.seat).where(
            bookings.c.held.is_not(None),
            bookings.c.kind == kind.value,
            bookings.c.starts >= since,
            bookings.c.starts < until,
        )
        found: dict[Moment, frozenset[str]] = {}
        for row in await self._work.all(query):
            found[row["starts"]] = found.get(row["starts"], frozenset()) | {row["seat"]}
        return found

    async def between(self, since: Moment, until: Moment, seat: str = "") -> list[Booking]:
        """What stands from `since` to `until`, in order; of one `seat` alone when it is given."""
        query = select(bookings).where(
            bookings.c.held.is_not(None), bookings.c.starts >= since, bookings.c.starts < until
        )
        query = query.where(bookings.c.seat == seat) if seat else query
        rows = await self._work.all(query.order_by(bookings.c.starts, bookings.c.id))
        return [_booking(row) for row in rows]

    async def set_pin(self, customer: CustomerId, pin: str) -> None:
        """Remember a PIN, as a keyed hash; it replaces an earlier one and ends a lock."""
        row = {"customer": customer, "hash": self._pin(customer, pin), "wrong": 0, "until": 0}
        await self._work.put(pins, row)

    async def forget_pin(self, customer: CustomerId) -> bool:
        """The person has no PIN any more; False when they had none."""
        return await self._work.count(pins.delete().where(pins.c.customer == customer)) > 0

    async def keeps_pin(self, customer: CustomerId) -> bool:
        """Whether a PIN is set, locked or not."""
        return await self._work.one(select(pins.c.customer).where(pins.c.customer == customer)) is not None

    async def has_pin(self, customer: CustomerId, now: Moment) -> bool:
        """Whether a PIN is set and not locked."""
        row = await self._work.one(select(pins).where(pins.c.customer == customer))
        return row is not None and not (row["wrong"] >= TRIES and row["until"] > now)

    async def check_pin(self, customer: CustomerId, pin: str, now: Moment) -> PinCheck:
        """Whether it is the right one; the fifth wrong one in a row locks it for an hour."""
        row = await self._work.one(self._work.locked(select(pins).where(pins.c.customer == customer)))
        if row is None:
            return PinCheck.NONE
        wrong = row["wrong"] if row["until"] > now else 0
        if wrong >= TRIES:
            return PinCheck.LOCKED
        if row["hash"] == self._pin(customer, pin):
            await self._work.change(pins, {"customer": customer}, {"wrong": 0, "until": 0})
            return PinCheck.RIGHT
        await self._work.change(pins, {"customer": customer}, {"wrong": wrong + 1, "until": now + LOCK})
        return PinCheck.LOCKED if wrong + 1 >= TRIES else PinCheck.WRONG

    def _pin(self, customer: CustomerId, pin: str) -> str:
        return self._work.hash("pin", customer, pin)
