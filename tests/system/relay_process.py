"""A relay of its own, as an operating system's process that a test may kill: `python -m tests.system.relay_process JSON`."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import dataclass

import structlog

from hub.clock import parse_clock
from hub.domain.asked import Caps
from hub.domain.customer import Channel
from hub.domain.policy import Policy
from hub.flow.context import Context
from hub.loops import relay
from hub.loops.post import PostOffice
from hub.store import SqlStore
from hub.store.opening import database_url
from notifiers.paper.channel import Paper
from notifiers.sms.channel import Account, Sms
from simulators.carrier import Account as Known
from voice_skills.matcher import Matcher
from voice_skills.words import house_words

MANY = 1_000_000
CAPS = Caps(fleet_hour=MANY)
POLICY = Policy(caps=CAPS, spread=0)
SECRET = "the key of the tests"


@dataclass(frozen=True, slots=True)
class Told:
    """What the process is told: where store and carrier are, the clock, and its name."""

    dsn: str
    carrier: str
    clock: str
    name: str


def context() -> Context:
    """What arrows and relays need, without telemetry."""
    words = house_words()
    return Context(POLICY, {}, words, Matcher(words), None)  # type: ignore[arg-type]


def office(told: Told) -> PostOffice:
    """A post office with texts alone."""
    own = Known()
    sms = Sms(Account(own.sid, own.token, own.number, "http://127.0.0.1:9", told.carrier, timeout=2.0))
    store = SqlStore(database_url(told.dsn), SECRET)
    return PostOffice(
        store, parse_clock(told.clock), context(), {Channel.SMS: sms}, Paper(), name=told.name, life=3.0
    )


def main() -> None:
    """Carry until killed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(relay.run(office(Told(**json.loads(sys.argv[1])))))


if __name__ == "__main__":
    main()
