"""How spans, moments, values and distances are said to a person, briefly. Pure words; nothing is looked up here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf, isfinite

from device_rules.durations import UNITS, spell_span
from device_rules.reading import DAY, HOUR, MINUTE, SECOND, Micros, Value
from device_rules.windows.calendar import shown_at

WEEK = 7 * DAY
NEAR = 5 * MINUTE
HUGE = 10**300
LAST = {MINUTE: "the last minute", HOUR: "the last hour", DAY: "the last day", WEEK: "the last week"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOO_FAR: Micros = 4_000_000_000 * SECOND  # in the year 2096; such a moment is never


def span_in_words(span: Micros) -> str:
    """`2d3h`, `9m30s`: the two largest units; nothing below a second is told."""
    rest, parts = max(span, 0), list[str]()
    for unit in ("d", "h", "m", "s"):
        count, rest = divmod(rest, UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
        elif parts:
            break
    return "".join(parts[:2]) or "0s"


def ago(span: Micros) -> str:
    """`4m ago`, or `just now`."""
    return "just now" if span < SECOND else f"{span_in_words(span)} ago"


def over(window: Micros) -> str:
    """`the last hour`, `the last 10m`."""
    return LAST.get(window, f"the last {spell_span(window)}")


def clock(at: Micros, now: Micros, zone: str) -> str:
    """`14:32`, with seconds when it is near, `Mon 08:00` when it is another day, the date when it is further away.
    Without a zone it is UTC."""
    if not (0 <= at < _TOO_FAR and 0 <= now < _TOO_FAR):
        return "never"
    shown, today = (_EPOCH + timedelta(microseconds=shown_at(one, zone)) for one in (at, now))
    days = abs((shown.date() - today.date()).days)
    near = abs(at - now) < NEAR and at % MINUTE >= SECOND
    layout = (
        "%H:%M:%S"
        if near and not days
        else "%H:%M"
        if not days
        else "%a %H:%M"
        if days < 6
        else "%Y-%m-%d %H:%M"
    )
    return shown.strftime(layout) + ("" if zone else " UTC")


def worth(value: Value, unit: str = "") -> str:
    """`64.2 °C`, `open`, `yes`: a value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    shown = value if isinstance(value, str) else plain_number(value)
    return f"{shown} {unit}" if unit else shown


def plain_number(number: float) -> str:
    """At most four digits that mean something, without an exponent where that can be."""
    if abs(number) >= HUGE and number not in {inf, -inf}:
        return f"{'minus ' if number < 0 else ''}a number with hundreds of digits"
    if not isfinite(number):
        return str(number)
    if number == int(number) and abs(number) < 1e12:
        return str(int(number))
    if abs(number) >= 1_000:
        return f"{number:.0f}"
    return f"{number:.4g}"


def many(count: float, thing: str) -> str:
    """`1 reading`, `3 readings`."""
    return f"{plain_number(count)} {thing}{'' if count == 1 else 's'}"


def distance(op: str, value: Value | None, threshold: Value | None, unit: str) -> str:
    """`5 °C too high` for a comparison that is false; "" when there is no distance to tell."""
    away = distance_of(op, value, threshold)
    if not away:
        return "just at the limit" if away == 0 else ""
    return f"{worth(float(f'{away:.3g}'), unit)} too {'high' if op in {'<', '<='} else 'low'}"


def distance_of(op: str, value: Value | None, threshold: Value | None) -> float | None:
    """How far the value is from its threshold; None for what is no order of numbers."""
    if op in {"==", "!="} or not _number(value) or not _number(threshold):
        return None
    return abs(float(value or 0) - float(threshold or 0))


def _number(value: Value | None) -> bool:
    """Whether it can be reckoned with; an int too large for a float cannot."""
    return isinstance(value, float | int) and not isinstance(value, bool) and not HUGE <= abs(value) < inf
