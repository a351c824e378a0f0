"""The customer's own page: links that open it once, visits, and photos that people send."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from hub.domain.ids import CaseId, Moment
from hub.ports.pages import PageLink, PageVisit, Photo
from hub.store.prepared import Row
from hub.store.rows import Work
from hub.store.tables_links import page_links, page_visits, photos

_ABOUT = [column for column in photos.c if column.name != "data"]


class SqlPages:
    """See `hub.ports.pages.Pages`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def put_link(self, token: str, link: PageLink) -> None:
        """Made again (a message that is tried again has the same link) it only lives longer."""
        row: dict[str, Any] = {"hash": self._hash("link", token), "customer": link.customer}
        row |= {"case": link.case} | {"made": link.made, "expires": link.expires, "used": link.used}
        if not await self._work.add(page_links, row):
            await self._work.change(page_links, {"hash": row["hash"]}, {"expires": link.expires})

    async def link(self, token: str, *, lock: bool = False) -> PageLink | None:
        query = select(page_links).where(page_links.c.hash == self._hash("link", token))
        row = await self._work.one(self._work.locked(query) if lock else query)
        if row is None:
            return None
        return PageLink(row["customer"], row["case"], row["made"], row["expires"], row["used"])

    async def use_link(self, token: str, now: Moment) -> bool:
        fresh = page_links.update().where(
            page_links.c.hash == self._hash("link", token),
            page_links.c.used.is_(None),
            page_links.c.expires > now,
        )
        return await self._work.count(fresh.values(used=now)) == 1

    async def open_visit(self, token: str, visit: PageVisit) -> None:
        row = {"hash": self._hash("visit", token), "customer": visit.customer, "case": visit.case}
        await self._work.put(page_visits, row | {"expires": visit.expires})

    async def visit(self, token: str, now: Moment) -> PageVisit | None:
        """Whose browser this is, unless the visit is over."""
        mine = (page_visits.c.hash == self._hash("visit", token), page_visits.c.expires > now)
        row = await self._work.one(select(page_visits).where(*mine))
        return PageVisit(row["customer"], row["case"], row["expires"]) if row else None

    async def close_visit(self, token: str) -> None:
        await self._work.remove(page_visits, {"hash": self._hash("visit", token)})

    async def add_photo(self, photo: Photo, data: bytes) -> bool:
        row: dict[str, Any] = {"id": photo.id, "case": photo.case, "customer": photo.customer}
        row |= {"kind": photo.kind, "size": photo.size, "at": photo.at, "data": data}
        return await self._work.add(photos, row)

    async def photos(self, case: CaseId) -> list[Photo]:
        """What was sent about a case, oldest first, without the pictures themselves."""
        query = select(*_ABOUT).where(photos.c.case == case).order_by(photos.c.at, photos.c.id)
        return [_photo_of(row) for row in await self._work.all(query)]

    async def picture(self, case: CaseId, photo: str) -> tuple[Photo, bytes] | None:
        row = await self._work.one(select(photos).where(photos.c.id == photo, photos.c.case == case))
        return (_photo_of(row), bytes(row["data"])) if row else None

    def _hash(self, kind: str, token: str) -> str:
        return self._work.hash("page", kind, token)


def _photo_of(row: Row) -> Photo:
    return Photo(row["id"], row["case"], row["customer"], row["kind"], row["size"], row["at"])
