"""The command: `python -m tests.fuzz --seconds 60 --seed 1`. Leaves with 1 when anything was found.

Cases are made from `SEED.NUMBER` alone: `--case texts 1.17` or `--case lives 1.17` tries one of them again, aloud.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable

from tests.fuzz.living import try_life
from tests.fuzz.loading import text_of, try_text

TRIES: dict[str, Callable[[str], str]] = {"texts": try_text, "lives": try_life}
SHARE = {"texts": 0.4, "lives": 0.6}


class Run:
    """Cases of both kinds until the time is over; each kind of finding is told once, with its smallest number of words."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.came: Counter[str] = Counter()
        self.found: dict[str, list[str]] = {}
        self.spent = dict.fromkeys(TRIES, 0.0)
        self.number = 0

    def next(self) -> None:
        """One case of the kind that has had less than its share of the time."""
        kind = min(TRIES, key=lambda name: self.spent[name] / SHARE[name])
        self.number += 1
        began = time.monotonic()
        self.attempt(kind, f"{self.seed}.{self.number}")
        self.spent[kind] += time.monotonic() - began

    def attempt(self, kind: str, seed: str) -> None:
        """One case."""
        try:
            self.came[f"{kind} {TRIES[kind](seed)}"] += 1
        except Exception as broken:  # noqa: BLE001 - whatever it is, it is a finding
            self.came[f"{kind} BROKEN"] += 1
            cases = self.found.setdefault(signature(broken), [])
            cases.append(seed)
            if len(cases) == 1:
                told = "".join(traceback.format_exception(broken, limit=-6))
                sys.stdout.write(f"\n--case {kind} {seed}\n{told[-3000:]}\n")
                sys.stdout.flush()

    def __str__(self) -> str:
        return ", ".join(f"{count} {what}" for what, count in sorted(self.came.items()))


def signature(broken: BaseException) -> str:
    """What makes two findings the same: the error, and where it was raised."""
    frames = traceback.extract_tb(broken.__traceback__)
    ours = [frame for frame in frames if "device_rules" in frame.filename] or list(frames)
    where = ours[-1]
    text = "" if "device_rules" in where.filename else str(broken).split(",", maxsplit=1)[0][:60]
    return f"{type(broken).__name__} at {where.filename.split('/')[-1]}:{where.name} {text}"


def main() -> int:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", default=str(time.monotonic_ns() % 1_000_000))
    options.add_argument("--case", nargs=2, metavar=("KIND", "SEED"))
    chosen = options.parse_args()
    if chosen.case:
        kind, seed = chosen.case
        if kind == "texts":
            sys.stdout.write(f"{text_of(seed)!r}\n")
        sys.stdout.write(f"{TRIES[kind](seed)}\n")
        return 0
    run, began, told = Run(chosen.seed), time.monotonic(), 0.0
    while (spent := time.monotonic() - began) < chosen.seconds:
        run.next()
        if spent - told > 10:
            told = spent
            sys.stderr.write(f"{spent:4.0f} s: {run}\n")
    sys.stdout.write(f"seed {chosen.seed}, {chosen.seconds:g} s: {run}\n")
    for what, cases in run.found.items():
        sys.stdout.write(f"  {len(cases):5} x {what}: {', '.join(cases[:3])}\n")
    return 1 if run.found else 0


if __name__ == "__main__":
    sys.exit(main())
