"""A device's whole state as bytes, and back: versioned, compact, the same after as before.

A quiet device is its last values; one in the ward is all that is known of it. A blob of another format
answers None, so that the caller replays the log instead. Under another book, rules and windows whose
judging did not change keep all their state, changed rules keep a raised fault's id, and the faults of
rules that are gone are closed at the next tick.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec
from msgspec.structs import replace

from device_rules.book import RuleBook
from device_rules.derived import Said, thawed
from device_rules.device import Device, fresh_turns
from device_rules.echoes import known
from device_rules.episode import Episode, Fault
from device_rules.intake import plain
from device_rules.reading import Describe, Micros, Presence, Reading, Value
from device_rules.rest import Last, at_rest, resume
from device_rules.ward import Ward
from device_rules.who import Who
from device_rules.windows import Window
from device_rules.windows.cadence import Cadence

FORMAT = 4
WhoIs: TypeAlias = Callable[[Describe], Who]


class Kept(msgspec.Struct, array_like=True):
    """One slot: its identity (name, sort, gap) and what is in it: value, what wore off, when it was seen, and
    whether that was only retained by the broker."""

    identity: tuple[str, str, Micros]
    value: Value | None
    old: Value | None
    seen: Micros
    recalled: bool


class Life(msgspec.Struct, array_like=True):
    """One rule's episode with the fingerprint of the rule it was judged by."""

    fingerprint: str
    episode: Episode


class Described(msgspec.Struct, array_like=True):
    """Who the device is."""

    model: str
    firmware: str
    attributes: dict[str, Value]
    site: str
    zone: str
    region: str


class Calm(msgspec.Struct, array_like=True, tag="q"):
    """A quiet device. `names` are the metrics of the book that it was quiet under."""

    who: Described
    effective: Micros
    received: Micros
    names: str
    values: list[Value]
    aged: dict[str, Micros]
    presence: Presence | None
    lives: dict[str, Life]
    windows: dict[str, Any]
    said: Said | None


class Close(msgspec.Struct, array_like=True, tag="w"):
    """A device in the ward."""

    who: Described
    effective: Micros
    received: Micros
    heard: Micros
    heard_metrics: dict[str, Micros]
    cadence: Any
    late: bool
    silent: bool
    listening: bool
    last_sign: Micros
    presence: Presence | None
    echoes: list[Mapping[str, Value]]
    kept: list[Kept]
    lives: dict[str, Life]
    withdrawn: dict[str, Fault]
    waiting: list[Reading]
    newest: Micros
    windows: dict[str, Any]
    said: Said | None
    planned: Micros = -1


_FORMAT = msgspec.msgpack.Decoder(tuple[int, msgspec.Raw])
_STORED = msgspec.msgpack.Decoder(Calm | Close)
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


def freeze(device: Device) -> bytes:
    """The device as bytes. What is no number where one is due was let through; the ward does not believe it."""
    ward = device.ward if device.plain else device.admit()
    return _ENCODER.encode((FORMAT, _calm(device) if ward is None else _close(ward)))


def _described(who: Who) -> Described:
    return Described(who.book.model, who.firmware, dict(who.attributes), who.site, who.zone, who.region)


def _calm(device: Device) -> Calm:
    windows, before, said, _ = device.mementos()
    values = device.last().values.values()
    return Calm(
        who=_described(device.who),
        effective=device.effective,
        received=device.received,
        names=" ".join(device.who.book.metrics),
        values=[value if isinstance(value, str | bool) else float(value) for value in values],
        aged=dict(device.last().aged),
        presence=device.presence,
        lives=_lives(
            device.who.book, fresh_turns(device.beside.asleep, device.effective) if device.beside else {}
        ),
        windows=_windows(device.who, windows, before),
        said=said,
    )


def _windows(
    who: Who, windows: tuple[Window | None, ...], before: tuple[Value | None, ...] | None
) -> dict[str, Any]:
    """The states of the windows by the text of their source; those of `prev` are in `before` if it is given."""
    previous = iter(before or ())
    found = {}
    for source, window in zip(who.book.sources, windows, strict=False):
        if before is not None and source.form == "prev":
            found[source.text] = next(previous)
        elif window is not None:
            found[source.text] = window.freeze()
    return found


def _lives(book: RuleBook, episodes: Mapping[int, Episode]) -> dict[str, Life]:
    rules = book.rules
    return {rules[number].id: Life(rules[number].fingerprint, one) for number, one in episodes.items()}


def _close(ward: Ward) -> Close:
    memory, book = ward.memory, ward.who.book
    slots = zip(ward.layout.identities, memory.values, memory.old, memory.seen, strict=True)
    return Close(
        who=_described(ward.who),
        effective=ward.effective,
        received=ward.received,
        heard=ward.ears.heard,
        heard_metrics=ward.ears.of_metrics(),
        cadence=None if ward.ears.cadence is None else ward.ears.cadence.freeze(),
        late=ward.asking.late,
        silent=ward.ears.silent,
        listening=memory.listening,
        last_sign=memory.heard,
        presence=ward.presence,
        echoes=[known(one, book.metrics) for one in ward.echoes.said],
        kept=[Kept(*slot, number in memory.recalled) for number, slot in enumerate(slots)],
        lives=_lives(book, ward.asking.episodes),
        withdrawn=dict(ward.withdrawn),
        waiting=[replace(one, values=plain(one.values)) for one in ward.waiting.readings]
        if ward.waiting
        else [],
        newest=ward.waiting.newest if ward.waiting else -1,
        windows=_windows(ward.who, ward.derived.windows, None),
        said=ward.derived.said,
        planned=max(ward.planned, ward.effective),
    )


def thaw(device: str, blob: bytes, kinds: Mapping[str, type[Device]], who_is: WhoIs) -> Device | None:
    """The device as it was; None when the blob is of another format or its model has no book."""
    try:
        version, raw = _FORMAT.decode(blob)
        stored = _STORED.decode(raw) if version == FORMAT else None
    except msgspec.DecodeError:
        return None
    if stored is None or stored.who.model not in kinds:
        return None
    said = stored.who
    record = Describe(
        device, 0, 0, said.model, said.firmware, said.attributes, said.site, said.zone, said.region
    )
    found = kinds[said.model](device, who_is(record), None)
    if isinstance(stored, Calm):
        _calm_again(found, stored)
    else:
        _close_again(found.admit(), stored)
    return found


def _calm_again(device: Device, stored: Calm) -> None:
    """A quiet device is quiet under its own book; under another one it is taken up in the ward."""
    ward = device.admit()
    book = device.who.book
    ward.derived.windows = thawed(book.sources, stored.windows)
    ward.derived.said = stored.said
    names = stored.names.split()
    values = dict(zip(names, stored.values, strict=True))
    resume(ward, Last(values, stored.aged, stored.effective, stored.received))
    if stored.presence is not None:
        ward.show(stored.presence)
    _revive(ward, stored.lives)
    if names == list(book.metrics) and at_rest(ward) and not book.plan.shares:
        device.dismiss(ward)


def _close_again(ward: Ward, stored: Close) -> None:
    for name in ("effective", "received", "withdrawn"):
        setattr(ward, name, getattr(stored, name))
    ward.asking.late, ward.asking.told = stored.late, stored.effective
    ward.echoes.said = stored.echoes
    ward.ears.restore(stored.heard, stored.silent, stored.heard_metrics)
    if ward.ears.cadence is not None and stored.cadence is not None:
        ward.ears.cadence = Cadence.thaw(stored.cadence)
    ward.memory.listening, ward.memory.heard = stored.listening, stored.last_sign
    ward.derived.windows = thawed(ward.who.book.sources, stored.windows)
    ward.derived.said = stored.said
    _recall(ward, stored.kept)
    if stored.presence is not None:
        ward.show(stored.presence)
    if ward.waiting is not None:
        ward.waiting.readings, ward.waiting.newest = stored.waiting, stored.newest
    _revive(ward, stored.lives)
    ward.plan(stored.planned)  # what was due before that is done


def _recall(ward: Ward, kept: list[Kept]) -> None:
    """Values go back to their slots by name; a slot with a new gap takes what another of that name had."""
    exact: dict[Any, Kept] = {one.identity: one for one in kept}
    named: dict[Any, Kept] = {one.identity[:2]: one for one in kept}
    memory = ward.memory
    for place, identity in enumerate(ward.layout.identities):
        one = exact.get(identity) or named.get(identity[:2])
        if one is not None and ward.who.book.slots[place].sort != "attribute":
            memory.values[place], memory.old[place], memory.seen[place] = one.value, one.old, one.seen
            if one.recalled:
                memory.recalled |= {place}


def _revive(ward: Ward, lives: dict[str, Life]) -> None:
    for rule_id, life in lives.items():
        rule = ward.who.book.rule(rule_id)
        if rule is None:
            if life.episode.fault is not None:
                ward.withdrawn = {**ward.withdrawn, rule_id: life.episode.fault}
            continue
        episode = life.episode if life.fingerprint == rule.fingerprint else life.episode.renewed(rule)
        if not episode.idle:
            ward.asking.revive(ward.layout.numbers[rule_id], episode)
    ward.fades = ward.memory.next_expiry()
    ward.plan(ward.effective)
