"""`beforehand explain` says of every message whom it was meant for, and when that was where they live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from device_rules.fault import Severity
from device_rules.reading import HOUR
from hub.cli.telling import told
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import ADA, ICE, PUMP, Street, street
from tests.stories.household import ben_moves_in, cleo_has_a_key


@pytest.fixture
async def home() -> AsyncIterator[Street]:
    """Ada's home, in which Ben lives too; Cleo has a key."""
    made = await street(MemoryStore(), FakeClock())
    await ben_moves_in(made)
    await cleo_has_a_key(made)
    yield made
    await made.store.close()


async def test_every_message_names_role_and_id_of_whom_it_was_meant_for(home: Street) -> None:
    async with home.store.transaction() as tx:
        await tx.people.suppress(ADA, home.now, "stop_said")
    await home.fails(replace(ICE, severity=Severity.CRITICAL))
    await home.pass_time(HOUR)
    async with home.store.reading() as tx:
        lines = await told(tx, (await home.case(ICE)).id, "UTC")
    denied = [line for line in lines if "message.denied" in line]
    assert denied and all("(to owner ada, " in line for line in denied)
    sent = [line for line in lines if "message.sent" in line]
    assert any("to occupant ben" in line for line in sent)
    assert any("to second contact cleo" in line for line in sent)
    assert not any("Berg" in line for line in lines), "names stay where names are kept"


async def test_times_are_told_in_utc_and_where_the_device_stands(home: Street) -> None:
    await home.fails(ICE)
    async with home.store.reading() as tx:
        for what in ((await home.case(ICE)).id, PUMP):
            lines = await told(tx, what, "Asia/Kolkata")
            assert lines and all("2026-11-21T17:00:00" in line and "(18:00 Berlin)" in line for line in lines)
