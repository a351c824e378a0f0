"""Groups of devices: what a book counts about them, how a group is spelt, and what people call it.

A rule with `share_of` asks how many devices of a group fail at once; `any`/`all(site.devices, …)` ask about the other
devices at a device's site; `fleet(…)` about all devices of the model. Devices are counted where they are judged
(`groups_census`), and the counts are put together in one place (`groups_town`). Nothing here counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

from device_rules.book import RuleBook
from device_rules.compile import Judge, compile_judge
from device_rules.reading import SECOND, Micros
from device_rules.rule import Rule
from device_rules.tree import Node, leaves

ROUND: Micros = 10 * SECOND
"""Groups are counted at every whole ten seconds of the hub's clock."""
PREFIX = "group:"
FLEET, SITE = ("fleet",), ("site",)
BINS = 256
"""A percentile of the fleet comes from so many equal parts of the metric's range."""
FEWEST = 20
"""Of fewer devices there is no percentile."""


class DeviceKey(NamedTuple):
    """What decides to which groups a device belongs."""

    model: str
    id: str = ""
    site: str = ""
    firmware: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """A condition whose truth is followed on every device of a model.

    `name` is the id of the rule that asks for a share, with its groups `by`; or, for `any` and `all`, the text of the
    derived value, and `voting` is true. Devices under maintenance don't count for one that `rests` then.
    """

    name: str
    node: Node
    by: tuple[str, ...]
    voting: bool = False
    rests: bool = False


@dataclass(frozen=True, slots=True)
class Gauge:
    """A metric whose latest value is followed on every device of a model, for the percentiles that `asked` names:
    the text of each `fleet(…)` with its percentile (0..100). `slot` is the metric's place among a device's values."""

    metric: str
    slot: int
    low: float
    high: float
    asked: tuple[tuple[str, float], ...]

    def bin(self, value: float) -> int:
        """The part of the range in which `value` lies."""
        return max(0, min(BINS - 1, int((value - self.low) * BINS / (self.high - self.low))))

    def percentile(self, bins: Mapping[int, int], wanted: float) -> float | None:
        """The value that `wanted` percent of the devices in these bins do not exceed: the upper edge of a bin."""
        devices = sum(bins.values())
        if devices < FEWEST:
            return None
        left = max(1, math.ceil(wanted * devices / 100))
        for number in sorted(bins):
            left -= bins[number]
            if left <= 0:
                break
        return self.low + (number + 1) * (self.high - self.low) / BINS


@dataclass(frozen=True, slots=True)
class Counted:
    """All that a book wants counted, in a fixed order: the engine speaks of watches and gauges by number.

    `judge` answers the truth of every watch, `sources` are the numbers of the derived values that it looks at.
    `shares` are the rules that ask for one, in the order of judging.
    """

    watches: tuple[Watch, ...]
    gauges: tuple[Gauge, ...]
    shares: tuple[Rule, ...]
    judge: Judge
    sources: tuple[int, ...]


def counted_of(book: RuleBook) -> Counted | None:
    """What `book` wants counted; None when it asks nothing about groups."""
    if book not in _KNOWN:
        _KNOWN[book] = _counted(book)
    return _KNOWN[book]


_KNOWN: WeakKeyDictionary[RuleBook, Counted | None] = WeakKeyDictionary()


def _counted(book: RuleBook) -> Counted | None:
    shares = tuple(rule for rule in book.rules if rule.group is not None)
    watches = [
        Watch(rule.id, rule.when, rule.group.by, rests=rule.heeds_maintenance)
        for rule in shares
        if rule.group is not None
    ]
    watches += [
        Watch(source.text, source.condition, SITE, voting=True)
        for source in book.sources
        if source.form in {"any", "all"} and source.condition is not None
    ]
    gauges = _gauges(book)
    if not watches and not gauges:
        return None
    nodes = [watch.node for watch in watches]
    looked = {leaf.slot for node in nodes for leaf in leaves(node)}
    sources = tuple(number for number, source in enumerate(book.sources) if source.slot in looked)
    return Counted(tuple(watches), gauges, shares, compile_judge(nodes, len(book.slots)), sources)


def _gauges(book: RuleBook) -> tuple[Gauge, ...]:
    asked: dict[tuple[str, int], list[tuple[str, float]]] = {}
    for source in book.sources:
        if source.form == "fleet":
            percentile = float(source.word.removeprefix("p"))
            asked.setdefault((source.metric, source.base), []).append((source.text, percentile))
    found = []
    for (name, slot), wanted in asked.items():
        reach = book.metrics[name].range
        if reach is None:
            raise ValueError(f"fleet({name}, …) in {book.name}: the metric needs a range")
        found.append(Gauge(name, slot, *reach, tuple(wanted)))
    return tuple(found)


def group_of(by: tuple[str, ...], key: DeviceKey) -> str:
    """The group of the device (or of the smaller group) `key` among those told apart `by`; "" when it is in none.

    A device of which a named part is not known (no site, no firmware) is in no such group.
    """
    if by == FLEET:
        return f"{PREFIX}fleet:{_safe(key.model)}"
    if any(not getattr(key, part) for part in by):
        return ""
    if by == SITE:
        return f"{PREFIX}site:{_safe(key.model)}|{_safe(key.site)}"
    firmware, region = (_safe(getattr(key, part)) if part in by else "" for part in ("firmware", "region"))
    return f"{PREFIX}cohort:{_safe(key.model)}|{firmware}|{region}"


def parts_of(group: str) -> DeviceKey:
    """What is known of every device in the group. Raises ValueError for what is no group."""
    kind, _, rest = group.removeprefix(PREFIX).partition(":")
    parts = [_plain(part) for part in rest.split("|")]
    match kind, parts:
        case "fleet", [model]:
            return DeviceKey(model)
        case "site", [model, site]:
            return DeviceKey(model, site=site)
        case "cohort", [model, firmware, region]:
            return DeviceKey(model, firmware=firmware, region=region)
    raise ValueError(f"{group!r} is no group")


def is_group(device: str) -> bool:
    """Whether a fault's device is a whole group of devices."""
    return device.startswith(PREFIX)


def spoken(group: str) -> str:
    """The group as people read it: `nordwarm/heatpump-x1 with firmware 2.3.1 in DE`."""
    key = parts_of(group)
    words = [key.model]
    if key.firmware:
        words.append(f"with firmware {key.firmware}")
    if key.region:
        words.append(f"in {key.region}")
    if key.site:
        words.append(f"at site {key.site}")
    return " ".join(words)


def _safe(part: str) -> str:
    return part.replace("%", "%25").replace("|", "%7C")


def _plain(part: str) -> str:
    return part.replace("%7C", "|").replace("%25", "%")
