"""The class of the devices of one book: a `Device` that reads by the book's own quick function."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from device_rules.book import RuleBook
from device_rules.device import NOTHING, Device, MindfulDevice
from device_rules.fault import FaultChange
from device_rules.quiet import Read, compile_quiet
from device_rules.reading import Reading
from device_rules.silence import Listening

_COMPILED: WeakKeyDictionary[RuleBook, Read | None] = WeakKeyDictionary()


def kind_of(book: RuleBook, listening: Listening) -> type[Device]:
    """The class for the devices of `book` in one engine, which has been listening since `listening`."""
    if book not in _COMPILED:
        _COMPILED[book] = compile_quiet(book, Device.read, read_ahead, NOTHING)
    quick = _COMPILED[book]
    room: dict[str, object] = {"__slots__": (), "listening": listening}
    if quick is not None:
        room["read"] = quick
    return type("QuickDevice", (MindfulDevice if book.plan.keeps or book.plan.shares else Device,), room)


def read_ahead(device: Device, reading: Reading) -> list[FaultChange]:
    """Judge in the ward a reading for which the windows have slid on already."""
    device.admit().derived.ahead = True
    return Device.read(device, reading)
