"""What can happen to a case on the street: small frozen values, past tense. What follows is the table in `street.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from device_rules.fault import Severity
from hub.domain.agent import Closing
from hub.domain.because import Because
from hub.domain.case import Step
from hub.domain.ids import UserId


@dataclass(frozen=True, slots=True)
class FaultOpened:
    """The case begins: its first fault was raised. `ladder` is the one to freeze (None: that of the severity)."""

    ladder: tuple[Step, ...] | None = None


@dataclass(frozen=True, slots=True)
class FaultJoined:
    """Another fault of the device belongs to this case too; `severity` is the new fault's. `anew` says that the device was
    well before (the customer knows of no fault now); `ladder`: see `FaultOpened`."""

    severity: Severity
    anew: bool = False
    ladder: tuple[Step, ...] | None = None


@dataclass(frozen=True, slots=True)
class SeverityChanged:
    """The worst of the case's faults is now `severity`."""

    severity: Severity


@dataclass(frozen=True, slots=True)
class HoldOver:
    """The hold-down has passed and the fault is still there."""


@dataclass(frozen=True, slots=True)
class StepDue:
    """Nobody has answered within the wait of the last step, or its message failed."""


@dataclass(frozen=True, slots=True)
class Contacted:
    """A message of ladder step `step` has been put into the outbox."""

    step: int


@dataclass(frozen=True, slots=True)
class LadderEnded:
    """No step is left that may or can reach anybody."""

    because: Because


@dataclass(frozen=True, slots=True)
class Informed:
    """The ladder of a minor fault has ended, and the customer knows of it."""


@dataclass(frozen=True, slots=True)
class AgentNeeded:
    """A person must look, while the hub goes on with what it was doing."""

    because: Because


@dataclass(frozen=True, slots=True)
class PersonWanted:
    """From here on a person goes on: asked for by the customer, or because the guided fix ended. `who` of a household it was
    that said stop, say."""

    because: Because
    who: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The customer answered on `how` (sms, voice, page)."""

    how: str


@dataclass(frozen=True, slots=True)
class DangerTold:
    """The customer told on `how` (sms, voice, page) of danger to people: fire, gas, a shock, an injury."""

    how: str


@dataclass(frozen=True, slots=True)
class FixTried:
    """The customer or the device did what we asked; telemetry will show whether it worked."""


@dataclass(frozen=True, slots=True)
class FixFailed:
    """Telemetry shows the fault still there after what was tried."""


@dataclass(frozen=True, slots=True)
class TalkStalled:
    """The customer answered once and then fell silent for too long."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """Every fault of the case has cleared."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """The same rule found the same device failing again soon after the end. `ladder`: see `FaultOpened`."""

    severity: Severity
    ladder: tuple[Step, ...] | None = None


@dataclass(frozen=True, slots=True)
class CustomerReturned:
    """The customer wrote again soon after the end: it is not over for them."""

    how: str


@dataclass(frozen=True, slots=True)
class AgentTook:
    """An agent took the case."""

    user: UserId


@dataclass(frozen=True, slots=True)
class AgentReleased:
    """The agent handed the case back to the hub."""

    user: UserId


@dataclass(frozen=True, slots=True)
class AgentLapsed:
    """The agent who took it has not been heard of, or has left the desk."""

    because: Because = Because.AGENT_SILENT


@dataclass(frozen=True, slots=True)
class AgentClosed:
    """An agent closed the case and said why."""

    user: UserId
    closing: Closing
    proved: bool = False


@dataclass(frozen=True, slots=True)
class StepsWanted:
    """The customer wants to go on with the guided fix by themselves."""


@dataclass(frozen=True, slots=True)
class WentLive:
    """Sending went live while this fault was already there: it is listed, not contacted."""


@dataclass(frozen=True, slots=True)
class Expired:
    """The case has outlived its life; `fault_open` tells whether telemetry still shows a fault."""

    fault_open: bool


Passage: TypeAlias = (
    FaultOpened
    | FaultJoined
    | SeverityChanged
    | HoldOver
    | StepDue
    | Contacted
    | LadderEnded
    | Informed
    | AgentNeeded
    | PersonWanted
    | Answered
    | DangerTold
    | FixTried
    | FixFailed
    | TalkStalled
    | Recovered
    | Reopened
    | CustomerReturned
    | AgentTook
    | AgentReleased
    | AgentLapsed
    | AgentClosed
    | StepsWanted
    | WentLive
    | Expired
)

PASSAGES: tuple[type[Passage], ...] = (
    FaultOpened,
    FaultJoined,
    SeverityChanged,
    HoldOver,
    StepDue,
    Contacted,
    LadderEnded,
    Informed,
    AgentNeeded,
    PersonWanted,
    Answered,
    DangerTold,
    FixTried,
    FixFailed,
    TalkStalled,
    Recovered,
    Reopened,
    CustomerReturned,
    AgentTook,
    AgentReleased,
    AgentLapsed,
    AgentClosed,
    StepsWanted,
    WentLive,
    Expired,
)
