"""An engineer hands over files as they are: JSON lines, CSV, gzipped; what cannot be read is told with its place."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from device_rules.reading import Describe, Event, Presence, Reading, Record
from hub.ingest.recorded import Files
from hub.ports import BadInput

KINDS = {"temp": "float", "door": "enum", "on": "bool"}
AT = 1_767_599_700_000_000  # 2026-01-05T07:55:00Z
WHEN = "2026-01-05T07:55:00Z"


def read(*paths: Path) -> tuple[list[Record], Files]:
    files = Files(paths, KINDS)
    return [record for batch in files for record in batch.records], files


def written(path: Path, *lines: Any) -> Path:
    text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


NESTED = {"device": "a", "at": WHEN, "values": {"temp": 20, "door": "open", "on": True}}
FLAT = {"device": "a", "at": WHEN, "temp": 20, "door": "open", "on": True}
ONE = Reading("a", AT, AT, {"temp": 20.0, "door": "open", "on": True})


@pytest.mark.parametrize("line", [NESTED, FLAT], ids=["values inside", "values beside"])
@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.gz", "recorded"])
def test_a_line_of_json_is_a_reading_in_either_form(tmp_path: Path, line: Any, name: str) -> None:
    records, files = read(written(tmp_path / name, line))

    assert records == [ONE]
    assert files.mistakes.count == 0


@pytest.mark.parametrize(
    "when",
    [WHEN, "2026-01-05T08:55:00+01:00", AT // 10**6, AT // 1000, AT, AT * 1000, AT / 1e6, str(AT // 10**6)],
    ids=str,
)
def test_a_moment_may_be_written_in_any_usual_way(tmp_path: Path, when: Any) -> None:
    nested, flat = NESTED | {"at": when}, FLAT | {"at": when}

    assert read(written(tmp_path / "n.jsonl", nested))[0] == [ONE]
    assert read(written(tmp_path / "f.jsonl", flat))[0] == [ONE]
    if isinstance(when, str):
        csv = written(tmp_path / "c.csv", "device,at,temp,door,on", f"a,{when},20,open,true")
        assert read(csv)[0] == [ONE]


def test_what_is_null_was_not_sent(tmp_path: Path) -> None:
    gaps = [NESTED | {"values": {"temp": None, "door": "open"}}, FLAT | {"temp": None, "on": None}]

    for number, line in enumerate(gaps):
        assert read(written(tmp_path / f"{number}.jsonl", line))[0] == [
            Reading("a", AT, AT, {"door": "open"})
        ]


def test_events_presence_and_descriptions_come_with_the_readings(tmp_path: Path) -> None:
    told = [
        {"device": "a", "at": WHEN, "describe": {"model": "m", "firmware": "2", "attributes": {"kw": 8}}},
        {"device": "a", "at": WHEN, "event": "error", "data": {"code": "E42"}},
        {"device": "a", "at": WHEN, "presence": "offline_lost"},
        NESTED,
    ]

    records, _ = read(written(tmp_path / "r.jsonl", *told))

    assert records == [
        Describe("a", AT, AT, "m", "2", {"kw": 8.0}),
        Event("a", AT, AT, "error", {"code": "E42"}),
        Presence("a", AT, AT, records[2].state, source="recording"),  # type: ignore[union-attr]
        ONE,
    ]


def test_a_model_on_every_line_describes_the_device_once(tmp_path: Path) -> None:
    for line in (NESTED, FLAT):
        records, _ = read(written(tmp_path / "r.jsonl", *[line | {"model": "m"}] * 3))

        assert records == [Describe("a", AT, AT, "m"), ONE, ONE, ONE] or [
            each for each in records if isinstance(each, Describe)
        ] == [Describe("a", AT, AT, "m")]


def test_a_reading_keeps_when_it_was_received_and_a_wild_clock_is_not_believed(tmp_path: Path) -> None:
    late = NESTED | {"received": "2026-01-05T08:55:00Z"}
    wild = NESTED | {"received": "2026-03-05T08:55:00Z"}

    [first, second], _ = read(written(tmp_path / "r.jsonl", late, wild))

    assert isinstance(first, Reading)
    assert isinstance(second, Reading)
    assert (first.received - first.effective, first.late) == (3_600_000_000, True)
    assert second.effective == second.received


BAD = {
    "{": "no JSON",
    "[1]": "JSON object",
    '{"at": 1}': "“device” is missing",
    '{"device": "a", "temp": 1}': "“at” is missing",
    '{"device": "a", "at": "yesterday", "temp": 1}': "“yesterday” is no moment",
    '{"device": "a", "at": "2026-01-05T07:55:00", "temp": 1}': "has no zone",
    '{"device": "a", "at": -5, "temp": 1}': "is no moment",
    '{"device": "a", "at": 1767599700, "values": {"temp": [1]}}': "got `array` - at `values.*`",
    '{"device": "a", "at": 1767599700, "values": {"temp": 1}, "colour": 1}': "colour",
    '{"device": "a", "at": 1767599700, "presence": "gone"}': "gone",
    '{"device": 7, "at": 1767599700, "temp": 1}': "device",
}


@pytest.mark.parametrize("bad", BAD, ids=BAD.values())
def test_a_line_that_cannot_be_read_is_told_with_place_and_cause(tmp_path: Path, bad: str) -> None:
    records, files = read(written(tmp_path / "r.jsonl", NESTED, "", bad, NESTED))

    assert records == [ONE, ONE]
    [mistake] = files.mistakes.first
    assert mistake.startswith("r.jsonl:3: ")
    assert BAD[bad] in mistake


def test_only_the_first_ten_mistakes_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    _, files = read(written(tmp_path / "r.jsonl", *["nonsense"] * 25))

    assert (files.mistakes.count, len(files.mistakes.first)) == (25, 10)


def test_bytes_that_are_no_text_and_lines_without_end_stop_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "r.jsonl", NESTED)
    path.write_bytes(b"\xff\xfe\xff\n" + b"x" * 5_000_000 + b"\n" + path.read_bytes())

    records, files = read(path)

    assert records == [ONE]
    assert files.mistakes.count == 2


def test_a_gzip_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = written(tmp_path / "r.jsonl.gz", *[NESTED] * 60_000)
    path.write_bytes(path.read_bytes()[:-40])

    records, files = read(path)

    assert files.mistakes.count == 1
    assert "the rest cannot be read" in files.mistakes.first[0]
    assert all(record == ONE for record in records)


def test_csv_is_read_with_commas_semicolons_and_tabs(tmp_path: Path) -> None:
    for separator, number in ((",", "20"), (";", "20,0"), ("\t", "20.0")):
        lines = [("device", "at", "temp", "door", "on"), ("a", WHEN, number, "open", "true")]
        path = written(tmp_path / "r.csv", *(separator.join(line) for line in lines))

        assert read(path)[0] == [ONE]


def test_an_empty_cell_of_a_csv_was_not_sent(tmp_path: Path) -> None:
    lines = [
        "device,at,temp,door,on",
        f"a,{WHEN},20,,",
        f"a,{WHEN},,open,true",
        f"a,{WHEN},NULL,,",
        f"a,{WHEN},,,",
    ]

    records, files = read(written(tmp_path / "r.csv", *lines))

    assert [record.values for record in records if isinstance(record, Reading)] == [
        {"temp": 20.0},
        {"door": "open", "on": True},
    ]
    assert files.mistakes.count == 0


def test_a_csv_tells_its_mistakes_by_line_and_reads_on(tmp_path: Path) -> None:
    lines = [
        "device,at,temp",
        f"a,{WHEN},20",
        f"a,{WHEN},warm",
        "a,then,20",
        f"a,{WHEN}",
        f",{WHEN},20",
        f"a,{WHEN},21",
    ]

    records, files = read(written(tmp_path / "r.csv", *lines))

    assert [record.values["temp"] for record in records if isinstance(record, Reading)] == [20.0, 21.0]
    assert [mistake.split(": ")[0] for mistake in files.mistakes.first] == [
        f"r.csv:{line}" for line in (3, 4, 5, 6)
    ]
    assert "“warm”" in files.mistakes.first[0]


def test_columns_of_a_csv_that_no_book_knows_are_named(tmp_path: Path) -> None:
    _, files = read(written(tmp_path / "r.csv", "device,at,temp,colour", f"a,{WHEN},20,red"))

    assert files.mistakes.ignored == {"colour"}


def test_a_csv_without_device_or_time_is_told_at_once(tmp_path: Path) -> None:
    _, files = read(written(tmp_path / "r.csv", "name,when,temp", f"a,{WHEN},20"))

    assert files.mistakes.first == ["r.csv:1: the headings must name “device” and “at”, then the metrics"]


def test_a_csv_may_tell_model_presence_and_events(tmp_path: Path) -> None:
    lines = ["device,at,model,presence,event,temp", f"a,{WHEN},m,online,reboot,20"]

    records, _ = read(written(tmp_path / "r.csv", *lines))

    assert [type(record) for record in records] == [Describe, Presence, Event, Reading]


def test_files_are_read_in_the_order_of_their_first_records(tmp_path: Path) -> None:
    later = written(tmp_path / "a.jsonl", NESTED | {"at": "2026-01-06T00:00:00Z"})
    earlier = written(tmp_path / "b.csv", "device,at,temp", f"a,{WHEN},20")

    records, files = read(later, earlier)

    assert [record.received for record in records if isinstance(record, Reading)] == [AT, AT + 57_900_000_000]
    assert files.names == ["b.csv", "a.jsonl"]


def test_a_file_that_is_not_there_is_told_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no such file"):
        read(tmp_path / "nothing.jsonl")


def test_progress_counts_the_bytes_of_all_files(tmp_path: Path) -> None:
    paths = [written(tmp_path / f"{number}.jsonl", *[NESTED] * 30_000) for number in range(2)]
    files = Files(paths, KINDS)

    done = [batch.done for batch in files]

    assert done == sorted(done)
    assert done[-1] == files.size
    assert len(done) > 4


FLEET = [{"device": f"d{n % 20}", "at": AT // 10**6 + n // 20 * 60, "temp": 20.0} for n in range(8_000)]
YEAR = 365 * 86_400


@pytest.mark.parametrize("place", [0, 1, 5, 4_321, 8_000])
@pytest.mark.parametrize("device", ["d7", "new"])
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_line_with_a_date_far_ahead_is_set_aside_with_its_place(
    tmp_path: Path, place: int, device: str, form: str
) -> None:
    wrong = {"device": device, "at": AT // 10**6 + YEAR, "temp": 20.0}
    lines: list[Any] = [*FLEET[:place], wrong, *FLEET[place:]]
    if form == "csv":
        lines = ["device,at,temp", *(f"{each['device']},{each['at']},{each['temp']}" for each in lines)]

    records, files = read(written(tmp_path / f"r.{form}", *lines))

    assert len(records) == 8_000
    number = place + (2 if form == "csv" else 1)
    assert (files.mistakes.astray, files.mistakes.count) == (1, 0)
    assert files.mistakes.dates == [f"r.{form}:{number}: a date far ahead of its neighbours"]


@pytest.mark.parametrize("place", [0, 4_321])
def test_a_line_from_long_ago_is_set_aside(tmp_path: Path, place: int) -> None:
    wrong = {"device": "new", "at": 5, "temp": 20.0}

    records, files = read(written(tmp_path / "r.jsonl", *FLEET[:place], wrong, *FLEET[place:]))

    assert len(records) == 8_000
    assert files.mistakes.dates == [f"r.jsonl:{place + 1}: a date far behind its neighbours"]


def test_gaps_exports_by_device_and_slow_devices_have_no_wrong_dates(tmp_path: Path) -> None:
    gap = [line | {"at": line["at"] + (n > 4_000) * 500 * 86_400} for n, line in enumerate(FLEET)]  # type: ignore[operator]
    apart = sorted(FLEET, key=lambda line: str(line["device"]))
    slow = [{"device": f"d{n // 50}", "at": AT // 10**6 + n % 50 * 7_200, "temp": 20.0} for n in range(500)]

    for number, lines in enumerate((gap, apart, slow)):
        records, files = read(written(tmp_path / f"{number}.jsonl", *lines))

        assert (len(records), files.mistakes.astray) == (len(lines), 0)


def test_what_a_line_with_a_wrong_date_says_about_its_device_is_kept(tmp_path: Path) -> None:
    wrong = {"device": "d1", "at": AT // 10**6 + YEAR, "temp": 20.0, "model": "m"}

    records, files = read(written(tmp_path / "r.jsonl", *FLEET[:100], wrong, *FLEET[100:]))

    assert [each.model for each in records if isinstance(each, Describe)] == ["m"]
    assert files.mistakes.astray == 1


def test_a_device_without_a_name_is_a_bad_line(tmp_path: Path) -> None:
    forms: list[dict[str, Any]] = [NESTED, FLAT, NESTED | {"event": "error"}]
    for number, line in enumerate(forms):
        records, files = read(written(tmp_path / f"{number}.jsonl", line | {"device": ""}, line))

        assert {each.device for each in records} == {"a"}  # type: ignore[union-attr]
        assert files.mistakes.count == 1


def test_a_row_with_more_cells_than_headings_is_a_bad_line(tmp_path: Path) -> None:
    records, files = read(written(tmp_path / "r.csv", "device,at,temp", f"a,{WHEN},20", f"a,{WHEN},20,5"))

    assert len(records) == 1
    assert files.mistakes.first == ["r.csv:3: there are more cells than headings"]
