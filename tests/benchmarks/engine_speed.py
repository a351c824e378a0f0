"""How long one message takes to judge: `python -m tests.benchmarks.engine_speed`.

Ten simple rules over eight metrics, a hundred devices taking turns, nothing wrong with any of them; then
the same with every device in trouble; then ticks with nothing due.
"""

from __future__ import annotations

import sys
import time

from device_rules import Describe, Engine, Reading, RuleBook, Tick

MESSAGES = 200_000
DEVICES = 100
START = 1_700_000_000_000_000
MINUTE = 60_000_000

METRICS = ("temp", "volt", "amp", "vib", "rpm", "flow", "press", "hum")
BOOK = """
model: bench/ten-rules
version: 1
expect_every: 60s
metrics: {METRICS, state: {type: enum, values: [on, off]}}
rules:
  - {id: hot, title: t, severity: major, when: temp > 85, for: 5m}
  - {id: low-volt, title: t, severity: major, when: volt < 200, for: 5m}
  - {id: shaking, title: t, severity: major, when: vib > 4.5, clear: vib < 3, for: 2m}
  - {id: jammed, title: t, severity: major, when: rpm < 100 and amp > 1 and state == "on", for: 1m}
  - {id: dry, title: t, severity: minor, when: flow < 0.2 and state == "on", for: 10m}
  - {id: bursting, title: t, severity: critical, when: press > 9}
  - {id: cold, title: t, severity: minor, when: temp < -20, for: 5m}
  - {id: damp, title: t, severity: info, when: hum > 95 or hum < 1, for: 30m}
  - {id: overload, title: t, severity: major, when: volt * amp > 4000, for: 5m}
  - {id: gone, title: t, severity: minor, silent_for: 15m}
"""


def book() -> RuleBook:
    """Ten rules over eight numbers and a state."""
    return RuleBook.parse(BOOK.replace("METRICS", ", ".join(f"{name}: {{}}" for name in METRICS)))


def messages(temp: float) -> list[Reading]:
    """What the devices send, in order."""
    values = {
        "temp": temp,
        "volt": 230.0,
        "amp": 4.0,
        "vib": 1.0,
        "rpm": 900.0,
        "flow": 3.0,
        "press": 2.0,
        "hum": 40.0,
    }
    return [
        Reading(f"device-{number % DEVICES}", at, at, {**values, "state": "on"})
        for number in range(MESSAGES)
        for at in (START + (number // DEVICES) * MINUTE,)
    ]


def engine() -> Engine:
    """An engine that knows the devices."""
    made = Engine([book()])
    for number in range(DEVICES):
        made.judge(Describe(f"device-{number}", START, START, "bench/ten-rules"))
    return made


def measure(temp: float) -> float:
    """µs for one message."""
    judge, told = engine().judge, messages(temp)
    began = time.process_time()
    for message in told:
        judge(message)
    return (time.process_time() - began) / MESSAGES * 1e6


def measure_ticks() -> float:
    """µs for one tick with nothing due."""
    made = engine()
    for message in messages(20.0)[:DEVICES]:
        made.judge(message)
    began = time.process_time()
    for number in range(MESSAGES):
        made.judge(Tick(START + number, START))
    return (time.process_time() - began) / MESSAGES * 1e6


def main() -> None:
    """Print the three figures."""
    sys.stdout.write(
        f"ten rules, all well:        {min(measure(20.0) for _ in range(3)):.2f} µs per message\n"
    )
    sys.stdout.write(f"ten rules, one fault open:  {measure(99.0):.2f} µs per message\n")
    sys.stdout.write(f"a tick with nothing due:    {measure_ticks():.2f} µs\n")


if __name__ == "__main__":
    main()
