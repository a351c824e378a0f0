"""What operators hear is looked up in the store that the hub really writes."""

from __future__ import annotations

from device_rules.reading import MINUTE
from hub.domain.alarms import Looked
from hub.flow.alarms import Around, look
from hub.ports import Store
from hub.ports.telemetry import Gauges
from hub.testing import FakeClock
from tests.flow.fleet import LIMITS, Fleet, fleet


async def _looked(here: Fleet) -> Looked:
    async with here.store.reading() as tx:
        return await look(tx, Around(Gauges(connected=True)), here.now)


async def test_operators_hear_of_a_matter_until_somebody_has_decided_or_time_is_up(
    store: Store, clock: FakeClock
) -> None:
    here = await fleet(store, clock)
    await here.homes(21)
    assert (await _looked(here)).undecided == 0
    await here.fails(*[f"pump-{number}" for number in range(21)])
    await here.passes(2 * MINUTE)
    seen = await _looked(here)
    assert (seen.undecided, seen.decide_by) == (1, (await here.incident()).hold_until)
    await here.passes(LIMITS.hold)
    seen = await _looked(here)
    assert (seen.undecided, seen.decide_by) == (0, None)
