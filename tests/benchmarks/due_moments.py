"""How fast due moments are claimed on PostgreSQL, by two processes at once, and whether any is claimed twice.

    python -m tests.benchmarks.due_moments [--rows 1000000] [--processes 2]

Each process opens the store and runs the wake loop's own step: a batch is taken and becomes inbox rows in one transaction.
For comparison: the same rows taken with a bare `DELETE … RETURNING` and nothing done with them. Goal: 20,000 a second.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from dataclasses import dataclass

import asyncpg

from hub.clock import WallClock
from hub.loops import wake
from hub.store import SqlStore, open_store
from hub.store.opening import database_url
from tests.postgres import running

GOAL = 20_000
BARE = """WITH taken AS (SELECT "case", name FROM wakes WHERE due <= $1 ORDER BY due, "case" LIMIT $2
    FOR UPDATE SKIP LOCKED) DELETE FROM wakes USING taken
    WHERE wakes."case" = taken."case" AND wakes.name = taken.name RETURNING wakes."case" """
FILL = """INSERT INTO wakes ("case", name, token, due)
    SELECT 'case_' || lpad(n::text, 9, '0'), 'step', '', n FROM generate_series(1, $1::bigint) AS n"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows, moments claimed a second by all processes together, doubles and missing ones, and what bare SQL does."""

    rows: int
    rate: float
    twice: int
    missing: int
    bare: float

    def __str__(self) -> str:
        return (
            f"{self.rows:,} due moments: {self.rate:,.0f} a second into the inbox, {self.twice} twice, "
            f"{self.missing} missing; bare DELETE … RETURNING {self.bare:,.0f} a second, ratio {self.bare / self.rate:.2f}"
        )


async def connect(dsn: str) -> asyncpg.Connection:
    """A bare connection to the database at `dsn`."""
    url = database_url(dsn)
    return await asyncpg.connect(host=str(url.query["host"]), user=url.username, database=url.database)


async def claim_all(dsn: str, work: str) -> int:
    """One process: claim until nothing is due; "hub" with the wake loop's step, "bare" with plain SQL."""
    claimed = 0
    if work == "bare":
        line = await connect(dsn)
        while rows := await line.fetch(BARE, 1 << 60, wake.BATCH):
            claimed += len(rows)
        await line.close()
        return claimed
    store = SqlStore(database_url(dsn), "the key of the benchmark")
    clock = WallClock()
    while count := await wake.step(store, clock):
        claimed += count
    await store.close()
    return claimed


def race(dsn: str, work: str, processes: int) -> float:
    """Seconds until `processes` processes have claimed everything, from when all of them stand ready."""
    command = [sys.executable, "-m", "tests.benchmarks.due_moments", "--claim", work, "--dsn", dsn]
    pipe = subprocess.PIPE
    started = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(processes)]
    for each in started:
        assert each.stdout is not None
        each.stdout.readline()
    begin = time.perf_counter()
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in started:
        each.communicate()
    return time.perf_counter() - begin


async def fill(dsn: str, rows: int) -> None:
    """So many due moments, and an empty inbox."""
    line = await connect(dsn)
    await line.execute("TRUNCATE wakes, inbox RESTART IDENTITY")
    await line.execute(FILL, rows, timeout=600)
    await line.execute("VACUUM ANALYZE wakes")
    await line.close()


async def counted(dsn: str) -> tuple[int, int]:
    """How many events there are, and of how many cases."""
    line = await connect(dsn)
    row = await line.fetchrow("SELECT count(*), count(DISTINCT key) FROM inbox")
    await line.close()
    return int(row[0]), int(row[1])


async def measure(dsn: str, rows: int, processes: int = 2) -> Measured:
    """Fill the store at `dsn` (its wakes and inbox are emptied) and claim everything, twice: bare, and as the hub does."""
    await (await open_store(dsn, "the key of the benchmark")).close()
    await fill(dsn, rows)
    bare = await asyncio.to_thread(race, dsn, "bare", processes)
    await fill(dsn, rows)
    hub = await asyncio.to_thread(race, dsn, "hub", processes)
    events, cases = await counted(dsn)
    return Measured(rows, rows / hub, events - cases, rows - cases, rows / bare)


def say(words: str) -> None:
    """One line to whoever started this."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> None:
    """The benchmark, or one of its processes."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--rows", type=int, default=1_000_000)
    ask.add_argument("--processes", type=int, default=2)
    ask.add_argument("--claim", default="", help=argparse.SUPPRESS)
    ask.add_argument("--dsn", default="", help=argparse.SUPPRESS)
    told = ask.parse_args()
    if told.claim:
        say("ready")
        sys.stdin.readline()
        say(str(asyncio.run(claim_all(told.dsn, told.claim))))
        return
    with running() as server:
        dsn = server.dsn("postgres")
        measured = asyncio.run(measure(dsn, told.rows, told.processes))
    say(str(measured))
    sys.exit(0 if measured.rate >= GOAL and not measured.twice and not measured.missing else 1)


if __name__ == "__main__":
    main()
