"""The state of every derived value of one device: bounded, incremental, and the same however it came about.

One `Window` per `Source` and device. Windows do no I/O, ask no clock and know no device; what a form means
stands in `docs/rules-exactly.md`, 10 to 21. Whether the metric or the device is known at all is not theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from device_rules.reading import Micros, Value
from device_rules.source import MOST_EXACT, Form, Source
from device_rules.windows import (
    bucket_steps,
    bucket_sums,
    buckets,
    exact,
    extremes,
    forecast,
    habit,
    happenings,
    latest,
    order,
    sequence,
    spread,
    steps,
    unusual,
)
from device_rules.windows.sequence import Sequence
from device_rules.windows.size import most_bytes
from device_rules.windows.state import Observed, State

__all__ = ["Sequence", "State", "Window", "most_bytes", "thaw", "window_of"]


class Window(Protocol):
    """The state of one derived value of one device. Moments are the device's own time in µs, never going back."""

    def push(self, at: Micros, value: Observed) -> None:
        """An observation of the metric, or the known truth of the condition (never unknown)."""

    def told(self, at: Micros, value: Observed) -> Value | None:
        """`push`, then `value`, in one go: what is called for every message."""

    def value(self, at: Micros) -> Value | None:
        """What it is worth at `at`; None while it is unknown by its own reasons (empty, not filled)."""

    def due(self) -> Micros:
        """The next moment after the last call at which time alone may change the value; NEVER if none."""

    def freeze(self) -> State:
        """All of it, for msgpack."""

    def thaw(self, state: State) -> None:
        """Take such a state into this fresh window. Raises ValueError for another shape."""

    @property
    def resting(self) -> bool:
        """Hearing that its condition is false would change nothing; windows of metrics always rest."""


EXACT: dict[Form, Callable[[Source], Window]] = {
    "avg": exact.Average,
    "min": extremes.Min,
    "max": extremes.Max,
    "sum": exact.Total,
    "count": exact.Count,
    "stddev": spread.Deviation,
    "quantile": order.Quantile,
    "first": steps.First,
    "last": latest.Last,
    "delta": steps.Delta,
    "increase": steps.Increase,
    "rate": steps.DeltaRate,
    "changes": steps.Changes,
    "stuck": latest.Stuck,
    "drift": habit.Drift,
    "unusual": unusual.Unusual,
    "forecast": forecast.Forecast,
    "share": happenings.Share,
    "times": happenings.Times,
    "consecutive": happenings.Consecutive,
    "sequence": sequence.Sequence,
    "events": happenings.Events,
}
LONG: dict[Form, Callable[[Source], Window]] = {
    "avg": bucket_sums.BucketAverage,
    "min": bucket_sums.BucketMin,
    "max": bucket_sums.BucketMax,
    "sum": bucket_sums.BucketTotal,
    "count": buckets.BucketCount,
    "stddev": spread.BucketDeviation,
    "quantile": order.BucketQuantile,
    "first": bucket_steps.BucketFirst,
    "delta": bucket_steps.BucketDelta,
    "increase": bucket_steps.BucketIncrease,
    "rate": bucket_steps.BucketDeltaRate,
    "changes": bucket_steps.BucketChanges,
    "forecast": forecast.BucketForecast,
    "share": happenings.BucketShare,
}


def window_of(source: Source) -> Window:
    """A fresh one. Raises KeyError for forms that the engine tells by itself."""
    long = source.expected > MOST_EXACT and source.form in LONG
    if source.form == "rate" and source.counter:
        return bucket_steps.BucketIncreaseRate(source) if long else steps.IncreaseRate(source)
    return LONG[source.form](source) if long else EXACT[source.form](source)


def thaw(source: Source, state: State) -> Window:
    """The one that froze so. Raises ValueError or TypeError for a state of another shape."""
    window = window_of(source)
    window.thaw(state)
    return window
