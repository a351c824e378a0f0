"""The differential run: `python -m tests.reference.run --books 2000 --series 50 --jobs 2`.

Prints one line per difference found and how far it is; leaves with 1 when there was any.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

from device_rules import Record, RuleBook
from device_rules.reading import Micros
from tests.reference.books import BookMaker
from tests.reference.comparing import Difference, compare, smallest, without_rules
from tests.reference.plain import Outcome
from tests.reference.series import START, SeriesMaker


def spell(record: Record) -> str:
    """A record with its moments in seconds of the series."""
    text = repr(record)
    for moment in {
        getattr(record, name, START) for name in ("received", "effective", "now", "listening_since")
    }:
        text = text.replace(str(moment), f"{seconds(moment)}s")
    return text


def seconds(moment: Micros) -> str:
    """Since the start of the series."""
    return f"{(moment - START) / 1e6:g}"


def told(outcome: Outcome) -> str:
    """In a few words."""
    return (
        f"{outcome.kind} {outcome.rule} {outcome.severity} at {seconds(outcome.at)}s "
        f"from {seconds(outcome.start)}s #{outcome.number} {outcome.device}"
    )


def report(seed: str, text: str, difference: Difference) -> str:
    """Everything that is needed to see a difference again."""
    book = RuleBook.parse(text)
    found = smallest(book, difference)
    text, found = without_rules(text, found)
    found = smallest(RuleBook.parse(text), found)
    lines = [f"book {seed.split('.', maxsplit=1)[0]}, series {seed}", text]
    lines += [f"  {spell(record)}" for record in found.records]
    lines += ["  engine:", *(f"    {told(outcome)}" for outcome in found.engine)]
    lines += ["  plain:", *(f"    {told(outcome)}" for outcome in found.plain)]
    return "\n".join(lines)


def try_book(number: int, series: int) -> list[str]:
    """The reports of what differs over one book; after the first difference the book is left."""
    text = BookMaker(number).make()
    book = RuleBook.parse(text)
    for index in range(series):
        seed = f"{number}.{index}"
        try:
            difference = compare(book, SeriesMaker(seed).make())
        except Exception as broken:  # noqa: BLE001 - whatever breaks is a difference
            return [f"book {number}, series {seed}: {broken!r}\n{text}"]
        if difference is not None:
            return [report(seed, text, difference)]
    return []


def results(first: int, books: int, series: int, jobs: int) -> Iterator[list[str]]:
    """The reports book by book."""
    numbers = range(first, first + books)
    if jobs == 1:
        yield from map(try_book, numbers, repeat(series))
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(try_book, numbers, repeat(series), chunksize=8)


def main() -> int:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__)
    for name, default in (("first", 0), ("books", 2000), ("series", 50), ("jobs", 2), ("stop", 10)):
        options.add_argument(f"--{name}", type=int, default=default)
    chosen = options.parse_args()
    began, different = time.monotonic(), 0
    for done, found in enumerate(results(chosen.first, chosen.books, chosen.series, chosen.jobs), 1):
        for text in found:
            different += 1
            sys.stdout.write(f"\n{text}\n\n")
            sys.stdout.flush()
        if done % 20 == 0 or done == chosen.books:
            spent = time.monotonic() - began
            sys.stderr.write(f"\r{done} books, {different} differ, {spent:.0f} s")
        if different >= chosen.stop:
            break
    sys.stderr.write("\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
