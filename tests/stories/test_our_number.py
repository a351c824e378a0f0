"""Stories of our number: a text says that it stands on the device only where it does; else it says the number itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device_rules.fault import Severity
from device_rules.reading import MINUTE
from hub.domain.policy import Policy
from hub.domain.slots import BookingKind, Calendar
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import ICE, street

BEARS = "Our number is on the unit."
# A rule without a play: its only answer is "call me", so the text says where our number is.
ODD = replace(ICE, rule="compressor-odd", title="The compressor behaves oddly", severity=Severity.MAJOR)


async def told(store: MemoryStore, clock: FakeClock, policy: Policy) -> str:
    """The first message about a device without a guided fix."""
    here = await street(store, clock, policy)
    await here.fails(ODD)
    await here.pass_time(3 * MINUTE)
    [text] = here.told
    return text


@pytest.mark.parametrize("models", ["*", "nordwarm/heatpump-x1"])
async def test_whose_device_bears_our_number_reads_that_it_is_there(
    store: MemoryStore, clock: FakeClock, models: str
) -> None:
    text = await told(store, clock, Policy(number_on_unit=frozenset({models})))
    assert BEARS in text and "5550100" not in text


async def test_whose_device_does_not_bear_it_reads_the_number_itself(
    store: MemoryStore, clock: FakeClock
) -> None:
    text = await told(store, clock, Policy(number_on_unit=frozenset({"acme/other"})))
    assert "on the unit" not in text
    assert "ring us: +49 30 5550100." in text


@pytest.mark.parametrize("open_days", [True, False])
async def test_nobody_is_promised_a_person_on_our_number_while_our_team_is_away(
    store: MemoryStore, clock: FakeClock, open_days: bool
) -> None:
    hours = tuple((day, 0, 24 * 60) for day in range(7)) if open_days else ()
    calls = Calendar(BookingKind.CALLBACK, hours)
    policy = Policy(number_on_unit=frozenset({"acme/other"}), calendars={BookingKind.CALLBACK: calls})
    text = await told(store, clock, policy)
    assert ("To talk to a person, ring us: +49 30 5550100." in text) is open_days
    assert "+49 30 5550100" in text
