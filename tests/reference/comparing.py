"""Engine and plain interpreter side by side over one series, and the smallest series on which they differ."""

from __future__ import annotations

from dataclasses import dataclass

from device_rules import BookError, Engine, FaultChange, Record, RuleBook
from tests.reference.plain import Outcome, Plain


@dataclass(frozen=True, slots=True)
class Difference:
    """At the last of `records`."""

    records: list[Record]
    engine: list[Outcome]
    plain: list[Outcome]


def outcome(change: FaultChange) -> Outcome:
    """What is compared of a change."""
    return Outcome(
        str(change.kind), change.rule, change.severity, change.at, change.start, change.number, change.device
    )


def compare(book: RuleBook, records: list[Record]) -> Difference | None:
    """The first record to which they answer differently."""
    engine, plain = Engine([book]), Plain(book)
    for number, record in enumerate(records):
        told = [outcome(change) for change in engine.judge(record)]
        expected = plain.judge(record)
        if told != expected:
            return Difference(records[: number + 1], told, expected)
    return None


def smallest(book: RuleBook, difference: Difference) -> Difference:
    """Records are dropped as long as they still differ."""
    found = difference
    size = 0
    while size != len(found.records):
        size = len(found.records)
        for number in range(size - 1, 0, -1):
            if number < len(found.records):
                shorter = compare(book, found.records[:number] + found.records[number + 1 :])
                found = found if shorter is None else shorter
    return found


def without_rules(text: str, difference: Difference) -> tuple[str, Difference]:
    """Rules are dropped as long as they still differ."""
    lines = text.splitlines(keepends=True)
    for line in [line for line in lines if line.startswith("  - {")]:
        fewer = "".join(other for other in lines if other != line)
        try:
            found = compare(RuleBook.parse(fewer), difference.records)
        except BookError:
            continue
        if found is not None:
            lines, difference = fewer.splitlines(keepends=True), found
    return "".join(lines), difference
