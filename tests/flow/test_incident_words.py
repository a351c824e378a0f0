"""Own words of an incident reach everybody who is written to in their language, and the trial shows what will be read."""

from __future__ import annotations

import pytest

from device_rules.reading import HOUR, MINUTE
from hub.domain.incident import Limits
from hub.domain.text import segments
from hub.flow import incident_acts as acts
from hub.flow.incident_trial import Trial, dry_run
from hub.testing import FakeClock, MemoryStore
from tests.flow.fleet import EVA, Fleet, fleet

PUMPS = [f"pump-{n}" for n in range(24)]
OWN = "We know of it. A fix comes tonight."


@pytest.fixture
async def here(store: MemoryStore, clock: FakeClock) -> Fleet:
    made = await fleet(store, clock)
    for number, language in enumerate(("fr", "de", "en", "de-AT")):
        await made.home(number, language=language)
    for number in range(4, 24):
        await made.home(number)
    await made.fails(*PUMPS)
    await made.passes(3 * MINUTE)
    return made


async def says(here: Fleet, **words: str) -> None:
    one = await here.incident()
    async with here.store.transaction() as tx:
        await acts.edit(tx, one.id, acts.By(EVA, here.now), acts.News(words, None, tell=True), here.ctx)
    await here.settle()


async def tried(here: Fleet) -> Trial:
    async with here.store.reading() as tx:
        return await dry_run(tx, await here.incident(), here.now, here.ctx)


async def test_whoever_is_written_to_in_english_gets_the_english_words_of_the_supervisor(here: Fleet) -> None:
    await says(here, en=OWN)
    assert OWN in (await tried(here)).texts["fr"]
    await here.approve()
    await here.passes(15 * MINUTE)
    assert OWN in here.texts(0)[0] and OWN in here.texts(2)[0]
    assert OWN not in here.texts(1)[0] and "Viele Geräte" in here.texts(1)[0]
    news = "It works again from six."
    await says(here, en=news)
    await here.passes(5 * MINUTE)
    assert news in here.texts(0)[-1]


async def test_words_in_german_reach_whoever_reads_german_as_in_austria(here: Fleet) -> None:
    own = "Wir wissen davon. Heute Abend kommt eine Lösung."
    await says(here, de=own)
    await here.approve()
    await here.passes(15 * MINUTE)
    assert own in here.texts(1)[0] and own in here.texts(3)[0]
    assert own not in here.texts(0)[0]


async def test_the_trial_shows_the_very_text_that_is_sent_with_its_promise_and_its_segments(
    here: Fleet,
) -> None:
    trial = await tried(here)
    shown = {each.customer: (each.text, each.segments) for each in trial.planned}
    assert all("Next news by" in shown[f"owner-{n}"][0] for n in (0, 2))  # type: ignore[index]
    await here.approve()
    assert (await here.incident()).next_update == trial.incident.next_update
    await here.passes(15 * MINUTE)
    for number in range(24):
        text, count = shown[f"owner-{number}"]  # type: ignore[index]
        assert (here.texts(number), count) == ([text], segments(text))


async def test_whoever_is_told_after_the_promise_reads_none_in_the_trial_either(
    store: MemoryStore, clock: FakeClock
) -> None:
    slow = await fleet(store, clock, Limits())
    await slow.homes(24)
    await slow.fails(*PUMPS)
    await slow.passes(3 * MINUTE)
    last = max((await tried(slow)).planned, key=lambda each: each.at or 0)
    assert last.at and last.at > slow.now + HOUR and "Next news" not in last.text
