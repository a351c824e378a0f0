"""A little of the differential run, for mutants: the engine and the plain interpreter over some made-up books."""

import pytest

from device_rules import RuleBook
from tests.reference.books import BookMaker
from tests.reference.comparing import compare
from tests.reference.series import SeriesMaker


@pytest.mark.parametrize("number", range(3000, 3024))
def test_engine_and_plain_interpreter_tell_the_same(number: int) -> None:
    book = RuleBook.parse(BookMaker(number).make())
    for index in range(6):
        assert compare(book, SeriesMaker(f"{number}.{index}").make()) is None
