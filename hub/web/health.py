"""Is it alive, is it ready, how is it doing: `/healthz`, `/readyz` and `/metrics` (Prometheus text).

Open to everybody who reaches the port: numbers and names of checks only, nothing about people.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import JSONResponse, PlainTextResponse, Response

from hub.ports import Tx
from hub.ports.telemetry import Gauges
from hub.web.access import door
from hub.web.door import Door

router = APIRouter(tags=["health"])
CHECK_SECONDS = 3.0
OUTBOX_STATES = ("queued", "sending", "in_doubt", "parked")
MOST = 10_000


@router.get("/healthz", response_class=PlainTextResponse)
async def alive() -> str:
    """The process answers."""
    return "ok\n"


@router.get("/readyz")
async def ready(house: Annotated[Door, Depends(door)]) -> Response:
    """200 when every check is well, else 503; each check says what is wrong."""
    found = dict(zip(house.checks, await asyncio.gather(*map(_ask, house.checks.values())), strict=True))
    well = not any(found.values())
    checks = {name: wrong or "ok" for name, wrong in found.items()}
    return JSONResponse({"ready": well, "checks": checks}, 200 if well else 503)


async def _ask(check: object) -> str | None:
    assert callable(check)
    try:
        answer: str | None = await asyncio.wait_for(check(), CHECK_SECONDS)
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:.0f} seconds"
    except Exception as error:  # noqa: BLE001 - a check that breaks is a check that fails
        return f"the check broke: {type(error).__name__}"
    return answer


Counts = Mapping[str, Mapping[str, float]]
MEANINGS: Mapping[str, tuple[str, str]] = {
    "beforehand_tickets": ("Tickets by view.", "view"),
    "beforehand_outbox": ("What is owed to the world, by state.", "state"),
    "beforehand_inbox": ("Internal events still to be handled.", ""),
    "beforehand_facts": ("Lines of the timeline so far.", ""),
    "beforehand_quarantine": ("Refused telemetry, by reason.", "reason"),
    "beforehand_paused": ("1 while a supervisor has paused all contacts.", ""),
    "beforehand_paused_part": ("1 while this rule, channel, provider or incident is paused.", "part"),
    "beforehand_mode": ("The sending mode that is on.", "mode"),
    "beforehand_telemetry": (
        "Messages since the start, by what became of them; faults and checkpoints.",
        "what",
    ),
    "beforehand_connected": ("1 while the broker is there.", ""),
    "beforehand_lag_seconds": ("How long telemetry waits until it is judged, in business time.", ""),
    "beforehand_behind": ("Records in the log that are not judged yet.", ""),
    "beforehand_devices": (
        "Devices that are judged: quiet ones are well, the others looked at closely.",
        "state",
    ),
    "beforehand_state_bytes": ("About what the judged devices take of the memory, in bytes.", ""),
    "beforehand_open_faults": ("Faults that are raised and not cleared, by model and rule.", "rule"),
}


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(house: Annotated[Door, Depends(door)]) -> Response:
    """The figures that an alarm can be built on."""
    async with house.store.reading() as tx:
        counts = {**await _count(tx), **_way_in(house.gauges), **await _judged(house)}
    registry = CollectorRegistry()
    registry.register(_Figures(counts))
    return Response(generate_latest(registry), media_type="text/plain; version=0.0.4; charset=utf-8")


async def _count(tx: Tx) -> Counts:
    switches = await tx.house.switches()
    refused: dict[str, float] = {}
    for row in await tx.house.quarantined(MOST):
        refused[row.reason] = refused.get(row.reason, 0) + row.count
    return {
        "beforehand_tickets": dict(await tx.cases.counts()),
        "beforehand_outbox": {state: len(await tx.outbox.page(state, MOST)) for state in OUTBOX_STATES},
        "beforehand_inbox": {"": await tx.inbox.depth()},
        "beforehand_facts": {"": await tx.facts.newest()},
        "beforehand_quarantine": refused,
        "beforehand_paused": {"": float(switches.paused)},
        "beforehand_paused_part": {f"{each.scope} {each.name}": 1 for each in switches.pauses},
        "beforehand_mode": {switches.mode.value: 1},
    }


def _way_in(gauges: Gauges | None) -> Counts:
    """From the broker to the judgement, as far as this process does that work."""
    if gauges is None:
        return {}
    names = ("received", "accepted", "rejected", "duplicates", "unknown", "faults", "checkpoints")
    return {
        "beforehand_telemetry": {name: getattr(gauges, name) for name in names},
        "beforehand_connected": {"": float(gauges.connected)},
        "beforehand_lag_seconds": {"": gauges.lag},
        "beforehand_behind": {"": gauges.behind},
    }


async def _judged(house: Door) -> Counts:
    """How the engines of this process are, as far as it has any."""
    if house.report is None:
        return {}
    report = await house.report()
    return {
        "beforehand_devices": {"quiet": report.quiet, "ward": report.ward},
        "beforehand_state_bytes": {"": report.state_bytes},
        "beforehand_open_faults": {
            f"{model} {rule}": found.raised
            for model, each in report.models.items()
            for rule, found in each.rules.items()
        },
    }


class _Figures(Collector):
    """Figures counted in the store a moment ago, in the shape that prometheus-client writes out."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts

    def collect(self) -> Iterator[Metric]:
        for name, values in self.counts.items():
            meaning, label = MEANINGS[name]
            family = GaugeMetricFamily(name, meaning, labels=[label] if label else [])
            for key, value in values.items():
                family.add_metric([key] if label else [], value)
            yield family
