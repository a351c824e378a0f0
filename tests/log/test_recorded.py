"""The hub's own log is a recording too, also while the hub writes it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from device_rules import Describe, Reading, Tick
from device_rules.reading import HOUR, MINUTE, Record, Tally
from hub.log.recorded import LogRecording
from hub.log.sqlite import SqliteLog
from hub.ports import BadInput
from hub.testing import SATURDAY_EVENING, FakeClock

START = SATURDAY_EVENING


def reading(device: str, minute: int) -> Reading:
    at = START + minute * MINUTE
    return Reading(device, at, at, {"temp": 20.0})


async def hours(log: SqliteLog, clock: FakeClock) -> None:
    """Three hours of two devices in two partitions, a tick a minute in each."""
    await log.append([(0, Describe("a", START, START, "m")), (1, Describe("b", START, START, "m"))])
    for minute in range(180):
        now = START + minute * MINUTE
        for partition, device in enumerate("ab"):
            await log.append([(partition, reading(device, minute)), (partition, Tick(now, START))])
        if minute % 60 == 59:
            await clock.advance(HOUR)


async def recorded(folder: Path, since: int | None = None) -> list[Record]:
    return [record for part in LogRecording(folder, since) for record in part.records]


async def test_the_log_is_read_in_the_order_of_time_over_all_partitions_while_it_is_open(
    tmp_path: Path,
) -> None:
    clock = FakeClock()
    log = SqliteLog(tmp_path, clock, partitions=2)
    await hours(log, clock)

    records = await recorded(tmp_path)

    readings = [record for record in records if isinstance(record, Reading)]
    assert len(readings) == 360
    assert [each.received for each in readings] == sorted(each.received for each in readings)
    await log.append([(0, reading("a", 181))])
    assert len(await recorded(tmp_path)) == len(records) + 1
    await log.close()


async def test_only_the_last_hours_are_read_and_who_the_devices_are(tmp_path: Path) -> None:
    clock = FakeClock()
    log = SqliteLog(tmp_path, clock, partitions=2)
    await hours(log, clock)
    await log.close()

    records = await recorded(tmp_path, HOUR)

    assert sorted(each.device for each in records if isinstance(each, Describe)) == ["a", "b"]
    assert {each.received for each in records if isinstance(each, Reading)} == {
        START + minute * MINUTE for minute in range(119, 180)
    }


async def test_what_was_counted_for_the_rules_of_that_time_is_left_out(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path, FakeClock(), partitions=2)
    await log.append([(2, Tally(START)), (0, reading("a", 0))])
    await log.close()

    assert await recorded(tmp_path) == [reading("a", 0)]


async def test_progress_ends_at_the_size_of_what_is_read(tmp_path: Path) -> None:
    clock = FakeClock()
    log = SqliteLog(tmp_path, clock, partitions=2)
    await hours(log, clock)
    await log.close()
    recording = LogRecording(tmp_path)

    done = [part.done for part in recording]

    assert done == sorted(done)
    assert done[-1] == recording.size


def test_a_folder_without_a_log_is_told_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no telemetry log"):
        LogRecording(tmp_path)


def test_a_file_that_is_no_log_is_told_with_its_name(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "00000001.log.sqlite").execute("CREATE TABLE other (x)").connection.close()

    with pytest.raises(BadInput, match="cannot be read"):
        LogRecording(tmp_path)
