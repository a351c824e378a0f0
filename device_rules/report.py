"""How an engine is doing: its devices, faults and memory, model by model. It looks and changes nothing.

Counted device by device, quickly enough for once a minute with a hundred thousand of them; memory is weighed on
a few (`report_bytes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from device_rules.book import RuleBook
from device_rules.device import Device
from device_rules.report_bytes import most_of, weighed


class RuleReport(msgspec.Struct, frozen=True):
    """On how many devices a rule is raised, how many of these are unstable, and on how many it is pending."""

    raised: int = 0
    unstable: int = 0
    pending: int = 0


class ModelReport(msgspec.Struct, frozen=True):
    """The devices of one model under `version` of its book.

    `quiet` devices are well and cheap, those in the `ward` are looked at closely; `waiting` ones want a tick some
    time, `counted` ones take part in the counts of groups. `state_bytes` is about what all of them take together,
    `most_bytes` the bound of one, `derived` the number of values over time that each keeps. `rules` has every
    rule of the book by its id, but for those about groups.
    """

    version: int
    devices: int
    quiet: int
    ward: int
    waiting: int
    counted: int
    state_bytes: int
    most_bytes: int
    derived: int
    rules: dict[str, RuleReport]

    @property
    def open_faults(self) -> int:
        """Faults that are raised and not cleared."""
        return sum(rule.raised for rule in self.rules.values())

    @property
    def pending(self) -> int:
        """Conditions that hold, but not for long enough yet."""
        return sum(rule.pending for rule in self.rules.values())


class Report(msgspec.Struct, frozen=True):
    """Every model that has a book, by its name."""

    models: dict[str, ModelReport]

    @property
    def devices(self) -> int:
        """All devices."""
        return sum(model.devices for model in self.models.values())

    @property
    def quiet(self) -> int:
        """Those of which all is well."""
        return sum(model.quiet for model in self.models.values())

    @property
    def ward(self) -> int:
        """Those that are looked at closely."""
        return sum(model.ward for model in self.models.values())

    @property
    def state_bytes(self) -> int:
        """About what all devices take."""
        return sum(model.state_bytes for model in self.models.values())

    @property
    def open_faults(self) -> int:
        """Faults that are raised and not cleared."""
        return sum(model.open_faults for model in self.models.values())


@dataclass(slots=True)
class _Kind:
    """The devices of one class, that is of one book."""

    quiet: list[Device] = field(default_factory=list)
    ward: list[Device] = field(default_factory=list)
    waiting: int = 0


def report_of(books: Mapping[str, RuleBook], devices: Mapping[str, Device]) -> Report:
    """The report on `devices`, which are judged by `books` by the names of their models."""
    kinds: dict[type[Device], _Kind] = {}
    for device in devices.values():
        kind = kinds.get(device.__class__)
        if kind is None:
            kind = kinds[device.__class__] = _Kind()
        (kind.quiet if device.ward is None else kind.ward).append(device)
        if device.wake is not None:
            kind.waiting += 1
    found = {_book(kind).model: kind for kind in kinds.values()}
    return Report({model: _model(book, found.get(model, _Kind())) for model, book in books.items()})


def together(reports: Iterable[Report]) -> Report:
    """The reports of several engines with the same books as one."""
    found: dict[str, ModelReport] = {}
    for report in reports:
        for name, model in report.models.items():
            found[name] = _sum(found[name], model) if name in found else model
    return Report(found)


def _book(kind: _Kind) -> RuleBook:
    return (kind.quiet or kind.ward)[0].who.book


def _model(book: RuleBook, kind: _Kind) -> ModelReport:
    counted = sum(1 for device in kind.ward if device.ward is not None and device.ward.ballot is not None)
    if book.plan.shares:
        counted += len(kind.quiet)
    return ModelReport(
        version=book.version,
        devices=len(kind.quiet) + len(kind.ward),
        quiet=len(kind.quiet),
        ward=len(kind.ward),
        waiting=kind.waiting,
        counted=counted,
        state_bytes=weighed(kind.quiet) + weighed(kind.ward),
        most_bytes=most_of(book),
        derived=len(book.sources),
        rules=_rules(book, kind.ward),
    )


def _rules(book: RuleBook, ward: Iterable[Device]) -> dict[str, RuleReport]:
    width = len(book.rules)
    raised, unstable, pending = [0] * width, [0] * width, [0] * width
    for device in ward:
        episodes = device.ward.asking.episodes if device.ward is not None else {}
        for number, episode in episodes.items():
            if episode.fault is not None:
                raised[number] += 1
                unstable[number] += episode.unstable
            elif episode.pending is not None:
                pending[number] += 1
    return {
        rule.id: RuleReport(raised[number], unstable[number], pending[number])
        for number, rule in enumerate(book.rules)
        if rule.group is None
    }


def _sum(one: ModelReport, other: ModelReport) -> ModelReport:
    names = ("devices", "quiet", "ward", "waiting", "counted", "state_bytes")
    totals = {name: getattr(one, name) + getattr(other, name) for name in names}
    rules = {
        rule: RuleReport(a.raised + b.raised, a.unstable + b.unstable, a.pending + b.pending)
        for rule, a in one.rules.items()
        if (b := other.rules.get(rule)) is not None
    }
    return msgspec.structs.replace(one, rules=rules, **totals)
