"""The fault menu: what the carrier shall do wrong, to whom, how often. The same seed does the same wrongs."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What can go wrong."""

    # instead of accepting the message
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"  # a page of HTML where JSON was expected
    BUSY = "busy"
    REFUSE = "refuse"
    HANG_UP_BEFORE_ACCEPTANCE = "hang_up_before_acceptance"
    # after accepting it
    TIME_OUT_AFTER_ACCEPTANCE = "time_out_after_acceptance"  # the request is never answered
    HANG_UP_AFTER_ACCEPTANCE = "hang_up_after_acceptance"
    # on its way
    UNDELIVERABLE = "undeliverable"
    LATE_STATUS = "late_status"
    REPEATED_STATUS = "repeated_status"
    REORDERED_STATUS = "reordered_status"
    CONTRADICTORY_STATUS = "contradictory_status"  # delivered, and then failed
    FAILED_FIRST = "failed_first"  # a part is said to have failed, and then the whole to be delivered
    UNKNOWN_STATUS = "unknown_status"  # a word that is in no list
    NO_STATUS = "no_status"


AT_THE_DOOR = frozenset(
    {Kind.SERVER_ERROR, Kind.BAD_GATEWAY, Kind.BUSY, Kind.REFUSE, Kind.HANG_UP_BEFORE_ACCEPTANCE}
)
AT_THE_ANSWER = frozenset({Kind.TIME_OUT_AFTER_ACCEPTANCE, Kind.HANG_UP_AFTER_ACCEPTANCE})
ON_ITS_WAY = frozenset(Kind) - AT_THE_DOOR - AT_THE_ANSWER
CODES = {Kind.SERVER_ERROR: 20500, Kind.BUSY: 20429, Kind.REFUSE: 21211, Kind.UNDELIVERABLE: 30005}


@dataclass
class Fault:
    """One line of the menu. `times` None is for ever; `share` (0 to 1) of the occasions; `code` is Twilio's.

    `after` (µs of business time) is how late a late status is.
    """

    kind: Kind
    to: str | None = None
    times: int | None = 1
    code: int = 0
    share: float = 1.0
    after: int = 600 * 1_000_000

    def __post_init__(self) -> None:
        self.kind = Kind(self.kind)
        self.code = self.code or CODES.get(self.kind, 0)


class FaultMenu:
    """The faults still to come."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put a fault on the menu."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()

    def first(self, kinds: Collection[Kind], to: str) -> Fault | None:
        """The first fault of `kinds` that befalls a message to `to`, if any; it is used up once."""
        return next(iter(self._befalling(kinds, to, most=1)), None)

    def all(self, kinds: Collection[Kind], to: str) -> dict[Kind, Fault]:
        """Every fault of `kinds` that befalls a message to `to`; each is used up once."""
        return {fault.kind: fault for fault in self._befalling(kinds, to, most=len(kinds))}

    def _befalling(self, kinds: Collection[Kind], to: str, most: int) -> list[Fault]:
        found: list[Fault] = []
        for fault in list(self._faults):
            if len(found) == most:
                break
            if fault.kind not in kinds or fault.to not in {None, to}:
                continue
            if fault.share < 1 and self._random.random() >= fault.share:
                continue
            found.append(fault)
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
        return found
