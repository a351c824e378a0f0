"""One device: who it is, and what is known of it while all is well.

Nearly all devices are well nearly all the time, so that state is small: the last values, all of one
moment. `read` of the class that is made for a book (quiet.py) keeps it up to date. As soon as anything is
unusual the device is in a `Ward`, which judges every rule exactly, and it is let out again when nothing is
left there to remember.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from device_rules.derived import Said
from device_rules.episode import Episode
from device_rules.groups_ballot import Ballot
from device_rules.hold import NEVER
from device_rules.intake import admitted
from device_rules.reading import HOUR, Micros, Presence, Reading, Value
from device_rules.rest import Last, picked_up, put_down, restful, resume
from device_rules.silence import Listening
from device_rules.ward import Changes, Ward
from device_rules.wheel import Second
from device_rules.who import Who
from device_rules.windows import Window
from device_rules.windows.happenings import Times

Mementos: TypeAlias = tuple[tuple[Window | None, ...], tuple[Value | None, ...], Said | None, Ballot | None]
NOTHING: Changes = []
"""The answer to a record that changes no fault: one for all, and never filled."""


class Beside(NamedTuple):
    """What a few quiet devices have besides: a presence, and rules that remember the turns of the last hour."""

    presence: Presence | None
    asleep: dict[int, Episode]


def fresh_turns(asleep: dict[int, Episode], at: Micros) -> dict[int, Episode]:
    """Those of them that turned within the hour before `at`."""
    return {number: episode for number, episode in asleep.items() if episode.turns[-1] + HOUR > at}


class Device:
    """A device. `effective` is its own time, `received` the hub's (µs; -1: nothing was taken yet).

    While `ward` is None the device is quiet: every metric of its book was observed at `effective`, with
    the values in `values` (in the order of the book's metrics, then the previous ones that are asked for), it is
    heard, and no rule has anything to remember. Metrics that are sent on change may be older: `ages` has their
    moments then (see `rest.Put`). `kept` is the list in which to note a change, None once that is done. `wake` is
    the second of the wheel in which it stands, None when it stands in none.
    """

    __slots__ = ("ages", "beside", "effective", "id", "kept", "received", "values", "wake", "ward", "who")

    listening: Listening
    """Of the engine; the classes that an engine makes for its books have it."""

    def __init__(self, device: str, who: Who, kept: list[Device] | None) -> None:
        self.id, self.who = device, who
        self.effective: Micros = -1
        self.received: Micros = -1
        self.values: Sequence[Value | None] = ()
        self.ages: Sequence[Micros] | None = None
        self.beside: Beside | None = None
        self.ward: Ward | None = Ward(device, who, self.listening)
        self.kept = kept
        self.wake: Second | None = None

    def read(self, reading: Reading) -> Changes:
        """Judge a reading in the ward; the class of a book does so at once where nothing is unusual."""
        ward = self.admit()
        changes = ward.read(reading)
        placed = self.wake is not None or self.who.book.layout.patience is None
        if placed and restful(ward, reading):
            self.dismiss(ward)
        return changes

    def describe(self, who: Who, received: Micros) -> Changes:
        """Take the registry's word for who this is."""
        ward = self.admit()
        self.who = who
        return ward.describe(who, received)

    def wake_at(self, listening_since: Micros, anew: bool) -> Micros:
        """The hub's moment at which this device next wants a tick; it may turn out to be too early.

        Unless `anew`, only what may have come nearer since the last time is looked at.
        """
        if self.ward is not None:
            return self.ward.wake_at(listening_since, anew or self.wake is None)
        layout = self.who.book.layout
        wake = NEVER if layout.patience is None else max(self.received, listening_since) + layout.patience
        return min(wake, self.received + layout.shortest) if self.who.book.plan.shares else wake

    @property
    def presence(self) -> Presence | None:
        """Its presence as last known."""
        if self.ward is not None:
            return self.ward.presence
        return self.beside.presence if self.beside is not None else None

    def latest(self) -> dict[str, tuple[Value, Micros]]:
        """The last known value of every metric with the time of its observation, worn off or not."""
        if not self.plain:
            self.admit()
        if self.ward is not None:
            return self.ward.memory.latest()
        last = self.last()
        return {name: (value, last.aged.get(name, last.effective)) for name, value in last.values.items()}

    def last(self) -> Last:
        """What it said last, while it is quiet."""
        return picked_up(self.who.book, (self.values, self.ages), self.effective, self.received)

    @property
    def plain(self) -> bool:
        """Whether its values are believed. That does not matter while nothing comes of them; it does to people."""
        entries = self.who.book.doors.values()
        return all(
            value is not None and admitted(entry, value) == value
            for entry, value in zip(entries, self.values, strict=False)
        )

    def touch(self) -> None:
        """Note that its state differs from what was last kept."""
        if self.kept is not None:
            self.kept.append(self)
            self.kept = None

    def admit(self) -> Ward:
        """The ward that looks after this device from now on."""
        self.touch()
        if self.ward is None:
            self.ward = self.look()
        return self.ward

    def look(self) -> Ward:
        """The device as its ward sees it, or would see it."""
        if self.ward is not None:
            return self.ward
        windows, before, events, ballot = self.mementos()
        ward = Ward(self.id, self.who, self.listening, (windows, before))
        ward.derived.said, ward.ballot = events, ballot
        resume(ward, self.last())
        if self.beside is not None:
            if self.beside.presence is not None:
                ward.show(self.beside.presence)
            for number, episode in self.beside.asleep.items():
                ward.asking.revive(number, episode)
        return ward

    def dismiss(self, ward: Ward) -> None:
        """Nothing is unusual any more: keep the values alone."""
        self.effective, self.received = ward.effective, ward.received
        asleep = fresh_turns(ward.asking.episodes, ward.effective)
        self.beside = Beside(ward.presence, asleep) if asleep or ward.presence else None
        self.values, self.ages = put_down(ward)
        self.remember(ward)
        self.ward = None

    def mementos(self) -> Mementos:
        """The windows, previous values, last events and ballot of a quiet device."""
        return (), (), None, None

    def remember(self, ward: Ward) -> None:
        """Keep those, for a book that has derived values."""


class MindfulDevice(Device):
    """A device whose book has derived values or asks about groups: `windows` by the number of their source, `said`,
    the last events that count, and `ballot`, what it adds to the counts of groups: nothing, while it is quiet.

    `calm` says that every `times` found its condition false when it looked last, so that only something that happens
    needs to be told to it."""

    __slots__ = ("ballot", "calm", "said", "windows")

    ballot: Ballot | None
    calm: bool
    said: Said | None
    windows: tuple[Window | None, ...]

    def mementos(self) -> Mementos:
        """The windows, previous values, last events and ballot of a quiet device."""
        return self.windows, tuple(self.values[len(self.who.book.metrics) :]), self.said, self.ballot

    def remember(self, ward: Ward) -> None:
        """Keep those."""
        derived = ward.derived
        self.windows = derived.without_previous()
        self.calm = all(window.last is False for window in self.windows if isinstance(window, Times))
        self.said, self.ballot = derived.said, ward.ballot
