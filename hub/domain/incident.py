"""Incidents: the same fault on many devices at once, as one matter that holds and replaces individual contacts.

Rules of this file. 1. An incident concerns who is contacted, never what a case is. 2. Its life is the table `LIFE`: who
may do what in which state. 3. What it holds, it holds until a moment: nothing is left waiting when it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from device_rules.fault import Severity
from device_rules.reading import HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.ids import CaseId, CustomerId, DeviceId, FaultId, MessageId, Moment, SiteId


class IncidentState(StrEnum):
    """Where an incident is in its life."""

    CANDIDATE = "candidate"
    LAPSED = "lapsed"
    REJECTED = "rejected"
    CANARY = "canary"
    RUNNING = "running"
    HALTED = "halted"
    ENDING = "ending"
    CLOSED = "closed"

    @property
    def open(self) -> bool:
        """Whether devices that fail now still belong to it."""
        return self not in (IncidentState.ENDING, IncidentState.CLOSED)

    @property
    def sending(self) -> bool:
        """Whether it tells households by itself, one after the other."""
        return self in (IncidentState.CANARY, IncidentState.RUNNING)


UNDECIDED = (IncidentState.CANDIDATE, IncidentState.HALTED)  # contacts wait until somebody decides


class Act(StrEnum):
    """What people may do with an incident."""

    APPROVE = "approve"
    REJECT = "reject"
    EDIT = "edit"
    CLOSE = "close"


S = IncidentState
LIFE: Mapping[Act, frozenset[IncidentState]] = {
    Act.APPROVE: frozenset({S.CANDIDATE, S.LAPSED, S.REJECTED, S.HALTED}),
    Act.REJECT: frozenset({S.CANDIDATE, S.LAPSED, S.CANARY, S.RUNNING, S.HALTED}),
    Act.EDIT: frozenset({S.CANDIDATE, S.LAPSED, S.REJECTED, S.CANARY, S.RUNNING, S.HALTED}),
    Act.CLOSE: frozenset({S.CANDIDATE, S.LAPSED, S.REJECTED, S.CANARY, S.RUNNING, S.HALTED}),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """When many faults are an incident, and how it may speak. Sources: contact-governance, section 8. Spans in µs.

    `devices` at least, or `share` of a cohort but never fewer than `at_least`, within `window`. Individual contacts wait
    for a decision for `hold`. `rate` messages an hour, and `replies` an hour for each free agent. `automatic` are rules
    that need no supervisor (`*`: all of them). `gateways` are models that the other devices of a site are heard through.
    """

    devices: int = 20
    share: float = 0.02
    at_least: int = 5
    window: int = 10 * MINUTE
    hold: int = 15 * MINUTE
    canary_share: float = 0.01
    canary_most: int = 50
    canary_time: int = 10 * MINUTE
    failures: float = 0.05
    opt_outs: float = 0.005
    two_people: int = 500
    rate: int = 600
    replies: int = 3
    cadence: int = HOUR
    automatic: frozenset[str] = frozenset()
    gateways: frozenset[str] = frozenset()

    def enough(self, failing: int, size: int) -> bool:
        """Whether `failing` devices of a cohort of `size` are many. A size from `all_of` up needs not be exact."""
        return failing >= self.devices or (failing >= self.at_least and failing >= self.share * size)

    @property
    def all_of(self) -> int:
        """From this cohort size on the share asks for more devices than the count does: nobody has to count further."""
        return int(self.devices / self.share) + 1 if self.share > 0 else 1

    def canary(self, households: int) -> int:
        """How many households are told first."""
        return max(1, min(self.canary_most, -int(-households * self.canary_share // 1)))

    def decides(self, rule: str) -> bool:
        """Whether the rule itself says that its incidents need no supervisor."""
        return "*" in self.automatic or rule in self.automatic


@dataclass(frozen=True, slots=True)
class Cohort:
    """A set of devices that may share a cause: behind one `gateway`, of a model with a `firmware`, in a `region`, or
    simply of one `model`."""

    kind: str
    model: str
    value: str = ""

    @property
    def key(self) -> str:
        """The cohort as it is stored."""
        return "|".join((self.kind, self.model, self.value))

    @classmethod
    def parse(cls, key: str) -> Cohort:
        """The cohort of a key."""
        kind, model, value = key.split("|", 2)
        return cls(kind, model, value)

    @property
    def words(self) -> str:
        """As people read it: `nordwarm/heatpump-x1 with firmware 2.3.1`."""
        match self.kind:
            case "gateway":
                return f"devices behind {self.value}"
            case "firmware":
                return f"{self.model} with firmware {self.value}"
            case "region":
                return f"{self.model} in {self.value}"
            case _:
                return self.model


NARROWEST = ("gateway", "firmware", "region", "model")
EXPLAINS = 0.8  # a narrower cohort explains what it has so much of


def narrowest(counts: Mapping[str, int]) -> Cohort:
    """The narrowest cohort that explains what is failing. `counts` by key, of cohorts that share a device."""
    most = max(counts.values())
    fitting = [Cohort.parse(key) for key, count in counts.items() if count >= EXPLAINS * most]
    return min(fitting, key=lambda each: NARROWEST.index(each.kind))


@dataclass(frozen=True, slots=True)
class Mark:
    """One device that has just failed, remembered for as long as the window lasts."""

    device: DeviceId
    fault: FaultId
    case: CaseId
    site: SiteId | None
    at: Moment


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident. `approved_by` are the users who said yes, in order; `hold_until` is when individual contacts go on if
    nobody decides; `paid` the moment up to which the pace has been used up; `words` what supervisors want said, by
    language; `number` counts the updates; `closing` says why it ended."""

    id: str
    rule: str
    cohort: str
    title: str
    severity: Severity
    state: IncidentState
    opened: Moment
    hold_until: Moment
    approved_by: tuple[str, ...] = ()
    approved: Moment | None = None
    canary: int = 0
    canary_until: Moment | None = None
    paid: Moment | None = None
    next_update: Moment | None = None
    words: dict[str, str] = field(default_factory=dict)
    number: int = 0
    because: Because = Because.INCIDENT_FOUND
    closed: Moment | None = None
    closing: str = ""
    version: int = 0

    @property
    def about(self) -> Cohort:
        """Which devices it is about."""
        return Cohort.parse(self.cohort)


class MemberState(StrEnum):
    """How a case stands in its incident: not yet told, told with its household, or left to its own ladder."""

    WAITING = "waiting"
    TOLD = "told"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Member:
    """One case in an incident. `due` is when it may be tried (again); `because` why it is left to itself or waits."""

    incident: str
    case: CaseId
    device: DeviceId
    site: SiteId | None
    state: MemberState
    due: Moment
    because: Because = Because.INCIDENT_FOUND


@dataclass(frozen=True, slots=True)
class Told:
    """One household that an incident has told: whom, about which case, by which message; `number` is the last update they
    were sent, `ended` when they were told that it is over."""

    incident: str
    household: str
    customer: CustomerId
    case: CaseId
    message: MessageId
    at: Moment
    number: int = 0
    ended: Moment | None = None
