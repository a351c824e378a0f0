"""The loop that runs the arrows: in order per key, once, and never stopped by one that breaks."""

import asyncio

from structlog.testing import capture_logs

from hub.domain.because import Because
from hub.domain.effects import Note
from hub.domain.events import CaseEnded, TicketWanted, Woke
from hub.loops import flow
from hub.loops.flow import Works
from hub.ports import Window


class Arrows:
    """Arrows that write down what they took; some cases are bad luck."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.bad: set[str] = set()

    async def woke(self, tx, event, now, ctx):
        await tx.facts.add(Note(None, None, f"woke.{event.name}", Because.LADDER_STEP, {}), now)
        self.taken.append((event.case, event.name))
        if event.case in self.bad:
            raise RuntimeError("+46701740605 has no phone")
        return Because.LADDER_STEP

    async def ended(self, tx, event, now, ctx):
        await tx.inbox.put(event.case, TicketWanted(event.case, "ladder_ended"), now)

    async def wanted(self, tx, event, now, ctx):
        self.taken.append((event.case, "ticket"))

    def works(self, town):
        table = {Woke: self.woke, CaseEnded: self.ended, TicketWanted: self.wanted}
        return Works(town.store, town.clock, town.ctx, table)


async def put(town, *rows):
    async with town.store.transaction() as tx:
        for key, event in rows:
            await tx.inbox.put(key, event, town.clock.now())


async def facts(town):
    async with town.store.reading() as tx:
        return [fact.kind for fact in await tx.facts.since(0)]


async def test_events_of_a_case_are_taken_in_order_and_others_do_not_wait_for_them(town):
    arrows = Arrows()
    await put(town, *[(f"case-{n % 3}", Woke(f"case-{n % 3}", str(n))) for n in range(30)])
    assert await flow.drain(arrows.works(town)) == 30
    for case in ("case-0", "case-1", "case-2"):
        names = [int(name) for of, name in arrows.taken if of == case]
        assert names == sorted(names)
    assert {case for case, _ in arrows.taken[:3]} == {"case-0", "case-1", "case-2"}


async def test_what_an_arrow_hands_on_is_taken_next(town):
    arrows = Arrows()
    await put(town, ("case-1", CaseEnded("case-1", "device_recovered")))
    assert await flow.drain(arrows.works(town)) == 2
    assert arrows.taken == [("case-1", "ticket")]


async def test_an_arrow_that_breaks_leaves_no_trace_and_harms_only_its_own_case(town):
    arrows = Arrows()
    arrows.bad = {"case-2"}
    await put(town, *[(f"case-{n}", Woke(f"case-{n}", "hold")) for n in range(1, 5)])
    with capture_logs() as lines:
        await flow.drain(arrows.works(town))
    assert await facts(town) == ["woke.hold"] * 3
    assert len([case for case, _ in arrows.taken if case == "case-2"]) >= flow.TRIES
    broken = [line for line in lines if line["log_level"] == "error"]
    assert [line["event"] for line in broken] == ["arrow_failed", "inbox_row_parked"]
    assert "4670174" not in str(lines)
    assert "RuntimeError" in broken[0]["error"]


async def test_after_a_parked_event_the_case_goes_on(town):
    arrows = Arrows()
    await put(town, ("case-1", Woke("case-1", "hold")))
    arrows.bad = {"case-1"}
    await flow.drain(arrows.works(town))
    arrows.bad = set()
    await put(town, ("case-1", Woke("case-1", "step")))
    assert await flow.drain(arrows.works(town)) == 1
    assert arrows.taken[-1] == ("case-1", "step")


async def test_an_event_without_an_arrow_is_set_aside_and_not_lost(town):
    await put(town, ("case-1", Woke("case-1", "hold")))
    await flow.drain(Works(town.store, town.clock, town.ctx, {}))
    async with town.store.reading() as tx:
        assert await tx.inbox.depth() == 0


async def test_every_arrow_writes_one_line_with_its_case_and_reason(town):
    arrows = Arrows()
    await put(town, ("case-1", Woke("case-1", "hold")))
    with capture_logs() as lines:
        await flow.drain(arrows.works(town))
    assert lines == [
        {"event": "arrow", "log_level": "info", "arrow": "Woke", "case": "case-1", "because": "ladder_step"}
    ]


async def test_a_running_loop_takes_at_once_what_is_put_into_the_inbox(town):
    arrows = Arrows()
    running = asyncio.create_task(flow.run(arrows.works(town)))
    for n in range(5):
        await put(town, ("case-1", Woke("case-1", str(n))))
    async with asyncio.timeout(5):
        while len(arrows.taken) < 5:
            await town.store.changed("facts", 0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [name for _, name in arrows.taken] == list("01234")


async def test_two_processes_take_every_event_exactly_once(town):
    arrows = Arrows()
    await put(town, *[(f"case-{n % 7}", Woke(f"case-{n % 7}", str(n))) for n in range(40)])
    await asyncio.gather(*(flow.drain(arrows.works(town)) for _ in range(3)))
    await flow.drain(arrows.works(town))
    assert sorted(await facts(town)) == sorted(f"woke.{n}" for n in range(40))


async def test_what_an_event_needs_of_the_log_is_read_before_its_transaction_and_once(town):
    looks, seen = [], []

    async def look(event, ctx, within):
        async with asyncio.timeout(5), town.store.transaction() as tx:  # nobody holds the store meanwhile
            looks.append((event.name, len(await tx.inbox.next(10))))
        return Window(whole=event.name != "1")

    async def woke(tx, event, now, ctx):
        seen.append((event.name, ctx.looked.whole))
        if event.name == "2" and len(seen) < 4:
            raise ValueError("once")

    await put(town, *[(f"case-{n}", Woke(f"case-{n}", str(n))) for n in range(3)])
    works = Works(town.store, town.clock, town.ctx, {Woke: woke}, {Woke: look})
    await flow.drain(works)
    assert looks == [("0", 3), ("1", 3), ("2", 3)]
    assert seen[:3] == [("0", True), ("1", False), ("2", True)] and len(seen) == 6
    assert not works.looked
