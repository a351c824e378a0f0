"""A device's whole state as bytes, and back: versioned, compact, the same after as before.

A blob of another format answers None, so that the caller replays the log instead. Under another book,
rules whose judging did not change keep all their state, changed ones keep a raised fault's id, and the
faults of rules that are gone are closed at the next tick.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from device_rules.book import RuleBook
from device_rules.device import Device
from device_rules.episode import Episode, Fault
from device_rules.reading import Micros, Presence, Value

FORMAT = 1


class Kept(msgspec.Struct, array_like=True):
    """One slot: its identity (name, sort, gap) and what is in it: value, what wore off, when it was seen."""

    identity: tuple[str, str, Micros]
    value: Value | None
    old: Value | None
    seen: Micros


class Life(msgspec.Struct, array_like=True):
    """One rule's episode with the fingerprint of the rule it was judged by."""

    fingerprint: str
    episode: Episode


class Stored(msgspec.Struct, array_like=True):
    """All of a device."""

    model: str
    firmware: str
    attributes: dict[str, Value]
    effective: Micros
    received: Micros
    heard: Micros
    late: bool
    silent: bool
    listening: bool
    last_sign: Micros
    presence: Presence | None
    echoes: list[Mapping[str, Value]]
    kept: list[Kept]
    lives: dict[str, Life]
    withdrawn: dict[str, Fault]


_FORMAT = msgspec.msgpack.Decoder(tuple[int, msgspec.Raw])
_STORED = msgspec.msgpack.Decoder(Stored)
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


def freeze(device: Device) -> bytes:
    """The device as bytes."""
    memory, book = device.memory, device.book
    slots = zip(device.layout.identities, memory.values, memory.old, memory.seen, strict=True)
    stored = Stored(
        model=book.model,
        firmware=device.firmware,
        attributes=device.attributes,
        effective=device.effective,
        received=device.received,
        heard=device.heard,
        late=device.late,
        silent=device.silent,
        listening=memory.listening,
        last_sign=memory.heard,
        presence=device.presence,
        echoes=device.echoes,
        kept=[Kept(*slot) for slot in slots],
        lives={
            book.rules[number].id: Life(book.rules[number].fingerprint, episode)
            for number, episode in device.episodes.items()
        },
        withdrawn=device.withdrawn,
    )
    return _ENCODER.encode((FORMAT, stored))


def thaw(device: str, blob: bytes, books: dict[str, RuleBook]) -> Device | None:
    """The device as it was; None when the blob is of another format or its model has no book."""
    try:
        version, raw = _FORMAT.decode(blob)
        stored = _STORED.decode(raw) if version == FORMAT else None
    except msgspec.DecodeError:
        return None
    book = books.get(stored.model) if stored else None
    if stored is None or book is None:
        return None
    found = Device(device, book)
    for name in ("effective", "received", "heard", "late", "silent", "echoes", "withdrawn"):
        setattr(found, name, getattr(stored, name))
    found.describe(stored.firmware, stored.attributes)
    found.memory.listening, found.memory.heard = stored.listening, stored.last_sign
    _recall(found, stored.kept)
    if stored.presence is not None:
        found.show(stored.presence)
    _revive(found, stored.lives)
    return found


def _recall(device: Device, kept: list[Kept]) -> None:
    """Values go back to their slots by name; a slot with a new gap takes what another of that name had."""
    exact: dict[Any, Kept] = {one.identity: one for one in kept}
    named: dict[Any, Kept] = {one.identity[:2]: one for one in kept}
    memory = device.memory
    for place, identity in enumerate(device.layout.identities):
        one = exact.get(identity) or named.get(identity[:2])
        if one is not None and device.book.slots[place].sort != "attribute":
            memory.values[place], memory.old[place], memory.seen[place] = one.value, one.old, one.seen


def _revive(device: Device, lives: dict[str, Life]) -> None:
    for rule_id, life in lives.items():
        rule = device.book.rule(rule_id)
        if rule is None:
            if life.episode.fault is not None:
                device.withdrawn[rule_id] = life.episode.fault
            continue
        episode = life.episode if life.fingerprint == rule.fingerprint else life.episode.renewed(rule)
        if not episode.idle:
            device.episodes[device.layout.numbers[rule_id]] = episode
    device.plan()
