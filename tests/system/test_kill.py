"""kill -9 of the hub at random moments under 500 messages a second: no fault is missed, none is doubled.

Compared with a reference engine that was fed with every publish that the broker acknowledged, and with an engine that
judges the whole log without interruption. `BEFOREHAND_KILLS` says how often (3; CI 20, a soak 200).
"""

import asyncio
import contextlib
import os
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from device_rules import FaultChange
from device_rules.reading import MINUTE
from hub.clock import fast_clock
from hub.domain.ids import DeviceId, FaultId
from hub.store import open_store
from simulators.broker import Mosquitto
from simulators.carrier.carrier import Carrier
from tests.system.hub_process import HubProcess
from tests.system.ovens import DEVICES, RULES, START, Street, by_device, in_the_log, reference
from tests.system.street_half import register

pytestmark = pytest.mark.system
KILLS = int(os.environ.get("BEFOREHAND_KILLS", "20" if os.environ.get("CI") else "3"))
HALF_SPEED, WHOLE_SPEED = (
    20.0,
    10.0,
)  # late is what waits five minutes: a hub that is away for 15 or 30 seconds
SETTINGS = """
[policy]
quiet_hours = false
fleet_hour = 1000000
[policy.hold_downs]
major = "0s"
critical = "0s"
[[policy.ladders.major]]
channel = "sms"
wait = "4h"
[[policy.ladders.critical]]
channel = "sms"
wait = "4h"
[incidents]
devices = 1000000  # a hundred ovens that fail at once would be one matter: here each has its own
share = 1.0
at_least = 1000000
"""


class Half:
    """The way from the broker to the inbox as a process."""

    def __init__(self, street: Street) -> None:
        self.street, self.process = street, None

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.system.street_half", f"mqtt://127.0.0.1:{self.street.broker.port}",
            str(self.street.folder), "--rules", str(self.street.folder / "rules.yaml"),
            "--clock", str(self.street.clock), cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        while (said := await self.process.stdout.readline()) != b"ready\n":
            assert said, "the hub ended"

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


async def kill_again_and_again(street: Street, hub: Half | HubProcess, times: int = KILLS) -> None:
    """Publish; kill and start so many times, one time in four in the middle of starting; then let everything settle."""
    rng = random.Random(KILLS)
    await hub.start()
    publishing = asyncio.create_task(street.publish())
    await street.clock.wait(
        street.clock_micros(3.5)
    )  # the clocks of the devices are learned from ten readings
    await street.caught_up()
    for _ in range(times):
        await street.clock.wait(street.clock_micros(rng.uniform(0.2, 2.0)))
        await hub.kill()
        if rng.random() < 0.25:
            await killed_while_starting(street, hub, rng.uniform(0.5, 3.0))
        await hub.start()
    await street.caught_up()  # what comes now is not late: a raise on late readings waits for such
    await street.clock.wait(street.clock_micros(2.0))
    street.enough = True
    await publishing
    await street.settled()
    await hub.kill()


async def killed_while_starting(street: Street, hub: Half | HubProcess, after: float) -> None:
    starting = asyncio.create_task(hub.start())
    await street.clock.wait(street.clock_micros(after))
    starting.cancel()
    with contextlib.suppress(asyncio.CancelledError, AssertionError):
        await starting
    await hub.kill()


async def in_the_store(folder: Path) -> tuple[list[FaultChange], int]:
    """Every change that was handed on, in order, and how many faults there are."""
    store, found = await open_store(f"sqlite:///{folder}/hub.sqlite", "tests"), []
    async with store.transaction() as tx:
        faults = len(await tx.faults.page("", 100_000))
        while rows := await tx.inbox.next(1000):
            for row in rows:
                found.append(row.event.change)
                await tx.inbox.done(row)
    await store.close()
    return found, faults


@pytest.mark.timeout(60 + 15 * KILLS)
async def test_no_fault_is_missed_or_doubled_however_often_the_hub_is_killed(tmp_path):
    (tmp_path / "rules.yaml").write_text(RULES)
    await register(tmp_path, DEVICES, tmp_path / "rules.yaml")
    clock = fast_clock(START, HALF_SPEED)
    async with Mosquitto() as broker:
        street = Street(broker, tmp_path, clock)
        await kill_again_and_again(street, Half(street), max(2, KILLS // 2))

    logged, readings = await in_the_log(tmp_path, clock, 16)
    handed_on, faults = await in_the_store(tmp_path)
    expected = by_device(reference(street.acknowledged))
    assert {(one.device, one.sent) for one in street.acknowledged} <= {
        (one.device, one.sent) for one in readings
    }
    assert len({(change.fault, change.number) for change in handed_on}) == len(handed_on)
    assert {change.fault for change in handed_on} == {change.fault for change in logged}
    assert faults == len({change.fault for change in logged})
    told, heard = by_device(handed_on), by_device(logged)
    for device in DEVICES:
        assert [kinds(change) for change in told[device]] == [kinds(change) for change in heard[device]]
        assert [kinds(change)[:3] for change in told[device]] == [
            kinds(change)[:3] for change in expected[device]
        ]
        for ours, theirs in zip(told[device], expected[device], strict=True):
            assert abs(ours.start - theirs.start) < MINUTE
    assert len(handed_on) > 10


def kinds(change: FaultChange) -> tuple[str, str, str, str, int]:
    return change.rule, change.kind.value, change.severity.value, change.fault, change.number


def registers() -> dict[str, str]:
    """A home and an owner with a number for every oven."""
    rows = {
        "sites.csv": ("site,zone,country,label", "s{n},Europe/Berlin,DE,home"),
        "customers.csv": (
            "customer,name,language,phone,zone,site,role,since",
            "c{n},Person {n},en,+49171392{n:04d},Europe/Berlin,s{n},owner,2025-01-01T00:00:00Z",
        ),
        "devices.csv": (
            "device,model,name,serial,site,since",
            "oven-{n},acme/oven,oven,S{n},s{n},2025-01-01T00:00:00Z",
        ),
        "bases.csv": (
            "customer,purpose,channel,kind,country,at,who,how,wording",
            "c{n},service,sms,contract,DE,2025-01-01T00:00:00Z,shop,form,v1",
        ),
    }
    numbers = range(len(DEVICES))
    return {
        name: "\n".join([head, *(line.format(n=n) for n in numbers)]) + "\n"
        for name, (head, line) in rows.items()
    }


@pytest.mark.timeout(120 + 30 * KILLS)
async def test_a_whole_hub_that_is_killed_opens_one_case_and_sends_one_message_for_each_fault(tmp_path):
    (tmp_path / "oven").mkdir()
    (tmp_path / "oven" / "rules.yaml").write_text(RULES)
    (tmp_path / "beforehand.toml").write_text(SETTINGS)
    clock = fast_clock(START, WHOLE_SPEED)
    async with Mosquitto() as broker, Carrier(clock, opt_out="hub") as carrier:
        carrier.misbehave("no_status", times=None)
        account = carrier.account
        hub = HubProcess(
            tmp_path, broker.port, CLOCK=str(clock), RULES_PACKS=tmp_path / "oven", SMS_ACCOUNT_SID=account.sid,
            SMS_AUTH_TOKEN=account.token, SMS_SENDER=account.number, SMS_BASE_URL=carrier.url,
        )  # fmt: skip
        await hub.settle_in(registers())
        await hub.command("go-live", "--yes")
        street = Street(broker, tmp_path, clock)
        await kill_again_and_again(street, hub)
        sent = Counter((message.to, message.body) for message in carrier.created())

    logged, _ = await in_the_log(tmp_path, clock, 4)
    raised = {change.device for change in logged}
    expected = by_device(reference(street.acknowledged))
    newest = {change.fault: (change.kind, change.number) for change in logged}
    store = await open_store(f"sqlite:///{tmp_path}/hub.sqlite", "tests")
    async with store.reading() as tx:
        rows = await tx.faults.page("", 100_000)
        cases = {row.change.fault: await tx.cases.case_of_fault(FaultId(row.change.fault)) for row in rows}
        of_devices = [len(await tx.cases.of_device(DeviceId(device))) for device in raised]
        left = [await tx.outbox.page(state, 100) for state in ("queued", "sending", "in_doubt", "parked")]
    await store.close()
    assert {row.change.fault: (row.change.kind, row.change.number) for row in rows} == newest
    assert raised == {device for device, changes in expected.items() if changes}
    assert len(newest) == len({change.fault for changes in expected.values() for change in changes})
    assert None not in cases.values()
    assert of_devices == [1] * len(raised)
    assert [len(rows) for rows in left] == [0, 0, 0, 0], [
        (row.state, row.due - clock.now(), row.attempts) for rows in left for row in rows
    ]
    assert max(sent.values()) == 1
    assert {to for to, _ in sent} == {f"+49171392{int(device.split('-')[1]):04d}" for device in raised}
    assert len(raised) > KILLS
