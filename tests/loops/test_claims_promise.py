"""A promise: whatever is answered, told and restarted in whatever order, nobody is asked after they have answered, and no step
is sent twice.

Generated days of one case: messages fall due, relays claim and call, carriers answer in every way, receipts come late and
twice, customers answer, devices recover, processes die with calls under way.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from device_rules.reading import SECOND
from hub.domain.asked import Caps
from hub.domain.contact import MessageClass
from hub.domain.contact import MessageStatus as S
from hub.domain.customer import Channel
from hub.domain.events import ReceiptCame
from hub.domain.ids import Moment
from hub.domain.passages import Answered, Recovered
from hub.domain.policy import Policy
from hub.flow.context import Context
from hub.flow.onward import onward
from hub.flow.receipts import receipt_came
from hub.loops import relay
from hub.loops.post import Letter, PostOffice
from hub.ports import Accepted, Envelope, InDoubt, Outcome, TryLater, Undeliverable
from hub.testing import MemoryStore
from notifiers.paper.channel import Paper
from tests.loops.conftest import EARS, WORDS, Hands, Town

ENDED = {S.ACCEPTED, S.SENT, S.DELIVERED, S.FAILED, S.UNDELIVERED, S.EXPIRED, S.CANCELLED, S.IN_DOUBT}
ASKING = (MessageClass.FIRST, MessageClass.REMINDER)


@dataclass
class World:
    """A carrier that really keeps what it took, whatever it answers; and does what it is told to next."""

    answers: list[str] = field(default_factory=list)
    taken: list[Envelope] = field(default_factory=list)
    asked_at: list[tuple[str, int]] = field(default_factory=list)
    in_doubt: str = "find"
    channel: Channel = Channel.SMS

    async def send(self, envelope: Envelope) -> Outcome:
        answer = self.answers.pop(0) if self.answers else "accepted"
        if answer in ("accepted", "lost after"):
            self.taken.append(envelope)
        match answer:
            case "accepted":
                return Accepted(f"SM-{envelope.id}-{len(self.taken)}")
            case "busy":
                return TryLater("20429", 1.0)
            case "refused":
                return Undeliverable("21408")
            case _:
                return InDoubt(answer)

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        there = [number for number, each in enumerate(self.taken, 1) if each.id == envelope.id]
        return Accepted(f"SM-{envelope.id}-{there[0]}") if there else None

    async def close(self) -> None:
        pass


ANSWERS = ("accepted", "busy", "refused", "lost before", "lost after")
HAPPENINGS = st.lists(
    st.sampled_from(
        [
            *(("owe", number) for number in range(4)),
            *(("claim", most) for most in (1, 3)),
            *(("call", answer) for answer in ANSWERS),
            *(("send", answer) for answer in (*ANSWERS, "lost after")),  # claimed and called at once
            *(("receipt", word) for word in ("sent", "delivered", "failed", "quantum")),
            *(("wait", seconds) for seconds in (1, 31, 400)),
            ("die", 0),
            ("die", 0),
            ("answer", 0),
            ("recover", 0),
        ]
    ),
    max_size=30,
)


class Day:
    """One generated day."""

    def __init__(self, town: Town, world: World) -> None:
        self.town, self.world = town, world
        self.office = PostOffice(town.store, town.clock, town.ctx, {Channel.SMS: world}, Paper())
        self.parcels: list[Letter] = []
        self.acknowledged = False
        self.claimed_late: list[str] = []

    async def happens(self, what: str, how: object) -> None:
        await getattr(self, what)(how)

    async def owe(self, number: int) -> None:
        """A step falls due; the same one again is the same message."""
        kind = MessageClass.FIRST if number == 0 else MessageClass.REMINDER
        async with self.town.store.transaction() as tx:
            made = replace(self.town.message(f"step:{number}", kind), at=Moment(self.town.clock.now()))
            await tx.outbox.put(made, Moment(self.town.clock.now()))

    async def claim(self, most: int) -> None:
        for parcel in await relay.claim(self.office, most):
            assert isinstance(parcel, Letter)
            if self.acknowledged and not parcel.find:
                self.claimed_late.append(parcel.message.id)
            self.parcels.append(parcel)

    async def call(self, answer: str) -> None:
        if self.parcels:
            self.world.answers = [answer]
            await relay.deliver(self.office, self.parcels.pop(0))

    async def send(self, answer: str) -> None:
        await self.claim(1)
        await self.call(answer)

    async def die(self, _: object) -> None:
        """The process ends: what it had claimed is forgotten, sent or not."""
        self.parcels = []
        self.town.clock.turn(SECOND)
        await relay.recover(self.office, Moment(self.town.clock.now()))

    async def answer(self, _: object) -> None:
        await self._end(Answered("sms"))

    async def recover(self, _: object) -> None:
        await self._end(Recovered())

    async def _end(self, passage: Answered | Recovered) -> None:
        async with self.town.store.transaction() as tx:
            case = await tx.cases.get(self.town.case.id, lock=True)
            assert case is not None
            await onward(tx, case, passage, Moment(self.town.clock.now()), self.town.ctx)
        self.acknowledged = True

    async def receipt(self, word: str) -> None:
        if self.world.taken:
            about = self.world.taken[-1]
            event = ReceiptCame(about.id, word, provider_id=f"SM-{about.id}-{len(self.world.taken)}")
            async with self.town.store.transaction() as tx:
                await receipt_came(tx, event, Moment(self.town.clock.now()), self.town.ctx)

    async def wait(self, seconds: int) -> None:
        self.town.clock.turn(seconds * SECOND)

    async def end(self) -> None:
        """The world is well again, and time passes."""
        await self.die(0)
        for _ in range(12):
            self.world.answers = []
            await relay.drain(self.office)
            self.town.clock.turn(1_000 * SECOND)


PATIENT = Caps(
    case_reminders=99, customer_day=99, customer_week=99, reminder_gap=0
)  # only this promise is asked about
CONTEXT = Context(Policy(caps=PATIENT, quiet_hours=False), {}, WORDS, EARS, None)  # type: ignore[arg-type]


async def live(happenings: list[tuple[str, object]]) -> None:
    store = MemoryStore()
    try:
        await one_day(store, happenings)
    finally:
        await store.close()


async def one_day(store: MemoryStore, happenings: list[tuple[str, object]]) -> None:
    world = World()
    town = Town(store, Hands(), None, None, None, CONTEXT)  # type: ignore[arg-type]
    await town.found()
    day = Day(town, world)
    for what, how in [("owe", 0), *happenings]:
        await day.happens(what, how)
    await day.end()
    assert day.claimed_late == []
    assert [id_ for id_, times in Counter(each.id for each in world.taken).items() if times > 1] == []
    async with store.reading() as tx:
        for message in await tx.messages.of_case(town.case.id):
            if message.kind in ASKING:
                assert message.status in ENDED
                row = await tx.outbox.get(message.id)
                assert row is not None
                assert row.state in ("done", "cancelled", "parked")


@settings(max_examples=100, deadline=None)
@given(happenings=HAPPENINGS)
def test_whatever_happens_nobody_is_asked_after_an_answer_and_no_step_leaves_twice(happenings):
    asyncio.run(live(happenings))
