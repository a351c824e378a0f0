"""The functions of the language: how each is written, what it needs, what it answers.

A table for the reader of conditions and for whoever documents the language. What they mean to the
microsecond is in `docs/rules-exactly.md`; nothing is reckoned here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from device_rules.rule import Metric
from device_rules.source import MOST_EXACT, Form
from device_rules.tree import Kind, Ref

Bounds = tuple[float, float]
UP: Bounds = (0.0, math.inf)


@dataclass(frozen=True, slots=True)
class Function:
    """One function. `least` observations make it known; one that is `filled` needs its window covered.

    `answers`, `unit` and `bounds` say what comes out: "same" as the metric, its "width" or "spread", "/s"
    of its unit, or always the same. `numbers` restricts it to metrics that are numbers.
    """

    form: Form
    signature: str
    example: str
    meaning: str
    least: int = 1
    filled: bool = False
    numbers: bool = True
    answers: Literal["same"] | Kind = Kind.NUMBER
    unit: Literal["same", "/s", ""] = ""
    bounds: Literal["same", "width", "spread"] | Bounds | None = None


def _of(form: Form, meaning: str, rest: str = "window", **facts: object) -> Function:
    arguments = {"window": "1h", "window, p": "1h, 0.95", "": "", "ahead": "7d"}[rest]
    signature = f"{form}(metric, {rest})" if rest else f"{form}(metric)"
    example = f"{form}(temp, {arguments})" if rest else f"{form}(temp)"
    return Function(form, signature, example, meaning, **facts)  # type: ignore[arg-type]


FUNCTIONS: dict[str, Function] = {
    "avg": _of("avg", "the average of the observations", filled=True, unit="same", bounds="same"),
    "min": _of("min", "the smallest observation", filled=True, unit="same", bounds="same"),
    "max": _of("max", "the largest observation", filled=True, unit="same", bounds="same"),
    "sum": _of("sum", "the sum of the observations", unit="same"),
    "count": _of(
        "count", "how many observations, or how many such events", least=0, numbers=False, bounds=UP
    ),
    "stddev": _of(
        "stddev", "how far the observations lie apart", least=2, filled=True, unit="same", bounds="spread"
    ),
    "quantile": _of(
        "quantile",
        "the value that the share p of the observations does not exceed",
        "window, p",
        filled=True,
        unit="same",
        bounds="same",
    ),
    "first": _of(
        "first", "the oldest observation", numbers=False, answers="same", unit="same", bounds="same"
    ),
    "last": _of("last", "the newest observation", numbers=False, answers="same", unit="same", bounds="same"),
    "delta": _of("delta", "the newest less the oldest", least=2, unit="same", bounds="width"),
    "increase": _of("increase", "by how much it rose, resets allowed for", least=2, unit="same", bounds=UP),
    "rate": _of("rate", "its rise a second; for counters resets are allowed for", least=2, unit="/s"),
    "changes": _of("changes", "how often it changed", numbers=False, bounds=UP),
    "share": Function(
        "share",
        "share(condition, window)",
        "share(temp > 30, 1h)",
        "at which share of the readings the condition was true",
        filled=True,
        bounds=(0.0, 1.0),
    ),
    "times": Function(
        "times",
        "times(condition, window)",
        "times(temp > 30, 1h)",
        "how often the condition became true",
        least=0,
        bounds=(0.0, float(MOST_EXACT)),
    ),
    "prev": _of(
        "prev",
        "the observation before the last",
        "",
        numbers=False,
        answers="same",
        unit="same",
        bounds="same",
    ),
    "stuck": _of("stuck", "it has not changed for so long", numbers=False, answers=Kind.BOOL),
    "missing": _of("missing", "nothing of it was received for so long", numbers=False, answers=Kind.BOOL),
    "drift": _of("drift", "how far it has moved from the device's own habit", bounds=UP),
    "unusual": _of("unusual", "how unusual it is for this device", "", bounds=UP),
    "forecast": Function(
        "forecast",
        "forecast(metric, ahead) or forecast(metric, ahead, window)",
        "forecast(temp, 7d)",
        "what it will be so long from now if it goes on as in the window",
        least=2,
        filled=True,
        unit="same",
    ),
    "hour": Function(
        "hour", "hour()", "hour()", "the hour of the day where the device is, 0 to 23", bounds=(0.0, 23.0)
    ),
    "weekday": Function(
        "weekday", "weekday()", "weekday()", "the day of the week, 1 (Monday) to 7", bounds=(1.0, 7.0)
    ),
    "fleet": Function(
        "fleet",
        'fleet(metric, "p95")',
        'fleet(temp, "p95")',
        "that percentile over all devices of the model",
        unit="same",
        bounds="same",
    ),
    "any": Function(
        "any",
        "any(site.devices, condition)",
        "any(site.devices, temp > 30)",
        "it holds for one of the other devices of the model at the site",
        answers=Kind.BOOL,
    ),
    "all": Function(
        "all",
        "all(site.devices, condition)",
        "all(site.devices, temp > 30)",
        "it holds for all other devices of the model at the site",
        answers=Kind.BOOL,
    ),
}
ABS = "abs(number)"
OF_ONE_METRIC = frozenset([
    "avg", "min", "max", "sum", "count", "stddev", "first", "last", "delta", "increase", "rate", "changes",
    "stuck", "missing", "drift",
])  # fmt: skip
"""Written `f(metric, window)`."""
WORDS = frozenset([*FUNCTIONS, "abs"])


def answer(function: Function, text: str, slot: int, of: Ref | None) -> Ref:
    """What conditions see of a function's value that is kept in `slot`."""
    kind = of.kind if function.answers == "same" and of else Kind(str(function.answers))
    same = function.answers == "same" and of is not None
    return Ref(text, kind, slot, _unit(function, of), of.values if same and of else (), _bounds(function, of))


def _unit(function: Function, of: Ref | None) -> str:
    unit = of.unit if of and function.unit else ""
    return f"{unit}/s" if function.unit == "/s" else unit


def _bounds(function: Function, of: Ref | None) -> Bounds | None:
    if not isinstance(function.bounds, str):
        return function.bounds
    if of is None or of.range is None:
        return UP if function.bounds == "spread" else None
    low, high = of.range
    match function.bounds:
        case "width":
            return (low - high, high - low)
        case "spread":
            return (0.0, (high - low) / 2)
    return (low, high)


def observes(metric: Metric, kind: Kind, name: str) -> str:
    """Why the function cannot look at this metric; "" when it can."""
    if FUNCTIONS[name].numbers and kind is not Kind.NUMBER:
        return f"`{name}` is of numbers, and `{metric.name}` is of type {metric.type}"
    if name == "missing" and metric.every is None:
        return (
            f"`{metric.name}` is sent only when it changes, so it is never missing; ask `silent_for` instead"
        )
    if name == "fleet" and metric.range is None:
        return f"`fleet` needs the range of `{metric.name}`; give the metric `range: [low, high]`"
    return ""
