"""Spans of time as people write them in books: `90s`, `20m`, `1h30m`, `7d`; in the engine they are µs."""

from __future__ import annotations

import re

from device_rules.reading import DAY, HOUR, MINUTE, SECOND, Micros

MILLISECOND: Micros = 1_000
UNITS: dict[str, Micros] = {"ms": MILLISECOND, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
PATTERN = r"^(\d+(\.\d+)?(ms|s|m|h|d))+$"
LONGEST: Micros = 366 * DAY

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def parse_span(text: object) -> Micros:
    """`1h30m` in µs. Raises ValueError with a remedy."""
    if isinstance(text, str) and len(text) <= 40 and re.match(PATTERN, text):
        span = sum(round(float(number) * UNITS[unit]) for number, unit in _PART.findall(text))
        if span <= LONGEST:
            return span
        raise ValueError(f"`{text}` is longer than a year")
    unit = " A number needs its unit." if isinstance(text, int | float) else ""
    raise ValueError(f"`{text}` is not a span of time.{unit} Write it like 90s, 20m, 1h30m or 7d")


def spell_span(span: Micros) -> str:
    """µs as people write it: `1h30m`; parts smaller than a millisecond are dropped."""
    sign, rest, parts = ("-" if span < 0 else ""), abs(span), ""
    for unit in ("d", "h", "m", "s", "ms"):
        count, rest = divmod(rest, UNITS[unit])
        if count:
            parts += f"{count}{unit}"
    return f"{sign}{parts}" if parts else "0s"
