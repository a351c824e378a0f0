"""Whatever happens to a household, in whatever order and however often it is told: the promises about contacts hold.

Hypothesis writes the lives: faults, words, receipts, recoveries, agents, restarts that run events again, and time. The
street is the real one, on the store of `hub.testing`; each life then goes on until nothing can be due any more.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain.agent import Closing
from hub.domain.case import Case, CaseState, TicketStatus
from hub.domain.contact import Direction, Message, MessageClass, MessageStatus
from hub.domain.events import FaultChanged, ReceiptCame, Woke
from hub.domain.policy import Policy
from hub.flow import handover
from hub.flow.handover import By
from hub.flow.resolve import REACHED
from hub.ports import BadInput, TryLater
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import ADA, BEN, DAG, DOOR, ICE, LINE, Street, Trouble
from tests.stories.household import ben_moves_in, cleo_has_a_key, household

TROUBLES = (ICE, DOOR, LINE)
ASKING = (MessageClass.FIRST, MessageClass.REMINDER, MessageClass.SAFETY)
OWED = (MessageClass.RECOVERY, MessageClass.COMPLIANCE)

trouble = st.sampled_from(TROUBLES)
severity = st.sampled_from((Severity.MINOR, Severity.MAJOR, Severity.CRITICAL, Severity.SAFETY))
word = st.sampled_from(
    ("1", "2", "3", "0", "later", "tomorrow", "only if it gets worse", "what?", "done", "STOP", "START")
)
happening = st.one_of(
    st.tuples(st.just("fails"), trouble, severity),
    st.tuples(st.just("fails"), trouble, severity),
    st.tuples(st.just("becomes"), trouble, severity),
    st.tuples(st.just("recovers"), trouble),
    st.tuples(st.just("writes"), st.sampled_from((ADA, ADA, BEN)), word),
    st.tuples(st.just("receipt"), st.sampled_from(("delivered", "undelivered", "failed")), st.booleans()),
    st.tuples(st.just("carrier")),
    st.tuples(st.just("agent"), trouble, st.sampled_from(("take", "hand_back", "confirm", "close"))),
    st.tuples(st.just("again"), trouble, st.sampled_from(("hold", "step", "release", "bundle", "settle"))),
    st.tuples(st.just("time"), st.sampled_from((MINUTE // 2, 2 * MINUTE, 20 * MINUTE, 3 * HOUR, DAY))),
)


class Life:
    """One household's life, told by a list of happenings."""

    def __init__(self, here: Street) -> None:
        self.here = here
        self.open: set[str] = set()

    async def happens(self, what: tuple[object, ...]) -> None:
        name, *more = what
        await getattr(self, f"_{name}")(*more)

    async def _fails(self, one: Trouble, how_bad: Severity) -> None:
        if one.rule not in self.open:
            self.open.add(one.rule)
            await self.here.fails(replace(one, severity=how_bad))
            await self.here.pass_time(MINUTE // 2)

    async def _becomes(self, one: Trouble, how_bad: Severity) -> None:
        if one.rule in self.open:
            await self.here.becomes(one, how_bad)

    async def _recovers(self, one: Trouble) -> None:
        if one.rule in self.open:
            self.open.remove(one.rule)
            await self.here.recovers(one)

    async def _writes(self, who: str, words: str) -> None:
        await self.here.writes(who, words)  # type: ignore[arg-type]

    async def _receipt(self, status: str, twice: bool) -> None:
        """The carrier tells what became of the newest text, perhaps twice."""
        if self.here.post.envelopes:
            told = ReceiptCame(self.here.post.envelopes[-1].id, status)
            for _ in range(1 + twice):
                await self.here.happen("receipts", told)

    async def _carrier(self) -> None:
        """The carrier asks to try the next text again later."""
        self.here.post.will([TryLater("429", after=90.0)])

    async def _agent(self, one: Trouble, act: str) -> None:
        if (one.device, one.rule) not in self.here.raised:
            return
        case, by = (await self.here.case(one)).id, By(DAG, self.here.now)
        try:
            async with self.here.tx() as tx:
                if act == "close":
                    await handover.close(tx, case, by, Closing.FIXED, self.here.ctx)
                else:
                    await getattr(handover, act)(tx, case, by, self.here.ctx)
        except BadInput:
            await self.here.settle()

    async def _again(self, one: Trouble, wake: str) -> None:
        """After a crash: what was done already is told again."""
        change = self.here.raised.get((one.device, one.rule))
        if change is not None:
            case = await self.here.case(one)
            token = str(case.step - 1) if wake in ("step", "release", "bundle") else ""
            if token:
                await self.here.happen(case.id, Woke(case.id, wake, token))
            await self.here.happen(change.device, FaultChanged(change))

    async def _time(self, span: int) -> None:
        await self.here.pass_time(span)


async def told(story: list[tuple[object, ...]]) -> None:
    store, clock = MemoryStore(), FakeClock()
    try:
        here = await household(store, clock, Policy(expiry=3 * DAY))
        await ben_moves_in(here)
        await cleo_has_a_key(here)
        life = Life(here)
        for each in story:
            await life.happens(each)
            await nothing_is_left_lying(here)
        await here.pass_time(5 * DAY)
        await everything_has_an_end(here)
        for one in TROUBLES:
            await life.happens(("recovers", one))
        await here.pass_time(DAY)
        await who_was_told_is_told_that_it_is_over(here)
    finally:
        await store.close()


async def cases_of(here: Street) -> list[Case]:
    async with here.store.reading() as tx:
        return [case for one in TROUBLES for case in await tx.cases.of_device(one.device, 50)]


async def nothing_is_left_lying(here: Street) -> None:
    """At every moment: somebody or some moment looks after each open fault, and nothing asks twice or after an answer."""
    left = Counter(envelope.id for envelope in here.post.took)
    assert not [each for each, count in left.items() if count > 1], "a message left twice"
    async with here.store.reading() as tx:
        for case in await cases_of(here):
            wakes = {wake.name for wake in await tx.wakes.of_case(case.id)}
            faults = [each for each in await tx.cases.faults(case.id) if each.cleared is None]
            if case.state.open and faults:
                assert cared_for(case, wakes), f"nobody looks after {case} {wakes}"
            thread = [m for m in await tx.messages.of_case(case.id) if m.direction is Direction.OUT]
            waiting = [m for m in thread if m.status is MessageStatus.QUEUED]
            if not case.state.open:
                mine = [m for m in waiting if m.case == case.id]
                assert not wakes and all(m.kind in OWED for m in mine), f"{case} {wakes} {mine}"
            if case.acknowledged is not None:
                assert not [m for m in waiting if m.kind in ASKING], "asked after the answer"
            once_a_step(case, await tx.messages.contacts_of(case.id), thread)


def cared_for(case: Case, wakes: set[str]) -> bool:
    people = case.status in (TicketStatus.NEEDS_AGENT, TicketStatus.WITH_AGENT)
    informed = case.state is CaseState.HELD and case.contacted is not None and "expire" in wakes
    return people or informed or bool({"hold", "step", "bundle", "release", "settle"} & wakes)


def once_a_step(case: Case, contacts: list[object], thread: list[Message]) -> None:
    """One recipient a step, one message a contact."""
    asked = [m for m in thread if m.kind in ASKING]
    assert all(count == 1 for count in Counter(m.contact for m in asked).values()), (
        "one contact, two messages"
    )
    own = Counter(
        each.step for each in contacts if each.step.startswith("step:") and each.cases == (case.id,)
    )  # type: ignore[attr-defined]
    assert all(count == 1 for count in own.values()), f"a step asked two people: {own}"


async def everything_has_an_end(here: Street) -> None:
    """Days later: every ladder has ended, and no fault has died silently."""
    async with here.store.reading() as tx:
        for case in await cases_of(here):
            assert case.state is not CaseState.CONTACTING, f"a ladder that does not end: {case}"
            open_faults = [each for each in await tx.cases.faults(case.id) if each.cleared is None]
            if case.state.open and open_faults:
                assert case.needs_agent or case.agent, f"a fault died silently: {case}"
            for _, _, decision in await tx.messages.decisions(case.id):
                assert decision.because and decision.stages and decision.inputs
            for fact in await tx.facts.of_case(case.id):
                assert fact.because, f"{fact.kind} without a reason"


async def who_was_told_is_told_that_it_is_over(here: Street) -> None:
    """Once each, and only those whom something has reached; who said stop, or an agent's own end, excepted."""
    async with here.store.reading() as tx:
        for case in await cases_of(here):
            if case.state is not CaseState.RESOLVED:
                continue
            thread = await tx.messages.of_case(case.id)
            over = [m for m in thread if m.kind is MessageClass.RECOVERY and m.at >= (case.closed or 0)]
            assert all(count == 1 for count in Counter(m.customer for m in over).values()), "told twice"
            reached = {
                m.customer
                for m in thread
                if m.at >= case.opened
                and m.direction is Direction.OUT
                and m.status in REACHED
                and m.kind in ASKING
            }
            for customer in reached - {m.customer for m in over}:
                assert await tx.people.suppressed(customer), f"{customer} was not told that {case.id} is over"


@settings(
    max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(st.lists(happening, min_size=3, max_size=14))
def test_no_promise_about_contacts_is_broken_in_any_life(story: list[tuple[object, ...]]) -> None:
    asyncio.run(told(story))
