"""Every rule of every shipped pack can be explained, whatever its device says, and what is told is what is so."""

import json
import random
from pathlib import Path

import pytest

import device_rules
from device_rules import Describe, Engine, Event, Reading, RuleBook, Tick, as_text
from device_rules.explain import as_json
from device_rules.explain_look import Look
from device_rules.truth import Sight, leaf_of

MINUTE = 60_000_000
START = 1_767_225_600_000_000
PACKS = sorted(Path(device_rules.__file__).parent.glob("packs/*/rules.yaml"))


def something(metric, rng):
    """A value of the metric, often one that matters to some rule, sometimes one that is not believed."""
    if metric.values:
        return rng.choice([*metric.values, "nonsense"] if rng.random() < 0.02 else metric.values)
    if metric.type == "bool":
        return rng.random() < 0.5
    low, high = metric.range or (0.0, 100.0)
    return rng.uniform(low, high) if rng.random() < 0.9 else high + 1.0


def lived(book, rng):
    """An engine whose one device has said this and that, with gaps; and the moments at which to ask."""
    engine, at = Engine([book]), START
    engine.judge(Describe("d", at, at, book.model, firmware="1", site="s", zone="Europe/Berlin"))
    for _ in range(60):
        at += MINUTE if rng.random() < 0.9 else rng.randrange(2, 40) * MINUTE
        values = {name: something(metric, rng) for name, metric in book.metrics.items() if rng.random() < 0.9}
        engine.judge(Tick(at, 0))
        engine.judge(Reading("d", at, at, values))
        for name in {name for rule in book.rules for name in rule.events if rng.random() < 0.1}:
            engine.judge(Event("d", at, at, name))
        yield engine, at + rng.choice([0, 30_000_000, 10 * MINUTE])


def truths(point):
    yield point.text, point.truth
    for part in point.parts:
        yield from truths(part)


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.parent.name)
def test_whatever_a_device_says_every_rule_can_be_explained(path):
    book = RuleBook.parse(path.read_text(encoding="utf-8"))
    states = set()
    for engine, now in lived(book, random.Random(path.parent.name)):
        for rule in book.rules:
            why = engine.why("d", rule.id, now)
            states.add(why.state)
            assert as_text(why).startswith(f"{rule.title} ({rule.id}): ")
            json.dumps(as_json(why))
            if why.when.truth is True and not why.clear:
                assert why.raises_when == "", rule.id
            if why.state in {"idle", "unknown"} and why.when.truth is not True:
                assert why.raises_when, rule.id
            look = Look(engine._devices["d"].look(), rule.conditions, now, 0)
            plain = leaf_of(rule.when, Sight(look.values, look.seen, look.at))
            assert set(truths(plain)) <= set(truths(why.when)), rule.id
    assert states >= {"idle", "unknown", "raised"}
