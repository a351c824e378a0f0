"""Stories of a second contact: a neighbour with a key is told whose home it is, and nothing that is not true for them."""

from __future__ import annotations

from dataclasses import replace

from device_rules.fault import Severity
from device_rules.reading import HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.customer import Customer, Person
from hub.flow.consent_why import why
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import ADA, CLEO, DOOR, ICE
from tests.stories.household import cleo_has_a_key, household


async def test_the_neighbour_with_a_key_is_asked_when_nobody_at_home_can_be(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await cleo_has_a_key(here)
    async with store.transaction() as tx:
        await tx.people.suppress(ADA, here.now, "stop_said")
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    [text] = here.told
    assert text.startswith(
        "Nordwarm: Hello Cleo. You are named as the second contact for a home (Ada Berg, Kiel). "
        "We could not ask anybody there. A device there needs attention: garden heat pump. "
    )
    assert "Your" not in text and "on the unit" not in text
    await here.writes(CLEO, "1")
    case = await here.case(ICE)
    assert case.needs_agent is Because.CUSTOMER_WANTS_PERSON, "1 is the only answer there is: call me"


async def test_a_second_contact_is_told_that_nobody_has_answered_only_when_somebody_was_asked(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await cleo_has_a_key(here)
    await here.fails(replace(ICE, severity=Severity.CRITICAL))
    await here.pass_time(HOUR)
    [text] = [each for each in here.told if "Cleo" in each]
    assert "(Ada Berg, Kiel). Nobody there has answered us yet. A device there" in text
    await here.writes(CLEO, "STOP")
    said = here.told[-1]
    assert "We will not contact you any more" in said and "heat pump" not in said
    async with store.reading() as tx:
        asked = next(one for one in await here.thread((await here.case(ICE)).id) if one.customer == CLEO)
        told = await why(tx, asked.id, here.ctx)
    assert told is not None and "your device" not in " ".join(told.sentences)
    assert told.sentences[0].endswith("in a home of which you are the second contact.")


async def test_a_second_contact_hears_of_one_device_at_a_time_and_in_their_own_language(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await household(store, clock)
    await cleo_has_a_key(here)
    async with store.transaction() as tx:
        await tx.people.suppress(ADA, here.now, "stop_said")
        await tx.people.put_customer(Customer(CLEO, "de"), Person(CLEO, "Cleo Berg"))
    await here.fails(ICE)
    await here.fails(DOOR)
    await here.pass_time(2 * MINUTE)
    assert here.told and all("Ada Berg, Kiel" in text and "Gerät dort" in text for text in here.told)
