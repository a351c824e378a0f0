"""What the API answers: one shape per noun.

Times are RFC 3339 in UTC. Names and addresses appear in `CustomerOut` and, as a name, in `TicketOut`.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")
Time = Annotated[str, Field(description="RFC 3339, UTC", examples=["2026-11-21T17:05:00.000Z"])]


class Shape(BaseModel):
    """A thing as the API answers it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Shape, Generic[Item]):
    """A page of things. Ask again with `cursor=next` until `next` is null."""

    items: list[Item]
    next: str | None = Field(default=None, description="Where the next page begins; null on the last one.")


class ValueOut(Shape):
    """A metric's newest value."""

    value: float | str | bool
    at: Time


class DeviceOut(Shape):
    """One physical thing, and what was last heard of it."""

    id: str
    model: str
    name: str
    serial: str
    firmware: str
    room: str
    site: str | None
    admission: str
    attributes: dict[str, Any]
    presence: str = Field(
        default="unknown", description="online, sleeping, offline_clean, offline_lost, stale or unknown"
    )
    heard: Time | None = None
    values: dict[str, ValueOut] = {}


class AddressOut(Shape):
    """One address of a person on one channel."""

    id: str
    channel: str
    value: str
    health: str


class CustomerOut(Shape):
    """A person we may contact."""

    id: str
    name: str
    language: str
    zone: str
    addresses: list[AddressOut]
    stopped: Time | None = Field(default=None, description="When they said stop, if that still holds.")


class ResidentOut(Shape):
    """Who is what to a site, from when to when."""

    customer: str
    role: str
    since: Time
    until: Time | None


class SiteOut(Shape):
    """A household or shop."""

    id: str
    zone: str
    country: str
    label: str
    residents: list[ResidentOut]
    devices: list[str]


class ConsentOut(Shape):
    """One line of the basis ledger; the newest line per purpose and channel counts."""

    customer: str
    purpose: str
    channel: str
    kind: str
    at: Time
    country: str
    who: str
    how: str
    wording: str


class FaultOut(Shape):
    """One episode of one rule on one device, with its evidence."""

    id: str
    device: str
    rule: str
    title: str
    severity: str
    start: Time
    raised: Time
    cleared: Time | None
    known_before_live: bool
    evidence: dict[str, Any]


class RuleOut(Shape):
    """A rule in force."""

    model: str
    book: int = Field(description="The version of its rule book.")
    id: str
    title: str
    severity: str
    play: str
    shadow: bool


class CaseOut(Shape):
    """The customer's problem as we handle it."""

    id: str
    device: str
    site: str | None
    family: str
    rule: str
    severity: str
    state: str
    opened: Time
    acknowledged: Time | None
    acknowledged_by: str
    needs_agent: str | None = Field(description="Why an agent is needed, in words; null when none is.")
    agent: str | None
    closed: Time | None
    closing: str
    proved: bool = Field(description="Whether telemetry showed the recovery.")
    version: int


class PartOut(Shape):
    """One sealed part of the diagnostic packet."""

    number: int
    at: Time
    sha256: str
    body: dict[str, Any]


class MessageOut(Shape):
    """One message, in or out."""

    id: str
    case: str | None
    customer: str
    channel: str
    kind: str
    direction: str
    at: Time
    text: str
    status: str
    because: str
    written_by: str


class FactOut(Shape):
    """One line of the timeline."""

    seq: int
    at: Time
    case: str | None
    device: str | None
    kind: str
    because: str
    sentence: str
    data: dict[str, Any]


class TicketOut(Shape):
    """The case as an agent sees it. `id` is the case's."""

    id: str
    status: str
    severity: str
    title: str
    device: str
    device_name: str
    customer: str | None
    customer_name: str
    site: str | None
    since: Time
    opened: Time
    closed: Time | None
    needs_agent: str | None
    agent: str | None
    closing: str
    proved: bool
    version: int
    url: str


class TicketFull(TicketOut):
    """A ticket with all that belongs to it: faults with evidence, packet, thread and timeline. `unreadable` names the parts of
    it that could not be read (of a newer hub, or damaged), which are empty then."""

    faults: list[FaultOut]
    packet: list[PartOut]
    messages: list[MessageOut]
    timeline: list[FactOut]
    unreadable: list[str]


class ContactOut(Shape):
    """One attempt to reach a customer."""

    id: str
    customer: str
    channel: str
    step: str
    at: Time
    cases: list[str]
    messages: list[MessageOut]


class CommandOut(Shape):
    """A command to a device, and what became of it."""

    id: str
    case: str
    device: str
    name: str
    args: dict[str, Any]
    state: str
    note: str
    at: Time
    expires: Time
