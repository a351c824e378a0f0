"""The carrier's whole menu of faults, through the real relay, the real hooks and the real arrows: whatever it does, the customer
hears once, and thread, ledger and ticket tell the truth."""

import asyncio

import pytest
from fastapi import FastAPI

from device_rules.reading import MINUTE
from hub.clock import fast_clock
from hub.domain.because import Because
from hub.domain.contact import MessageClass
from hub.domain.contact import MessageStatus as S
from hub.domain.customer import Health
from hub.domain.policy import Policy
from hub.domain.receipts import LOST
from hub.flow import ARROWS
from hub.flow.context import Context
from hub.loops import flow, relay, wake
from hub.loops.flow import Works
from hub.testing import eventually
from hub.web.door import Door, TwilioKeys
from hub.web.hooks import twilio
from notifiers.sms.channel import Account, Sms
from simulators.carrier import Carrier, Kind
from simulators.served import Served
from tests.loops.conftest import ADA, EARS, NUMBER, PHONE, START, WORDS, Town

RATE = 120.0
HEARD, SILENT = 1, 0
# kind, what is told about it, how often the customer hears it, where the message ends, what the timeline must say
MENU = [
    (Kind.SERVER_ERROR, {}, HEARD, S.DELIVERED, {"message.in_doubt", "message.again", "message.sent"}),
    (Kind.BAD_GATEWAY, {}, HEARD, S.DELIVERED, {"message.in_doubt", "message.again", "message.sent"}),
    (Kind.BUSY, {"times": 3}, HEARD, S.DELIVERED, {"message.later", "message.sent"}),
    (Kind.REFUSE, {}, SILENT, S.FAILED, {"message.failed", "address.dead"}),
    (Kind.REFUSE, {"code": 21610}, SILENT, S.FAILED, {"message.failed", "customer.suppressed"}),
    (Kind.HANG_UP_BEFORE_ACCEPTANCE, {}, HEARD, S.DELIVERED, {"message.in_doubt", "message.again"}),
    (Kind.TIME_OUT_AFTER_ACCEPTANCE, {}, HEARD, S.DELIVERED, {"message.receipt"}),
    (Kind.HANG_UP_AFTER_ACCEPTANCE, {}, HEARD, S.DELIVERED, {"message.receipt"}),
    (Kind.UNDELIVERABLE, {}, SILENT, S.UNDELIVERED, {"message.sent", "message.receipt"}),
    (Kind.LATE_STATUS, {"after": MINUTE}, HEARD, S.DELIVERED, {"message.receipt"}),
    (Kind.REPEATED_STATUS, {}, HEARD, S.DELIVERED, {"message.receipt"}),
    (Kind.REORDERED_STATUS, {}, HEARD, S.DELIVERED, {"message.receipt"}),
    (Kind.CONTRADICTORY_STATUS, {}, HEARD, S.FAILED, {"message.receipt"}),
    (Kind.FAILED_FIRST, {}, HEARD, S.FAILED, {"message.receipt"}),
    (Kind.UNKNOWN_STATUS, {}, HEARD, S.DELIVERED, {"message.receipt_unknown"}),
    (Kind.NO_STATUS, {}, HEARD, S.ACCEPTED, {"message.sent"}),
]


@pytest.fixture
def address() -> str:
    """On SQLite alone: what is tried here asks nothing of the database."""
    return ""


@pytest.fixture
async def street(store, tmp_path):
    """Ada's town with its loops running, on a clock that runs, and with the hooks that the carrier calls."""
    clock, app = fast_clock(START, RATE), FastAPI()
    ctx = Context(Policy(), {}, WORDS, EARS, None)
    async with Carrier(clock, opt_out="provider") as carrier, Served(app) as hooks:
        own = carrier.account
        door = Door(store, clock, ctx, public_url=hooks.url, twilio=TwilioKeys(own.token, "provider"))
        app.include_router(twilio.router(door))
        carrier.inbound_url = f"{hooks.url}/hooks/twilio/sms"
        sms = Sms(Account(own.sid, own.token, own.number, hooks.url, carrier.url, timeout=1.0))
        town = Town(store, clock, carrier, sms, tmp_path / "paper.jsonl", ctx)
        await town.found()
        works = Works(store, clock, ctx, ARROWS)
        loops = [relay.run(town.office()), flow.run(works), wake.run(store, clock)]
        tasks = [asyncio.create_task(each) for each in loops]
        yield town
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await sms.close()


async def told(town, kinds):
    return kinds <= set(await town.story())


@pytest.mark.parametrize("line", MENU, ids=lambda line: " ".join(map(str, (line[0], *line[1].values()))))
async def test_whatever_the_carrier_does_the_customer_hears_once_and_thread_and_ticket_are_true(street, line):
    kind, how, heard, ends, story = line
    street.carrier.misbehave(kind, **how)
    message = await street.owe()

    async def settled():
        now = await street.now(message)
        done = now.status is ends and await street.row(message.id) == "done"
        return done and len(street.carrier.phones.texts(NUMBER)) >= heard and await told(street, story)

    await eventually(settled, 15)
    await eventually(lambda: not street.carrier.underway, 15)
    after = await street.now(message)
    assert after.status is ends
    assert street.carrier.phones.texts(NUMBER).count(after.text) == heard
    assert len([each for each in street.carrier.created() if each.body == after.text]) <= 1
    await _ledger_is_true(street, how)
    await eventually(lambda: _ticket_is_true(street, ends in LOST), 10)


async def _ticket_is_true(town, lost):
    """A person hears of a message that nobody will read, when nothing else is left to try; and of no other."""
    async with town.store.reading() as tx:
        case = await tx.cases.get(town.case.id)
    return (case.needs_agent is not None) == lost


async def _ledger_is_true(town, how):
    """The carrier's opt-out is a stop; a dead number is not used again; nothing else touches the person."""
    async with town.store.reading() as tx:
        stopped = await tx.people.suppressed(ADA) is not None
        health = (await tx.people.address(PHONE)).health
    assert stopped == (how.get("code") == 21610)
    assert health in (Health.GOOD, Health.DEAD)


async def test_the_carriers_own_answer_to_stop_is_the_only_one_and_nothing_leaves_after_it(street):
    message = await street.owe()
    await street.carrier.heard(NUMBER, "Nordwarm", 10)
    await street.carrier.text_from(NUMBER, "STOP")
    await street.carrier.heard(NUMBER, "unsubscribed", 10)

    async def stopped():
        async with street.store.reading() as tx:
            return await tx.people.suppressed(ADA) is not None

    await eventually(stopped, 10)
    later = await street.owe("step:1", MessageClass.REMINDER)

    async def settled():
        return await street.row(later.id) in ("done", "cancelled")

    await eventually(settled, 10)
    assert (await street.now(later)).because in (
        Because.SUPPRESSED,
        Because.ALREADY_ACKNOWLEDGED,
        Because.CASE_CLOSED,
    )
    assert len(street.carrier.phones.texts(NUMBER)) == 2
    assert (await street.now(message)).status is S.DELIVERED


def test_the_whole_menu_is_tried():
    assert {line[0] for line in MENU} == set(Kind)
