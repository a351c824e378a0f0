"""What every page says of sending: how far messages go, and what is paused, since when, by whom, and what resumes it."""

from __future__ import annotations

import httpx

from hub.domain.gate import Mode
from hub.domain.ids import UserId
from hub.domain.pauses import Pause, Scope
from hub.flow.pausing import pause_part
from hub.flow.switching import pause, set_mode
from tests.web.world import World


async def test_who_reads_test_numbers_is_not_told_live_by_the_page_s_own_connection(
    dag: httpx.AsyncClient, here: World
) -> None:
    async with here.store.transaction() as tx:
        await set_mode(tx, Mode.TEST_NUMBERS, here.now)
    page = (await dag.get("/console")).text
    assert "Sending:</span> test-numbers" in page
    script = (await dag.get("/static/regions.js")).text
    assert 'live: "updates"' in script and 'live: "live"' not in script


async def test_a_pause_says_since_when_by_whom_why_and_what_resumes_it(
    dag: httpx.AsyncClient, here: World
) -> None:
    async with here.store.transaction() as tx:
        await pause_part(tx, Pause(Scope.RULE, "icing-up", "false alarms", "sam", here.now))
        await pause(tx, UserId("sam"), True, "wrong firmware", here.now)
    page = (await dag.get("/console")).text
    clock = "18:00"  # the house's clock
    assert f"Since {clock}, by Sam. Nothing leaves the hub" in page and "“wrong firmware”" in page
    assert f"Since {clock}, by Sam. What it holds waits" in page and "“false alarms”" in page
    assert "beforehand resume --rule icing-up" in page
