"""The packs that ship: every rule has tests, they pass, and their words fit together."""

from pathlib import Path

import pytest

import device_rules.packs
from device_rules import RuleBook, load_yaml
from device_rules.rehearsal import run_tests

PACKS = sorted(Path(device_rules.packs.__file__).parent.glob("*/rules.yaml"))
BOOKS = [
    pytest.param(RuleBook.parse(path.read_text("utf-8"), str(path)), id=path.parent.name) for path in PACKS
]


def test_the_three_first_models_have_packs():
    assert {path.parent.name for path in PACKS} >= {"heatpump", "fridge", "router"}


@pytest.mark.parametrize("book", BOOKS)
def test_every_rule_passes_its_own_tests(book):
    results = run_tests(book)
    assert [str(result) for result in results if not result.passed] == []
    assert {result.rule for result in results} == {rule.id for rule in book.rules}


@pytest.mark.parametrize("book", BOOKS)
def test_every_rule_has_a_play_and_a_packet_to_show(book):
    for rule in book.rules:
        assert rule.play
        assert rule.packet


@pytest.mark.parametrize("book", BOOKS)
def test_every_rule_is_told_in_the_packs_page(book):
    page = Path(book.name).with_name("README.md").read_text("utf-8")
    for rule in book.rules:
        assert f"`{rule.id}`" in page


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.parent.name)
def test_every_play_that_a_rule_names_is_written(path):
    plays = path.with_name("plays.yaml")
    written = str(load_yaml(plays.read_text("utf-8"), str(plays)).data)
    for rule in RuleBook.parse(path.read_text("utf-8"), str(path)).rules:
        assert rule.play in written
