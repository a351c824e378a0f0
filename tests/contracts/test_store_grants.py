"""Account linking in the store, on both databases: codes and tokens work once, and what is over is forgotten."""

from hub.domain.ids import CustomerId, Moment
from hub.ports.grants import Code, Granted, Token
from hub.store import SqlStore
from tests.contracts.makings import T0

MINUTE, DAY = 60_000_000, 86_400_000_000
ADA = CustomerId("ada")
GRANTED = Granted("family", "alexa", ADA, "devices")


def at(minutes: int) -> Moment:
    return Moment(T0 + minutes * MINUTE)


async def test_a_one_time_code_proves_once_within_ten_minutes_and_five_tries(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.grants.ask("one", ADA, "111111", at(0))
        assert await tx.grants.prove("other", "111111", at(1)) is None
        assert await tx.grants.prove("one", "222222", at(1)) is None
        assert await tx.grants.prove("one", "111111", at(1)) == ADA
        assert await tx.grants.prove("one", "111111", at(1)) is None

        await tx.grants.ask("two", ADA, "111111", at(2))
        assert await tx.grants.prove("two", "111111", at(12)) is None
        await tx.grants.ask("two", ADA, "333333", at(13))
        assert await tx.grants.prove("two", "111111", at(13)) is None  # only the newest counts
        for _ in range(4):
            assert await tx.grants.prove("two", "222222", at(14)) is None
        assert await tx.grants.prove("two", "333333", at(14)) is None
        assert await tx.grants.asked_since(ADA, at(1)) == 2


async def test_a_code_and_a_token_are_used_once_and_their_family_ends_together(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.grants.put_code("code", Code(GRANTED, "https://amazon", "challenge", at(5)))
        found = await tx.grants.code("code")
        assert found == Code(GRANTED, "https://amazon", "challenge", at(5))
        assert await tx.grants.use_code("code", at(1))
        assert not await tx.grants.use_code("code", at(2))
        assert (await tx.grants.code("other")) is None

        for name, kind in (("a", "access"), ("r", "refresh")):
            await tx.grants.put_token(name, Token(GRANTED, kind, at(60)))
        assert await tx.grants.use_token("r", at(3))
        assert not await tx.grants.use_token("r", at(3))
        await tx.grants.end_family("family", at(4))
        for name, used in (("a", at(4)), ("r", at(3))):
            kept = await tx.grants.token(name)
            assert kept is not None
            assert kept.used == used
            assert not kept.good(at(5))


async def test_what_somebody_allowed_ends_with_the_program_and_is_forgotten_a_day_later(
    both: SqlStore,
) -> None:
    async with both.transaction() as tx:
        await tx.grants.put_token("a", Token(GRANTED, "access", at(60)))
        await tx.grants.end_client("another", ADA, at(1))
        assert (await tx.grants.token("a")) == Token(GRANTED, "access", at(60))
        await tx.grants.end_client("alexa", ADA, at(1))
        kept = await tx.grants.token("a")
        assert kept is not None
        assert kept.used == at(1)
        assert await tx.grants.forget(Moment(at(60) + DAY)) == 0
        assert await tx.grants.forget(Moment(at(60) + DAY + 1)) == 1


async def test_who_may_act_for_somebody_is_told_while_a_token_of_theirs_is_good(both: SqlStore) -> None:
    async with both.transaction() as tx:
        other = Granted("family-2", "helper", ADA, "devices")
        await tx.grants.put_token("a", Token(GRANTED, "access", at(60)))
        await tx.grants.put_token("r", Token(GRANTED, "refresh", at(600)))
        await tx.grants.put_token("h", Token(other, "access", at(60)))
        assert await tx.grants.allowed(ADA, at(1)) == ["alexa", "helper"]
        assert await tx.grants.allowed(ADA, at(60)) == ["alexa"]
        assert await tx.grants.allowed(CustomerId("ben"), at(1)) == []
        await tx.grants.end_client("alexa", ADA, at(61))
        assert await tx.grants.allowed(ADA, at(62)) == []


async def test_an_erased_person_has_linked_nothing(both: SqlStore) -> None:
    async with both.transaction() as tx:
        await tx.grants.put_token("a", Token(GRANTED, "access", at(60)))
        await tx.grants.put_code("code", Code(GRANTED, "https://amazon", "challenge", at(5)))
        await tx.people.erase(ADA, "dag", at(1))
        assert await tx.grants.token("a") is None
        assert await tx.grants.code("code") is None
