"""Who a device is: what it was described as, under the book of its model. Devices described alike share one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from device_rules.book import RuleBook
from device_rules.intake import plain
from device_rules.reading import Describe, Value
from device_rules.vocabulary import fitting


@dataclass(frozen=True, slots=True)
class Who:
    """A description. `fixed` are the attributes' values, in the order of the layout's attribute slots."""

    book: RuleBook
    firmware: str
    site: str
    zone: str
    region: str
    attributes: Mapping[str, Value]
    fixed: tuple[Value | None, ...]


def who_is(book: RuleBook, record: Describe, overrides: Mapping[str, Value]) -> Who:
    """The registry's word; unknown or unfitting attributes keep the book's default."""
    given = plain({**record.attributes, **overrides})
    fixed = tuple(_fixed(book, name, given) for _, name in book.layout.attributes)
    return Who(book, record.firmware, record.site, record.zone, record.region, given, fixed)


def _fixed(book: RuleBook, name: str, given: Mapping[str, Value]) -> Value | None:
    text = book.attributes[name]
    value = fitting(text, given.get(name))
    return fitting(text, text.default) if value is None else value
