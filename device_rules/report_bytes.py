"""How many bytes devices take: weighed on a few of them, and the most that a book can make one device take.

Weighed is what belongs to a device alone. Texts count as nothing, since they belong to the readings or to the
book, and so does whatever is shared: books, rules, descriptions, the census. An estimate, held against
`tracemalloc` by its test; it changes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import is_dataclass
from functools import lru_cache
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import msgspec

from device_rules.book import RuleBook
from device_rules.device import Device
from device_rules.groups_census import Census, Hands, Heads
from device_rules.reorder import MOST as MOST_WAITING
from device_rules.silence import Listening
from device_rules.wheel import Second
from device_rules.windows import most_bytes

SAMPLE = 16
"""So many devices of each kind are weighed."""
MOST_WEIGHED = 10_000
"""No further device is weighed once so many objects were."""
WARD = 4_000
"""What a device in the ward takes, beside its values, episodes and windows."""
SLOT = 150
"""Of one value: itself, what wore off, when it was seen, and what the device said last."""
EPISODE = 1_600
"""Of one rule: its pending hold, fault, levels and turns, and its place in the table."""
WAITING = 600
"""Of one reading that waits for those that may come before it."""

_SHARED = (
    Listening, Census, Hands, Heads, Second, type, FunctionType, BuiltinFunctionType, MethodType, str, bool,
    type(None),
)  # fmt: skip
_ALIGNED = 16  # bytes to which Python's own allocator rounds
_SMALL = range(-5, 257)  # numbers that Python keeps once for all


def most_of(book: RuleBook) -> int:
    """A bound, in bytes, of the state of one device under `book`."""
    windows = sum(map(most_bytes, book.sources))
    waiting = WAITING * MOST_WAITING if book.reorder else 0
    return WARD + SLOT * len(book.slots) + EPISODE * len(book.rules) + windows + waiting


def weighed(devices: Sequence[Device]) -> int:
    """About how many bytes all these devices take: the average of a few, evenly picked, times their number."""
    if not devices:
        return 0
    total = objects = count = 0
    for device in devices[:: -(-len(devices) // SAMPLE)]:
        size, touched = weigh(device)
        total, objects, count = total + size, objects + touched, count + 1
        if objects > MOST_WEIGHED:
            break
    return round(total / count * len(devices))


def weigh(device: Device) -> tuple[int, int]:
    """Bytes of one device with its id, and how many objects that are."""
    size, seen, todo = _rounded(device.id), set[int](), list[object]([device])
    while todo:
        one = todo.pop()
        kind: Any = type(one)
        names = _inside(kind)
        if names is None or id(one) in seen or (one.__class__ is int and one in _SMALL) or one == ():
            continue
        seen.add(id(one))
        size += _rounded(one)
        if isinstance(one, list | tuple | set | frozenset):
            todo += one
        elif isinstance(one, dict):
            todo += [*one, *one.values()]
        else:
            todo += [getattr(one, name) for name in names if hasattr(one, name)]
    return size, len(seen)


def _rounded(one: object) -> int:
    return -(-sys.getsizeof(one) // _ALIGNED) * _ALIGNED


@lru_cache(maxsize=256)
def _inside(kind: Any) -> tuple[str, ...] | None:
    """The names of what an object of this class holds; None when it is not a device's own. What is made once per
    book is a dataclass, a device's state never."""
    if issubclass(kind, _SHARED) or is_dataclass(kind):
        return None
    if issubclass(kind, msgspec.Struct):
        fields: tuple[str, ...] = kind.__struct_fields__
        return fields
    names = [name for part in kind.__mro__ for name in part.__dict__.get("__slots__", ())]
    return tuple(name for name in names if name not in {"kept", "wake"})
