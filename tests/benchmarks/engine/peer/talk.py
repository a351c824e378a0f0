"""A peer in Python, run by the Python of its own environment: `python talk.py FOLDER MODULE`.

It knows nothing of ours. It reads predicates and messages, tries every fair way of using the peer, drops those that
do not answer the truths, and times the others when asked: a line `WAY<tab>COUNT` in, a line of JSON out. A way is what
to hand over (prepared, not timed), how to ask, and, where asking does not answer, how to collect the answers.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

CHUNK = 2_000  # messages that are prepared at once: as many as ours gets


def say(told: dict) -> None:
    """A line of JSON."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def digits(answer: Any) -> str:
    """A digit per predicate."""
    return "".join(str(int(bool(one))) for one in answer)


def answers(way: tuple, messages: list) -> list:
    """The truths that this way answers."""
    prepare, answer, *collect = way
    prepared = prepare(messages)
    if not collect:
        return [digits(answer(one)) for one in prepared]
    found: list = []
    for one in prepared:
        answer(one)
        found += [digits(truth) for truth in collect[0](one if isinstance(one, list) else [one])]
    return found


def timed(way: tuple, corpus: list, count: int) -> float:
    """Seconds of CPU for so many messages; preparing them is not counted."""
    prepare, answer = way[:2]
    spent = 0.0
    for first in range(0, count, CHUNK):
        start = first % (len(corpus) - CHUNK)
        prepared = prepare(corpus[start : start + min(CHUNK, count - first)])
        began = time.process_time()
        for one in prepared:
            answer(one)
        spent += time.process_time() - began
    return spent


def tried(ways: dict, data: dict) -> tuple[dict, dict]:
    """What a message costs by each way that answers the truths, and why the others are not used."""
    costs, wrong = {}, {}
    for name, way in ways.items():
        try:
            told = answers(way, data["sample"])
        except Exception as error:  # noqa: BLE001 - whatever a peer raises is why this way is not used
            wrong[name] = f"{type(error).__name__}: {str(error)[:120]}"
            continue
        differ = sum(one != other for one, other in zip(told, data["truths"], strict=True))
        if differ:
            wrong[name] = f"{differ} of {len(told)} answers differ"
            continue
        timed(way, data["corpus"], 300)
        costs[name] = timed(way, data["corpus"], 1_000) / 1_000 * 1e6
    return costs, wrong


def main() -> None:
    """Try, tell, and time what is asked for until the line ends."""
    data = json.loads((Path(sys.argv[1]) / "messages.json").read_text())
    peer = importlib.import_module(sys.argv[2])
    ways = peer.ways(data["predicates"])
    costs, wrong = tried(ways, data)
    say({"version": metadata.version(peer.PACKAGE), "ways": costs, "wrong": wrong})
    for line in sys.stdin:
        name, _, count = line.rstrip("\n").rpartition("\t")
        say({"cpu": timed(ways[name], data["corpus"], int(count))})


if __name__ == "__main__":
    main()
