"""The packs that ship: every rule has tests that raise, clear and stay quiet, they pass, and their words fit together."""

from pathlib import Path

import pytest

import device_rules.packs
from device_rules import RuleBook, load_yaml
from device_rules.rehearsal import run_tests

PACKS = sorted(Path(device_rules.packs.__file__).parent.glob("*/rules.yaml"))
BOOKS = [
    pytest.param(RuleBook.parse(path.read_text("utf-8"), str(path)), id=path.parent.name) for path in PACKS
]


def outcomes(rule) -> set[str]:
    """What the tests of a rule expect to see: raise, clear, severity, or none."""
    return {
        key
        for test in rule.tests
        for one in ([{"none": True}] if test.expect == "none" else test.expect)
        for key in one
        if key != "at"
    }


def test_four_models_have_packs():
    assert {path.parent.name for path in PACKS} == {"heatpump", "fridge", "router", "washer"}


@pytest.mark.parametrize("book", BOOKS)
def test_every_rule_passes_its_own_tests(book):
    results = run_tests(book)
    assert [str(result) for result in results if not result.passed] == []
    assert {result.rule for result in results} == {rule.id for rule in book.rules}


@pytest.mark.parametrize("book", BOOKS)
def test_every_rule_is_tried_on_a_fault_on_its_end_and_on_a_device_that_is_well(book):
    for rule in book.rules:
        assert {"raise", "clear"} <= outcomes(rule), rule.id
        assert "none" in outcomes(rule) or rule.silent_for, rule.id


@pytest.mark.parametrize("book", BOOKS)
def test_every_rule_has_a_play_and_a_packet_to_show_unless_it_is_about_a_whole_group(book):
    for rule in book.rules:
        assert bool(rule.play) is bool(rule.packet) is (rule.group is None), rule.id


@pytest.mark.parametrize("book", BOOKS)
def test_every_rule_is_told_in_the_packs_page(book):
    page = Path(book.name).with_name("README.md").read_text("utf-8")
    told = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    assert told == {rule.id for rule in book.rules}


def worded(node, place=""):
    """Every place of a plays.yaml where something is said, with its languages in the order they are written."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    if isinstance(node, dict) and "en" in node:
        yield place, list(node)
    else:
        for key, value in pairs:
            yield from worded(value, f"{place}/{key}")


FOUR = [path for path in PACKS if path.parent.name in ("heatpump", "fridge", "router", "washer")]


@pytest.mark.parametrize("path", FOUR, ids=lambda path: path.parent.name)
def test_everything_that_a_guided_fix_says_is_written_in_four_languages(path):
    said = dict(worded(load_yaml(path.with_name("plays.yaml").read_text("utf-8"), "plays.yaml").data))
    assert len(said) > 80
    assert {place: found for place, found in said.items() if found != ["en", "de", "es", "zh"]} == {}


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.parent.name)
def test_every_play_that_a_rule_names_is_written(path):
    plays = load_yaml(path.with_name("plays.yaml").read_text("utf-8"), "plays.yaml").data["plays"]
    written = {play["id"] for play in plays}
    for rule in RuleBook.parse(path.read_text("utf-8"), str(path)).rules:
        assert rule.group or rule.play in written


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.parent.name)
def test_every_threshold_that_came_later_says_why_it_is_what_it_is(path):
    rules = path.read_text("utf-8").split("\n  - id: ")[1:]
    shy = [rule.split("\n")[0] for rule in rules if "#" not in rule]
    assert set(shy) <= {
        "not-heating",
        "low-pressure",
        "overheating",
        "offline",
        "door-open",
        "line-unstable",
        "memory-full",
    }
