"""A little of the differential run, for mutants: the engine and the plain interpreter over some made-up books, in which
every word of the language stands three times at least."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from device_rules import RuleBook
from tests.reference.books import BookMaker
from tests.reference.comparing import compare
from tests.reference.series import SeriesMaker

OFTEN = 3


def books() -> Iterator[int]:
    """The numbers of two dozen books, and of those that bring a word which stands in too few of them."""
    found: Counter[str] = Counter()
    for number in range(3000, 3400):
        words = set(re.findall(r"[a-z_]{3,}", BookMaker(number).make()))
        if number < 3024 or any(found[word] < OFTEN for word in words):
            found.update(words)
            yield number


@pytest.mark.parametrize("number", list(books()))
def test_engine_and_plain_interpreter_tell_the_same(number: int) -> None:
    book = RuleBook.parse(BookMaker(number).make())
    for index in range(6):
        assert compare(book, SeriesMaker(f"{number}.{index}").make()) is None
