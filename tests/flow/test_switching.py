"""Going live: the list says whom the gate would let us contact, over what, and why it would refuse the others."""

from pathlib import Path

from device_rules.reading import MINUTE
from hub.domain.because import Because
from hub.flow.switching import would_contact
from hub.log.sqlite import SqliteLog
from hub.store import SqlStore
from hub.testing import FakeClock, MemoryStore
from tests.flow.fleet import fleet
from tests.flow.home import ADA, BEN, Home


async def test_who_may_not_be_told_is_not_listed_as_contacted(
    store: MemoryStore, clock: FakeClock, tmp_path: Path
) -> None:
    home = Home(store, SqliteLog(tmp_path / "log", clock, 2))
    await home.move_in("hp-1")
    await home.fails("hp-1", "icing-up")
    async with store.transaction() as tx:
        for who in (ADA, BEN):
            await tx.people.suppress(who, home.now, str(Because.STOP_SAID))
    async with store.reading() as tx:
        listed = await would_contact(tx, home.now, home.ctx)
    [one] = listed.known
    assert (one.refused, one.passing) == (Because.SUPPRESSED.agent, False)
    assert listed.soon == ()


async def test_looking_at_who_would_be_contacted_writes_nothing(
    both: SqlStore, clock: FakeClock, tmp_path: Path
) -> None:
    home = Home(both, SqliteLog(tmp_path / "log", clock, 2))  # type: ignore[arg-type]
    await home.move_in("hp-1")
    await home.fails("hp-1", "icing-up")
    async with both.reading() as tx:  # a store in which writing is an error
        [one] = (await would_contact(tx, home.now, home.ctx)).known
    assert one.customer == ADA


async def test_what_only_waits_for_now_is_not_listed_as_never(store: MemoryStore, clock: FakeClock) -> None:
    here = await fleet(store, clock)
    await here.home(0, "pump-0", "pump-0b")
    await here.fails("pump-0")
    await here.passes(5 * MINUTE)
    assert len(here.texts(0)) == 1
    await here.fails("pump-0b", rule="pump-weak")
    second = await here.case_of("pump-0b")
    async with store.transaction() as tx:
        await tx.wakes.forget(second.id)
    async with store.reading() as tx:
        known = (await would_contact(tx, here.now, here.ctx)).known
    [waits] = [each for each in known if each.case == second.id]
    assert (waits.refused, waits.passing) == (Because.CAP_HOUSEHOLD.agent, True)
