"""The store contract for people: homes from date to date, names in one room, and stop means stop.

Every test runs on a SQLite file and on a real PostgreSQL.
"""

from sqlalchemy import text

from hub.domain.agent import AgentRole, User
from hub.domain.customer import (
    Address,
    Basis,
    BasisKind,
    Channel,
    Customer,
    Health,
    Person,
    Purpose,
    QuietHours,
)
from hub.domain.site import Residence, Role, Site
from hub.store import SqlStore
from hub.store.tables import metadata
from tests.contracts.makings import T0, case, change, message

ADA = Customer("ada", "de", "Europe/Vienna", QuietHours(1320, 420), wake_me=True)


def lives(
    site: str, who: str, role: Role = Role.OWNER, since: int = 0, until: int | None = None
) -> Residence:
    return Residence(site, who, role, since, until)


def number(who: str, value: str, *, channel: Channel = Channel.SMS, rank: int = 0) -> Address:
    return Address(f"{who}-{channel}", who, channel, value, Health.GOOD, rank)


async def moved_in(store: SqlStore, *people: str) -> None:
    async with store.transaction() as tx:
        await tx.people.put_site(Site("home", "Europe/Berlin", "DE", "Garden"))
        for who in people:
            await tx.people.put_customer(Customer(who), Person(who, f"{who.title()} Lund"))
            await tx.people.put_residence(lives("home", who))


async def test_a_customer_comes_back_with_name_and_home(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.people.put_customer(ADA, Person("ada", "Ada Lund"))
        await tx.people.put_site(Site("home", "Europe/Berlin", "DE", "Garden"))
        await tx.people.put_residence(lives("home", "ada"))
    async with both.reading() as tx:
        assert await tx.people.customer("ada") == ADA
        assert await tx.people.name("ada") == "Ada Lund"
        assert await tx.people.name("nobody") == ""
        assert await tx.people.site("home") == Site("home", "Europe/Berlin", "DE", "Garden")
        assert await tx.people.sites_of("ada", T0) == [Site("home", "Europe/Berlin", "DE", "Garden")]
        assert await tx.people.page("", 5) == [ADA]


async def test_owners_come_first_and_who_has_left_is_gone(both: SqlStore) -> None:
    await moved_in(both, "ada", "ben", "cleo")
    async with both.transaction() as tx:
        await tx.people.put_residence(lives("home", "ada", until=100))
        await tx.people.put_residence(lives("home", "ben", Role.INSTALLER))
        await tx.people.put_residence(lives("home", "ben", until=5))
        assert [one.customer for one in await tx.people.residents("home", 50)] == ["ada", "cleo", "ben"]
        assert [one.customer for one in await tx.people.residents("home", 100)] == ["cleo", "ben"]
        assert await tx.people.sites_of("ada", 100) == []


async def test_a_person_is_found_by_name_and_by_number_however_it_is_typed(both: SqlStore) -> None:
    await moved_in(both, "ada", "ben")
    async with both.transaction() as tx:
        await tx.people.put_address(number("ada", "+4915112345678"))
        for typed in ("ADA", "da lu", "0151 1234 5678", "+49 151-12345678", "345678"):
            assert await tx.people.find(typed) == ["ada"], typed
        assert await tx.people.find("lund") == ["ada", "ben"]
        assert await tx.people.find("%") == []
        assert await tx.people.find("999") == []


async def test_addresses_come_best_first_and_a_number_leads_to_its_person(both: SqlStore) -> None:
    await moved_in(both, "ada", "ben")
    mail, sms = number("ada", "ada@x.de", channel=Channel.EMAIL, rank=1), number("ada", "+491511111111")
    async with both.transaction() as tx:
        for one in (mail, sms, number("ben", "+491511111111", rank=1)):
            await tx.people.put_address(one)
        assert await tx.people.addresses("ada") == [sms, mail]
        assert await tx.people.address("ada-sms") == sms
        assert await tx.people.find_address(Channel.SMS, "+491511111111") == sms
        assert await tx.people.find_address(Channel.EMAIL, "+491511111111") is None
        await tx.people.set_health("ada-sms", Health.SUSPENDED)
        shared = await tx.people.find_address(Channel.SMS, "+491511111111")
        assert shared is not None
        assert shared.customer == "ben"


async def test_stop_ends_every_basis_and_start_gives_back_what_stop_has_taken(both: SqlStore) -> None:
    await moved_in(both, "cleo")
    granted = Basis(
        "cleo", Purpose.SERVICE, Channel.SMS, BasisKind.CONTRACT, 10, "DE", "import", "form", "v3"
    )
    refused = Basis("cleo", Purpose.CARE, Channel.SMS, BasisKind.WITHDRAWN, 11)
    async with both.transaction() as tx:
        for line in (refused, granted):
            await tx.people.add_basis(line)
        assert await tx.people.bases("cleo") == [granted, refused]
        assert await tx.people.suppressed("cleo") is None
        await tx.people.suppress("cleo", T0, "STOP_SAID")
        await tx.people.suppress("cleo", T0 + 5, "STOP_SAID")
        assert await tx.people.suppressed("cleo") == T0
        withdrawn = (await tx.people.bases("cleo"))[2:]
        assert [(line.purpose, line.kind, line.at, line.how) for line in withdrawn] == [
            (Purpose.SERVICE, BasisKind.WITHDRAWN, T0, "STOP_SAID")
        ]
        await tx.people.unsuppress("cleo", T0 + 9, "START_SAID")
        await tx.people.unsuppress("cleo", T0 + 10, "START_SAID")
        assert await tx.people.suppressed("cleo") is None
        again = (await tx.people.bases("cleo"))[3:]
        assert [(line.purpose, line.kind, line.at) for line in again] == [
            (Purpose.SERVICE, BasisKind.CONSENT, T0 + 9)
        ]


async def test_stop_without_any_basis_is_in_the_ledger_too(both: SqlStore) -> None:
    await moved_in(both, "cleo")
    async with both.transaction() as tx:
        await tx.people.suppress("cleo", T0, "STOP_SAID")
        assert [line.kind for line in await tx.people.bases("cleo")] == [BasisKind.WITHDRAWN]


async def test_a_number_that_said_stop_stays_silent_under_another_name(both: SqlStore) -> None:
    await moved_in(both, "cleo", "clara", "ben")
    async with both.transaction() as tx:
        await tx.people.put_address(number("cleo", "+491513333333"))
        await tx.people.suppress("cleo", T0, "STOP_SAID")
        await tx.people.put_address(number("clara", "+491513333333", channel=Channel.VOICE))
        assert await tx.people.suppressed("clara") == T0
        assert await tx.people.suppressed("ben") is None


async def test_stop_outlives_the_erasure_of_the_number(both: SqlStore) -> None:
    await moved_in(both, "cleo", "new")
    async with both.transaction() as tx:
        await tx.people.put_address(number("cleo", "+491513333333"))
        await tx.people.suppress("cleo", T0, "STOP_SAID")
        await tx.people.put_address(number("cleo", ""))
        assert await tx.people.suppressed("cleo") == T0
        assert await tx.people.find_address(Channel.SMS, "") is None
        await tx.people.put_address(number("new", "+491513333333"))
        assert await tx.people.suppressed("new") == T0


async def test_names_and_numbers_lie_in_two_tables_and_nowhere_else(both: SqlStore) -> None:
    await moved_in(both, "ada")
    async with both.transaction() as tx:
        await tx.people.put_address(number("ada", "+491510000042"))
        await tx.people.suppress("ada", T0, "STOP_SAID")
        await tx.people.unsuppress("ada", T0, "START_SAID")
        await tx.people.suppress("ada", T0, "STOP_SAID")
        await tx.faults.save(change())
        await tx.cases.save(case())
        await tx.messages.add(message())
        await tx.outbox.put(message(), T0)
        await tx.talks.new_code("ada", "480912", T0 + 5)
        await tx.talks.use_code("alexa", "amzn1.ask.account.ADA", "480912", T0)
        await tx.talks.new_code("ada", "480913", T0 + 5)
    rooms = set()
    async with both.connected() as connection:
        for table in metadata.sorted_tables:
            rows = (await connection.execute(text(f'SELECT * FROM "{table.name}"'))).all()
            for secret in ("Lund", "491510000042", "480913", "amzn1.ask.account.ADA"):
                rooms |= {(table.name, secret) for row in rows if secret in str(tuple(row))}
    assert rooms == {("persons", "Lund"), ("addresses", "491510000042")}


async def test_people_at_the_desk_their_sessions_and_keys_of_programs(both: SqlStore) -> None:
    dag, eve = User("dag", "Dag", AgentRole.AGENT, "$argon2"), User("eve", "Eve", AgentRole.ADMIN)
    async with both.transaction() as tx:
        for user in (eve, dag):
            await tx.house.put_user(user)
        assert await tx.house.users() == [dag, eve]
        assert await tx.house.user("dag") == dag
        await tx.house.open_session("h1", "dag", T0 + 10)
        assert await tx.house.session("h1", T0 + 9) == "dag"
        assert await tx.house.session("h1", T0 + 10) is None
        await tx.house.close_session("h1")
        assert await tx.house.session("h1", T0) is None
        await tx.house.add_key("k1", "billing", ["tickets:read", "devices:read"])
        assert await tx.house.key("k1") == ("billing", ("tickets:read", "devices:read"))
        assert await tx.house.key("k2") is None
