"""The store contract for appointments and PINs, on a SQLite file and on a real PostgreSQL: no slot is given twice."""

from __future__ import annotations

import asyncio

import pytest

from hub.domain.ids import CaseId, CustomerId, Moment
from hub.domain.slots import BookingKind, Slot
from hub.ports.bookings import Booking, BookingState, PinCheck
from hub.store import SqlStore
from hub.store.bookings import LOCK, TRIES

HOUR = 3_600_000_000
NINE, ELEVEN = Moment(9 * HOUR), Moment(11 * HOUR)
ADA, BEN = CustomerId("ada"), CustomerId("ben")


def booking(
    name: str, case: str, starts: Moment = NINE, seat: str = "ines", kind: BookingKind = BookingKind.VISIT
) -> Booking:
    return Booking(name, CaseId(case), ADA, Slot(kind, starts, Moment(starts + HOUR)), seat, Moment(1))


async def test_what_was_booked_comes_back_and_takes_its_seat(both: SqlStore) -> None:
    async with both.transaction() as tx:
        assert await tx.bookings.hold(booking("b1", "c1"))
        assert await tx.bookings.hold(booking("b2", "c2", ELEVEN, "omar"))
    async with both.reading() as tx:
        assert await tx.bookings.get("b1") == booking("b1", "c1")
        assert await tx.bookings.of_case(CaseId("c1")) == [booking("b1", "c1")]
        taken = await tx.bookings.taken(BookingKind.VISIT, Moment(0), Moment(24 * HOUR))
        assert taken == {NINE: frozenset({"ines"}), ELEVEN: frozenset({"omar"})}
        assert await tx.bookings.taken(BookingKind.CALLBACK, Moment(0), Moment(24 * HOUR)) == {}
        assert [each.id for each in await tx.bookings.between(Moment(0), Moment(24 * HOUR))] == ["b1", "b2"]
        assert [each.id for each in await tx.bookings.between(Moment(0), ELEVEN, "omar")] == []


async def test_a_seat_and_a_case_are_booked_once_until_they_are_given_back(both: SqlStore) -> None:
    async with both.transaction() as tx:
        assert await tx.bookings.hold(booking("b1", "c1"))
        assert not await tx.bookings.hold(booking("b2", "c2"))
        assert not await tx.bookings.hold(booking("b3", "c1", ELEVEN))
        assert await tx.bookings.hold(booking("b4", "c1", NINE, "1", BookingKind.CALLBACK))
        assert await tx.bookings.release("b1", BookingState.CANCELLED)
        assert not await tx.bookings.release("b1", BookingState.CANCELLED)
        assert await tx.bookings.hold(booking("b5", "c2"))


async def test_a_move_keeps_the_old_time_where_the_new_one_is_gone(both: SqlStore) -> None:
    async with both.transaction() as tx:
        assert await tx.bookings.hold(booking("b1", "c1"))
        assert await tx.bookings.hold(booking("b2", "c2", ELEVEN))
        assert not await tx.bookings.move("b1", booking("b3", "c1", ELEVEN))
        assert [each.id for each in await tx.bookings.of_case(CaseId("c1"))] == ["b1"]
        assert await tx.bookings.move("b1", booking("b4", "c1", ELEVEN, "omar"))
        assert [each.id for each in await tx.bookings.of_case(CaseId("c1"))] == ["b4"]
        moved = await tx.bookings.get("b1")
        assert moved is not None
        assert moved.state is BookingState.MOVED
        assert await tx.bookings.hold(booking("b5", "c5"))


async def test_of_many_people_at_the_same_moment_as_many_get_it_as_there_are_seats(both: SqlStore) -> None:
    async def wants(person: int) -> str:
        async with both.transaction() as tx:
            for seat in ("ines", "omar"):
                if await tx.bookings.hold(booking(f"b-{person}-{seat}", f"c-{person}", NINE, seat)):
                    return seat
        return ""

    got = await asyncio.gather(*(wants(person) for person in range(12)))
    assert sorted(filter(None, got)) == ["ines", "omar"]
    async with both.reading() as tx:
        taken = await tx.bookings.taken(BookingKind.VISIT, Moment(0), Moment(24 * HOUR))
        assert taken == {NINE: frozenset({"ines", "omar"})}


async def test_one_case_that_books_twice_at_the_same_moment_has_one_appointment(both: SqlStore) -> None:
    async def wants(starts: Moment) -> bool:
        async with both.transaction() as tx:
            return await tx.bookings.hold(booking(f"b-{starts}", "c1", starts))

    assert sorted(await asyncio.gather(*(wants(Moment(hour * HOUR)) for hour in range(8)))) == [False] * 7 + [
        True
    ]


async def test_a_pin_is_right_wrong_or_locked_after_five_tries_and_kept_as_a_hash(both: SqlStore) -> None:
    async with both.transaction() as tx:
        assert await tx.bookings.check_pin(ADA, "4711", NINE) is PinCheck.NONE
        await tx.bookings.set_pin(ADA, "4711")
        await tx.bookings.set_pin(BEN, "4711")
    async with both.transaction() as tx:
        assert await tx.bookings.check_pin(ADA, "4711", NINE) is PinCheck.RIGHT
        tries = [await tx.bookings.check_pin(ADA, "4712", NINE) for _ in range(TRIES)]
        assert tries == [PinCheck.WRONG] * (TRIES - 1) + [PinCheck.LOCKED]
        assert await tx.bookings.check_pin(ADA, "4711", NINE) is PinCheck.LOCKED
        assert not await tx.bookings.has_pin(ADA, NINE)
        later = Moment(NINE + LOCK + 1)
        assert await tx.bookings.has_pin(ADA, later)
        assert await tx.bookings.check_pin(ADA, "4711", later) is PinCheck.RIGHT
        assert await tx.bookings.check_pin(BEN, "4711", NINE) is PinCheck.RIGHT
    async with both.connected() as connection:
        rows = (await connection.exec_driver_sql("select customer, hash from pins")).all()
    assert len({row[1] for row in rows}) == 2
    assert all("4711" not in row[1] for row in rows)


async def test_a_pin_that_was_removed_is_none_and_nobody_elses_is(both: SqlStore) -> None:
    async with both.transaction() as tx:
        assert not await tx.bookings.keeps_pin(ADA) and not await tx.bookings.forget_pin(ADA)
        await tx.bookings.set_pin(ADA, "4711")
        await tx.bookings.set_pin(BEN, "4711")
        for _ in range(TRIES):
            await tx.bookings.check_pin(ADA, "4712", NINE)
        assert await tx.bookings.keeps_pin(ADA) and not await tx.bookings.has_pin(ADA, NINE)
        assert await tx.bookings.forget_pin(ADA)
    async with both.transaction() as tx:
        assert not await tx.bookings.keeps_pin(ADA)
        assert await tx.bookings.check_pin(ADA, "4711", NINE) is PinCheck.NONE
        assert await tx.bookings.check_pin(BEN, "4711", NINE) is PinCheck.RIGHT


@pytest.mark.parametrize("state", [BookingState.CANCELLED, BookingState.MOVED])
async def test_what_does_not_stand_is_in_no_list(both: SqlStore, state: BookingState) -> None:
    async with both.transaction() as tx:
        assert await tx.bookings.hold(booking("b1", "c1"))
        assert await tx.bookings.release("b1", state)
        assert await tx.bookings.of_case(CaseId("c1")) == []
        assert await tx.bookings.between(Moment(0), Moment(24 * HOUR)) == []
        assert await tx.bookings.taken(BookingKind.VISIT, Moment(0), Moment(24 * HOUR)) == {}
