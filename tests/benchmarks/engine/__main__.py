"""What judging costs, side by side with others, as one table with goals beside the figures.

    python -m tests.benchmarks.engine [--quick] [--strict] [--only judging,memory,peers,whole]

It reports and does not judge: the status is 0, or with --strict 1 when a goal was missed or a part not measured.
Peers are measured where `make bench-engine` has installed them; --quick leaves them out.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import platform
import shutil
import sys
import time
from collections.abc import Callable

from hub.cli.running import SWEEPS
from tests.benchmarks.engine import judging, memory, peers, whole
from tests.benchmarks.engine.figures import Figure, load, say, section, summary
from tests.benchmarks.engine.places import FOLDER, NODE_RED, wheel_node
from tests.benchmarks.engine.workload import ten_rules

Part = tuple[str, str, Callable[[], list[Figure]]]


def parts(quick: bool) -> list[Part]:
    """What is measured, in order: the word for --only, the heading, the measurement."""
    rounds, messages = (3, 40_000) if quick else (5, 100_000)
    few = messages // 5
    own: list[Part] = [
        ("judging", "Judging alone, per message", lambda: judging.ten_stateful(rounds, messages)),
        ("judging", "What an open fault costs, per message", lambda: judging.open_faults(few)),
        ("judging", "Rules in the book, per message", lambda: judging.book_size(rounds, few)),
        ("judging", "An hour's average, per message", lambda: judging.window(rounds, few)),
        ("judging", "Ticks", lambda: judging.ticks(1 if quick else 3)),
        ("memory", "Memory", lambda: memory.bytes_per_device(20_000 if quick else 100_000)),
    ]
    others: list[Part] = [
        ("peers", "The same ten predicates in memory, per message", lambda: peers.compared(rounds)),
        ("whole", "The whole path, per message", lambda: asyncio.run(whole.compared(rounds))),
    ]
    return own if quick else own + others


def reachable(part: str, measure: Callable[[], list[Figure]]) -> list[Figure]:
    """Measure it. Raises RuntimeError when something that it needs is not here."""
    if part == "peers" and not FOLDER.exists():
        raise RuntimeError("the peers are not installed (make bench-engine does it)")
    if part == "whole" and not (NODE_RED.exists() and wheel_node()):
        raise RuntimeError("Node-RED is not installed (make bench-engine does it)")
    if part == "whole" and not (shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")):
        raise RuntimeError("Mosquitto is not installed (on Debian: apt install mosquitto)")
    return measure()


def main() -> int:
    """Measure, print, and say by the status only what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="within a minute, without peers")
    parser.add_argument("--strict", action="store_true", help="status 1 when a goal is missed")
    parser.add_argument(
        "--only", default="", help="parts, separated by commas: judging, memory, peers, whole"
    )
    asked = parser.parse_args()
    wanted = {word for word in asked.only.split(",") if word}
    say(
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, load average {load()}"
    )
    if ten_rules().name != "ten.yaml":
        say("the ten rules stand in plain form: this engine does not read functions of time")
    gc.set_threshold(*SWEEPS)
    say("CPU; medians of rounds, their range behind them; garbage is looked for as seldom as the hub does")
    figures: list[Figure] = []
    missing = 0
    began = time.monotonic()
    for word, title, measure in parts(asked.quick):
        if wanted and word not in wanted:
            continue
        gc.collect()
        try:
            found = reachable(word, measure)
        except RuntimeError as error:  # a peer is not there, does not start, or loses messages
            say(f"\n{title}\n  not measured: {error}")
            missing += 1
        else:
            figures += section(title, found)
    met = summary(figures)
    if missing:
        say(f"{missing} parts not measured")
    say(f"{time.monotonic() - began:.0f} s; load average at the end {load(warn=False)} (mostly ours)")
    return 1 if asked.strict and (missing or not met) else 0


if __name__ == "__main__":
    sys.exit(main())
