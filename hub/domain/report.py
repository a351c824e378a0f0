"""The report of a span: what devices did, what became of it, and what it cost people. Values only; no personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.domain.ids import Moment


@dataclass(frozen=True, slots=True)
class Report:
    """What happened in [`since`, `until`). Spans in µs; None where there was nothing to measure.

    `faults` and `cases` by rule; of the cases opened in the span: `alone` healed before anybody was contacted, `proved`
    resolved with telemetry's proof after a contact, `closed` by an agent without proof, `expired`, `open` still; `contacted` and
    `acknowledged` how many were (`acknowledged` by customers). `messages` is channel → status → how many left, `paper` channel → how many were
    only written down; `opt_outs` people who said so; `held` and `denied` reason → decisions.
    """

    since: Moment
    until: Moment
    faults: Mapping[str, int] = field(default_factory=dict)
    cases: Mapping[str, int] = field(default_factory=dict)
    alone: int = 0
    proved: int = 0
    closed: int = 0
    expired: int = 0
    open: int = 0
    contacted: int = 0
    acknowledged: int = 0
    to_acknowledge: int | None = None
    to_resolve: int | None = None
    messages: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    paper: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    denied: Mapping[str, int] = field(default_factory=dict)
    opt_outs: int = 0
    rows: int = 0

    @property
    def opened(self) -> int:
        """Cases opened in the span."""
        return sum(self.cases.values())
