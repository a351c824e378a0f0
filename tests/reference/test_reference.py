"""The engine and the plain interpreter say the same of made-up books and series (a small part of `run.py`)."""

import pytest

from device_rules import RuleBook
from tests.reference.books import BookMaker
from tests.reference.comparing import compare
from tests.reference.run import report
from tests.reference.series import SeriesMaker


@pytest.mark.parametrize("number", range(60))
def test_engine_and_plain_interpreter_tell_the_same_of_a_device(number: int) -> None:
    text = BookMaker(number).make()
    book = RuleBook.parse(text)
    for index in range(10):
        seed = f"{number}.{index}"
        difference = compare(book, SeriesMaker(seed).make())
        assert difference is None, report(seed, text, difference)
