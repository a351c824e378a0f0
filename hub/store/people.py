"""Sites and the people there, and their names. Addresses and consent stand beside, in `consent.py`."""

from __future__ import annotations

from sqlalchemy import BindParameter, ColumnElement, and_, func, or_, select

from hub.domain.customer import Customer, Person, QuietHours
from hub.domain.ids import CustomerId, Moment, SiteId
from hub.domain.site import Residence, Role, Site
from hub.store.consent import Consent
from hub.store.prepared import Prepared, Row, given
from hub.store.rows import escaped
from hub.store.tables import addresses, customers, persons, residences, sites

_SITE = Prepared(select(sites).where(sites.c.id == given("site")))
_CUSTOMER = Prepared(select(customers).where(customers.c.id == given("customer")))
_NAME = Prepared(select(persons.c.name).where(persons.c.customer == given("customer")))


def _holds(at: Moment | BindParameter[Moment]) -> ColumnElement[bool]:
    return and_(residences.c.since <= at, or_(residences.c.until.is_(None), residences.c.until > at))


_RESIDENTS = Prepared(select(residences).where(residences.c.site == given("site"), _holds(given("at"))))
_MINE = select(residences.c.site).where(residences.c.customer == given("customer"), _holds(given("at")))
_SITES_OF = Prepared(select(sites).where(sites.c.id.in_(_MINE)).order_by(sites.c.id))


def customer_of(row: Row) -> Customer:
    """The customer in a row of `customers`."""
    return Customer(
        id=row["id"],
        language=row["language"],
        zone=row["zone"],
        quiet=QuietHours(row["quiet_begins"], row["quiet_ends"]),
        wake_me=bool(row["wake_me"]),
    )


class SqlPeople(Consent):
    """See `hub.ports.store.People`."""

    async def site(self, site: SiteId) -> Site | None:
        row = await self._work.one(_SITE, site=site)
        return Site(**row) if row else None

    async def put_site(self, site: Site) -> None:
        await self._work.put(
            sites, {"id": site.id, "zone": site.zone, "country": site.country, "label": site.label}
        )

    async def site_page(self, after: str, limit: int) -> list[Site]:
        rows = await self._work.all(select(sites).where(sites.c.id > after).order_by(sites.c.id).limit(limit))
        return [Site(**row) for row in rows]

    async def customer(self, customer: CustomerId) -> Customer | None:
        row = await self._work.one(_CUSTOMER, customer=customer)
        return customer_of(row) if row else None

    async def put_customer(self, customer: Customer, person: Person) -> None:
        await self.change_customer(customer)
        await self._work.put(persons, {"customer": customer.id, "name": person.name})

    async def change_customer(self, customer: Customer) -> None:
        """Everything about a customer but the name."""
        await self._work.put(
            customers,
            {
                "id": customer.id,
                "language": customer.language,
                "zone": customer.zone,
                "quiet_begins": customer.quiet.begins,
                "quiet_ends": customer.quiet.ends,
                "wake_me": int(customer.wake_me),
            },
        )

    async def name(self, customer: CustomerId) -> str:
        """The person's name; empty when unknown or erased."""
        return await self._work.value(_NAME, customer=customer) or ""

    async def residents(self, site: SiteId, at: Moment) -> list[Residence]:
        """Who belongs to the site at `at`: owners first, then occupants, caretakers, installers."""
        rows = await self._work.all(_RESIDENTS, site=site, at=at)
        people = [Residence(**{**row, "role": Role(row["role"])}) for row in rows]
        return sorted(people, key=lambda one: (list(Role).index(one.role), one.since, one.customer))

    async def put_residence(self, residence: Residence) -> None:
        await self._work.put(
            residences,
            {
                "site": residence.site,
                "customer": residence.customer,
                "role": residence.role.value,
                "since": residence.since,
                "until": residence.until,
            },
        )

    async def sites_of(self, customer: CustomerId, at: Moment) -> list[Site]:
        rows = await self._work.all(_SITES_OF, customer=customer, at=at)
        return [Site(**row) for row in rows]

    async def find(self, text: str, limit: int = 20) -> list[CustomerId]:
        """People whose name or id holds `text`, or whose number holds its digits (four or more of them)."""
        like = f"%{escaped(text.strip().lower())}%"
        digits = "".join(letter for letter in text if letter.isdigit()).lstrip("0")
        named = or_(
            func.lower(persons.c.name).like(like, escape="\\"),
            func.lower(persons.c.customer).like(like, escape="\\"),
        )
        if len(digits) >= 4:
            numbered = select(addresses.c.customer).where(addresses.c.value.like(f"%{digits}%"))
            named = or_(named, persons.c.customer.in_(numbered))
        rows = await self._work.all(
            select(persons.c.customer).where(named).order_by(persons.c.name, persons.c.customer).limit(limit)
        )
        return [row["customer"] for row in rows]

    async def page(self, after: str, limit: int) -> list[Customer]:
        rows = await self._work.all(
            select(customers).where(customers.c.id > after).order_by(customers.c.id).limit(limit)
        )
        return [customer_of(row) for row in rows]
