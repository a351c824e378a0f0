"""The report: one line per figure, its goal beside it, and whether it was met. It measures nothing."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass

BUSY = 0.7  # load average from which on figures are not to be believed


@dataclass(frozen=True)
class Figure:
    """A measured value. `goal` is the most it may be, or with `at_least` the least; None is a figure for information."""

    name: str
    value: float
    unit: str = ""
    goal: float | None = None
    at_least: bool = False
    note: str = ""
    sound: bool = True  # False: what was measured did not do what its name says

    @property
    def met(self) -> bool | None:
        """Whether the goal was met; None without a goal."""
        if self.goal is None:
            return None
        return self.sound and (self.value >= self.goal if self.at_least else self.value <= self.goal)


def middle(
    name: str, rounds: Sequence[float], unit: str = "µs", goal: float | None = None, note: str = ""
) -> Figure:
    """A figure from the median of rounds, which are told beside it."""
    spread = f"{number(min(rounds))}–{number(max(rounds))}"
    return Figure(name, statistics.median(rounds), unit, goal, note=f"{spread}{'; ' if note else ''}{note}")


def ratio(
    name: str, pairs: Sequence[tuple[float, float]], goal: float | None = None, note: str = ""
) -> Figure:
    """How many times the first of each pair is the second, round by round; the median."""
    return middle(name, [one / other for one, other in pairs], "×", goal, note)


def number(value: float) -> str:
    """Three digits that matter."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 0.1:
        return f"{value:.{2 if abs(value) < 10 else 1}f}"
    return f"{value:.2g}"


def say(line: str = "") -> None:
    """One line of the report."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def section(title: str, figures: Sequence[Figure]) -> list[Figure]:
    """Print a part of the table; gives the figures back."""
    say(f"\n{title}")
    for one in figures:
        aim = "" if one.goal is None else f"{'≥' if one.at_least else '≤'} {number(one.goal)} {one.unit}"
        verdict = {None: "", True: "met", False: "NOT MET"}[one.met] if one.sound else "UNSOUND"
        value = f"{number(one.value):>9} {one.unit:<6}"
        say(f"  {one.name:<66}{value}{aim:>14}  {verdict:<8} {one.note}".rstrip())
    return list(figures)


def load(*, warn: bool = True) -> str:
    """How busy the machine is, with a warning when it is too busy for figures."""
    now = os.getloadavg()
    busy = warn and now[0] > BUSY
    warning = f" – the machine is busy (> {BUSY}): do not believe the figures" if busy else ""
    return f"{', '.join(f'{one:.2f}' for one in now)}{warning}"


def summary(figures: Sequence[Figure]) -> bool:
    """How many goals were met; True when none was missed."""
    aimed = [one for one in figures if one.goal is not None]
    missed = [one for one in aimed if not one.met]
    say(f"\n{len(aimed) - len(missed)} of {len(aimed)} goals met")
    for one in missed:
        why = f"instead of {number(one.goal or 0)}" if one.sound else f"is not sound: {one.note}"
        say(f"  missed: {one.name}: {number(one.value)} {one.unit} {why}")
    return not missed
