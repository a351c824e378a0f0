"""A rehearsal says what the hub itself would have done: the same faults go through the arrows, and are compared."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from device_rules.backtest import Turn
from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf, Severity, fault_id
from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import Direction, MessageStatus
from hub.domain.events import FaultChanged
from hub.domain.ids import Moment
from hub.domain.policy import Policy
from hub.flow.rehearsal_ledger import Ledger
from hub.flow.rehearsal_people import assumed, registered
from hub.flow.rehearsal_speech import Terms
from hub.flow.rehearse import Rehearsal, rehearse
from hub.log.sqlite import SqliteLog
from hub.testing import FakeClock, MemoryStore
from tests.domain.talking import PUMP, library
from tests.flow import home as homes

DEVICE = "hp-1"
NOON = Moment(homes.START + 18 * HOUR)


def change(rule: str, kind: ChangeKind, at: int, **more: object) -> FaultChange:
    plain = FaultChange(
        fault=fault_id(DEVICE, rule, NOON),
        device=DEVICE,
        rule=rule,
        kind=kind,
        severity=Severity.MAJOR,
        at=at,
        start=NOON,
        number=0 if kind is ChangeKind.RAISED else 1,
        evidence=Evidence(PUMP, rule, 1, Leaf("")),
        title=rule,
        play=rule,
    )
    return replace(plain, **more)


def turns_of(*changes: FaultChange) -> list[Turn]:
    return [Turn(each.at, each, {}) for each in changes]


def terms(policy: Policy | None = None) -> Terms:
    shelf = library()
    return Terms(policy or Policy(), shelf.plays, shelf.words)


def alone(turns: list[Turn], end: int, policy: Policy | None = None) -> Ledger:
    """Rehearsed for an assumed owner."""
    ours = terms(policy)
    return rehearse(turns, assumed([(DEVICE, PUMP)], ours.policy), ours, Moment(end))


def test_a_fault_that_heals_before_the_hold_is_over_contacts_nobody() -> None:
    turns = turns_of(
        change("icing-up", ChangeKind.RAISED, NOON),
        change("icing-up", ChangeKind.CLEARED, NOON + MINUTE // 2),
    )

    account = alone(turns, NOON + DAY).rules["icing-up"]

    assert (account.cases, account.contacts, account.healed) == (1, 0, 1)


def test_a_fault_at_noon_is_told_once_reminded_and_ends_with_an_agent() -> None:
    account = alone(turns_of(change("icing-up", ChangeKind.RAISED, NOON)), NOON + DAY).rules["icing-up"]

    assert {str(kind): count for (_, kind), count in account.messages.items()} == {"first": 1, "reminder": 1}
    assert account.agents == {Because.LADDER_ENDED: 1}
    assert account.segments >= 2


def test_a_fault_at_night_waits_for_the_morning_and_is_not_told_when_it_heals_before() -> None:
    night = NOON + 10 * HOUR
    raised = change("icing-up", ChangeKind.RAISED, night)
    healed = change("icing-up", ChangeKind.CLEARED, night + HOUR)

    waits, sleeps = alone(turns_of(raised), night + DAY), alone(turns_of(raised, healed), night + DAY)

    assert waits.rules["icing-up"].held == {Because.QUIET_HOURS: 1}
    assert waits.rules["icing-up"].contacts == 2
    assert sleeps.rules["icing-up"].contacts == 0


def test_a_rule_on_trial_is_counted_and_contacts_nobody() -> None:
    turns = turns_of(change("icing-up", ChangeKind.RAISED, NOON, shadow=True))

    account = alone(turns, NOON + DAY).rules["icing-up"]

    assert (account.shadow, account.cases, account.contacts) == (1, 0, 0)


def test_the_fleet_wide_cap_holds_what_is_beyond_it() -> None:
    devices = [f"hp-{number}" for number in range(80)]
    turns = [
        Turn(NOON, replace(change("icing-up", ChangeKind.RAISED, NOON), device=device, fault=device), {})
        for device in devices
    ]
    ours = terms()

    ledger = rehearse(
        turns, assumed([(each, PUMP) for each in devices], ours.policy), ours, Moment(NOON + HOUR // 2)
    )

    assert ledger.rules["icing-up"].held == {Because.CAP_FLEET: 30}
    assert len(ledger.rules["icing-up"].customers) == 50


def test_a_fault_of_a_whole_fleet_goes_to_a_person_and_to_no_customer() -> None:
    group = f"group:fleet:{PUMP}"
    turns = [Turn(NOON, replace(change("icing-up", ChangeKind.RAISED, NOON), device=group), {})]
    ours = terms()

    ledger = rehearse(turns, assumed([(group, PUMP)], ours.policy), ours, Moment(NOON + DAY))

    assert ledger.rules["icing-up"].agents == {Because.GROUP_FAULT: 1}
    assert ledger.rules["icing-up"].contacts == 0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[homes.Home]:
    store, log = MemoryStore(), SqliteLog(tmp_path / "log", FakeClock(), partitions=1)
    yield homes.Home(store, log)
    await log.close()
    await store.close()


@pytest.mark.parametrize("seed", range(6))
async def test_a_rehearsal_does_what_the_arrows_do(house: homes.Home, seed: int) -> None:
    turns = days(Random(seed))
    end = Moment(turns[-1].now + DAY)
    house.now = NOON
    await house.move_in(DEVICE)
    apart = dataclasses.replace(house.ctx.policy, bundle=0)  # a rehearsal takes each case by itself
    house.ctx = dataclasses.replace(house.ctx, policy=apart)
    ours = Terms(apart, house.ctx.plays, house.ctx.words)
    async with house.store.reading() as tx:
        people = await registered(tx, [(DEVICE, PUMP)], NOON, ours.policy)

    rehearsal = Rehearsal(ours, people)
    for turn in turns:
        rehearsal.tell(turn)
    rehearsal.finish(end)
    await live(house, turns, end)

    assert rehearsed_words(rehearsal) == await said(house)
    assert {name: outline(matter.case) for name, matter in rehearsal.matters.items()} == {
        case.id: outline(case) for case in await house.cases()
    }


def outline(case: Case) -> tuple[object, ...]:
    life = (case.state, case.opened, case.contacted, case.closed)
    return (*life, case.severity, case.rule, case.step, case.needs_agent)


def days(chance: Random) -> list[Turn]:
    """Three days of two rules that come and go on one device, milder and worse."""
    found, count = [], 0
    for rule in ("icing-up", "not-heating"):
        at = NOON + chance.randrange(12 * HOUR)
        while at < NOON + 3 * DAY:
            count += 1
            fault = f"{rule}-{count}"
            for kind, severity in steps(chance):
                made = change(rule, kind, at, fault=fault, severity=severity, number=len(found))
                found.append(Turn(at, made, {}))
                at += chance.choice((MINUTE // 3, 7 * MINUTE, 45 * MINUTE, 5 * HOUR, 13 * HOUR))
            at += chance.choice((10 * MINUTE, 3 * HOUR, 26 * HOUR))
    return sorted(found, key=lambda turn: turn.now)


def steps(chance: Random) -> list[tuple[ChangeKind, Severity]]:
    first = chance.choice((Severity.MINOR, Severity.MAJOR, Severity.MAJOR, Severity.CRITICAL))
    found = [(ChangeKind.RAISED, first)]
    if chance.random() < 0.4:
        found.append(
            (ChangeKind.SEVERITY, chance.choice((Severity.SAFETY, Severity.CRITICAL, Severity.MINOR)))
        )
    return [*found, (ChangeKind.CLEARED, found[-1][1])]


async def live(house: homes.Home, turns: list[Turn], end: Moment) -> None:
    """The same through the store, the inbox and the arrows, each thing at its moment; what may leave arrives at once."""
    for turn in turns:
        await house.wakes((turn.now - house.now) / MINUTE)
        house.now = Moment(turn.now)
        async with house.store.transaction() as tx:
            await tx.faults.save(turn.change)
            await tx.inbox.put(turn.change.device, FaultChanged(turn.change), house.now)
        await house.drain()
    await house.wakes((end - house.now) / MINUTE)


def rehearsed_words(rehearsal: Rehearsal) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for account in rehearsal.ledger.rules.values():
        for (channel, kind), count in account.messages.items():
            found[str(channel), str(kind)] += count
    return found


async def said(house: homes.Home) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    async with house.store.reading() as tx:
        for case in await house.cases():
            for message in await tx.messages.of_case(case.id):
                if message.direction is Direction.OUT and message.status is not MessageStatus.CANCELLED:
                    found[str(message.channel), str(message.kind)] += 1
    return found


def test_a_fault_that_comes_back_and_heals_unnoticed_is_not_told_to_be_over_again() -> None:
    again = {"fault": "again", "start": NOON + HOUR}
    turns = turns_of(
        change("icing-up", ChangeKind.RAISED, NOON),
        change("icing-up", ChangeKind.CLEARED, NOON + 10 * MINUTE),
        change("icing-up", ChangeKind.RAISED, NOON + HOUR, **again),
        change("icing-up", ChangeKind.CLEARED, NOON + HOUR + MINUTE // 2, **again),
    )

    account = alone(turns, NOON + DAY).rules["icing-up"]

    assert (account.cases, account.reopened) == (1, 1)
    assert {str(kind): count for (_, kind), count in account.messages.items()} == {"first": 1, "recovery": 1}
