"""An engineer tries a book on recorded telemetry, and reads what it would have done before anybody is contacted."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from device_rules import Reading
from device_rules.reading import MINUTE
from hub.cli.app import app
from hub.log.sqlite import SqliteLog
from hub.testing import SATURDAY_EVENING, FakeClock
from tests.house.reading import ROOT, blocks

PAGE = "docs/backtest.md"
FRIDGE = ROOT / "device_rules/packs/fridge/rules.yaml"
NOON = 1_767_610_800  # 5 January 2026, 12:00 in Berlin


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, without a hub."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BEFOREHAND_STORE_SECRET", "the secret of the command line's tests")
    return tmp_path


def beforehand(*words: str) -> Result:
    return CliRunner().invoke(app, ["rules", "backtest", *words])


def opened(path: Path, devices: int = 3, minutes: int = 40) -> Path:
    """A recording: the doors of so many fridges are open from noon on for so many minutes, then closed for half an hour."""
    lines = [
        {
            "device": f"fridge-{number}",
            "at": NOON + minute * 60,
            "values": {"door": "open" if minute < minutes else "closed", "inside_temp": 6},
        }
        for minute in range(minutes + 30)
        for number in range(devices)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def told(folder: Path, *words: str) -> dict[str, dict[str, object]]:
    """The figures of the rules, by id."""
    result = beforehand(*words, "--json", str(folder / "out.json"))
    assert result.exit_code == 0, result.output
    rules = json.loads((folder / "out.json").read_text())["after"]["rules"]
    return {each["rule"]: each for each in rules}


def test_the_example_of_the_page_says_what_the_page_says(folder: Path) -> None:
    for language in ("yaml", "csv"):
        for block in blocks(PAGE, language):
            (folder / block.name).write_text(block.text)

    result = beforehand("boiler.yaml", "--from", "morning.csv")

    [output] = blocks(PAGE, "text")
    assert "\n".join(line.rstrip() for line in result.stdout.strip().splitlines()) == output.text.strip()


def test_every_line_of_json_on_the_page_can_be_read(folder: Path) -> None:
    [yaml], [lines] = blocks(PAGE, "yaml"), blocks(PAGE, "json")
    (folder / "boiler.yaml").write_text(yaml.text)
    (folder / "r.jsonl").write_text(lines.text)

    result = beforehand("boiler.yaml", "--from", "r.jsonl")

    assert "could not be read" not in result.output
    assert "2 readings of 1 device, 1 event" in result.output


def test_doors_that_stand_open_would_have_told_their_owners(folder: Path) -> None:
    found = told(folder, "fridge", "--from", str(opened(folder / "r.jsonl")))["door-open"]

    assert (found["episodes"], found["customers"], found["contacts"]) == (3, 3, 3)
    assert found["messages"] == {"sms": {"first": 3, "recovery": 3}}
    assert found["median_clear"] == 32 * MINUTE


def test_the_same_input_gives_the_same_bytes(folder: Path) -> None:
    opened(folder / "r.jsonl")
    pages = []
    for number in range(2):
        result = beforehand(
            "fridge", "--from", "r.jsonl", "--html", f"{number}.html", "--json", f"{number}.json"
        )
        pages.append(
            (result.stdout, Path(f"{number}.html").read_bytes(), Path(f"{number}.json").read_bytes())
        )

    assert pages[0] == pages[1]


def test_the_page_needs_nothing_from_elsewhere_and_takes_no_orders_from_names(folder: Path) -> None:
    text = opened(folder / "r.jsonl").read_text().replace("fridge-0", "<script>alert(1)</script>")
    (folder / "r.jsonl").write_text(text)

    beforehand("fridge", "--from", "r.jsonl", "--html", "out.html")

    page = (folder / "out.html").read_text()
    assert re.findall(r"(?:src|href)=|url\(|@import|<script", page) == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_changed_book_is_compared_with_the_one_in_force(folder: Path) -> None:
    eager = FRIDGE.read_text().replace("for: 10m", "for: 2m", 1).replace("id: too-warm", "id: far-too-warm")
    (folder / "rules.yaml").write_text(eager.replace("too-warm]", "far-too-warm]"))
    opened(folder / "r.jsonl", minutes=6)

    result = beforehand("rules.yaml", "--from", "r.jsonl")

    assert "Against" in result.output
    assert re.search(r"door-open +changed +0 → 3", result.output)
    assert re.search(r"far-too-warm +new", result.output)
    assert re.search(r" too-warm +gone|^too-warm +gone", result.output, re.MULTILINE)


def test_people_from_import_files_are_rehearsed_with(folder: Path) -> None:
    opened(folder / "r.jsonl")
    sheets = {
        "sites.csv": "site,zone\nlind,Europe/Berlin\n",
        "customers.csv": "customer,name,phone,site\nada,Ada Berg,+4915112345601,lind\n",
        "devices.csv": "device,model,name,site\nfridge-0,nordwarm/fridge-f2,Fridge,lind\n",
        "bases.csv": "customer,purpose,channel,kind,at,how\nada,service,sms,contract,2026-06-01,order\n",
    }
    for name, text in sheets.items():
        (folder / name).write_text(text)

    named = [word for name in sheets for word in ("--customers", name)]
    found = told(folder, "fridge", "--from", "r.jsonl", *named)["door-open"]

    assert (found["episodes"], found["customers"]) == (3, 1)
    assert found["refused"] == {"no_customer": 2}
    assert not (folder / "data").exists()


def test_the_hubs_own_log_is_judged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEFOREHAND_LOG_PATH", str(folder / "log"))

    async def record() -> None:
        log = SqliteLog(folder / "log", FakeClock(), partitions=2)
        for minute in range(30):
            at = SATURDAY_EVENING + minute * MINUTE
            await log.append([(0, Reading("fridge-0", at, at, {"door": "open"}))])
        await log.close()

    asyncio.run(record())

    assert told(folder, "fridge", "--from-log")["door-open"]["episodes"] == 1
    assert told(folder, "fridge", "--from-log", "--since", "5m")["door-open"]["episodes"] == 0


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("fridge",), "no recording is named"),
        (("fridge", "--from", "nowhere.jsonl"), "there is no such file"),
        (("fridge", "--from-log"), "no telemetry log"),
        (("fridge", "--from-log", "--since", "soon"), "is no span"),
        (("fridge", "--from-log", "--from", "r.jsonl"), "cannot be mixed"),
        (("fridge", "--from", "r.jsonl", "--since", "7d"), "it is for the hub's own log"),
        (("fridge", "--from", "r.jsonl", "--against", "router"), "it is a book for nordwarm/router-r3"),
        (("nobody", "--from", "r.jsonl"), "no pack of that name"),
        (("fridge", "--from", "r.jsonl", "--html", "no/such/folder.html"), "it cannot be written"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_is_told_with_its_remedy(folder: Path, words: tuple[str, ...], what: str) -> None:
    opened(folder / "r.jsonl", devices=1, minutes=1)

    result = beforehand(*words)

    assert result.exit_code == 2
    assert what in result.output
    assert "Traceback" not in result.output


def test_an_empty_recording_says_so(folder: Path) -> None:
    (folder / "r.jsonl").write_text("")

    result = beforehand("fridge", "--from", "r.jsonl", "--html", "out.html")

    assert result.exit_code == 0
    assert "has nothing in it" in result.output


BOILER = """
model: acme/boiler-b1
version: 1
expect_every: 60s
metrics:
  water_temp: {range: [-40, 130]}
  pump: {type: bool}
rules:
  - {id: hot, title: Too hot, severity: major, when: water_temp > 80}
  - {id: errors, title: Errors, severity: minor, when: 'count(event.flame_error, 1h) > 2'}
  - {id: early, title: Warm at seven, severity: minor, when: water_temp > 50, schedule: {from: "07:00", to: "08:00"}}
"""


def boiler(folder: Path, lines: list[dict[str, object]], *words: str) -> Result:
    (folder / "rules.yaml").write_text(BOILER)
    (folder / "r.jsonl").write_text("".join(json.dumps({"device": "b"} | line) + "\n" for line in lines))
    return beforehand("rules.yaml", "--from", "r.jsonl", *words)


def test_a_backtest_that_judged_nothing_says_why(folder: Path) -> None:
    lines: list[dict[str, object]] = [
        {"at": NOON, "values": {"waterTemp": 90}},
        {"at": NOON + 60, "event": "flame-error"},
        {"at": NOON + 120, "values": {"pump": "on"}},
    ]

    result = boiler(folder, lines, "--html", "out.html", "--json", "out.json")

    gaps = json.loads((folder / "out.json").read_text())["source"]["gaps"]
    assert gaps == [
        "Metrics of the book that never came: water_temp (but waterTemp did).",
        "Metrics of the recording that the book does not know: waterTemp.",
        "pump: 1 value not believed, a text where the book has true or false.",
        "Events that rules count and that never came: flame_error (but flame-error did).",
    ]
    for text in (result.stdout, (folder / "out.html").read_text()):
        assert "What the rules did not see" in text
        assert "(but waterTemp did)" in text


def test_values_out_of_range_are_counted_by_metric(folder: Path) -> None:
    result = boiler(folder, [{"at": NOON + n, "values": {"water_temp": 900, "pump": True}} for n in range(3)])

    assert "water_temp: 3 values not believed, outside -40 to 130." in result.stdout


def test_devices_of_assumed_customers_stand_in_the_makers_zone(folder: Path) -> None:
    seven = NOON - 5 * 3_600  # in Berlin
    lines: list[dict[str, object]] = [{"at": seven + n * 60, "values": {"water_temp": 60}} for n in range(40)]
    boiler(folder, lines)

    assert told(folder, "rules.yaml", "--from", "r.jsonl")["early"]["episodes"] == 1
    described = [{"at": seven, "describe": {"model": "acme/boiler-b1"}}, *lines]
    boiler(folder, described)
    assert told(folder, "rules.yaml", "--from", "r.jsonl")["early"]["episodes"] == 1


def test_one_line_with_a_wrong_date_does_not_ruin_the_rest(folder: Path) -> None:
    path = opened(folder / "r.jsonl")
    right = told(folder, "fridge", "--from", "r.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    wrong = json.dumps({"device": "fridge-1", "at": NOON + 365 * 86_400, "values": {"door": "open"}}) + "\n"
    path.write_text("".join([*lines[:30], wrong, *lines[30:]]))

    assert told(folder, "fridge", "--from", "r.jsonl") == right
    output = beforehand("fridge", "--from", "r.jsonl").stdout
    assert "1 line set aside for a wrong date. The first:" in output
    assert "r.jsonl:31: a date far ahead of its neighbours" in output
