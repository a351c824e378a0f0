"""Whatever fails, recovers and is decided in whatever order: nobody hears twice, nobody who was told is left without the
end, and nothing stays held."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device_rules.reading import DAY, MINUTE
from hub.domain.case import CaseState
from hub.domain.incident import IncidentState, Limits
from hub.domain.incident_life import Refused
from hub.testing import FakeClock, MemoryStore
from tests.flow.fleet import QUICK, Fleet, fleet

HOMES = 9
DEVICES = [f"pump-{n}" for n in range(HOMES)] + ["second-0", "second-1"]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("fails"), st.sampled_from(DEVICES)),
        st.tuples(st.just("recovers"), st.sampled_from(DEVICES)),
        st.tuples(st.sampled_from(["approve", "reject", "close", "wait", "wait", "wait"]), st.just("")),
    ),
    min_size=4,
    max_size=14,
)


async def _does(here: Fleet, what: str, device: str) -> None:
    match what:
        case "fails" if device not in here.faults:
            await here.fails(device)
        case "recovers" if device in here.faults and here.faults[device].number == 0:
            await here.recover(device)
        case "wait":
            await here.passes(11 * MINUTE)
        case "approve" | "reject" | "close":
            if (
                len([one for one in await here.incidents() if one.state.open])
                == 1
                == len(await here.incidents())
            ):
                try:
                    await {"approve": here.approve, "reject": here.reject, "close": here.close}[what]()
                except Refused:
                    return


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
async def test_nobody_hears_twice_and_everybody_told_hears_the_end(steps: list[tuple[str, str]]) -> None:
    store, clock = MemoryStore(), FakeClock()
    here = await fleet(store, clock, Limits(devices=5, **QUICK))
    for number in range(HOMES):
        more = (f"second-{number}",) if number < 2 else ()
        await here.home(number, f"pump-{number}", *more)
    await here.fails(*DEVICES[:6], "second-0")
    for what, device in steps:
        await _does(here, what, device)
        for one in await here.incidents():
            assert await _once(here, one.id), "a household heard of one incident twice"
    await here.recover(*[device for device, fault in here.faults.items() if fault.number == 0])
    await here.passes(DAY // 2)
    for one in await here.incidents():
        assert one.state is IncidentState.CLOSED
    async with here.store.reading() as tx:
        for one in await here.incidents():
            assert await tx.incidents.unended(one.id, 100) == [], "somebody was told and never heard the end"
        for device in here.faults:
            case = await here.case_of(device)
            assert case.state is CaseState.RESOLVED and not await tx.wakes.of_case(case.id)
    await store.close()


async def _once(here: Fleet, incident: str) -> bool:
    """Whether each household has had at most one first message of the incident."""
    async with here.store.reading() as tx:
        told = [each for each, _ in await tx.incidents.told_page(incident, "", 100)]
    return len({each.customer for each in told}) == len({each.message for each in told})
