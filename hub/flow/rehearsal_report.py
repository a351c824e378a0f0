"""The report of a rehearsal: per rule and in total what would have happened, as plain values ready for JSON.

The same recording, book and people give the same report, to the byte: nothing in it knows what day it is today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import msgspec

from device_rules.backtest import Counts
from device_rules.book import RuleBook
from device_rules.fault import Severity
from device_rules.rule import Rule
from hub.domain.because import Because
from hub.domain.contact import MessageClass
from hub.flow.rehearsal_episodes import Episode
from hub.flow.rehearsal_ledger import Account, Ledger
from hub.flow.rehearsal_time import Scale, scale_of

LONGEST, TOP = 5, 10


@dataclass(frozen=True, slots=True)
class Stretch:
    """One episode: of which rule and device, since when (UTC µs), for how long (µs); `open` when it was still raised at
    the end."""

    rule: str
    device: str
    since: int
    lasted: int
    open: bool


@dataclass(slots=True)
class Figures:
    """What came of one rule, or of all. Spans are µs. `messages` is channel → class → how many; `held`, `refused` and
    `agents` are reason → how many; `healed` cleared before anybody was contacted; `brief` lasted less than twice
    `clear_for`; `again` came back within an hour; `spans` is span of the report's scale → episodes raised in it."""

    rule: str = ""
    title: str = ""
    severity: str = ""
    trial: bool = False
    episodes: int = 0
    open: int = 0
    devices: int = 0
    cases: int = 0
    reopened: int = 0
    customers: int = 0
    contacts: int = 0
    messages: dict[str, dict[str, int]] = field(default_factory=dict)
    segments: int = 0
    held: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    agents: dict[str, int] = field(default_factory=dict)
    commands: int = 0
    unstable: int = 0
    again: int = 0
    healed: int = 0
    brief: int = 0
    median_clear: int | None = None
    severities: dict[str, int] = field(default_factory=dict)
    spans: dict[str, int] = field(default_factory=dict)
    longest: list[Stretch] = field(default_factory=list)
    top: list[tuple[str, int]] = field(default_factory=list)

    @property
    def sent(self) -> int:
        """All messages."""
        return sum(sum(kinds.values()) for kinds in self.messages.values())

    @property
    def tickets(self) -> int:
        """Cases that would have needed an agent."""
        return sum(self.agents.values())


@dataclass(slots=True)
class Outcome:
    """One book's results over a recording; `expect_every` is the cadence that it expects (µs)."""

    book: str
    model: str
    version: int
    expect_every: int
    scale: Scale
    rules: list[Figures]
    total: Figures


@dataclass(frozen=True, slots=True)
class Judged:
    """What a book made of a recording that lasted from `first` to `last` (UTC µs)."""

    episodes: Sequence[Episode]
    ledger: Ledger
    first: int
    last: int


def outcome_of(book: RuleBook, judged: Judged) -> Outcome:
    """The figures of every rule of the book, and of all together."""
    scale = scale_of(judged.first, judged.last)
    rules = [_of_rule(rule, judged, scale) for rule in book.rules]
    rules.sort(key=lambda each: (-each.contacts, -each.episodes, each.rule))
    total = _measured(judged.episodes, judged.last, scale)
    total.brief = sum(each.brief for each in rules)
    _counted(total, list(judged.ledger.rules.values()))
    return Outcome(book.name, book.model, book.version, book.expect_every, scale, rules, total)


def _of_rule(rule: Rule, judged: Judged, scale: Scale) -> Figures:
    mine = [each for each in judged.episodes if each.rule == rule.id]
    figures = _measured(mine, judged.last, scale)
    figures.rule, figures.title = rule.id, rule.title
    figures.severity, figures.trial = str(rule.severity), rule.shadow
    short = 2 * rule.calm.known
    figures.brief = sum(each.cleared is not None and each.lasted(judged.last) < short for each in mine)
    return _counted(figures, [judged.ledger.rules.get(rule.id) or Account()])


def _measured(episodes: Sequence[Episode], end: int, scale: Scale) -> Figures:
    """What the episodes alone say."""
    over = [each.lasted(end) for each in episodes if each.cleared is not None]
    longest = sorted(episodes, key=lambda each: (-each.lasted(end), each.raised, each.device))[:LONGEST]
    by_device = Counter(each.device for each in episodes)
    worst = Counter(str(each.worst) for each in episodes)
    return Figures(
        episodes=len(episodes),
        open=sum(each.cleared is None for each in episodes),
        devices=len(by_device),
        unstable=sum(each.unstable for each in episodes),
        again=sum(each.again for each in episodes),
        median_clear=round(median(over)) if over else None,
        severities={str(each): worst[str(each)] for each in Severity if worst[str(each)]},
        spans=dict(sorted(Counter(scale.span_of(each.raised) for each in episodes).items())),
        longest=[
            Stretch(each.rule, each.device, each.raised, each.lasted(end), each.cleared is None)
            for each in longest
        ],
        top=sorted(by_device.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP],
    )


def _counted(figures: Figures, accounts: Sequence[Account]) -> Figures:
    """With what came of them behind the gate."""
    figures.cases = sum(each.cases for each in accounts)
    figures.reopened = sum(each.reopened for each in accounts)
    figures.contacts = sum(each.contacts for each in accounts)
    figures.segments = sum(each.segments for each in accounts)
    figures.commands = sum(each.commands for each in accounts)
    figures.healed = sum(each.healed for each in accounts)
    figures.customers = len(set().union(*(each.customers for each in accounts)))
    figures.held = _reasons(each.held for each in accounts)
    figures.refused = _reasons(each.refused for each in accounts)
    figures.agents = _reasons(each.agents for each in accounts)
    sent = sum((each.messages for each in accounts), Counter())
    for channel, kind in sorted(sent, key=lambda pair: (pair[0], list(MessageClass).index(pair[1]))):
        figures.messages.setdefault(str(channel), {})[str(kind)] = sent[channel, kind]
    return figures


def _reasons(counters: Iterable[Counter[Because]]) -> dict[str, int]:
    found: Counter[Because] = sum(counters, Counter())
    return {str(because): count for because, count in sorted(found.items(), key=_most)}


def _most(pair: tuple[Because, int]) -> tuple[int, str]:
    return -pair[1], str(pair[0])


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule in the new book and in the one in force: `state` is new, gone, changed or same."""

    rule: str
    state: str
    before: Figures | None
    after: Figures | None


def differences(new: tuple[RuleBook, Outcome], old: tuple[RuleBook, Outcome]) -> list[Difference]:
    """Rule by rule, what is different; new rules first, then what has changed, what is gone, and the rest."""
    after = {each.rule: each for each in new[1].rules}
    before = {each.rule: each for each in old[1].rules}
    found = [
        Difference(rule, _state(new[0], old[0], rule), before.get(rule), after.get(rule))
        for rule in dict.fromkeys([*after, *before])
    ]
    order = ("new", "changed", "gone", "same")
    return sorted(found, key=lambda each: order.index(each.state))


def _state(new: RuleBook, old: RuleBook, rule: str) -> str:
    after, before = new.rule(rule), old.rule(rule)
    if after is None or before is None:
        return "new" if before is None else "gone"
    return "same" if _terms(after) == _terms(before) else "changed"


def _terms(rule: Rule) -> tuple[object, ...]:
    return (rule.fingerprint, rule.severity, rule.shadow, rule.play, rule.unless)


@dataclass(frozen=True, slots=True)
class Source:
    """What was judged, and for whom: `what` and `people` in words; `bad` lines could not be read, `mistakes` are the
    first ten of them; `astray` lines were set aside for their dates, `dates` are the first ten of those; `gaps` are
    sentences about what the rules did not see."""

    what: str
    people: str
    counts: Counts
    bad: int = 0
    mistakes: list[str] = field(default_factory=list)
    astray: int = 0
    dates: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a backtest tells. `before` is what the book in force would have done, when it is another one."""

    after: Outcome
    before: Outcome | None
    differences: list[Difference]
    source: Source

    def as_plain(self) -> dict[str, Any]:
        """As JSON-ready values; moments and spans in µs."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found
