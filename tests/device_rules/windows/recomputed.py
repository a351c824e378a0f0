"""What every window is worth, worked out anew from all observations: slow, plain, by `docs/rules-exactly.md`."""

from __future__ import annotations

import math
from itertools import groupby, pairwise
from typing import Any

from device_rules.source import Source

Seen = list[tuple[int, Any]]
"""All observations so far: moment and value, oldest first."""
Parts = list[tuple[int, Seen]]
"""What is in the window, by chunk or bucket: where the part begins, and its observations."""


def is_long(source: Source) -> bool:
    return source.expected > 512 and source.form not in (
        "times",
        "events",
        "prev",
        "stuck",
        "drift",
        "unusual",
    )


def parts_of(source: Source, seen: Seen, now: int) -> Parts:
    w = source.span
    if is_long(source):
        b = math.ceil(w / 256)
        inside = [(at, x) for at, x in seen if now // b - 255 <= at // b <= now // b]
        return [(key * b, list(part)) for key, part in groupby(inside, lambda o: o[0] // b)]
    c = math.ceil(w / 16)
    inside = [(at, x) for at, x in seen if now - w < at <= now][-512:]
    return [(key * c, list(part)) for key, part in groupby(inside, lambda o: o[0] // c)]


def add(numbers: list[float]) -> float:
    total = 0.0
    for number in numbers:
        total = total + number
    return total


def summed(source: Source, parts: list[list[float]]) -> list[float]:
    """Each part by itself, the oldest chunk from its newest back."""
    return [add(p[::-1] if i == 0 and not is_long(source) else p) for i, p in enumerate(parts)]


def xs(parts: Parts) -> list[list[Any]]:
    return [[x for _, x in part] for _, part in parts]


def total(source: Source, parts: Parts) -> float:
    return add(summed(source, xs(parts)))


def steps(source: Source, parts: Parts) -> list[list[float]]:
    def step(a: Any, b: Any) -> float:
        if source.form == "changes":
            return float(a != b)
        if b >= a:
            return float(b - a)
        return float(b) if source.counter else 0.0

    before: list[Any] = []
    counted = []
    for values in xs(parts):
        counted.append([step(a, b) for a, b in pairwise(before + values)])
        before = values[-1:]
    return counted


def increase(source: Source, parts: Parts) -> float:
    return add(summed(source, steps(source, parts)))


def delta(parts: Parts) -> float:
    return float(parts[-1][1][-1][1] - parts[0][1][0][1])


def rate(source: Source, parts: Parts) -> float | None:
    seconds = (parts[-1][1][-1][0] - parts[0][1][0][0]) / 1e6
    risen = increase(source, parts) if source.counter else delta(parts)
    return risen / seconds if seconds else None


def welford(values: list[float]) -> tuple[int, float, float]:
    n, mean, s = 0, 0.0, 0.0
    for x in values:
        n += 1
        d = x - mean
        mean += d / n
        s += d * (x - mean)
    return n, mean, s


def chan(a: tuple[int, float, float], b: tuple[int, float, float]) -> tuple[int, float, float]:
    n = a[0] + b[0]
    d = b[1] - a[1]
    return n, a[1] + d * b[0] / n, a[2] + b[2] + d * d * a[0] * b[0] / n


def stddev(source: Source, parts: Parts) -> float:
    values = xs(parts)
    if is_long(source):
        spreads = [welford(part) for part in values]
    else:
        spreads = [welford(part) for part in values[1:]] + [welford(values[0][::-1])]
    whole = spreads[0]
    for spread in spreads[1:]:
        whole = chan(whole, spread)
    return math.sqrt(whole[2] / whole[0])


def quantile(source: Source, parts: Parts) -> float:
    values = xs(parts)
    ranked = (
        sorted(add(p) / len(p) for p in values) if is_long(source) else sorted(x for p in values for x in p)
    )
    return float(ranked[math.ceil(source.argument * len(ranked)) - 1])


def forecast(source: Source, parts: Parts) -> float | None:
    ats = [at for _, part in parts for at, _ in part]
    n, newest = len(ats), parts[-1][0]
    spread = n * sum(at * at for at in ats) - sum(ats) ** 2
    if not spread:
        return None
    x = summed(source, xs(parts))
    y = summed(source, [[v * (at - start) for at, v in part] for start, part in parts])
    z = add([yy + xx * (start - newest) for (start, _), xx, yy in zip(parts, x, y, strict=True)])
    late = sum(at - newest for at in ats)
    slope = (n * z - late * add(x)) / spread
    return (add(x) + slope * (n * (ats[-1] + int(source.argument) - newest) - late)) / n


LEAST = {"count": 0, "events": 0, "stddev": 2, "delta": 2, "increase": 2, "rate": 2, "forecast": 2}
FILLED = ("avg", "min", "max", "stddev", "quantile", "share", "forecast")


def worth(source: Source, seen: Seen, now: int) -> Any:
    """What the source is worth at `now`, by everything seen until then."""
    if source.form in SPECIAL:
        return SPECIAL[source.form](source, seen, now)
    parts = parts_of(source, seen, now)
    n = sum(len(part) for _, part in parts)
    least = LEAST.get(source.form, 1)
    if n < (max(least, source.needed) if source.form in FILLED else least):
        return None
    return FORMS[source.form](source, parts, n)


FORMS: dict[str, Any] = {
    "avg": lambda s, p, n: total(s, p) / n,
    "sum": lambda s, p, n: total(s, p),
    "min": lambda s, p, n: min(x for part in xs(p) for x in part),
    "max": lambda s, p, n: max(x for part in xs(p) for x in part),
    "count": lambda s, p, n: n,
    "events": lambda s, p, n: n,
    "stddev": lambda s, p, n: stddev(s, p),
    "quantile": lambda s, p, n: quantile(s, p),
    "first": lambda s, p, n: p[0][1][0][1],
    "last": lambda s, p, n: p[-1][1][-1][1],
    "delta": lambda s, p, n: delta(p),
    "increase": lambda s, p, n: increase(s, p),
    "rate": lambda s, p, n: rate(s, p),
    "changes": lambda s, p, n: increase(s, p),
    "share": lambda s, p, n: sum(x for part in xs(p) for x in part) / n,
    "forecast": lambda s, p, n: forecast(s, p),
}


def times(source: Source, seen: Seen, now: int) -> int:
    rises = [at for (_, a), (at, b) in pairwise(seen) if b and not a]
    return len([at for at in rises if now - source.span < at][-512:])


def consecutive(source: Source, seen: Seen, _now: int) -> bool:
    n = int(source.argument)
    return len(seen) >= n and all(x for _, x in seen[-n:])


def stuck(source: Source, seen: Seen, now: int) -> bool | None:
    if not seen:
        return None
    since = seen[-1][0]
    for at, x in reversed(seen):
        if x != seen[-1][1]:
            break
        since = at
    return now - since >= source.span


def span_averages(seen: Seen, w: int) -> list[tuple[int, float]]:
    """Of all spans that are over: their number and their average."""
    spans = [(key, [x for _, x in part]) for key, part in groupby(seen, lambda o: o[0] // w)]
    return [(key, add(part) / len(part)) for key, part in spans[:-1]]


def drift(source: Source, seen: Seen, _now: int) -> float | None:
    samples = [x for _, x in span_averages(seen, source.span)]
    if len(samples) < 31:
        return None
    n, mean, s = welford(samples[:30])
    sigma = max(math.sqrt(s / n), 1e-9 * max(1, abs(mean)))
    e = 0.0
    for x in samples[30:]:
        e = e + 0.15 * ((x - mean) / sigma - e)
    return abs(e)


SPECIAL: dict[str, Any] = {
    "times": times,
    "consecutive": consecutive,
    "stuck": stuck,
    "drift": drift,
}
