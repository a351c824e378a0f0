"""durable_rules: ten rules in one ruleset, messages posted one by one or in batches.

It gives a message to one rule only, and complains of messages that no rule takes: so batches have a last rule that
takes the others.
"""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

from durable import lang
from durable.engine import MessageNotHandledException

PACKAGE = "durable_rules"
BATCH = 100
SIGNS = {">": operator.gt, "<": operator.lt, "==": operator.eq}

hits: list = []


def condition(tests: list) -> Any:
    """A predicate in its language."""
    return reduce(operator.and_, [SIGNS[sign](getattr(lang.m, name), bound) for name, sign, bound in tests])


def noting(number: int) -> Callable[[Any], None]:
    """An action that notes which message fired that rule. It may have one parameter only."""
    return lambda c: hits.append((int(c.m.seq), number))


def ruleset(name: str, predicates: list, *, takes_all: bool) -> None:
    """Declare the rules."""
    with lang.ruleset(name):
        for number, tests in enumerate(predicates):
            lang.when_all(condition(tests))(noting(number))
        if takes_all:
            lang.when_all(lang.pri(9), +lang.m.temp)(lambda c: None)


def numbered(messages: list) -> list:
    """Messages that can be told apart."""
    return [{**message, "seq": number} for number, message in enumerate(messages)]


def batches(messages: list) -> list:
    """Messages in batches."""
    told = numbered(messages)
    return [told[first : first + BATCH] for first in range(0, len(told), BATCH)]


def collect(posted: list) -> list:
    """What was found for messages just posted."""
    found = set(hits)
    hits.clear()
    return [[(message["seq"], number) in found for number in range(10)] for message in posted]


def single(message: dict) -> None:
    """Post one."""
    with contextlib.suppress(MessageNotHandledException):
        lang.post("single", message)


def batched(messages: list) -> None:
    """Post a batch."""
    lang.post("batched", messages)


def ways(predicates: list) -> dict:
    """Every fair way of using it."""
    ruleset("single", predicates, takes_all=False)
    ruleset("batched", predicates, takes_all=True)
    return {
        "apart: a message at a time": (numbered, single, collect),
        f"apart: {BATCH} messages at a time": (batches, batched, collect),
    }
