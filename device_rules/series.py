"""The series of a rule's own tests: `"18x30"` is thirty times 18, `"20+0.5x10"` a ramp of ten values,
`_` a value that is missing, `stale` one that the device declares unknown. It reads them and plays nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from device_rules.reading import Value
from device_rules.tree import Kind

MISSING = None
STALE = math.nan
LONGEST = 20_000

_RAMP = re.compile(r"^(?P<first>-?\d+(?:\.\d+)?)(?P<step>[+-]\d+(?:\.\d+)?)x(?P<times>\d{1,5})$")
_TIMES = re.compile(r"^(?P<word>.+?)x(?P<times>\d{1,5})$")

Sample: TypeAlias = Value | None


class Run(NamedTuple):
    """One part of a series: `first`, so many times, each later one `step` more (None: as it is)."""

    first: Sample
    times: int
    step: float | None = None


def parse_runs(text: str, kind: Kind) -> Iterator[Run]:
    """The parts of a series. Raises ValueError with a remedy."""
    total = 0
    for part in text.split():
        ramp = _RAMP.match(part) if kind is Kind.NUMBER else None
        times = _TIMES.match(part)
        word, count = (times["word"], int(times["times"])) if times else (part, 1)
        total += count
        if total > LONGEST:
            raise ValueError(f"a series has at most {LONGEST} samples")
        yield (
            Run(float(ramp["first"]), count, float(ramp["step"])) if ramp else Run(_sample(word, kind), count)
        )


def parse_series(text: str, kind: Kind) -> list[Sample]:
    """The samples of a series. Raises ValueError with a remedy."""
    samples: list[Sample] = []
    for first, times, step in parse_runs(text, kind):
        if step is None or not isinstance(first, float):
            samples += [first] * times
        else:
            samples += [round(first + step * number, 9) for number in range(times)]
    return samples


def _sample(word: str, kind: Kind) -> Sample:
    if word == "_":
        return MISSING
    if word == "stale":
        return STALE
    if kind is Kind.TEXT:
        return word
    if kind is Kind.BOOL and word in {"true", "false"}:
        return word == "true"
    try:
        if kind is Kind.NUMBER:
            return float(word)
    except ValueError:
        pass
    raise ValueError(f'`{word}` is not a {kind}. Write series like "18x30", "20+0.5x10", "_x5" or "stale"')
