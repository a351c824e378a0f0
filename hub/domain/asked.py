"""What the gate is asked and what it answers: values only. The gate itself is `gate.py`, its stages `stages.py`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import Message
from hub.domain.customer import Address, Basis, Customer
from hub.domain.ids import CaseId, Moment


class Mode(StrEnum):
    """How far messages may go: written on paper, to listed test numbers, or to everybody."""

    PAPER = "paper"
    TEST_NUMBERS = "test-numbers"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Switches:
    """What people have switched: the sending mode, the kill switch, and since when sending is live."""

    mode: Mode = Mode.PAPER
    paused: bool = False
    paused_because: str = ""
    live_since: Moment | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What has been sent so far, as the caps count it (first and reminder messages that left or wait to leave).

    `case_firsts` and `case_reminders` count this case; `customer_day` and `customer_week` this person over 24 h and
    7 days; `fleet_hour` all first contacts of the fleet in the last hour; `question_of` is the case whose question
    is open at the address, `heard` when the person last wrote.
    """

    case_firsts: int = 0
    case_reminders: int = 0
    customer_day: int = 0
    customer_week: int = 0
    fleet_hour: int = 0
    question_of: CaseId | None = None
    heard: Moment | None = None


@dataclass(frozen=True, slots=True)
class Caps:
    """How much is too much. Defaults and their sources: contact-governance, section 5; the fleet cap: contact.md 3."""

    case_firsts: int = 1
    case_reminders: int = 2
    customer_day: int = 2
    customer_week: int = 4
    fleet_hour: int = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything a decision rests on. `zones` are all zones that may be the person's (more than one: intersection).

    `text` is the rendered text, `test_address` whether the address is on the list of test numbers.
    """

    message: Message
    customer: Customer
    address: Address | None
    case: Case | None
    bases: tuple[Basis, ...]
    suppressed: bool
    zones: tuple[str, ...]
    history: History
    switches: Switches
    caps: Caps = Caps()
    text: str = ""
    test_address: bool = False


class Verdict(StrEnum):
    """What the gate says."""

    ALLOW = "allow"
    HOLD = "hold"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Decision:
    """The gate's answer: stored, shown, and hashed over its inputs. `until` is set for a hold.

    `stages` lists the stages that were asked, in order; the last one is the one that held or denied.
    """

    verdict: Verdict
    because: Because
    until: Moment | None
    stages: tuple[str, ...]
    inputs: str
