"""One rule in words, and what a book makes each device keep: `beforehand rules show PATH RULE`, `rules check`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from device_rules import RuleBook
from device_rules.durations import spell_span
from device_rules.explain_words import plain_number, worth
from device_rules.limits import size_of
from device_rules.reading import DAY, HOUR, MINUTE, Micros
from device_rules.report_bytes import most_of
from device_rules.rule import WHILE_HEARD, Metric, Rule, Schedule
from device_rules.source import MOST_EXACT, Source
from device_rules.tree import All
from device_rules.windows import most_bytes

WIDTH = 100
LABEL = 22
SHOWN = 12
DAYS = ("", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def rule_page(book: RuleBook, rule: Rule) -> str:
    """Everything about one rule."""
    trial = ", on trial: nobody is contacted" if rule.shadow else ""
    lines = [f"{rule.id}: {rule.title} ({book.model}, version {book.version})", ""]
    facts = [
        ("severity", f"{rule.severity}{trial}"),
        *_life(rule),
        *_held_back(book, rule),
        *_looks(book, rule),
    ]
    for label, text in (*facts, *_beside(rule)):
        lines += _labelled(label, text)
    return "\n".join(lines)


def _labelled(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"  {label:<{LABEL - 2}}",
        subsequent_indent=" " * LABEL,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _life(rule: Rule) -> Iterator[tuple[str, str]]:
    need, calm = rule.need, rule.calm
    lasting = f", for {spell_span(need.known)}" if need.known else ""
    if rule.group is not None:
        whom = rule.group.by[0] if len(rule.group.by) == 1 else f"cohort({', '.join(rule.group.by)})"
        share = f"{100 * rule.group.fraction:g} % of at least {rule.group.at_least} known devices of a {whom}"
        yield "raised when", f"{share} say yes to: {rule.when.text}{lasting}"
    else:
        yield "raised when", f"{rule.when.text}{lasting}"
    if need.blind:
        yield (
            "",
            f"(known true for {spell_span(need.known)}; up to {spell_span(need.blind)} beside that may be unknown)",
        )
    clear = rule.clear
    written = (
        clear.parts[0].text
        if isinstance(clear, All) and len(clear.parts) == 2
        else "that is known not to be so"
    )
    yield "cleared when", f"{written}, for {spell_span(calm.known)}"
    for severity, node in zip(rule.levels, rule.conditions[2:], strict=True):
        yield f"{severity} when", f"{node.text} (judged while it is raised)"


def _held_back(book: RuleBook, rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.unless:
        parents = ", ".join(rule.unless)
        yield (
            "held back while",
            f"{parents} is raised" if len(rule.unless) == 1 else f"one of {parents} is raised",
        )
    if book.maintenance is not None and rule.heeds_maintenance:
        yield "held back while", f"the device is worked on: {book.maintenance.text}"
    if rule.schedule is not None:
        yield "raised only", _hours(rule.schedule)


def _hours(schedule: Schedule) -> str:
    days = "every day" if len(schedule.days) == 7 else ", ".join(DAYS[day] for day in schedule.days)
    if schedule.start == schedule.end % DAY:
        return f"{days}, by the clock of the site"
    return f"{days}, {_time(schedule.start)} to {_time(schedule.end)} by the clock of the site"


def _time(at: Micros) -> str:
    return f"{at // HOUR:02}:{at % HOUR // MINUTE:02}"


def _looks(book: RuleBook, rule: Rule) -> Iterator[tuple[str, str]]:
    label = "looks at"
    for place in sorted(rule.looks):
        slot = book.slots[place]
        if slot.sort == "metric":
            yield label, _metric(book.metrics[slot.name], slot.gap)
        elif slot.sort == "attribute":
            default = book.attributes[slot.name].default
            known = (
                "no default"
                if default is None
                else f"default {worth(default, book.attributes[slot.name].unit)}"
            )
            yield label, f"attr.{slot.name}: of each device; {known}"
        elif slot.sort == "presence":
            yield label, "presence: whether the device is online"
        else:
            continue
        label = ""
    if rule.events:
        yield "counts events", ", ".join(sorted(rule.events))
    label = "keeps over time"
    for source in book.sources:
        if source.slot in rule.looks:
            yield label, f"{source.text}: {_window(source)}"
            label = ""


def _metric(metric: Metric, gap: Micros) -> str:
    every = "sent on change" if metric.every is None else f"every {spell_span(metric.every)}"
    holds = "holds while the device is heard" if gap == WHILE_HEARD else f"holds for {spell_span(gap)}"
    what = f"one of {', '.join(metric.values)}" if metric.values else metric.type
    if metric.range is not None:
        low, high = metric.range
        what = f"{plain_number(low)} to {worth(high, metric.unit)}"
    elif metric.unit:
        what = metric.unit
    return f"{metric.name}: {what}; {every}, {holds}"


def _window(source: Source) -> str:
    """How it is kept, and what it takes of the memory."""
    parts = []
    if source.expected:
        way = "bucket by bucket" if source.expected > MOST_EXACT else "one by one"
        parts.append(f"{source.expected} readings expected, {source.needed} make it known, kept {way}")
    usual, most = _size(size_of(source)), _size(most_bytes(source))
    return ", ".join([*parts, f"about {usual} and at most {most} of each device"])


def _beside(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.packet:
        yield "the ticket shows", ", ".join(rule.packet)
    yield "guided fix", rule.play or "none: an agent takes it"
    yield "tests", f"{len(rule.tests) or 'none'}"
    for test in rule.tests:
        yield "", f"– {test.name}"


def memory_page(book: RuleBook) -> str:
    """What each device keeps at most, and which values over time take most of it."""
    kept = sorted(book.sources, key=most_bytes, reverse=True)
    total, usual = _size(most_of(book)), _size(sum(map(size_of, kept)))
    if not kept:
        return f"Each device takes at most {total} of memory; nothing is kept over time."
    values = "1 value" if len(kept) == 1 else f"{len(kept)} values"
    lines = [
        f"Each device takes at most {total} of memory. It keeps {values} over time, about {usual} together:",
        "",
        f"  {'about':>8}  {'at most':>8}",
    ]
    for source in kept[:SHOWN]:
        sizes = f"  {_size(size_of(source)):>8}  {_size(most_bytes(source)):>8}  "
        lines += textwrap.wrap(
            source.text,
            WIDTH,
            initial_indent=sizes,
            subsequent_indent=" " * len(sizes),
            break_long_words=False,
            break_on_hyphens=False,
        )
    if len(kept) > SHOWN:
        lines.append(f"{' ' * 22}and {len(kept) - SHOWN} smaller ones")
    return "\n".join(lines)


def _size(size: int) -> str:
    """`12 KB`."""
    return f"{size / 1024:.1f} KB" if size < 10_240 else f"{size / 1024:,.0f} KB"
