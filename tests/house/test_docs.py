"""What the documents show as an example works as they say."""

from __future__ import annotations

import contextlib
import io
import json
import tomllib
from pathlib import Path

import pytest

from device_rules import RuleBook
from device_rules.rehearsal import run_tests
from hub.bootstrap.policy import policy_of
from hub.flow.sheets import Sheet, read_csv
from hub.ingest.decoders.mapping import MappingDecoder
from hub.ports.telemetry import Happened, Heard, Stood
from hub.settings import load
from tests.house.reading import Block, blocks, pages, read

RULES, START, MAPPING = "device_rules/README.md", "docs/start.md", "docs/mapping.md"
TOML = [
    block
    for page in pages()
    for block in blocks(str(page.relative_to(Path(__file__).parents[2])), "toml")
    if "docs/decisions" not in block.page
]


class Declared:
    """What is known about a device whose book declares these metrics as numbers."""

    def __init__(self, *numbers: str) -> None:
        self._kinds = dict.fromkeys(numbers, "number")

    def kinds(self, device: str) -> dict[str, str]:
        return self._kinds


def mapping() -> MappingDecoder:
    [block] = blocks(MAPPING, "toml")
    [settings] = tomllib.loads(block.text)["mqtt"]["mapping"]
    return MappingDecoder(settings)


@pytest.mark.parametrize("block", TOML, ids=lambda block: block.page)
def test_settings_that_an_engineer_copies_from_a_page_are_accepted(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "beforehand.toml"
    file.write_text(block.text, encoding="utf-8")

    assert policy_of(load({}, file).policy).brand == "Nordwarm"


def test_the_settings_of_the_readme_are_accepted(tmp_path: Path) -> None:
    text = read("README.md").split("<<'TOML'\n")[1].split("    TOML\n")[0]
    file = tmp_path / "beforehand.toml"
    file.write_text("\n".join(line.strip() for line in text.splitlines()), encoding="utf-8")

    assert load({}, file).mqtt.url == "mqtt://127.0.0.1:1883"


def test_the_four_files_of_the_first_steps_can_be_imported() -> None:
    rows = [row for block in blocks(START, "csv") for row in read_csv(block.name, block.text)]

    assert {row.sheet for row in rows} == set(Sheet)


def test_the_rule_book_that_a_rule_writer_reads_passes_its_own_tests() -> None:
    [block] = blocks(RULES, "yaml")
    results = run_tests(RuleBook.parse(block.text, RULES))

    assert len(results) >= 5
    assert [str(result) for result in results if not result.passed] == []


def test_the_engine_as_a_library_prints_what_its_page_says() -> None:
    [program], [output] = blocks(RULES, "python"), blocks(RULES, "text")
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(compile(program.text, RULES, "exec"), {})

    assert told.getvalue() == output.text


def test_a_makers_own_json_means_what_the_page_says() -> None:
    sample, heard = blocks(MAPPING, "json")
    expected = json.loads(heard.text)

    found = mapping().decode(
        sample.name, sample.text.encode(), Declared("room_temp", "supply_temp", "pressure")
    )

    assert isinstance(found, list)
    [part] = found
    assert isinstance(part, Heard)
    assert part.device == "hp-7"
    assert part.sent == 1_795_280_400_000_000
    assert part.values == {
        name: pytest.approx(value) if isinstance(value, float) else value for name, value in expected.items()
    }


def test_a_makers_own_presence_and_alarms_are_heard_too() -> None:
    gone = mapping().decode("acme/hp-7/lwt", b"0", Declared())
    alarm = mapping().decode("acme/hp-7/alarm", b'{"code": "E42"}', Declared())

    assert isinstance(gone, list)
    assert isinstance(gone[0], Stood)
    assert isinstance(alarm, list)
    assert isinstance(alarm[0], Happened)
    assert alarm[0].name == "E42"
