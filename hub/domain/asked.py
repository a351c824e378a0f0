"""What the gate is asked and what it answers: values only. The gate itself is `gate.py`, its stages `stages.py`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from device_rules.reading import HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import Message
from hub.domain.customer import NO_REST, Address, Basis, Customer, RestDays
from hub.domain.ids import CaseId, Moment
from hub.domain.pauses import Pause
from hub.domain.preferences import NO_CHOICE, Preference


class Mode(StrEnum):
    """How far messages may go: written on paper, to listed test numbers, or to everybody."""

    PAPER = "paper"
    TEST_NUMBERS = "test-numbers"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Switches:
    """What people have switched: the sending mode, the kill switch, and since when sending is live.

    `paused_by` and `paused_since` tell of the kill switch who used it, and when.

    `unheard_since` is set after a backup has been restored, until what customers wrote since then has been heard: contacts
    cannot be resumed before that.
    """

    mode: Mode = Mode.PAPER
    paused: bool = False
    paused_because: str = ""
    live_since: Moment | None = None
    unheard_since: Moment | None = None
    pauses: tuple[Pause, ...] = ()
    paused_by: str = ""
    paused_since: Moment | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What has been sent so far, as the caps count it (first and reminder messages that left or wait to leave).

    `case_firsts` and `case_reminders` count this case; `customer_day` and `customer_week` this person over 24 h and
    7 days; `fleet_hour` all first contacts of the fleet in the last hour, counted up to the cap, without those of incidents; `question_of` is the
    case whose question is open at the address, `heard` when the person last wrote.

    `household_firsts` counts first messages to anybody at the case's site within `Caps.household_span`;
    `same_rule_closed` is when another case of the same rule on the same device was closed, unless this one is more
    severe; `last_reminder` the last reminder about this case on this channel, `safety_recent` the last safety message
    to the person on this channel; `calls_today` and `last_call` the call attempts of 24 h. The message that is being
    judged never counts against itself.
    """

    case_firsts: int = 0
    case_reminders: int = 0
    customer_day: int = 0
    customer_week: int = 0
    fleet_hour: int = 0
    question_of: CaseId | None = None
    heard: Moment | None = None
    household_firsts: int = 0
    same_rule_closed: Moment | None = None
    last_reminder: Moment | None = None
    safety_recent: Moment | None = None
    calls_today: int = 0
    last_call: Moment | None = None


@dataclass(frozen=True, slots=True)
class Caps:
    """How much is too much. Defaults and their sources: `SOURCES` beside the stages, and docs/gate.md. Spans in µs.

    `severe_more` is how many more reminders and messages a critical fault may take: its ladder asks on several ways at once.
    """

    case_firsts: int = 1
    case_reminders: int = 2
    customer_day: int = 2
    customer_week: int = 4
    fleet_hour: int = 50
    severe_more: int = 6
    household: int = 1
    household_span: int = 5 * MINUTE
    rule_rest: int = 24 * HOUR
    reminder_gap: int = 4 * HOUR
    safety_gap: int = 10 * MINUTE
    calls_day: int = 2
    call_gap: int = 30 * MINUTE


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything a decision rests on. `zones` are all zones that may be the person's (more than one: intersection).

    `text` is the rendered text, `test_address` whether the address is on the list of test numbers. `preference` is what
    the person chose; `incident_hold` until when an incident (or a gateway's fault) holds individual contacts about this fault, and `hold_because` why; `pace` the
    earliest moment at which pacing lets this one leave; `rest` are the days on which the maker disturbs nobody. `provider`
    is who would carry it (known at the claim), `incident` the incident that the case belongs to.
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
    preference: Preference = NO_CHOICE
    incident_hold: Moment | None = None
    hold_because: Because = Because.INCIDENT_HOLD
    pace: Moment | None = None
    rest: RestDays = NO_REST
    provider: str = ""
    incident: str = ""


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
