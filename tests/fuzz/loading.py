"""Whatever a text says: it is a rule book, or it is refused with file and line, and soon.

A book that is read can be used: its tests run, its function is shown, an engine judges by it.
"""

from __future__ import annotations

from random import Random

from device_rules import BookError, Describe, Engine, Reading, RuleBook, Tick
from device_rules.quiet import source_of
from device_rules.rehearsal import run_tests
from tests.fuzz.grammar import Grammar
from tests.fuzz.guard import Broken, watched
from tests.fuzz.texts import mutated, piece

NAME = "made.yaml"
SOON = 2.0  # seconds of CPU to read a book
REHEARSAL = 20.0
MOST_TESTS = 12
LONGEST = 5_000  # characters of one problem


def text_of(seed: str) -> str:
    """A hostile text from a seed."""
    random = Random(f"text {seed}")
    chance = random.random()
    if chance < 0.6:
        return mutated(piece(random), random)
    if chance < 0.85:
        return Grammar(random).book()
    return mutated(Grammar(random).book(), random) if chance < 0.93 else Grammar(random).scraps()


def load(text: str) -> RuleBook | None:
    """The book, None when it is refused as it should be. Raises Broken, or whatever should not be raised."""
    with watched(SOON, 10.0, "reading the book"):
        try:
            return RuleBook.parse(text, NAME)
        except BookError as refused:
            problems = refused.problems
    last = max(len(text.splitlines()), 1)
    if not problems:
        raise Broken("refused, and nobody says why")
    for problem in problems:
        if problem.file != NAME or not 1 <= problem.line <= last or not problem.what.strip():
            raise Broken(f"a problem that helps nobody, of {last} lines: {problem!r}")
        if len(str(problem)) > LONGEST:
            raise Broken(f"a problem of {len(str(problem))} characters: {str(problem)[:200]}")
        str(problem).encode()
    return None


def use(book: RuleBook, seed: str) -> None:
    """What is done with a book that was read."""
    source_of(book)
    engine = Engine([book])
    with watched(1.0, 10.0, "a first reading"):
        engine.judge(Describe("thing", 0, 0, book.model))
        for minute in range(1, 5):
            values = dict.fromkeys(book.metrics, 1.0)
            engine.judge(Reading("thing", minute * 60_000_000, minute * 60_000_000, values))
            engine.judge(Tick(minute * 60_000_000 + 1, 0))
    if sum(len(rule.tests) for rule in book.rules) <= MOST_TESTS or Random(seed).random() < 0.1:
        with watched(REHEARSAL, 2 * REHEARSAL, "the tests of the book"):
            for result in run_tests(book):
                str(result)


def try_text(seed: str) -> str:
    """One case; answers in a word what came of it."""
    text = text_of(seed)
    book = load(text)
    if book is None:
        return "refused"
    use(book, seed)
    return "read"
