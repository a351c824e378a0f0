"""The announcer: a maker's own systems hear what happens, in order, at least once, and never anything personal."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from device_rules.reading import DAY, MINUTE, SECOND
from hub.domain.announcing import ALL, news, wanted
from hub.domain.because import Because
from hub.domain.effects import Note
from hub.domain.ids import CaseId, DeviceId, Moment
from hub.loops.announce import Announcer, step
from hub.ports import Accepted, InDoubt, Outcome, TryLater, Undeliverable
from hub.testing import SATURDAY_EVENING, FakeClock, MemoryStore

NOW = Moment(SATURDAY_EVENING)


class Receiver:
    """Takes events, or answers what it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, object]]] = []
        self.will: list[Outcome] = []

    async def post(self, name: str, body: str) -> Outcome:
        outcome = self.will.pop(0) if self.will else Accepted(name)
        if isinstance(outcome, Accepted | InDoubt):
            self.taken.append((name, json.loads(body)))
        return outcome

    def types(self) -> list[str]:
        return [str(event["type"]) for _, event in self.taken]


class Timeline:
    """A timeline, and somebody who tells what is new on it."""

    def __init__(self) -> None:
        self.store, self.clock, self.receiver = MemoryStore(), FakeClock(), Receiver()
        self.works = Announcer(self.store, self.clock, self.receiver)

    async def happens(self, kind: str, case: str = "case_1", at: int = NOW, **data: object) -> None:
        async with self.store.transaction() as tx:
            note = Note(CaseId(case), DeviceId("hp-1"), kind, Because.FAULT_RAISED, dict(data))
            await tx.facts.add(note, Moment(at))


@pytest.fixture
async def here() -> AsyncIterator[Timeline]:
    timeline = Timeline()
    await step(timeline.works)
    yield timeline
    await timeline.store.close()


async def test_what_happens_to_a_case_is_told_in_order_and_the_rest_is_not(here: Timeline) -> None:
    await here.happens("case.fault_opened", **{"from": "held", "to": "held"})
    await here.happens("message.sent", channel="sms")
    await here.happens("case.contacted", **{"from": "contacting", "to": "contacting"})
    await here.happens("case.answered", **{"from": "contacting", "to": "talking"})
    await here.happens("case.answered", **{"from": "talking", "to": "talking"})
    await here.happens("case.recovered", **{"from": "talking", "to": "resolved"})
    assert await step(here.works) is None
    assert here.receiver.types() == ["case.opened", "case.contacted", "case.acknowledged", "case.resolved"]
    name, event = here.receiver.taken[0]
    assert name.startswith("evt_")
    assert event["timestamp"] == "2026-11-21T17:00:00Z"
    assert event["data"] == {
        "case": "case_1",
        "device": "hp-1",
        "because": "fault_raised",
        "from": "held",
        "to": "held",
        "seq": 1,
    }


async def test_a_hub_that_begins_to_announce_does_not_tell_its_whole_past(here: Timeline) -> None:
    fresh = Timeline()
    await fresh.happens("case.fault_opened", to="held")
    await step(fresh.works)
    await fresh.happens("case.contacted", to="contacting")
    await step(fresh.works)
    assert fresh.receiver.types() == ["case.contacted"]
    await fresh.store.close()


@pytest.mark.parametrize("trouble", [TryLater("503"), InDoubt("ReadTimeout"), Undeliverable("400")])
async def test_what_was_not_taken_comes_again_with_the_same_name_before_anything_later(
    here: Timeline, trouble: Outcome
) -> None:
    await here.happens("case.fault_opened", to="held")
    await here.happens("case.contacted", to="contacting")
    here.receiver.will = [trouble]
    assert await step(here.works) == 5 * SECOND
    assert await step(here.works, tries=1) is None
    names = [name for name, _ in here.receiver.taken]
    assert list(dict.fromkeys(names)) == ["evt_1_case_opened", "evt_2_case_contacted"]
    assert here.receiver.types()[-1] == "case.contacted"


async def test_a_hub_that_starts_again_goes_on_where_it_stopped(here: Timeline) -> None:
    await here.happens("case.fault_opened", to="held")
    await step(here.works)
    await here.happens("case.contacted", to="contacting")
    again = Receiver()
    await step(replace(here.works, delivery=again))
    assert again.types() == ["case.contacted"]


async def test_a_receiver_that_asks_for_time_gets_it_and_patience_grows_to_a_quarter_of_an_hour(
    here: Timeline,
) -> None:
    await here.happens("case.fault_opened", to="held")
    here.receiver.will = [TryLater("429", 60.0), TryLater("503"), TryLater("503")]
    assert await step(here.works) == MINUTE
    assert await step(here.works, tries=3) == 40 * SECOND
    assert await step(here.works, tries=50) == 15 * MINUTE


async def test_one_event_that_is_refused_for_days_is_given_up_and_said_so_and_the_others_go_on(
    here: Timeline,
) -> None:
    await here.happens("case.fault_opened", at=NOW - 4 * DAY, to="held")
    await here.happens("case.contacted", to="contacting")
    here.receiver.will = [Undeliverable("422")]
    with capture_logs() as lines:
        assert await step(here.works) is None
    assert here.receiver.types() == ["case.contacted"]
    assert [(line["event"], line["log_level"]) for line in lines] == [("event_given_up", "error")]


async def test_a_receiver_that_is_away_for_days_misses_nothing(here: Timeline) -> None:
    await here.happens("case.fault_opened", at=NOW - 9 * DAY, to="held")
    here.receiver.will = [TryLater("ConnectError")]
    assert await step(here.works)
    await step(here.works)
    assert here.receiver.types() == ["case.opened"]


async def test_a_receiver_hears_only_what_it_asked_for(here: Timeline) -> None:
    works = replace(here.works, types=("case.resolved", "incident.*"))
    await here.happens("case.fault_opened", to="held")
    await here.happens("incident.found", incident="inc_1")
    await here.happens("case.recovered", **{"from": "held", "to": "resolved"})
    await step(works)
    assert here.receiver.types() == ["incident.found", "case.resolved"]


async def test_only_harmless_values_are_told(here: Timeline) -> None:
    await here.happens(
        "case.fault_opened", to="held", name="Ada Berg", number="+4915112345601", note="at home"
    )
    await step(here.works)
    assert "Ada" not in str(here.receiver.taken)
    assert "+49" not in str(here.receiver.taken)


def test_every_type_that_is_promised_can_be_asked_for() -> None:
    assert all(wanted(name.replace("*", "found"), (name,)) for name in ALL)
    assert news("case.contacted", {"from": "a", "to": "a"}) == ("case.contacted",)
