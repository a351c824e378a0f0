"""The cookbook: every rule on the page is a sound book, has tests of a fault, its end and a device that is well, and passes."""

import re
from pathlib import Path

import pytest

from device_rules import RuleBook
from device_rules.rehearsal import run_tests

PAGE = Path(__file__).parents[2] / "docs" / "rules-cookbook.md"
HEAD = {"model": "cookbook/device", "version": "1", "expect_every": "60s"}
RECIPES = re.findall(r"^## (\d+\. .+?)\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def snippets(text: str) -> list[str]:
    """The YAML blocks of a recipe."""
    return re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def book_of(snippet: str) -> RuleBook:
    """The snippet as a whole book: what it leaves out is written above it."""
    head = [
        f"{key}: {value}" for key, value in HEAD.items() if not re.search(rf"^{key}:", snippet, re.MULTILINE)
    ]
    return RuleBook.parse("\n".join([*head, snippet]), PAGE.name)


BOOKS = [pytest.param(book_of(one), id=title) for title, text in RECIPES for one in snippets(text)]


def test_there_are_at_least_twenty_faults_in_order_and_each_has_its_rule_and_its_reason():
    assert len(RECIPES) >= 20
    assert [title.split(".")[0] for title, _ in RECIPES] == [
        str(number + 1) for number in range(len(RECIPES))
    ]
    for title, text in RECIPES:
        assert len(snippets(text)) == 1, title
        assert "\nWhy this form: " in text, title


@pytest.mark.parametrize("book", BOOKS)
def test_a_recipe_passes_its_own_tests(book):
    assert [str(result) for result in run_tests(book) if not result.passed] == []


@pytest.mark.parametrize("book", BOOKS)
def test_a_recipe_is_tried_on_a_fault_and_on_a_device_that_is_well(book):
    for rule in book.rules:
        assert any(test.expect != "none" for test in rule.tests), rule.id
        assert any(test.expect == "none" for test in rule.tests), rule.id
