"""What made-up conditions ask of time, by form; words in capitals are filled in by `books`."""

from __future__ import annotations

FUNCTIONS: dict[str, tuple[str, ...]] = {
    "windows": (
        "avg(METRIC, WINDOW) WAY NUMBER", "min(METRIC, WINDOW) WAY NUMBER", "max(METRIC, WINDOW) WAY NUMBER",
        "sum(METRIC, WINDOW) WAY 100", "count(METRIC, WINDOW) > SMALL.5",
        "quantile(METRIC, WINDOW, 0.5) WAY NUMBER", "quantile(METRIC, WINDOW, 0.9) WAY NUMBER",
        "first(METRIC, WINDOW) WAY NUMBER", 'last(mode, WINDOW) == "on"', "METRIC - avg(METRIC, WINDOW) WAY 5",
    ),
    "steps": (
        "delta(METRIC, WINDOW) WAY 10", "increase(total, WINDOW) WAY NUMBER",
        "increase(METRIC, WINDOW) WAY NUMBER", "rate(total, WINDOW) WAY 0.123",
        "rate(METRIC, WINDOW) WAY 0.0123", "changes(METRIC, WINDOW) > SMALL.5",
        "changes(mode, WINDOW) WAY SMALL.5",
    ),
    "spread": ("stddev(METRIC, WINDOW) WAY 3.3",),
    "forecast": ("forecast(METRIC, 5m, WINDOW) WAY 33.3",),
    "prev": ("prev(METRIC) WAY NUMBER", 'prev(mode) == "on"', "METRIC - prev(METRIC) WAY 5"),
    "stuck": ("stuck(METRIC, WINDOW)", "stuck(mode, WINDOW)"),
    "missing": ("missing(temp, WINDOW)", "missing(load, WINDOW)"),
    "hour": ("(hour() >= 1 and CONDITION)", "(hour() == 0 or CONDITION)", "(weekday() == 4 and CONDITION)"),
    "share": ("share(CONDITION, WINDOW) WAY 0.4321",),
    "times": ("times(CONDITION, WINDOW) > SMALL.5",),
    "events": ("count(event.reboot, WINDOW) WAY SMALL.5", 'count(event.error(code="E1"), WINDOW) > SMALL.5'),
}  # fmt: skip
