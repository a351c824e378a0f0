"""Several people, one device: what one of them says about hearing from us is said for them alone."""

from __future__ import annotations

from device_rules.fault import ChangeKind
from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.customer import Address, Basis, BasisKind, Channel, Customer, Person, Purpose
from hub.domain.ids import AddressId, CaseId, CustomerId, Moment, SiteId
from hub.domain.site import Residence, Role
from hub.flow.consent_choices import By
from hub.flow.consent_erasure import erase
from hub.ports import FactRow
from tests.flow.home import ADA, BEN, Home

BEA = CustomerId("bea")


async def bea_comes_second(home: Home) -> None:
    """Bea lives elsewhere, and is the second contact of Ada's home."""
    async with home.store.transaction() as tx:
        await tx.people.put_customer(Customer(BEA, "en"), Person(BEA, "Bea Zweite"))
        await tx.people.put_residence(Residence(SiteId("home"), BEA, Role.SECOND_CONTACT, Moment(0)))
        await tx.people.put_address(Address(AddressId("bea-sms"), BEA, Channel.SMS, "+4915112345609"))
        await tx.people.add_basis(
            Basis(BEA, Purpose.SERVICE, Channel.SMS, BasisKind.CONTRACT, Moment(0), "DE", "tests")
        )


async def facts(home: Home, case: CaseId) -> list[FactRow]:
    async with home.store.reading() as tx:
        return await tx.facts.of_case(case)


async def test_the_stop_of_a_second_contact_leaves_the_owner_in_talk(home: Home) -> None:
    await bea_comes_second(home)
    case = await home.fails("hp-1", "icing-up")
    [said] = await home.writes("STOP", BEA)
    assert "heat pump" not in said  # she has never heard of it
    found = await home.case(case)
    assert (found.state, found.needs_agent) == (CaseState.CONTACTING, None)
    assert (await home.talk(case)).customer == ADA
    assert await home.writes("1")
    [told] = [each for each in await facts(home, case) if each.kind == "contact.stopped"]
    assert (told.because, told.data) == (Because.STOP_SAID.name, {"customer": BEA})
    async with home.store.reading() as tx:
        assert await tx.people.suppressed(BEA) is not None
        assert await tx.people.suppressed(ADA) is None


async def test_a_case_that_waits_for_its_first_contact_waits_on_for_the_owner(home: Home) -> None:
    await bea_comes_second(home)
    await home.fault("hp-1", "icing-up", ChangeKind.RAISED)
    [case] = [each.id for each in await home.cases()]
    await home.writes("STOP", BEA)
    assert (await home.case(case)).state is CaseState.HELD
    await home.wakes()
    assert len(await home.texts(ADA)) == 1


async def test_her_start_gives_her_back_and_moves_nothing_of_the_owners(home: Home) -> None:
    await bea_comes_second(home)
    case = await home.fails("hp-1", "icing-up")
    await home.writes("STOP", BEA)
    assert await home.writes("START", BEA)
    async with home.store.reading() as tx:
        assert await tx.people.suppressed(BEA) is None
    assert (await home.case(case)).needs_agent is None
    await home.writes("STOP", ADA)
    await home.writes("STOP", BEA)
    await home.writes("START", BEA)
    assert (await home.case(case)).needs_agent is Because.SUPPRESSED


async def test_a_second_contact_who_was_asked_and_says_stop_is_skipped_and_the_ladder_goes_on(
    home: Home,
) -> None:
    await bea_comes_second(home)
    for who in (ADA, BEN):
        await home.writes("STOP", who)
    case = await home.fails("hp-1", "icing-up")
    assert (await home.talk(case)).customer == BEA
    await home.writes("STOP", BEA)
    await home.wakes(1)
    found = await home.case(case)
    assert found.needs_agent in (Because.LADDER_STEP, Because.LADDER_ENDED, Because.CANNOT_BE_CONTACTED)
    assert len(await home.texts(BEA)) == 2  # the question, and that she hears no more


async def test_the_timeline_names_who_said_stop(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("STOP")
    [wanted] = [each for each in await facts(home, case) if each.kind == "case.person_wanted"]
    assert (wanted.because, wanted.data["customer"]) == (Because.SUPPRESSED.name, ADA)


async def test_erasing_somebody_is_written_down_as_erased_and_not_as_a_stop(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    async with home.store.transaction() as tx:
        await erase(tx, ADA, By("dag", "letter", home.now), home.ctx)
    await home.drain()
    assert (await home.case(case)).needs_agent is Because.ERASED
    said = {each.because for each in await facts(home, case)}
    assert not said & {Because.SUPPRESSED.name, Because.STOP_SAID.name}
