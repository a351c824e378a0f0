"""Four relays on one PostgreSQL, killed again and again, while customers answer and devices recover at the same moment.

BEFOREHAND_RACE sets how many cases there are.
"""

import asyncio
import json
import logging
import os
import random
import sys
from collections import Counter
from dataclasses import asdict

import asyncpg
import pytest
import structlog

from device_rules.fault import Severity
from device_rules.reading import DAY
from hub.clock import fast_clock, micros
from hub.domain.asked import Mode, Switches
from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.contact import Contact, Direction, Message, MessageClass
from hub.domain.customer import Address, Basis, BasisKind, Channel, Customer, Person, Purpose
from hub.domain.device import Device
from hub.domain.effects import Note
from hub.domain.events import MessageHeard
from hub.domain.ids import Moment, contact_id, message_id
from hub.domain.passages import Recovered
from hub.domain.site import Residence, Role, Site
from hub.flow.converse import heard
from hub.flow.onward import onward
from hub.store import SqlStore
from hub.store.opening import database_url
from hub.testing import eventually
from simulators.carrier import Carrier
from tests.system.relay_process import SECRET, Told, context

CASES = int(os.environ.get("BEFOREHAND_RACE", "1000"))
RELAYS, KILLS, RATE = 4, 4, 30.0
START = Moment(micros("2026-11-21T13:00:00Z"))
FAULTS = ("server_error", "busy", "hang_up_before_acceptance", "hang_up_after_acceptance")
OVER = """SELECT count(*) FILTER (WHERE state NOT IN ('done', 'cancelled', 'parked')), count(*) FROM outbox"""
TOO_LATE = """SELECT d.message FROM decisions d JOIN facts f ON f."case" = d."case" AND f.kind = 'test.acknowledged'
    JOIN messages m ON m.id = d.message WHERE d.verdict = 'allow' AND m.kind IN ('first', 'reminder')
    AND pg_xact_commit_timestamp(d.xmin) >= pg_xact_commit_timestamp(f.xmin)"""
# Allowed before the answer had committed, and saved as sent after it: these crossed.
CROSSED = """SELECT s.because FROM facts s JOIN facts f ON f."case" = s."case" AND f.kind = 'test.acknowledged'
    WHERE s.kind = 'message.sent' AND s.data::json->>'class' IN ('first', 'reminder')
    AND pg_xact_commit_timestamp(s.xmin) > pg_xact_commit_timestamp(f.xmin)"""


class Race:
    """The store, the carrier, the clock, and the relays as processes."""

    def __init__(self, dsn, carrier, clock):
        self.dsn, self.carrier, self.clock = dsn, carrier, clock
        self.store, self.ctx = SqlStore(database_url(dsn), SECRET), context()
        self.relays, self.number, self.dice = [], 0, random.Random(7)

    async def sql(self, query):
        url = database_url(self.dsn)
        line = await asyncpg.connect(host=str(url.query["host"]), user=url.username, database=url.database)
        rows = await line.fetch(query)
        await line.close()
        return rows

    async def relay(self):
        self.number += 1
        told = Told(self.dsn, self.carrier.url, str(self.clock), f"relay-{self.number}")
        words = [sys.executable, "-m", "tests.system.relay_process", json.dumps(asdict(told))]
        self.relays.append(await asyncio.create_subprocess_exec(*words))

    async def kill(self, victim):
        self.relays.remove(victim)
        victim.kill()
        await victim.wait()

    async def over(self):
        (row,) = await self.sql(OVER)
        return row[0] == 0

    async def owe_everything(self):
        async with self.store.transaction() as tx:
            await tx.house.set_switches(Switches(Mode.LIVE, live_since=Moment(START - DAY)))
            for number in range(CASES):
                await owe(tx, number, self.clock.now())

    async def answers(self):
        """In about the order in which messages leave, so that both meet on the same cases."""
        some = [number for number in range(CASES) if number % 2 == 0]
        some.sort(key=lambda number: number + self.dice.randrange(CASES // 8 + 1))
        queue = iter(some)
        await asyncio.gather(*(self._answer(queue) for _ in range(3)))

    async def _answer(self, queue):
        for number in queue:
            late = (
                0.8 * CASES + 0.3 * number if number % 8 < 3 else 0.8 * number
            )  # at a reminder, at a first message
            await self.carrier.until(lambda carrier, late=late: len(carrier.asked) >= late, 60)
            async with self.store.transaction() as tx:
                case = await tx.cases.get(f"case-{number:05}", lock=True)
                now = Moment(self.clock.now())
                if number % 4 == 0:
                    await onward(tx, case, Recovered(), now, self.ctx)
                else:
                    said = MessageHeard("sms", f"SM-in-{number}", f"sms-{number}", f"c-{number}", "2")
                    await heard(tx, said, now, self.ctx)
                await tx.facts.add(
                    Note(case.id, None, "test.acknowledged", Because.CUSTOMER_ANSWERED, {}), now
                )


async def owe(tx, number, now):
    """A customer with a device, a case, and a first message and a reminder (or warnings) that are due."""
    who, site, case = f"c-{number}", f"site-{number}", f"case-{number:05}"
    device, address = f"dev-{number}", f"sms-{number}"
    since = Moment(START - DAY)
    await tx.people.put_site(Site(site, "Europe/Berlin", "DE"))
    await tx.people.put_customer(Customer(who), Person(who, f"Person {number}"))
    await tx.people.put_address(Address(address, who, Channel.SMS, f"+4670{number:07}"))
    await tx.people.put_residence(Residence(site, who, Role.OWNER, since))
    await tx.people.add_basis(Basis(who, Purpose.SERVICE, Channel.SMS, BasisKind.CONTRACT, since))
    await tx.devices.put(Device(device, "heatpump", "heat pump", site=site))
    severity = Severity.SAFETY if number % 10 == 9 else Severity.MAJOR
    await tx.cases.save(Case(case, device, site, "icing", "icing", severity, CaseState.CONTACTING, START))
    kinds = (MessageClass.FIRST, MessageClass.REMINDER)
    for step, kind in enumerate((MessageClass.SAFETY,) if severity is Severity.SAFETY else kinds):
        contact = contact_id(case, f"step:{step}", who)
        made = Message(
            id=message_id(contact, f"step:{step}", address), contact=contact, case=case, customer=who,
            address=address, channel=Channel.SMS, kind=kind, direction=Direction.OUT, at=Moment(now),
            text=f"Nordwarm: number {number}, {kind}, {step}. Reply STOP to end.",
        )  # fmt: skip
        await tx.messages.add_contact(Contact(contact, who, Channel.SMS, f"step:{step}", made.at, (case,)))
        await tx.outbox.put(made, Moment(now + number))


@pytest.fixture
async def race(postgres_dsn):
    clock = fast_clock(START, RATE)
    async with Carrier(clock, opt_out="hub") as carrier:
        for kind in FAULTS:
            carrier.misbehave(kind, times=None, share=0.03)
        carrier.misbehave("no_status", times=None)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        race = Race(postgres_dsn, carrier, clock)
        yield race
        for victim in list(race.relays):
            await race.kill(victim)
        await race.store.close()
        structlog.reset_defaults()


async def run(race):
    """Everything at once: relays that come and go, answers, recoveries; until nothing is owed any more."""
    await race.owe_everything()
    for _ in range(RELAYS):
        await race.relay()
    await race.carrier.until(lambda carrier: len(carrier.asked) > 10, 60)
    answers = asyncio.create_task(race.answers())
    for number in range(1, KILLS + 1):
        target = number * CASES // KILLS
        await race.carrier.until(lambda carrier, target=target: len(carrier.asked) >= target, 60)
        await race.kill(race.dice.choice(race.relays))
        await race.relay()
    await answers
    await eventually(race.over, 60)


@pytest.mark.timeout(240)
async def test_nobody_is_asked_after_an_answer_and_nothing_is_lost_or_doubled_when_relays_die(race):
    await run(race)

    assert await race.sql(TOO_LATE) == []
    crossed = Counter(row["because"] for row in await race.sql(CROSSED))
    assert set(crossed) <= {"CROSSED"}, "who answered while a message was under way is recorded as crossed"

    assert await race.sql("SELECT 1 FROM messages WHERE status = 'cancelled'"), "some were answered in time"

    sent = Counter((message.to, message.body) for message in race.carrier.created())
    twice = [body for (_, body), times in sent.items() if times > 1]
    assert [body for body in twice if "safety" not in body] == []

    async with race.store.reading() as tx:
        for number in range(CASES):
            for message in await tx.messages.of_case(f"case-{number:05}"):
                if message.direction is Direction.OUT:
                    row = await tx.outbox.get(message.id)
                    known = (row.state, message.status.value)
                    assert known in ENDS, f"{message.kind} of case {number}: {known}"
                    if row.state == "done" and message.status.value == "accepted":
                        number_of = f"+4670{number:07}"
                        assert sent[number_of, message.text] >= 1


ENDS = {
    ("done", "accepted"),
    ("cancelled", "cancelled"),
    ("parked", "in_doubt"),
    ("done", "failed"),
    ("done", "expired"),
}
