"""Where a derived value comes from: the description of one function of time in one book.

A derived value has a slot of its own among a device's values, so conditions look at it as at any metric.
This says what it watches; `device_rules.windows` keeps what it needs per device. Constants all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from device_rules.reading import Micros
from device_rules.tree import Node

Form: TypeAlias = Literal[
    "avg", "min", "max", "sum", "count", "stddev", "quantile", "first", "last", "delta", "increase", "rate",
    "changes", "prev", "stuck", "drift", "unusual", "forecast",  # of a metric
    "share", "times", "consecutive", "sequence",  # of conditions
    "events",  # of events
    "missing", "hour", "weekday", "open", "fleet", "any", "all",  # told by the engine
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventMatch:
    """Events of one name whose data hold all of `wanted` (pairs of key and value)."""

    name: str
    wanted: tuple[tuple[str, float | str | bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sequence: something happens (`wanted`), or does not (`not wanted`), within `within` µs.

    The first step has no `within` (0). What happens is a condition becoming true, or an event.
    """

    watched: Node | EventMatch
    wanted: bool
    within: Micros


@dataclass(frozen=True, slots=True)
class Source:
    """One derived value of a book.

    `text` names it (its identity in snapshots and over reloads), `slot` is its place. `base` is the slot
    of the metric that it observes (-1: none), with the gap that its rule asks for; `condition`, `event`
    and `steps` are what else it may watch. `span` is the window in µs (0: none), `expected` how many
    observations it expects (0: sent on change), `needed` how many make it known. `argument` is the `p` of
    a quantile, the µs ahead of a forecast, the number of a `consecutive`. `counter` marks metrics that
    only rise but for resets. `word` is the statistic of `fleet`. A sequence that ends with something that
    happens stays true `until` that is known true (its rule's `clear` as written). Spans are µs.
    """

    text: str
    form: Form
    slot: int
    base: int = -1
    metric: str = ""
    span: Micros = 0
    expected: int = 0
    needed: int = 1
    argument: float = 0.0
    counter: bool = False
    condition: Node | None = None
    event: EventMatch | None = None
    steps: tuple[Step, ...] = ()
    word: str = ""
    until: Node | None = None


MOST_EXACT = 512
"""Up to so many expected observations a window keeps each of them (rules.md, Time 7)."""
BUCKETS = 256
"""A longer window is kept in so many buckets, aligned to the epoch."""
CHUNKS = 16
"""An exact window is summed over so many chunks, aligned to the epoch."""
