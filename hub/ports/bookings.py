"""The store as bookings need it: who comes when, and nobody twice; and the PINs of people who have one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hub.domain.ids import CaseId, CustomerId, Moment
from hub.domain.slots import BookingKind, Slot


class BookingState(StrEnum):
    """Whether a booking stands."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    MOVED = "moved"


class PinCheck(StrEnum):
    """What became of a PIN that was keyed in."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Booking:
    """`slot` is booked for `case` and its `customer`; `seat` is who comes or calls (an installer's user id, or a number)."""

    id: str
    case: CaseId
    customer: CustomerId
    slot: Slot
    seat: str
    made: Moment
    state: BookingState = BookingState.BOOKED


class Bookings(Protocol):
    """Bookings by id. `hold` answers False when the seat is taken, or the case has one of this kind already."""

    async def hold(self, booking: Booking) -> bool: ...
    async def release(self, booking: str, state: BookingState) -> bool: ...
    async def move(self, old: str, new: Booking) -> bool: ...
    async def get(self, booking: str) -> Booking | None: ...
    async def of_case(self, case: CaseId) -> list[Booking]: ...
    async def taken(
        self, kind: BookingKind, since: Moment, until: Moment
    ) -> Mapping[Moment, frozenset[str]]: ...
    async def between(self, since: Moment, until: Moment, seat: str = "") -> list[Booking]: ...
    async def set_pin(self, customer: CustomerId, pin: str) -> None: ...
    async def forget_pin(self, customer: CustomerId) -> bool: ...
    async def keeps_pin(self, customer: CustomerId) -> bool: ...
    async def has_pin(self, customer: CustomerId, now: Moment) -> bool: ...
    async def check_pin(self, customer: CustomerId, pin: str, now: Moment) -> PinCheck: ...
