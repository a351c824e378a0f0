"""The store contract for people's rights and for what the caps count. Every test runs on a SQLite file and on a PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain.asked import Caps
from hub.domain.case import CaseState
from hub.domain.contact import MessageClass, MessageStatus
from hub.domain.customer import Address, Basis, BasisKind, Channel, Customer, Health, Person, Purpose
from hub.domain.preferences import NO_CHOICE, Choice, Item, Preference
from hub.domain.site import Residence, Role, Site
from hub.ports.rights import Erasure, ImportLine, ImportRow
from hub.store import SqlStore
from hub.store.tables import metadata
from tests.contracts.makings import T0, case, message

CAPS = Caps(fleet_hour=3)
NUMBER = "+4915550100001"


async def moved_in(store: SqlStore, *people: str) -> None:
    async with store.transaction() as tx:
        await tx.people.put_site(Site("home", "Europe/Berlin", "DE", "Garden"))
        for who in people:
            await tx.people.put_customer(Customer(who), Person(who, f"{who.title()} Lund"))
            await tx.people.put_residence(Residence("home", who, Role.OWNER, 0, None))
            await tx.people.put_address(Address(f"{who}-sms", who, Channel.SMS, f"{NUMBER}{len(who)}"))
            await tx.people.add_basis(Basis(who, Purpose.SERVICE, Channel.SMS, BasisKind.CONTRACT, T0 - DAY))


async def told(store: SqlStore, *messages: Any) -> None:
    async with store.transaction() as tx:
        for one in messages:
            await tx.messages.add(one)


async def test_choices_are_kept_line_by_line_and_fold_into_what_holds(both: SqlStore) -> None:
    async with both.transaction() as tx:
        assert await tx.people.preference("ada") is NO_CHOICE
        for item, value in (
            (Item.CHANNELS_OFF, ["sms", "email"]),
            (Item.SNOOZED_UNTIL, T0),
            (Item.CHANNELS_OFF, ["email"]),
            (Item.SECOND, "ben"),
        ):
            await tx.people.choose(Choice("ada", item, value, T0, "customer", "page"))
    async with both.reading() as tx:
        held = await tx.people.preference("ada")
        assert held == Preference(channels_off=(Channel.EMAIL,), snoozed_until=T0, second="ben")
        assert len(await tx.people.choices("ada")) == 4
        assert await tx.people.choices("ben") == []


async def test_an_import_and_its_lines_come_back_as_they_were(both: SqlStore) -> None:
    lines = [
        ImportLine("basis", "ada", None, ["service", "sms"]),
        ImportLine("home", "ada", {"until": None}, 1),
    ]
    async with both.transaction() as tx:
        await tx.people.add_import(ImportRow("import_1", "dag", T0), lines)
        await tx.people.add_import(ImportRow("import_2", "dag", T0 + 1), [])
        await tx.people.import_undone("import_1", T0 + 9)
    async with both.reading() as tx:
        assert await tx.people.import_lines("import_1") == lines
        assert await tx.people.imports(1) == [ImportRow("import_2", "dag", T0 + 1)]
        assert await tx.people.import_row("import_1") == ImportRow("import_1", "dag", T0, T0 + 9)
        assert await tx.people.import_row("import_3") is None


async def test_stop_on_one_channel_leaves_the_others(both: SqlStore) -> None:
    await moved_in(both, "ada")
    async with both.transaction() as tx:
        for _ in range(2):
            await tx.people.stop_channel("ada", Channel.SMS, T0, "stop")
        assert await tx.people.suppressed("ada", Channel.SMS) == T0
        assert await tx.people.suppressed("ada", Channel.EMAIL) is None
        assert await tx.people.suppressed("ada") is None
        assert [line.kind for line in await tx.people.bases("ada")] == [
            BasisKind.CONTRACT, BasisKind.WITHDRAWN,
        ]  # fmt: skip
        await tx.people.unsuppress("ada", T0 + 1, "start")
        assert await tx.people.suppressed("ada", Channel.SMS) is None


async def test_erasing_leaves_hashes_and_nothing_to_read(both: SqlStore) -> None:
    await moved_in(both, "ada", "ben")
    await told(both, message("a", text="Ada, come quickly"), message("b", customer="ben", case="case_2"))
    async with both.transaction() as tx:
        await tx.people.erase("ada", "dag", T0)
        await tx.people.erase("ada", "dag", T0 + 1)
    async with both.reading() as tx:
        assert await tx.people.name("ada") == ""
        [address] = await tx.people.addresses("ada")
        assert (address.value, address.health) == ("", Health.DEAD)
        assert await tx.people.suppressed_value(f"{NUMBER}3") == T0
        assert await tx.people.erasures() == [Erasure(tx.people.sign("customer", "ada"), T0 + 1, "dag")]
        assert await tx.people.name("ben") == "Ben Lund"
    assert not await holding(both, "Ada Lund") and not await holding(both, "come quickly")


async def holding(store: SqlStore, words: str) -> list[str]:
    """The tables in which these words stand."""
    found = []
    async with store.transaction() as tx:
        for table in metadata.sorted_tables:
            rows = await tx.people._work.all(text(f'SELECT * FROM "{table.name}"'))  # type: ignore[attr-defined]
            found += [table.name for row in rows if words in str(dict(row))]
    return found


async def test_a_household_counts_everybody_who_lives_there_and_minutes_only(both: SqlStore) -> None:
    await moved_in(both, "ada", "ben")
    await told(
        both,
        message("a", customer="ben", case="case_2", at=T0 - MINUTE),
        message("b", customer="ben", case="case_3", at=T0 - HOUR),
        message("c", customer="zoe", case="case_4", at=T0 - MINUTE),
    )
    async with both.transaction() as tx:
        history = await tx.messages.history(message("next"), case(site="home"), CAPS, T0)
        assert (history.household_firsts, history.fleet_hour) == (1, 2)
        again = await tx.messages.history(message("a", customer="ben"), case(site="home"), CAPS, T0)
        assert again.household_firsts == 0


async def test_a_whole_fleet_is_counted_no_further_than_the_cap(both: SqlStore) -> None:
    await told(both, *(message(f"m{n}", customer=f"c{n}", case=f"case_{n}") for n in range(9)))
    async with both.transaction() as tx:
        assert (await tx.messages.history(message("next"), None, CAPS, T0)).fleet_hour == 3


async def test_the_last_reminder_on_this_channel_counts_and_one_that_was_lost_does_not(
    both: SqlStore,
) -> None:
    reminder = MessageClass.REMINDER
    await told(
        both,
        message("a", kind=reminder, at=T0 - 2 * HOUR),
        message("b", kind=reminder, at=T0 - HOUR, channel=Channel.EMAIL),
        message("c", kind=reminder, at=T0 - MINUTE, status=MessageStatus.FAILED),
    )
    async with both.transaction() as tx:
        history = await tx.messages.history(message("next", kind=reminder), case(), CAPS, T0)
        assert (history.last_reminder, history.case_reminders) == (T0 - 2 * HOUR, 2)


async def test_calls_and_warnings_are_counted_for_their_own_kinds(both: SqlStore) -> None:
    phone = Channel.PHONE
    await told(
        both,
        message("a", channel=phone, at=T0 - HOUR),
        message("b", channel=phone, at=T0 - 2 * DAY),
        message("c", kind=MessageClass.SAFETY, at=T0 - MINUTE),
    )
    async with both.transaction() as tx:
        call = await tx.messages.history(message("next", channel=phone), case(), CAPS, T0)
        assert (call.calls_today, call.last_call) == (1, T0 - HOUR)
        warning = await tx.messages.history(message("next", kind=MessageClass.SAFETY), case(), CAPS, T0)
        assert (warning.safety_recent, warning.customer_day) == (T0 - MINUTE, 0)


async def test_the_same_rule_rests_after_closing_unless_it_got_worse(both: SqlStore) -> None:
    closed = T0 - HOUR
    over = case(
        "case_0", state=CaseState.RESOLVED, closed=closed, contacted=T0 - DAY, severity=Severity.MINOR
    )
    async with both.transaction() as tx:
        await tx.cases.save(over)
        for severity, expected in ((Severity.MINOR, closed), (Severity.MAJOR, None)):
            history = await tx.messages.history(message("next"), case(severity=severity), CAPS, T0)
            assert history.same_rule_closed == expected
