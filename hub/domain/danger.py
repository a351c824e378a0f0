"""Danger: what is said to somebody who tells of fire, gas, a shock or an injury, and what it makes of conversation and case.

Rules of this file. 1. One safe sentence and the emergency number: no question, no choices, no device command. 2. The guided
fix is left for good; only a person goes on. 3. Told again, it is said again. Pure; who hears it is for `hub/flow/alarming.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from device_rules.fault import Severity
from hub.domain import passages as p
from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.contact import MessageClass, Phrase
from hub.domain.conversation import Conversation, Reply, Turn
from hub.domain.effects import CancelCommands, CancelPending, ForgetWakes
from hub.domain.ids import Moment
from hub.domain.move import ASKING, Move, acknowledged_case, silence, unattended
from hub.domain.policy import Policy
from hub.domain.walk import still

STEP = "danger"
"""Where a conversation stands from then on: no step of any guided fix."""
KINDS = ("gas", "fire", "power", "hurt")
EVERYWHERE = "112"
"""The number that mobile telephones connect with the emergency services of most countries."""
NUMBERS: Mapping[str, str] = {
    **dict.fromkeys(("US", "CA", "MX", "PR", "PA", "CR", "AR", "UY", "EC", "PY", "DO", "PH"), "911"),
    **dict.fromkeys(("GB", "IE", "HK", "SG", "MY", "KE"), "999"),
    **dict.fromkeys(("JP", "KR", "TW"), "119"),
    "AU": "000",
    "NZ": "111",
    "BR": "193",
    "CL": "132",
    "PE": "116",
    "CO": "123",
}
CHINA: Mapping[str, str] = {"hurt": "120"}
FIRE_IN_CHINA = "119"
"""China keeps one number for fire and one for doctors."""


def number_of(kind: str, country: str, own: Mapping[str, str]) -> str:
    """The emergency number of `country` (ISO 3166 alpha-2; empty: unknown); what the operator set (`own`) comes first."""
    if country in own:
        return own[country]
    if country == "CN":
        return CHINA.get(kind, FIRE_IN_CHINA)
    return NUMBERS.get(country, EVERYWHERE)


def sentence(kind: str, number: str, language: str = "") -> Reply:
    """What is safe to do, and that our people know. No question."""
    known = kind if kind in KINDS else "fire"
    said = Phrase(f"danger.{known}", {"number": number, "digits": " ".join(number)})
    return Reply((said, Phrase("danger.told")), to_person=True, end=True, language=language)


def left(talk: Conversation, turn: Turn, now: Moment) -> Conversation:
    """The conversation without its guided fix: with a person, and nothing open or half agreed."""
    return replace(
        still(talk),
        step=STEP,
        trail=(),
        with_person=True,
        ended=False,
        paused_until=None,
        channel=turn.channel,
        asked=now,
    )


def endanger(case: Case, event: p.DangerTold, now: Moment, policy: Policy) -> Move:
    """Danger at home: a safety matter that needs an agent at once; nothing of ours asks or acts any more."""
    because = Because.DANGER_TOLD
    worst = replace(case, state=CaseState.WITH_AGENT, severity=Severity.SAFETY, needs_agent=because)
    quiet = (
        *silence(case, because),
        ForgetWakes(case.id, ("check", "command", "watch")),
        CancelPending(case.id, because, (*ASKING, MessageClass.TURN, MessageClass.RECOVERY)),
        CancelCommands(case.id, because),
    )
    return Move(acknowledged_case(worst, now, event.how), (*quiet, *unattended(worst, now, policy)), because)
