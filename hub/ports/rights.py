"""The store as people's rights need it: what they chose, imports that can be undone, opt-outs to be read again, erasures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hub.domain.customer import Channel
from hub.domain.ids import CustomerId, Moment
from hub.domain.preferences import Choice, Preference


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import: who brought it in and when; `undone` when it was taken back."""

    id: str
    who: str
    at: Moment
    undone: Moment | None = None


@dataclass(frozen=True, slots=True)
class ImportLine:
    """What an import did to one thing. `before` and `after` are JSON-ready and hold no name and no address: of an address
    only its keyed hash. `before` is None when the thing was new."""

    kind: str
    subject: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Review:
    """An opt-out in somebody's own words: it counted at once; a person reads it again. `settled` when one has."""

    seq: int
    customer: CustomerId
    message: str
    at: Moment
    settled: Moment | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Somebody was erased: the keyed hash of their id, so that the same person is erased again after a restore."""

    hash: str
    at: Moment
    who: str = ""


class Rights(Protocol):
    """`sign` is the keyed hash of a value: recognises it again, tells nobody what it was. `suppressed_value` says since
    when an address is on the suppression list, whoever has it. `erase` blanks names, addresses, texts and notes, keeps
    the suppression hashes, and answers how many rows of each kind it blanked; erasing again blanks what came since;
    `remains` are the kinds that it would blank something of, and how many rows.
    `belongings` is everything that is kept about a person, JSON-ready, by kind.
    """

    async def choose(self, choice: Choice) -> None: ...
    async def choices(self, customer: CustomerId) -> list[Choice]: ...
    async def preference(self, customer: CustomerId) -> Preference: ...
    def sign(self, kind: str, value: str) -> str: ...
    async def suppressed_value(self, value: str) -> Moment | None: ...
    async def add_import(self, row: ImportRow, lines: Sequence[ImportLine]) -> None: ...
    async def import_row(self, batch: str) -> ImportRow | None: ...
    async def import_lines(self, batch: str) -> list[ImportLine]: ...
    async def imports(self, limit: int) -> list[ImportRow]: ...
    async def import_undone(self, batch: str, at: Moment) -> None: ...
    async def add_review(self, customer: CustomerId, message: str, at: Moment) -> None: ...
    async def reviews(self, limit: int) -> list[Review]: ...
    async def settle_review(self, seq: int, by: str, at: Moment) -> bool: ...
    async def remains(self, customer: CustomerId) -> Mapping[str, int]: ...
    async def erase(self, customer: CustomerId, who: str, at: Moment) -> Mapping[str, int]: ...
    async def erasures(self) -> list[Erasure]: ...
    async def add_erasure(self, erasure: Erasure) -> None: ...
    async def belongings(self, customer: CustomerId) -> Mapping[str, Any]: ...
    async def stop_channel(
        self, customer: CustomerId, channel: Channel, at: Moment, because: str
    ) -> None: ...
