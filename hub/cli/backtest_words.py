"""The words of a backtest's report, for terminal and page alike: spans, moments, reasons, advice. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from device_rules.reading import DAY, HOUR, MINUTE, SECOND
from hub.domain.because import Because
from hub.flow.rehearsal_report import Figures, Report

FLAPPING, BRIEF, CROWD, TIRED = 0.25, 0.5, 0.5, 0.25
SPARSE = 2.5  # times the expected cadence; at three times it values wear off
TOGETHER = 20  # episodes in one span of the time line
FEW = 4  # episodes: with fewer, shares say nothing


def span(micros: int | None) -> str:
    """A span as people say it: its two largest units."""
    if micros is None:
        return "–"
    rest, parts = max(0, micros), []
    for letter, size in (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND)):
        if rest >= size:
            parts.append(f"{rest // size}{letter}")
            rest %= size
    return " ".join(parts[:2]) or "0s"


def moment(micros: int) -> str:
    """A moment in UTC, to the minute: `5 Jan 2026 07:55`."""
    when = datetime.fromtimestamp(micros / SECOND, UTC)
    return f"{when.day} {when:%b %Y %H:%M}"


def many(count: int, what: str) -> str:
    """`1 device`, `1,200 devices`."""
    return f"{count:,} {what if count == 1 else what + 's'}"


def reasons(counted: Mapping[str, int]) -> list[tuple[int, str]]:
    """How many, and the reason in its words for agents."""
    return [(count, Because[name.upper()].agent) for name, count in counted.items()]


def channels(figures: Figures) -> str:
    """`12 sms` or `12 sms, 3 push`; nothing is a dash."""
    return (
        ", ".join(f"{sum(kinds.values()):,} {channel}" for channel, kinds in figures.messages.items()) or "–"
    )


def kinds(figures: Figures) -> str:
    """What the messages were: `4 first, 2 reminder, 3 recovery`."""
    found: dict[str, int] = {}
    for by_kind in figures.messages.values():
        for kind, count in by_kind.items():
            found[kind] = found.get(kind, 0) + count
    return ", ".join(f"{count:,} {kind}" for kind, count in found.items())


def heard(report: Report) -> list[str]:
    """What was judged, and what has to be known about it."""
    counts, source = report.source.counts, report.source
    if not counts.devices:
        return [f"Nothing was judged: {source.what} has nothing in it that can be."]
    read = f"{many(counts.readings, 'reading')} of {many(counts.devices, 'device')}"
    if counts.events:
        read += f", {many(counts.events, 'event')}"
    lines = [f"{read} from {source.what}, {moment(counts.first)} to {moment(counts.last)} UTC."]
    lines.append(
        f"Contacts are rehearsed with {source.people}, as if sending were live and nobody ever answered. Nothing was sent."
    )
    return lines


def never(report: Report) -> str:
    """The rules that found nothing, in one sentence; empty when all did, or nothing was judged."""
    names = [each.rule for each in report.after.rules if not each.episodes]
    if not names or not report.source.counts.devices:
        return ""
    return f"Never raised in this recording: {', '.join(names)}."


def _seldom(report: Report) -> list[str]:
    """Devices that report far less often than the book expects are mostly unknown to it."""
    counts, expected = report.source.counts, report.after.expect_every
    if not counts.readings or counts.readings < 10 * counts.devices or counts.runs > 1:
        return []
    cadence = (counts.last - counts.first - counts.paused) * counts.devices // counts.readings
    if cadence < SPARSE * expected:
        return []
    return [
        f"The devices report every {span(cadence)} on average, the book expects every {span(expected)}: values wear off "
        "in between, and rules that look at them are often unknown. Set every: and expect_every: to what devices do."
    ]


def warnings(report: Report) -> list[str]:
    """What makes the figures less than they seem."""
    counts, source, found = report.source.counts, report.source, _seldom(report)
    if source.bad:
        found.append(f"{many(source.bad, 'line')} could not be read. The first:")
        found += [f"  {line}" for line in source.mistakes]
    if source.astray:
        found.append(f"{many(source.astray, 'line')} set aside for a wrong date. The first:")
        found += [f"  {line}" for line in source.dates]
    if counts.older:
        found.append(
            f"{many(counts.older, 'reading')} came after newer ones of their device: history only, not judged."
        )
    if counts.late:
        found.append(
            f"{many(counts.late, 'record')} stood out of order and were judged as if they came late."
        )
    if counts.strangers:
        found.append(f"{many(counts.strangers, 'device')} have another model: not judged.")
    if counts.pauses:
        found.append(
            f"The recording has {many(counts.pauses, 'gap')} ({span(counts.paused)} in all) in which nothing was heard from "
            "anybody: taken as a gap of the recording, not as silence of the devices."
        )
    if counts.runs > 1:
        found.append(
            f"The recording began anew {_times(counts.runs - 1)} with other devices: each part was judged by itself."
        )
    return found


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def advice(figures: Figures) -> list[str]:
    """What a rule writer may want to look at."""
    found, count = [], figures.episodes
    if figures.trial and count:
        found.append("is on trial (shadow): it contacts nobody until you take that out")
    if count >= FEW and figures.brief >= BRIEF * count:
        found.append(
            f"{figures.brief} of {count} episodes were over within twice clear_for: perhaps false alarms; try a longer for"
        )
    if count >= FEW and figures.again + figures.unstable >= FLAPPING * count:
        found.append(
            f"came back within an hour {_times(figures.again)}, unstable {_times(figures.unstable)}: try clear: with hysteresis"
        )
    tired = figures.refused.get(str(Because.CAP_CUSTOMER), 0)
    if tired and tired >= TIRED * figures.contacts:
        found.append(
            f"tells people so often that their daily or weekly limit refused {tired:,} more: perhaps it is too eager"
        )
    if count >= FEW and figures.top and figures.top[0][1] >= CROWD * count and figures.devices > 1:
        found.append(
            f"{figures.top[0][1]} of {count} episodes are {figures.top[0][0]} alone: look at that device"
        )
    day, together = max(figures.spans.items(), key=lambda pair: pair[1], default=("", 0))
    if together >= max(TOGETHER, CROWD * count):
        found.append(
            f"{together:,} of {count:,} episodes began at {day}: perhaps one matter of the fleet (share_of)"
        )
    return found
