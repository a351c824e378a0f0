"""Links, visits and photos in the store: a link opens once, nothing in the database opens a page, and all of it can be forgotten.

Every test runs on a SQLite file and on a real PostgreSQL.
"""

from dataclasses import replace

from sqlalchemy import select

from hub.domain.ids import CaseId, CustomerId
from hub.ports.pages import PageLink, PageVisit, Photo
from hub.store import SqlStore
from hub.store.tables_links import page_links, page_visits, photos
from tests.contracts.makings import T0

DAY = 86_400_000_000
ADA, CASE = CustomerId("ada"), CaseId("case_1")
LINK = PageLink(ADA, CASE, T0, T0 + DAY)
VISIT = PageVisit(ADA, CASE, T0 + DAY)
PHOTO = Photo("photo_1", CASE, ADA, "image/png", 5, T0)


async def test_a_link_opens_once_and_only_in_its_time(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.pages.put_link("token", LINK)
        assert not await tx.pages.use_link("token", T0 + DAY), "too late"
        assert not await tx.pages.use_link("other", T0)
        assert await tx.pages.use_link("token", T0 + 1)
        assert not await tx.pages.use_link("token", T0 + 2), "used"
        assert await tx.pages.link("token") == replace(LINK, used=T0 + 1)


async def test_a_link_made_again_lives_longer_and_stays_used(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.pages.put_link("token", LINK)
        await tx.pages.use_link("token", T0 + 1)
        await tx.pages.put_link("token", replace(LINK, made=T0 + 5, expires=T0 + 2 * DAY))
        assert await tx.pages.link("token") == replace(LINK, expires=T0 + 2 * DAY, used=T0 + 1)


async def test_a_visit_ends_by_itself_or_when_it_is_closed(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.pages.open_visit("browser", VISIT)
        assert await tx.pages.visit("browser", T0 + DAY - 1) == VISIT
        assert await tx.pages.visit("browser", T0 + DAY) is None
        moved = replace(VISIT, case=CaseId("case_2"))
        await tx.pages.open_visit("browser", moved)
        assert await tx.pages.visit("browser", T0) == moved
        await tx.pages.close_visit("browser")
        assert await tx.pages.visit("browser", T0) is None


async def test_photos_are_listed_without_their_pictures_and_belong_to_one_case(both: SqlStore) -> None:
    async with both.transaction() as tx:
        assert await tx.pages.add_photo(PHOTO, b"\x89PNG\0")
        assert not await tx.pages.add_photo(PHOTO, b"again")
        assert await tx.pages.photos(CASE) == [PHOTO]
        assert await tx.pages.picture(CASE, "photo_1") == (PHOTO, b"\x89PNG\0")
        assert await tx.pages.picture(CaseId("case_2"), "photo_1") is None


async def test_no_row_holds_a_token(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.pages.put_link("a-token-in-a-link", LINK)
        await tx.pages.open_visit("a-token-in-a-cookie", VISIT)
    async with both.connected() as connection:
        for table in (page_links, page_visits):
            rows = (await connection.execute(select(table))).all()
            assert rows and "a-token" not in repr(rows)


async def test_what_has_run_out_is_tidied_away_and_a_person_can_be_erased(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.pages.put_link("token", LINK)
        await tx.pages.open_visit("browser", VISIT)
        assert await tx.house.tidy(T0 + DAY - 1, T0) == 0
        assert await tx.house.tidy(T0 + DAY, T0 + DAY + 1) == 2, (
            "an old link is kept a while, to be answered kindly"
        )
    async with both.transaction() as tx:
        await tx.pages.put_link("token", LINK)
        await tx.pages.open_visit("browser", VISIT)
        await tx.pages.add_photo(PHOTO, b"picture")
        assert (await tx.people.belongings(ADA))["photos"] == [
            {"id": "photo_1", "case": CASE, "kind": "image/png", "size": 5, "at": T0}
        ]
        told = await tx.people.erase(ADA, "dag", T0)
        assert told["photos"] == 1
    async with both.connected() as connection:
        for table in (page_links, page_visits, photos):
            assert (await connection.execute(select(table))).all() == []
