"""What tests are made with works as promised."""

import asyncio

import pytest

from hub.domain.contact import MessageClass
from hub.domain.site import Site
from hub.ports import Accepted, Envelope, InDoubt, Undeliverable
from hub.testing import FakeClock, MemoryStore, Postbox, eventually

LETTER = Envelope("msg_1", "+491713920011", "Hello", "en", MessageClass.FIRST, 0)


async def test_who_waits_wakes_at_their_own_moment_and_in_order() -> None:
    clock = FakeClock(1_000)
    woken: list[tuple[str, int]] = []

    async def sleeper(name: str, micros: int) -> None:
        await clock.wait(micros)
        woken.append((name, clock.now()))

    tasks = [asyncio.create_task(sleeper(name, micros)) for name, micros in (("b", 50), ("a", 20), ("c", 90))]
    await clock.advance(0)
    await clock.advance(60)
    assert woken == [("a", 1_020), ("b", 1_050)]
    assert clock.now() == 1_060
    await clock.set(1_090)
    assert woken[-1] == ("c", 1_090)
    await asyncio.gather(*tasks)
    with pytest.raises(AssertionError, match="backwards"):
        await clock.set(5)


async def test_two_stores_know_nothing_of_each_other() -> None:
    one, other = MemoryStore(), MemoryStore()
    async with one.transaction() as tx:
        await tx.people.put_site(Site("home", "UTC"))
    async with other.reading() as tx:
        assert await tx.people.site("home") is None
    await one.close()
    await other.close()


async def test_the_postbox_keeps_letters_and_answers_as_scripted() -> None:
    post = Postbox()
    post.will([Undeliverable("21211", dead=True), InDoubt("timeout")])
    assert await post.find(LETTER) is None
    assert await post.send(LETTER) == Undeliverable("21211", dead=True)
    assert await post.send(LETTER) == InDoubt("timeout")
    assert await post.send(LETTER) == Accepted("post-msg_1")
    assert post.envelopes == [LETTER] * 3
    assert await post.find(LETTER) == Accepted("post-msg_1")
    post.arrives = False
    assert await post.find(LETTER) is None


async def test_eventually_answers_the_first_truth_and_gives_up_in_time() -> None:
    asked: list[int] = []

    def third() -> int:
        asked.append(1)
        return len(asked) if len(asked) > 2 else 0

    assert await eventually(third, within=5, every=0.001) == 3
    with pytest.raises(AssertionError, match=r"not within 0\.01 s"):
        await eventually(lambda: False, within=0.01, every=0.001)
