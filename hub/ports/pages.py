"""The store as the customer's own page needs it: links that open it, visits, and photos that people send.

What is kept of a link or a visit is a keyed hash: whoever reads the database can open nobody's page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hub.domain.ids import CaseId, CustomerId, Moment


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to the page about `case` for `customer`: it opens once, until `expires`. `used` is when it did."""

    customer: CustomerId
    case: CaseId
    made: Moment
    expires: Moment
    used: Moment | None = None


@dataclass(frozen=True, slots=True)
class PageVisit:
    """Somebody who has opened a link, with the browser they opened it in, until `expires`."""

    customer: CustomerId
    case: CaseId
    expires: Moment


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that a person sent about a case. `kind` is its media type, `size` in bytes; the picture is fetched apart."""

    id: str
    case: CaseId
    customer: CustomerId
    kind: str
    size: int
    at: Moment


class Pages(Protocol):
    """Links, visits and photos.

    `put_link` keeps what was used; a link that is made again lives until the later moment. `use_link` answers False when it
    was used before, is over, or is none of ours. `add_photo` answers False when exactly this one is there already.
    """

    async def put_link(self, token: str, link: PageLink) -> None: ...
    async def link(self, token: str, *, lock: bool = False) -> PageLink | None: ...
    async def use_link(self, token: str, now: Moment) -> bool: ...
    async def open_visit(self, token: str, visit: PageVisit) -> None: ...
    async def visit(self, token: str, now: Moment) -> PageVisit | None: ...
    async def close_visit(self, token: str) -> None: ...
    async def add_photo(self, photo: Photo, data: bytes) -> bool: ...
    async def photos(self, case: CaseId) -> list[Photo]: ...
    async def picture(self, case: CaseId, photo: str) -> tuple[Photo, bytes] | None: ...
