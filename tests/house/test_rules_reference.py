"""The reference of the language says everything, and every example in it can be used."""

from __future__ import annotations

import pytest

from device_rules import RuleBook
from device_rules.forms import FORMS as WRITTEN
from device_rules.functions import FUNCTIONS
from device_rules.given import BESIDE, WHO
from device_rules.given import OUTCOMES as KNOWN_OUTCOMES
from device_rules.meanings import FORMS, GIVEN, KEYS, OTHERS, OUTCOMES, SERIES, UNKNOWN
from device_rules.model import keys_of
from device_rules.series import parse_runs
from device_rules.tree import Kind
from tests.house.reading import read
from tests.house.rules_on_pages import complaint, rule_text
from tests.house.rules_page import PARTS

REFERENCE = "docs/rules-reference.md"
HEAD = """
model: page/device
version: 1
expect_every: 60s
metrics:
  temp: {type: float, range: [-40, 120]}
"""


def test_every_key_of_every_part_of_a_book_has_a_meaning_and_no_other() -> None:
    shapes = [shape for shape, _ in PARTS.values()]

    assert {shape.__name__: keys_of(shape) for shape in shapes} == {
        name: list(keys) for name, keys in KEYS.items()
    }


def test_an_editor_shows_what_a_key_means() -> None:
    rule = RuleBook.schema()["$defs"]["RuleText"]["properties"]

    assert rule["clear"]["description"] == "what must be true for the all-clear; `when` outweighs it"
    assert all(facts["description"] for facts in rule.values())


def test_every_form_and_every_word_of_a_test_has_a_meaning_and_no_other() -> None:
    assert set(FORMS) == {*WRITTEN, "consecutive", "share_of"}
    assert (set(GIVEN), set(OTHERS), set(OUTCOMES)) == (set(BESIDE), set(WHO), set(KNOWN_OUTCOMES))
    assert UNKNOWN.keys() <= FUNCTIONS.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_of_a_function_can_be_used(name: str) -> None:
    function = FUNCTIONS[name]
    asked = function.example if function.answers is Kind.BOOL else f"{function.example} == 1"

    assert complaint(rule_text(HEAD, [f"when: {asked} and temp > 1"])) == ""
    assert f"`{function.example}`" in read(REFERENCE)


@pytest.mark.parametrize("name", FORMS)
def test_the_example_of_a_form_can_be_used(name: str) -> None:
    assert complaint(rule_text(HEAD, list(FORMS[name].example))) == ""


@pytest.mark.parametrize("series", SERIES)
def test_the_example_of_a_series_can_be_read(series: str) -> None:
    assert list(parse_runs(series, Kind.TEXT if "closed" in series else Kind.NUMBER))
