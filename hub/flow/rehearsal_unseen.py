"""What the rules of a book did not see in a recording: metrics that never came, unknown ones, values not believed.

A backtest that judged nothing says why with it. It looks at the records on their way to the rules and changes nothing.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator

from device_rules.book import RuleBook
from device_rules.intake import admitted
from device_rules.reading import Describe, Event, Reading, Record, Value
from hub.flow.rehearsal_pass import Part

SHOWN = 10  # names in one sentence
MOST = 10_000  # different sets of metrics, before they are put together


class Unseen:
    """Watches the records of one recording for `book`."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        width = len(book.slots)
        self._kept: list[Value | None] = [None] * width
        self._at = [0] * width
        self._shapes: set[tuple[str, ...]] = set()
        self._metrics: set[str] = set()
        self._events: set[str] = set()
        self._others: set[str] = set()  # devices of other models
        self._refused: Counter[tuple[str, str]] = Counter()
        self._heard = False

    def watching(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The same parts, looked at."""
        for part in parts:
            self._look(part.records)
            yield part

    def _look(self, records: Iterable[Record]) -> None:
        take, kept, at, others = self._book.take, self._kept, self._at, self._others
        values: list[dict[str, Value]] = []
        for record in records:
            if record.__class__ is not Reading:
                self._other(record)
            elif not others or record.device not in others:
                values.append(record.values)
        self._heard = self._heard or bool(values)
        self._shapes.update(map(tuple, values))
        if len(self._shapes) > MOST:
            self._metrics.update(*self._shapes)
            self._shapes.clear()
        for each in values:
            odd = take(each, kept, at, 0)
            if odd:
                self._doubt(odd, each)

    def _other(self, record: Record) -> None:
        if isinstance(record, Describe):
            if record.model and record.model != self._book.model:
                self._others.add(record.device)
            else:
                self._others.discard(record.device)
        elif isinstance(record, Event) and record.device not in self._others:
            self._heard = True
            self._events.add(record.name)

    def _doubt(self, odd: Iterable[str], values: dict[str, Value]) -> None:
        for name in odd:
            entry, value = self._book.doors[name], values[name]
            if admitted(entry, value) is None:
                self._refused[name, self._why(name, value)] += 1

    def _why(self, name: str, value: Value) -> str:
        metric = self._book.metrics[name]
        kinds = {"float": "a number", "int": "a number", "bool": "true or false"}
        wanted = kinds.get(metric.type, "a text")
        found = (
            "true or false" if isinstance(value, bool) else "a text" if isinstance(value, str) else "a number"
        )
        if found != wanted:
            return f"{found} where the book has {wanted}"
        if wanted == "a number":
            return f"outside {metric.range[0]:g} to {metric.range[1]:g}" if metric.range else "no number"
        return "a word that the book does not know"

    def sentences(self, columns: Iterable[str] = ()) -> list[str]:
        """What there is to say, a sentence each. `columns` are headings that were left out for being unknown."""
        if not self._heard and not columns:
            return []
        came = self._metrics.union(*self._shapes)
        known = set(self._book.metrics)
        unknown = sorted((came - known) | set(columns))
        counted = frozenset[str]().union(*(rule.events for rule in self._book.rules))
        found = []
        if missing := [f"{name}{_like(name, unknown)}" for name in sorted(known - came)]:
            found.append(f"Metrics of the book that never came: {_some(missing)}.")
        if unknown:
            found.append(f"Metrics of the recording that the book does not know: {_some(unknown)}.")
        for (name, why), count in sorted(self._refused.items()):
            found.append(f"{name}: {count:,} {'value' if count == 1 else 'values'} not believed, {why}.")
        if silent := [
            f"{name}{_like(name, self._events - counted)}" for name in sorted(counted - self._events)
        ]:
            found.append(f"Events that rules count and that never came: {_some(silent)}.")
        return found


def _like(name: str, there: Iterable[str]) -> str:
    """The name that may have been meant."""
    folded = {_plain(each): each for each in sorted(there)}
    close = difflib.get_close_matches(_plain(name), list(folded), n=1, cutoff=0.6)
    return f" (but {folded[close[0]]} did)" if close else ""


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(".", "")


def _some(names: list[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest:,} more" if rest > 0 else "")
