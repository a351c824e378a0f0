"""`rules show` and `rules check`: a book, a rule, its Python, and why a rule is raised on a device right now."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from device_rules import Describe, Reading, RuleBook, Tick
from device_rules.reading import MINUTE, SECOND
from hub.bootstrap.shelf import read_book
from hub.cli.app import app
from hub.cli.rule_page import memory_page, rule_page
from hub.cli.rule_source import WIDTH, source_page
from hub.domain.ids import Moment
from hub.flow.judge import Judge, checkpoint
from hub.log.sqlite import SqliteLog
from hub.ports.telemetry import Gauges
from hub.store import open_store
from hub.testing import FakeClock

START = 1_767_225_600 * SECOND
PARTITIONS = 4
SECRET = "the secret of the tests of rules show"
BOOK = """
model: acme/boiler-b1
version: 3
expect_every: 60s
metrics:
  water: {unit: "°C", range: [-40, 130]}
  mode: {type: enum, values: ["off", heat], every: on_change}
attributes:
  limit: {unit: "°C", default: 80}
rules:
  - id: too-hot
    title: The water is too hot
    severity: major
    when: water > attr.limit and mode == "heat"
    for: 20m
    clear: water < attr.limit - 5
    clear_for: 5m
    levels: [{severity: safety, when: water > 100}]
    schedule: {days: [mon, tue], from: "08:00", to: "20:00"}
    packet: [water, mode]
  - {id: warm, title: It is warm, severity: minor, when: "avg(water, 1h) > 60", unless: [too-hot]}
  - {id: many, title: Many are hot, severity: major, when: water > 70, share_of: fleet, fraction: 20%, at_least: 3}
"""


def beforehand(*words: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(app, list(words), env=env)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("boiler")
    (folder / "rules.yaml").write_text(BOOK, encoding="utf-8")
    return str(folder)


@dataclass(frozen=True)
class Hub:
    """The settings of a hub, and what it says when it is asked why."""

    folder: Path
    env: dict[str, str]

    def why(self, *words: str) -> Result:
        config = str(self.folder / "beforehand.toml")
        return beforehand("rules", "show", "--why", *words, "--config", config, env=self.env)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, book: str) -> Hub:
    """A hub whose boiler was hot for ten minutes; half of that is in its store, all of it in its log."""
    folder = tmp_path_factory.mktemp("hub")
    env = {
        "BEFOREHAND_STORE_SECRET": SECRET,
        "BEFOREHAND_STORE_DSN": f"sqlite:///{folder}/hub.sqlite",
        "BEFOREHAND_LOG_PATH": str(folder / "log"),
    }
    settings, sites, devices = (folder / name for name in ("beforehand.toml", "sites.csv", "devices.csv"))
    settings.write_text(f'[rules]\npacks = ["{book}"]\n[log]\npartitions = {PARTITIONS}\n')
    sites.write_text("site,zone\nhome,Europe/Berlin\n")
    devices.write_text("device,model,name,site\nboiler-7,acme/boiler-b1,Boiler,home\n")
    imported = beforehand("import", str(sites), str(devices), "--config", str(settings), env=env)
    assert imported.exit_code == 0, imported.output
    asyncio.run(_live(folder))
    return Hub(folder, env)


async def _live(folder: Path) -> None:
    clock = FakeClock(START)
    store = await open_store(f"sqlite:///{folder}/hub.sqlite", SECRET)
    log = SqliteLog(folder / "log", clock, PARTITIONS)
    place = log.partition_of("boiler-7")
    judge = Judge(place, [RuleBook.parse(BOOK)], log, store, Gauges())
    try:
        described = Describe("boiler-7", START, START, "acme/boiler-b1", site="home", zone="Europe/Berlin")
        await log.append([(place, described)])
        for minute in range(10):
            at = START + minute * MINUTE
            hot = Reading("boiler-7", at, at, {"water": 90.0, "mode": "heat"})
            await log.append([(place, hot), (place, Tick(at + 30 * SECOND, START))])
            if minute == 4:
                await judge.step()
                await checkpoint(store, [judge], Moment(at))
    finally:
        await log.close()
        await store.close()


def test_a_checked_book_says_what_each_device_keeps(book: str) -> None:
    told = beforehand("rules", "check", book).output.splitlines()
    assert told[0] == "acme/boiler-b1, version 3: 3 rules, sound."
    assert told[1].startswith("Each device takes at most ")
    assert told[-1].endswith("avg(water, 1h)")


def test_a_rule_is_shown_in_words(book: str) -> None:
    told = beforehand("rules", "show", book, "too-hot").output
    lines = [" ".join(line.split()) for line in told.splitlines()]
    assert lines[0] == "too-hot: The water is too hot (acme/boiler-b1, version 3)"
    for line in (
        'raised when water > attr.limit and mode == "heat", for 20m',
        "cleared when water < attr.limit - 5, for 5m",
        "safety when water > 100 (judged while it is raised)",
        "raised only Mon, Tue, 08:00 to 20:00 by the clock of the site",
        "looks at water: -40 to 130 °C; every 1m, holds for 3m",
        "attr.limit: of each device; default 80 °C",
        "the ticket shows water, mode",
        "tests none",
    ):
        assert line in lines
    warm = beforehand("rules", "show", book, "warm").output
    assert "60 readings expected, 48 make it known, kept one by one" in " ".join(warm.split())
    assert "20 % of at least 3 known devices of a fleet" in beforehand("rules", "show", book, "many").output


@pytest.mark.parametrize("pack", ["fridge", "heatpump", "router", "washer"])
def test_every_rule_and_every_source_of_a_pack_fits_the_page(pack: str) -> None:
    book = read_book(pack)
    pages = [memory_page(book), source_page(book, None)]
    pages += [page(book, rule) for rule in book.rules for page in (rule_page, source_page)]
    for page in pages:
        assert [line for line in page.splitlines() if len(line) > WIDTH] == []


@pytest.mark.parametrize("pack", ["fridge", "heatpump", "router", "washer"])
def test_the_python_that_is_shown_is_python(pack: str) -> None:
    for more in ([], ["--rule", read_book(pack).rules[0].id]):
        shown = beforehand("rules", "show", pack, "--source", *more).output
        assert shown.startswith(f"# {read_book(pack).model}")
        compile(shown, pack, "exec")


def test_a_misspelt_rule_is_told_with_the_nearest_one(book: str) -> None:
    told = beforehand("rules", "show", book, "too-hto")
    assert told.exit_code == 2
    assert "Did you mean `too-hot`?" in told.output


def test_why_a_rule_is_not_raised_is_told_from_the_store_and_what_the_log_has_since(hub: Hub) -> None:
    told = hub.why("boiler-7", "warm")
    assert told.exit_code == 0, told.output
    assert told.output.splitlines() == [
        "boiler-7, as of 2026-01-01T00:09:30Z",
        "It is warm (warm): not raised: it cannot be known",
        "  unknown: avg(water, 1h) > 60 (is not known yet: the last hour has 10 of the 48 readings it needs)",
        "  It is raised when: avg(water, 1h) > 60 (not known now).",
    ]
    hot = hub.why("boiler-7", "too-hot").output
    assert "  It has held for 9m30s of 20m." in hot
    assert "from Mon 08:00 on at the earliest." in hot


def test_why_is_told_to_programs_as_well(hub: Hub) -> None:
    told = json.loads(hub.why("boiler-7", "too-hot", "--json").output)
    assert (told["state"], told["zone"], told["holding"]["held"]) == (
        "pending",
        "Europe/Berlin",
        570 * SECOND,
    )


def test_asking_why_writes_nothing(hub: Hub) -> None:
    before = {path: path.read_bytes() for path in hub.folder.rglob("*.sqlite")}
    hub.why("boiler-7", "too-hot")
    assert {path: path.read_bytes() for path in hub.folder.rglob("*.sqlite")} == before


@pytest.mark.parametrize(
    ("device", "rule", "what"),
    [
        ("nobody", "warm", "no device has this id"),
        ("boiler-7", "wram", "Did you mean `warm`?"),
        ("boiler-7", "", "which rule"),
        ("group:nonsense", "many", "no group is called so"),
        ("group:site:acme/boiler-b1|home", "many", "does not ask about this group"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_is_wrong(
    hub: Path, device: str, rule: str, what: str
) -> None:
    told = hub.why(device, *([rule] if rule else []))
    assert told.exit_code == 2
    assert what in told.output


def test_a_fault_of_a_group_is_explained_too(hub: Hub) -> None:
    told = hub.why("group:fleet:acme/boiler-b1", "many")
    assert told.exit_code == 0, told.output
    assert "share of acme/boiler-b1 >= 20 % (0 of 0 known devices" in told.output
