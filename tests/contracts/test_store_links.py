"""Pairing codes in the store: two people never share one, and guessing does not pay."""

from hub.store import SqlStore
from tests.contracts.makings import T0

HOUR = 3_600_000_000


async def test_a_code_that_somebody_has_is_given_to_nobody_else(both: SqlStore) -> None:
    async with both.transaction() as tx:
        assert await tx.talks.new_code("ada", "483927", T0 + HOUR)
        assert not await tx.talks.new_code("ben", "483927", T0 + HOUR)
        assert await tx.talks.new_code("ben", "483928", T0 + HOUR)
        assert await tx.talks.use_code("alexa", "kitchen", "483927", T0) == "ada"


async def test_after_five_wrong_codes_an_account_waits_an_hour_and_others_do_not(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.talks.new_code("ada", "483927", T0 + 3 * HOUR)
        for _ in range(5):
            assert not await tx.talks.locked("alexa", "kitchen", T0)
            assert await tx.talks.use_code("alexa", "kitchen", "111111", T0) is None
        assert await tx.talks.locked("alexa", "kitchen", T0)
        assert await tx.talks.use_code("alexa", "kitchen", "483927", T0 + HOUR - 1) is None
        assert not await tx.talks.locked("alexa", "bath", T0)
        assert await tx.talks.use_code("alexa", "bath", "222222", T0) is None
        assert await tx.talks.use_code("alexa", "kitchen", "483927", T0 + HOUR) == "ada"
        assert not await tx.talks.locked("alexa", "kitchen", T0 + HOUR)


async def test_wrong_codes_are_forgotten_when_their_hour_is_over(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.talks.use_code("alexa", "kitchen", "111111", T0)
        assert await tx.house.tidy(T0 + HOUR - 1, T0) == 0
        assert await tx.house.tidy(T0 + HOUR, T0) == 1
