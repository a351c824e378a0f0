"""How long a backtest takes: `python -m tests.benchmarks.backtest_speed [--readings 10000000] [--form json|flat|csv|gz]`.

Writes a file of that many readings of a thousand devices, four numbers and a state each, into a temporary folder, then
reads and judges it on one core by ten rules, and rehearses what came of it for assumed customers. The goal: ten million
readings in thirty seconds, which is 3 µs each, reading and decoding included.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from device_rules import RuleBook
from device_rules.backtest import Backtest
from hub.bootstrap.rehearsal import terms_of
from hub.domain.ids import Moment
from hub.flow.rehearsal_episodes import episodes_of
from hub.flow.rehearsal_pass import judge
from hub.flow.rehearsal_people import assumed
from hub.flow.rehearsal_report import Judged, outcome_of
from hub.flow.rehearse import rehearse
from hub.ingest.recorded import Files
from hub.settings import Settings

DEVICES = 1_000
START = 1_767_225_600  # 1 January 2026
BOOK = """
model: bench/boiler
version: 1
expect_every: 60s
metrics:
  temp: {unit: "°C", range: [-40, 150]}
  flow: {}
  press: {unit: bar}
  volt: {unit: V}
  state: {type: enum, values: [on, off], every: on_change}
rules:
  - {id: hot, title: The boiler is too hot, severity: major, when: temp > 85, for: 5m, clear: temp < 80, clear_for: 2m}
  - {id: boiling, title: The boiler boils, severity: critical, when: temp > 98}
  - {id: cold, title: The boiler is frozen, severity: minor, when: temp < -20, for: 5m}
  - {id: dry, title: The boiler runs dry, severity: minor, when: flow < 0.2 and state == "on", for: 10m}
  - {id: leaking, title: The pressure is low, severity: minor, when: press < 0.5, for: 10m}
  - {id: bursting, title: The pressure is high, severity: critical, when: press > 9}
  - {id: low-volt, title: The mains are weak, severity: info, when: volt < 200, for: 5m}
  - {id: high-volt, title: The mains are strong, severity: info, when: volt > 250, for: 5m}
  - {id: overload, title: Too much power, severity: major, when: volt * flow > 4000, for: 5m}
  - {id: gone, title: The boiler has gone quiet, severity: minor, silent_for: 15m}
"""
FORMS = ("json", "flat", "csv", "gz")


def lines(readings: int, form: str) -> Iterator[str]:
    """One line a reading; now and then a device is too hot for some minutes, and now and then one is silent."""
    if form == "csv":
        yield "device,at,temp,flow,press,volt,state\n"
    for number in range(readings):
        device, minute = number % DEVICES, number // DEVICES
        bad = (device * 7 + minute // 20) % 400 == 0
        if (device * 11 + minute // 30) % 900 == 1:
            continue
        temp = (90 if bad else 60) + (device + minute) % 10 / 10
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START + minute * 60 + device * 60 // DEVICES))
        if form == "csv":
            yield f"boiler-{device},{at},{temp},3.5,1.8,230,on\n"
        elif form == "flat":
            yield f'{{"device":"boiler-{device}","at":"{at}","temp":{temp},"flow":3.5,"press":1.8,"volt":230,"state":"on"}}\n'
        else:
            values = f'{{"temp":{temp},"flow":3.5,"press":1.8,"volt":230,"state":"on"}}'
            yield f'{{"device":"boiler-{device}","at":"{at}","values":{values}}}\n'


def write(folder: Path, readings: int, form: str) -> Path:
    """The file."""
    path = folder / {"csv": "recorded.csv", "gz": "recorded.jsonl.gz"}.get(form, "recorded.jsonl")
    with path.open("wb") as raw:
        if form != "gz":
            raw.writelines(line.encode() for line in lines(readings, form))
            return path
        with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1) as zipped:
            zipped.writelines(line.encode() for line in lines(readings, form))
    return path


def measure(readings: int, form: str) -> None:
    """Print the table."""
    book = RuleBook.parse(BOOK)
    kinds = {name: metric.type for name, metric in book.metrics.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), readings, form)
        size = path.stat().st_size
        begun = time.process_time()
        judge([], Files([path], kinds), lambda done: None)
        read = time.process_time() - begun
        begun = time.process_time()
        judging = Backtest([book])
        [turns] = judge([judging], Files([path], kinds), lambda done: None)
        judged = time.process_time() - begun
    terms, _ = terms_of(Settings(), book)
    begun = time.process_time()
    homes = assumed({(turn.change.device, book.model) for turn in turns}, terms.policy)
    ledger = rehearse(turns, homes, terms, Moment(judging.counts.last))
    counts = judging.counts
    total = outcome_of(book, Judged(episodes_of(turns), ledger, counts.first, counts.last)).total
    rehearsed = time.process_time() - begun
    count = judging.counts.readings
    rows = (
        ("form", f"{form}, {size / count:.0f} bytes a reading"),
        ("readings", f"{count:,}"),
        ("rules", f"{len(book.rules)}"),
        ("episodes", f"{total.episodes:,}"),
        ("contacts", f"{total.contacts:,}"),
        ("reading alone", f"{read:.2f} s = {read / count * 1e6:.2f} µs a reading"),
        ("reading and judging", f"{judged:.2f} s = {judged / count * 1e6:.2f} µs a reading"),
        ("rehearsing", f"{rehearsed:.2f} s = {rehearsed / max(1, total.episodes) * 1e6:.0f} µs an episode"),
        ("ten million readings", f"{(judged / count * 10_000_000):.0f} s (goal: 30 s)"),
    )
    for name, value in rows:
        sys.stdout.write(f"{name:22}{value}\n")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=10_000_000)
    parser.add_argument("--form", choices=FORMS, default="json")
    given = parser.parse_args()
    measure(given.readings, given.form)


if __name__ == "__main__":
    main()
