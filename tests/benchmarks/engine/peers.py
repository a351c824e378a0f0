"""Other engines under the same predicates and messages, each in a process of its own, round by round with ours.

Every way of using a peer that answers the truths is tried; the cheapest of them counts. Two are shown where they
differ: rules kept apart, as people write them, and all ten folded by hand into one expression.
"""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from device_rules import Engine, Reading, Record, Tick
from tests.benchmarks.engine.figures import Figure, middle, number, ratio, say
from tests.benchmarks.engine.judging import Line, cpu, peopled
from tests.benchmarks.engine.places import FOLDER, HERE, PYTHON, nodes
from tests.benchmarks.engine.predicates import corpus, same_book, sample, truths, write
from tests.benchmarks.engine.workload import CHUNK, EVERY, START, Street, Values, ten_rules

GOAL = 20.0
ROUND = 0.25  # seconds of CPU that a peer is given in a round
OURS = 40_000  # messages in a round of ours
MODULES = {
    "zen-engine": "in_zen",
    "rule-engine": "in_rule_engine",
    "common-expression-language": "in_cel",
    "durable_rules": "in_durable",
}


@dataclass
class Way:
    """One way of using one peer."""

    peer: str
    name: str
    child: subprocess.Popen[str]
    count: int
    costs: list[tuple[float, float]] = field(default_factory=list)  # theirs, ours

    def run(self) -> float:
        """µs of CPU per message of one round."""
        return float(ask(self.child, f"{self.name}\t{self.count}")["cpu"]) / self.count * 1e6


def ask(child: subprocess.Popen[str], line: str = "") -> dict[str, Any]:
    """Say a line to a peer, if there is one to say, and hear its answer. Raises RuntimeError when it has ended."""
    assert child.stdin and child.stdout
    if line:
        child.stdin.write(line + "\n")
        child.stdin.flush()
    said = child.stdout.readline()
    if not said:
        words = (child.stderr.read() if child.stderr else "").strip().splitlines() or ["it ended"]
        raise RuntimeError(next((line for line in words if "Error: " in line), words[-1]))
    answer: dict[str, Any] = json.loads(said)
    return answer


def commands() -> list[tuple[str, list[str]]]:
    """How each peer is started; json-rules-engine on every Node there is."""
    talk = [str(PYTHON), "-W", "ignore", str(HERE / "peer" / "talk.py"), str(FOLDER)]
    found = [(peer, [*talk, module]) for peer, module in MODULES.items()]
    script = [str(HERE / "peer" / "json_rules.mjs"), str(FOLDER)]
    return found + [("json-rules-engine", [str(node), *script]) for node in nodes()]


def ways(children: list[subprocess.Popen[str]]) -> list[Way]:
    """Start the peers; of each the cheapest way of either kind. `children` are the caller's to end."""
    write(FOLDER)
    best: dict[tuple[str, str], tuple[float, Way]] = {}
    for peer, command in commands():
        try:
            child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            children.append(child)
            told = ask(child)
        except (RuntimeError, OSError) as error:
            say(f"  {peer}: not measured: {error}")
            continue
        tried = ", ".join(f"{name} {number(cost)} µs" for name, cost in told["ways"].items())
        say(f"  {peer} {told['version']}: {tried}")
        for name, why in told["wrong"].items():
            say(f"    not used: {name}: {why}")
        for name, cost in told["ways"].items():
            way = Way(peer, name, child, max(500, int(ROUND / cost * 1e6)))
            kind = (peer, name.partition(":")[0])
            if kind not in best or cost < best[kind][0]:
                best[kind] = (cost, way)
    return [way for _, way in best.values()]


class Same:
    """Ours under the same ten predicates and the same messages; a thousand devices take turns."""

    def __init__(self, messages: Sequence[Values]) -> None:
        self.messages, self.turn = messages, 0
        self.names = [f"same-{n}" for n in range(1_000)]
        self.engine = peopled(same_book(), self.names)
        self.run()

    def run(self, count: int = OURS) -> float:
        """µs of CPU per message."""
        spent = 0.0
        for _ in range(count // CHUNK):
            records: list[Record] = []
            for place in range(self.turn, self.turn + CHUNK):
                at = START + place * EVERY // 1_000
                if place % 100 == 0:
                    records.append(Tick(at, START))
                values = dict(self.messages[place % len(self.messages)])
                records.append(Reading(self.names[place % 1_000], at, at, values, at))
            self.turn += CHUNK
            spent += cpu(self.engine, records)[0]
        return spent / (count // CHUNK * CHUNK) * 1e6


def ours_answers() -> int:
    """How many of the sample's truths we answer differently. A device for each message; its rules raise at once."""
    differ = 0
    for place, values in enumerate(sample()):
        name = f"sample-{place}"
        engine: Engine = peopled(same_book(), [name])
        engine.judge(Reading(name, START, START, values))
        raised = {one.rule for one in engine.open_faults(name)}
        told = "".join(str(int(f"rule-{n}" in raised)) for n in range(10))
        differ += told != truths(values)
    return differ


def compared(rounds: int) -> list[Figure]:
    """The table: ours, a peer, ours, the next peer …; the ratios are of neighbours in time."""
    differ = ours_answers()
    assert not differ, f"ours: {differ} answers differ"
    same, stateful = Same(corpus()), Line(ten_rules(), Street(1_000), 20_000)
    ours: list[float] = []
    tens: list[float] = []
    children: list[subprocess.Popen[str]] = []
    try:
        found = ways(children)
        if not found:
            raise RuntimeError("no peer is installed (make bench-engine does it)")
        for _ in range(rounds):
            tens.append(stateful.run(OURS))
            for way in found:
                ours.append(same.run())
                way.costs.append((way.run(), ours[-1]))
    finally:
        for child in children:
            child.kill()
            child.wait()
    told = [
        middle("ours, the same ten predicates", ours),
        middle("ours, the ten stateful rules", tens),
    ]
    return told + table(found)


def table(found: Sequence[Way]) -> list[Figure]:
    """Each peer with its ratio to ours, and the best of either kind against the goal."""
    told: list[Figure] = []
    best: dict[str, Way] = {}
    for way in found:
        cost = statistics.median(theirs for theirs, _ in way.costs)
        times = ratio("", way.costs)
        told.append(
            Figure(f"{way.peer}, {way.name}", cost, "µs", note=f"{number(times.value)} × ours ({times.note})")
        )
        kind = way.name.partition(":")[0]
        if kind not in best or cost < statistics.median(theirs for theirs, _ in best[kind].costs):
            best[kind] = way
    for kind, words in (("apart", "rules kept apart"), ("folded", "folded into one by hand")):
        if kind in best:
            times = ratio("", best[kind].costs)
            name = f"best of them, {words}: {best[kind].peer}"
            told.append(Figure(name, times.value, "×", GOAL, at_least=True, note=times.note))
    return told
