"""Due moments on PostgreSQL: two processes wake side by side, and nobody is woken twice or forgotten."""

from tests.benchmarks.due_moments import measure


async def test_two_processes_wake_every_case_exactly_once(postgres_dsn):
    measured = await measure(postgres_dsn, 20_000)
    assert (measured.twice, measured.missing) == (0, 0)
    assert measured.rate > 2_000  # on any machine; what a quiet one does, the benchmark tells
