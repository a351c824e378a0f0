"""The command: `python -m tests.mutation --mutants 400 --seed 1`. Leaves with 1 when fewer than 85 % are killed.

The same seed over the same source is the same sample. What survives is written to build/mutation/SEED.txt; `--again` tries
only those once more, `--only` only files with that in their name.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.mutation.mutants import Mutant, files, mutants_of, mutated, told
from tests.mutation.trial import ROOT, copied, passes, tests_for, warm_up

GOAL = 0.85
BUILD = ROOT / "build" / "mutation"


class Session:
    """One sample, tried in one copy of the tree."""

    def __init__(self, name: str) -> None:
        self.tree = copied(BUILD / f"tree-{name}")
        self.log, self.record = BUILD / f"{name}.log", BUILD / f"{name}.json"
        self.source = {
            str(path.relative_to(self.tree)): path.read_text(encoding="utf-8") for path in files(self.tree)
        }
        self.results: list[tuple[Mutant, str, float]] = []

    def sample(self, count: int, seed: int, only: str) -> list[Mutant]:
        """So many of all mutants, file by file."""
        every = [mutant for path in files(self.tree) for mutant in mutants_of(path, self.tree)]
        wanted = [mutant for mutant in every if only in mutant.file]
        sys.stdout.write(f"{len(every)} mutants in {len(self.source)} modules\n")
        chosen = Random(seed).sample(range(len(wanted)), min(count, len(wanted)))
        return [wanted[number] for number in sorted(chosen)]

    def sound(self) -> bool:
        """Without any change all tests pass. This also compiles what is kept for the trials."""
        tests = list(dict.fromkeys(test for file in self.source for test in tests_for(file, self.tree)))
        return passes(self.tree, tests, self.log, keep=True) == "passed"

    def attempt(self, mutant: Mutant) -> str:
        """Change the module, ask the tests, and change it back."""
        path, source = self.tree / mutant.file, self.source[mutant.file]
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()
        path.write_text(mutated(source, mutant.number), encoding="utf-8")
        began = time.monotonic()
        outcome = passes(self.tree, tests_for(mutant.file, self.tree), self.log)
        path.write_text(source, encoding="utf-8")
        self.results.append((mutant, outcome, time.monotonic() - began))
        return outcome

    def survivors(self) -> list[Mutant]:
        """Those that no test noticed."""
        return [mutant for mutant, outcome, _ in self.results if outcome == "passed"]

    def save(self) -> None:
        """Keep the sample and what came of it, for `--again`."""
        kept = [
            [one.file, one.line, one.number, one.kind, told(self.source[one.file], one.number)]
            for one in self.survivors()
        ]
        self.record.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        text = "".join(
            f"{file}:{line} #{number} {kind}\n{change}\n\n" for file, line, number, kind, change in kept
        )
        self.record.with_suffix(".txt").write_text(text, encoding="utf-8")

    def table(self) -> str:
        """File by file: how many, how many were killed."""
        tried, killed = (
            Counter(one.file for one, _, _ in self.results),
            Counter(one.file for one, outcome, _ in self.results if outcome != "passed"),
        )
        lines = [
            f"{file.removeprefix('device_rules/'):28} {killed[file]:4} of {tried[file]:4}"
            for file in sorted(tried)
        ]
        endless = sum(outcome == "endless" for _, outcome, _ in self.results)
        share = killed.total() / max(tried.total(), 1)
        lines.append(
            f"{'killed':28} {killed.total():4} of {tried.total():4}: {share:.1%} ({endless} of them did not end)"
        )
        return "\n".join(lines)


def again(path: Path, session: Session) -> list[Mutant]:
    """What survived last time, found by what it changes, for lines may have moved."""
    wanted = {
        (file, kind, change) for file, _, _, kind, change in json.loads(path.read_text(encoding="utf-8"))
    }
    return [
        mutant
        for file in files(session.tree)
        for mutant in mutants_of(file, session.tree)
        if any(name == mutant.file and kind == mutant.kind for name, kind, _ in wanted)
        and (mutant.file, mutant.kind, told(session.source[mutant.file], mutant.number)) in wanted
    ]


def main() -> int:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mutants", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", default="")
    options.add_argument("--again", type=Path)
    chosen = options.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    session = Session("again" if chosen.again else str(chosen.seed))
    sample = (
        again(chosen.again, session)
        if chosen.again
        else session.sample(chosen.mutants, chosen.seed, chosen.only)
    )
    warm_up()
    began = time.monotonic()
    if not session.sound():
        sys.stdout.write(f"the tests fail without any change; see {session.log}\n")
        return 2
    sys.stdout.write(f"the tests pass without any change, in {time.monotonic() - began:.0f} s\n")
    for number, mutant in enumerate(sample, 1):
        outcome = session.attempt(mutant)
        if outcome == "passed":
            change = told(session.source[mutant.file], mutant.number)
            sys.stdout.write(
                f"survived {mutant.file}:{mutant.line} #{mutant.number} {mutant.kind}\n{change}\n"
            )
        if number % 20 == 0 or number == len(sample):
            spent, alive = time.monotonic() - began, len(session.survivors())
            sys.stdout.write(f"{number} of {len(sample)}, {alive} survived, {spent:.0f} s\n")
        sys.stdout.flush()
        session.save()
    sys.stdout.write(session.table() + "\n")
    return 0 if len(session.survivors()) <= (1 - GOAL) * len(sample) else 1


if __name__ == "__main__":
    sys.exit(main())
