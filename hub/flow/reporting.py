"""The report in words: what a maker's team reads on a Monday. Text only; no personal data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from device_rules.reading import HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.plural import many
from hub.domain.report import Report

MOST = 8  # rules and reasons that are named; the others are added up
NAMES = {
    "paper": "on paper",
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "push": "push",
    "phone": "calls",
    "email": "e-mail",
}


def in_words(report: Report) -> str:
    """The report as lines of text."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    raised = sum(report.faults.values())
    yield f"{many(raised, 'fault')} raised{_most(report.faults)}."
    yield f"{many(report.opened, 'case')} opened{_most(report.cases)}:"
    yield f"  {report.alone:,} healed before anybody was contacted"
    yield (
        f"  {report.contacted:,} were told to their customers, {report.acknowledged:,} were answered"
        + _after(report.to_acknowledge)
    )
    yield f"  {report.proved:,} resolved and proved by telemetry{_after(report.to_resolve)}, {report.closed:,} closed by agents"
    yield f"  {report.expired:,} expired, {report.open:,} still open"
    for channel, statuses in report.messages.items():
        told = ", ".join(f"{count:,} {status}" for status, count in statuses.items())
        yield f"{many(sum(statuses.values()), 'message')} by {NAMES.get(channel, channel)}: {told}."
    for channel, count in report.paper.items():
        yield f"{many(count, 'message')} by {NAMES.get(channel, channel)} on paper: written down, not sent."
    yield from _reasons("held back for a while", report.held)
    yield from _reasons("not sent", report.denied)
    yield f"{many(report.opt_outs, 'person', 'people')} opted out."


def _most(counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    named = ", ".join(f"{name} {count:,}" for name, count in [*counts.items()][:MOST])
    others = sum([*counts.values()][MOST:])
    return f" ({named}{f', others {others:,}' if others else ''})"


def _after(span: int | None) -> str:
    if span is None:
        return ""
    if span < 2 * MINUTE:
        return f" (half of them within {max(1, span // 1_000_000)} s)"
    return (
        f" (half of them within {span // MINUTE} min)"
        if span < 2 * HOUR
        else f" (half of them within {span // HOUR} h)"
    )


def _reasons(what: str, counts: Mapping[str, int]) -> Iterator[str]:
    for name, count in [*counts.items()][:MOST]:
        because = Because.__members__.get(name.upper())
        yield f"{count:,} × {what}: {because.agent if because else name}"
