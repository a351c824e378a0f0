"""Makes, for one book, the function that reads for devices of which all is well; quiet_text.py writes it, and
quiet_wide.py for books with many metrics that are sent on change.

`rules show --source` prints what is made here. Nothing is judged in this module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from device_rules.book import RuleBook
from device_rules.compile import function_of
from device_rules.quiet_text import Quiet
from device_rules.quiet_wide import WholeQuiet, WideQuiet, look_at, table_of
from device_rules.windows.calendar import hour_at, weekday_at

Read: TypeAlias = Callable[..., Any]


def source_of(book: RuleBook) -> str:
    """The function's text, "" for a book whose devices are always in the ward."""
    if not book.plan.quick:
        return ""
    if not book.plan.wide:
        return "\n".join(Quiet(book).lines())
    wide = WideQuiet(book)
    return "\n\n".join(
        "\n".join(lines) for lines in (wide.table_lines(), wide.lines(), WholeQuiet(book).lines())
    )


def compile_quiet(book: RuleBook, closely: Read, ahead: Read, nothing: object) -> Read | None:
    """The function: `closely` judges in the ward, `ahead` does so when the windows have slid on already."""
    if not book.plan.quick:
        return None
    names: dict[str, object] = {"closely": closely, "ahead": ahead, "nothing": nothing, **words_of(book)}
    names |= {"hour": hour_at, "weekday": weekday_at}
    lines = Quiet(book).lines()
    if book.plan.wide:
        wide = WideQuiet(book)
        lines, table = wide.lines(), table_of(wide, words_of(book))
        names["whole"] = function_of(WholeQuiet(book).lines(), **names)
        names |= {"len": len, "brought": table, "all_well": look_at(table)}
    return function_of(lines, **names)


def words_of(book: RuleBook) -> dict[str, dict[str, str]]:
    """For each metric that has words, by the name that the function knows it by: every word as itself."""
    return {
        f"words{book.doors[metric.name].slot}": {word: word for word in metric.values}
        for metric in book.metrics.values()
        if metric.values
    }
