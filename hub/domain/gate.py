"""The gate: the one function that allows, holds or denies a message. Nothing reaches a customer but through here.

Rules of this file. 1. `decide` runs the stages of the message's class in order; the first that objects has the last word.
2. It is asked again when a hold ends and when a message is about to leave: a decision is never reused. 3. Whoever wrote
the message (hub, agent, bulk, retry), there is no second way.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from hub.domain.asked import Asked as Asked
from hub.domain.asked import Caps as Caps
from hub.domain.asked import Decision as Decision
from hub.domain.asked import History as History
from hub.domain.asked import Mode as Mode
from hub.domain.asked import Switches as Switches
from hub.domain.asked import Verdict as Verdict
from hub.domain.because import Because
from hub.domain.ids import Moment
from hub.domain.stages import STAGES


def decide(asked: Asked, now: Moment) -> Decision:
    """Allow, hold or deny `asked.message` at `now` (UTC µs), with the reason, the stages asked and the inputs' hash."""
    names: list[str] = []
    inputs = fingerprint(asked, now)
    for stage in STAGES[asked.message.kind]:
        names.append(stage.__name__)
        stop = stage(asked, now)
        if stop is not None:
            return Decision(stop.verdict, stop.because, stop.until, tuple(names), inputs)
    return Decision(Verdict.ALLOW, Because.ALLOWED, None, tuple(names), inputs)


def route(switches: Switches, test_address: bool) -> str:
    """Where an allowed message goes: `real` when live or to a test number in that mode, else `paper`."""
    if switches.mode is Mode.LIVE or (switches.mode is Mode.TEST_NUMBERS and test_address):
        return "real"
    return "paper"


def fingerprint(asked: Asked, now: Moment) -> str:
    """SHA-256 over everything the decision rests on. Texts go in as their own hash; names and numbers don't go in."""
    message, case, address = asked.message, asked.case, asked.address
    inputs = {
        "message": [message.id, message.kind, message.channel, message.case, message.question],
        "text": hashlib.sha256(asked.text.encode()).hexdigest(),
        "customer": asdict(asked.customer),
        "address": address and [address.id, address.channel, address.health],
        "case": case and [case.id, case.state, case.opened, case.acknowledged, case.severity],
        "bases": [[line.purpose, line.channel, line.kind, line.at] for line in asked.bases],
        "suppressed": asked.suppressed,
        "preference": asdict(asked.preference),
        "zones": asked.zones,
        "history": asdict(asked.history),
        "switches": asdict(asked.switches),
        "caps": asdict(asked.caps),
        "rest": asdict(asked.rest),
        "test": asked.test_address,
        "incident_hold": asked.incident_hold,
        "hold_because": asked.hold_because.name,
        "pace": asked.pace,
        "provider": asked.provider,
        "incident": asked.incident,
        "now": now,
    }
    return hashlib.sha256(json.dumps(inputs, separators=(",", ":")).encode()).hexdigest()
