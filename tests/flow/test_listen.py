"""Listen: what a device sends is in the log once, in order, rightly dated; what cannot be used is kept with a reason."""

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as replace_struct

from device_rules import Describe, Event, Presence, PresenceState, Reading, RuleBook
from device_rules.reading import HOUR, SECOND
from hub.domain.device import Admission, Device
from hub.domain.effects import CommandDevice
from hub.domain.events import CommandAnswered
from hub.domain.ids import CaseId, CommandId, DeviceId, SiteId
from hub.domain.site import Site
from hub.flow.listen import Listener, Senses
from hub.flow.registry import Registry, Unknown, fingerprint
from hub.ingest.clocks import DeviceClocks
from hub.ingest.decoders import conventions
from hub.log.sqlite import SqliteLog
from hub.ports.telemetry import Gauges, Raw

BOOK = RuleBook.parse(
    """
model: acme/pump
version: 1
expect_every: 60s
metrics:
  temp: {type: float}
  mode: {type: enum, values: [off, heat]}
rules:
  - {id: hot, title: Too hot, severity: major, when: temp > 30, for: 2m}
"""
)
DEVICE = Device(DeviceId("d"), BOOK.model, "Ada's pump")


class Ground:
    """A listener on real ground."""

    def __init__(self, store, clock, folder: Path, unknown: Unknown = "quarantine") -> None:
        self.store, self.clock, self.gauges = store, clock, Gauges()
        self.log = SqliteLog(folder / "log", clock, 2)
        mapping = {"topic": "acme/{device_id}/s", "model": BOOK.model, "metrics": {"temp": "t"}}
        senses = Senses(conventions([mapping]), DeviceClocks(), Registry([BOOK], unknown))
        self.listener = Listener(senses, self.log, store, clock, self.gauges)

    def raw(self, what: object, topic: str = "devices/d/telemetry", **more: object) -> Raw:
        payload = what if isinstance(what, bytes) else json.dumps(what).encode()
        return Raw(topic, payload, self.clock.now(), **more)

    async def hear(self, *batch: Raw) -> list:
        """Sort and log; answers the new records of the device."""
        found = await self.listener.sort(batch)
        await self.log.append(found.records)
        await self.listener.answer(found.answers)
        return [record for _, record in found.records]

    async def refused(self) -> dict[str, int]:
        await self.listener.quarantine.flush(self.store)
        async with self.store.reading() as tx:
            return {row.reason: row.count for row in await tx.house.quarantined()}


@pytest.fixture
async def ground(store, clock, tmp_path):
    async with store.transaction() as tx:
        await tx.devices.put(DEVICE)
    ground = Ground(store, clock, tmp_path)
    await ground.listener.introduce({})
    yield ground
    await ground.log.close()


async def test_readings_events_and_presence_of_one_device_keep_their_order(ground):
    now = ground.clock.now()
    found = await ground.hear(
        ground.raw({"temp": "21.5"}),
        ground.raw({"event": "reboot"}, "devices/d/events"),
        ground.raw(b"offline", "devices/d/status"),
        ground.raw({"temp": 22}),
    )
    assert found == [
        Reading("d", now, now, {"temp": 21.5}),
        Event("d", now, now, "reboot"),
        Presence("d", now, now, PresenceState.OFFLINE_LOST, "", "status"),
        Reading("d", now, now, {"temp": 22.0}),
    ]
    assert (ground.gauges.accepted, ground.gauges.rejected) == (4, 0)


async def test_what_is_retained_is_state_and_an_old_event_is_not_news(ground):
    found = await ground.hear(
        ground.raw({"temp": 1, "ts": 1767225600}, retained=True),
        ground.raw({"event": "reboot"}, "devices/d/events", retained=True),
    )
    assert [(record.retained, record.effective) for record in found] == [(True, ground.clock.now())]


async def test_a_registered_device_was_described_before_its_first_reading(ground):
    partition = ground.log.partition_of("d")
    (entry,) = await ground.log.read(partition, 0)
    assert entry.record == Describe("d", ground.clock.now(), ground.clock.now(), BOOK.model)


async def test_a_reading_that_comes_again_is_absorbed_even_after_a_restart(ground, store, clock, tmp_path):
    now = clock.now() // SECOND
    batch = [ground.raw({"temp": n % 3, "ts": now + n}) for n in range(20)]
    assert len(await ground.hear(*batch)) == 20
    assert await ground.hear(*batch[12:]) == []
    assert (
        len(await ground.hear(ground.raw({"mode": "heat", "ts": now + 19}))) == 1
    )  # same time, other metric
    await ground.log.close()

    again = Ground(store, clock, tmp_path)
    await again.listener.introduce({})
    await again.listener.recall()
    assert await again.hear(*batch) == []
    assert again.gauges.duplicates == 20
    assert len(await again.hear(again.raw({"temp": 1, "ts": now + 20}))) == 1
    await again.log.close()


async def test_a_device_ten_minutes_slow_is_dated_right_after_a_restart_too(ground, store, clock, tmp_path):
    for _ in range(12):
        await ground.hear(ground.raw({"temp": 1, "ts": clock.now() / SECOND - 600}))
        await clock.advance(10 * SECOND)
    await ground.log.close()

    again = Ground(store, clock, tmp_path)
    await again.listener.introduce({})
    await again.listener.recall()
    sent = clock.now() / SECOND - 600
    await clock.advance(HOUR)  # it waited at the broker
    (found,) = await again.hear(again.raw({"temp": 1, "ts": sent}))
    assert (abs(clock.now() - HOUR - found.effective) < SECOND, found.late) == (True, True)
    await again.log.close()


async def test_an_unknown_device_waits_in_quarantine_until_it_is_registered(ground, store, clock):
    assert await ground.hear(ground.raw({"temp": "5"}, "devices/new/telemetry")) == []
    assert await ground.refused() == {"unknown device": 1}
    async with store.transaction() as tx:
        await tx.devices.put(Device(DeviceId("new"), BOOK.model, "New"))
    await clock.advance(6 * SECOND)
    found = await ground.hear(ground.raw({"temp": "5"}, "devices/new/telemetry"))
    assert [type(record) for record in found] == [Describe, Reading]
    assert found[1].values == {"temp": 5.0}  # its words were understood by its own book


async def test_unknown_devices_are_admitted_with_the_model_of_their_mapping_when_the_setting_says_so(
    store, clock, tmp_path
):
    ground = Ground(store, clock, tmp_path, "admit")
    found = await ground.hear(
        ground.raw({"t": 5}, "acme/x/s"), ground.raw({"temp": 5}, "devices/y/telemetry")
    )
    assert [(record.device, type(record)) for record in found] == [("x", Describe), ("x", Reading)]
    assert await ground.refused() == {"unknown device, and no rule book for its model": 1}
    async with store.reading() as tx:
        assert (await tx.devices.get(DeviceId("x"))).model == BOOK.model
    await ground.log.close()


async def test_refused_devices_leave_no_trace_but_a_count(store, clock, tmp_path):
    ground = Ground(store, clock, tmp_path, "refuse")
    assert await ground.hear(ground.raw({"temp": 5}, "devices/y/telemetry")) == []
    assert (ground.gauges.unknown, await ground.refused()) == (1, {})
    await ground.log.close()


async def test_a_device_that_waits_to_be_admitted_is_heard_when_it_is(ground, store):
    async with store.transaction() as tx:
        await tx.devices.put(Device(DeviceId("w"), BOOK.model, "W", admission=Admission.QUARANTINED))
    await ground.listener.introduce({})
    await ground.hear(ground.raw({"temp": 5}, "devices/w/telemetry"))
    assert await ground.refused() == {"the device waits to be admitted": 1}
    async with store.transaction() as tx:
        await tx.devices.put(Device(DeviceId("w"), BOOK.model, "W"))
    assert await ground.listener.introduce({}) == 1
    assert len(await ground.hear(ground.raw({"temp": 5}, "devices/w/telemetry"))) == 1


async def test_a_registered_device_that_nobody_judges_is_counted_with_the_reason(ground, store):
    async with store.transaction() as tx:
        await tx.devices.put(Device(DeviceId("n"), "nosuchmodel", "N"))
    for _ in range(2):
        assert [type(each) for each in await ground.hear(ground.raw({"temp": 5}, "devices/n/telemetry"))] in (
            [Describe],
            [],
        )
    assert await ground.refused() == {"no rule book for the device's model": 2}
    async with store.transaction() as tx:
        await tx.devices.put(Device(DeviceId("n"), BOOK.model, "N"))
    await ground.listener.introduce({})
    assert len(await ground.hear(ground.raw({"temp": 5}, "devices/n/telemetry"))) == 1


async def test_a_changed_device_is_described_again_and_an_unchanged_one_is_not(ground, store):
    assert await ground.listener.introduce({}) == 0
    async with store.transaction() as tx:
        await tx.devices.put(Device(DeviceId("d"), BOOK.model, "Ada's pump", firmware="2.0"))
    assert await ground.listener.introduce({}) == 1


async def test_a_devices_answer_reaches_the_case_that_asked_and_nobody_elses(ground, store, clock):
    command = CommandDevice("cmd_1", CaseId("case_1"), DeviceId("d"), "restart", {}, clock.now() + HOUR, True)
    async with store.transaction() as tx:
        await tx.outbox.put(command, clock.now())
    await ground.hear(
        ground.raw({"ok": True}, "devices/d/commands/cmd_1/result"),
        ground.raw({"ok": True}, "devices/d/commands/cmd_9/result"),
        ground.raw({"ok": True}, "devices/stranger/commands/cmd_1/result"),
    )
    async with store.reading() as tx:
        rows = await tx.inbox.next(10)
        assert await tx.outbox.command(CommandId("cmd_1"))
    assert [(row.key, row.event) for row in rows] == [("case_1", CommandAnswered("case_1", "cmd_1", True))]


GARBAGE = [
    b"", b"\xff\xfe\x00", b"{" * 100_000, b"[" * 300_000, b"x" * 1_000_000, b'{"temp": NaN}', b'{"temp": "warm"}',
    b'{"temp": {"a": {"b": [1]}}}', b"null", b'"x"', b"1e999", b'{"temp": 1, "temp": 2}',
]  # fmt: skip
TOPICS = ["devices/d/telemetry", "devices/d/events", "devices/d/status", "devices/\udcff\udc01/telemetry",
          "devices/d\x00/telemetry", "devices/nobody/telemetry", "rubbish", "devices/d/commands/c/result"]  # fmt: skip


async def test_a_storm_of_garbage_is_counted_and_kept_with_reasons_and_memory_stays_flat(ground):
    async def storm(rounds: int) -> None:
        for turn in range(rounds):
            await ground.hear(*(ground.raw(what, topic) for topic in TOPICS for what in GARBAGE))
            await ground.hear(
                *(ground.raw({"temp": 1}, f"devices/ghost-{turn}-{n}/telemetry") for n in range(300))
            )
            await ground.listener.quarantine.flush(ground.store)

    await storm(2)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    await storm(4)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 3_000_000  # 24 MB of garbage went through; some ids are remembered, and no payload is
    assert ground.gauges.rejected > 6 * 60
    async with ground.store.reading() as tx:
        rows = await tx.house.quarantined(1000)
    reasons = {row.reason for row in rows}
    assert {"the payload is not UTF-8", "NaN and Infinity are not JSON", "unknown device"} <= reasons
    assert {"the payload is larger than 256 KB", "the topic names no usable device"} <= reasons
    assert all(len(row.sample) <= 256 for row in rows)
    assert len(await ground.hear(ground.raw({"temp": 20}))) == 1  # and life goes on


async def test_when_the_store_is_away_nothing_is_noted_so_that_the_batch_can_be_sorted_again(
    ground, store, clock
):
    class Away(Exception):
        """The store cannot be reached."""

    class Broken:
        def reading(self):
            raise Away

    ground.listener._store = Broken()
    batch = [ground.raw({"temp": 1, "ts": 1795280400}), ground.raw({"temp": 1}, "devices/n/telemetry")]
    with pytest.raises(Away):
        await ground.listener.sort(batch)
    ground.listener._store = store
    assert len(await ground.hear(*batch)) == 1


async def test_the_rules_know_where_a_device_stands_and_hear_when_that_changes(ground, store):
    home = Site(SiteId("home"), "Europe/Lisbon", "PT", "By the sea")

    async def put(device: Device, site: Site) -> list[Describe]:
        async with store.transaction() as tx:
            await tx.people.put_site(site)
            await tx.devices.put(device)
        await ground.listener.introduce({})
        partition = ground.log.partition_of("d")
        return [entry.record for entry in await ground.log.read(partition, 1)]

    at_home = replace(DEVICE, site=home.id)
    (moved,) = await put(at_home, home)
    assert (moved.site, moved.zone, moved.region) == ("home", "Europe/Lisbon", "PT")
    _, zoned = await put(at_home, replace(home, zone="Europe/Berlin"))
    assert zoned.zone == "Europe/Berlin"
    assert len({fingerprint(each) for each in (moved, zoned, replace_struct(zoned, received=1))}) == 2


async def test_a_device_that_speaks_before_it_was_noticed_is_described_with_its_site(ground, store):
    async with store.transaction() as tx:
        await tx.people.put_site(Site(SiteId("home"), "Europe/Lisbon", "PT"))
        await tx.devices.put(Device(DeviceId("e"), BOOK.model, "e", site=SiteId("home")))
    described, reading = await ground.hear(ground.raw({"temp": 1}, "devices/e/telemetry"))
    assert (described.site, described.zone, described.region) == ("home", "Europe/Lisbon", "PT")
    assert reading.device == "e"
