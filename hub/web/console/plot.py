"""From the telemetry log to the chart of a fault: which metrics, which hours, which threshold; and the same as a table.

Pure: told records and a fault, answers a `Chart` and rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from device_rules.fault import Leaf
from device_rules.reading import HOUR, MINUTE, Reading, Record
from hub.ports import FaultRow
from hub.web.chart import Chart, Series, number
from hub.web.console.known import Known
from hub.web.console.speech import leaves, limit, measured, plain
from hub.web.when import Watch

LEAST, MOST = 30 * MINUTE, 3 * HOUR
AFTER = 20 * MINUTE
PANELS = 4
ROWS = 48


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `bad` while the fault lasted."""

    at: str
    cells: tuple[str, ...]
    bad: bool


def hours(fault: FaultRow, now: int) -> tuple[int, int]:
    """From when to when the chart runs: the fault, and enough before it to see what was normal."""
    end = min(now, fault.cleared + AFTER) if fault.cleared else now
    lasted = max(end - fault.change.start, MINUTE)
    return fault.change.start - min(max(lasted // 2, LEAST), MOST), end


def metrics(known: Known, fault: FaultRow) -> dict[str, Leaf | None]:
    """What is worth drawing: the metrics of the condition first, then those of the packet."""
    evidence = known.evidence or fault.change.evidence
    found: dict[str, Leaf | None] = {leaf.metric: leaf for leaf in leaves(evidence.when)}
    for name in fault.change.packet:
        found.setdefault(name, None)
    return found


def chart(known: Known, fault: FaultRow, records: Sequence[Record], watch: Watch) -> Chart | None:
    """The chart, or None when nothing was heard. Times at its foot are the reader's."""
    start, end = hours(fault, watch.now)
    readings = [record for record in records if isinstance(record, Reading) and not record.retained]
    drawn = [_series(known, name, leaf, readings) for name, leaf in metrics(known, fault).items()]
    drawn = [series for series in drawn if series.points or series.states]
    drawn.sort(key=lambda series: bool(series.states))
    if not drawn:
        return None
    title = fault.change.title or plain(fault.change.rule)
    heard = min((reading.effective for reading in readings), default=start)
    start = max(start, min(heard, fault.change.start))  # a device that is new has no hours before
    return Chart(
        title, start, end, fault.change.start, fault.raised, fault.cleared, tuple(drawn[:PANELS]), watch.zone
    )


def _series(known: Known, name: str, leaf: Leaf | None, readings: Sequence[Reading]) -> Series:
    heard = [(reading.effective, reading.values[name]) for reading in readings if name in reading.values]
    heard.sort(key=lambda pair: pair[0])
    title, unit = known.title(name), known.unit(name) or (leaf.unit if leaf else "")
    points = tuple(
        (at, float(value))
        for at, value in heard
        if isinstance(value, int | float) and not isinstance(value, bool)
    )
    if points:
        line = _threshold(leaf)
        return Series(title, unit, points, (), line, limit(leaf) if leaf and line is not None else "")
    states: list[tuple[int, str]] = []
    for at, value in heard:
        if not states or states[-1][1] != str(value):
            states.append((at, str(value)))
    return Series(title, unit, (), tuple(states))


def _threshold(leaf: Leaf | None) -> float | None:
    if leaf is None or not measured(leaf) or leaf.threshold is None:
        return None
    return float(leaf.threshold)


def table(drawn: Chart, watch: Watch) -> list[Row]:
    """The same as numbers, newest first, thinned to a readable length."""
    columns = [dict(series.points) | dict(series.states) for series in drawn.series]
    moments = sorted({at for column in columns for at in column}, reverse=True)
    step = max(1, len(moments) // ROWS)
    return [
        Row(
            watch.at(at),
            tuple(number(column[at]) if at in column else "" for column in columns),
            drawn.begun <= at and (drawn.over is None or at < drawn.over),
        )
        for at in moments[::step]
    ]
