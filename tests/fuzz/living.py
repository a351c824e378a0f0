"""Whatever a device sends: the engine answers, soon, in bounded memory, can be stopped at any point, and explains itself."""

from __future__ import annotations

import sys
from collections import deque
from functools import cache
from random import Random
from typing import Any

import msgspec

from device_rules import Engine, FaultChange, Record, RuleBook, Tick, as_text
from device_rules.limits import size_of
from tests.fuzz.guard import Broken, watched
from tests.fuzz.loading import load, text_of
from tests.fuzz.records import DEVICES, Hostile
from tests.fuzz.texts import packs, recipes
from tests.reference.books import BookMaker

AT_ONCE = 0.05  # seconds of CPU for a record
LONGEST = 1_100  # items of anything that an engine keeps of one device
BYTES = 60_000  # of a device, besides its windows; echoes of huge words are most of it
SHARED = {
    "RuleBook",
    "Who",
    "Plan",
    "Layout",
    "Source",
    "Rule",
    "Listening",
    "Census",
    "Member",
    "Second",
    "Engine",
    "Lock",
}


@cache
def book_of(text: str) -> RuleBook:
    """The book; it is sound."""
    return RuleBook.parse(text)


def books_of(random: Random) -> list[RuleBook]:
    """One to three books of different models: packs, recipes, made-up ones, and whatever the other fuzzer reads."""
    found: dict[str, RuleBook] = {}
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        chance = random.random()
        if chance < 0.35:
            book: RuleBook | None = book_of(random.choice(packs()))
        elif chance < 0.45:
            book = book_of(random.choice(recipes()))
        elif chance < 0.8:
            book = RuleBook.parse(BookMaker(random.randrange(10**9)).make())
        else:
            book = load(text_of(f"book {random.randrange(10**9)}"))
        if book is not None:
            found[book.model] = book
    return list(found.values()) or [book_of(packs()[0])]


class Life:
    """One engine, and its twin that is stopped and started again and again, under the same records."""

    def __init__(self, seed: str) -> None:
        self.random = Random(f"life {seed}")
        self.books = books_of(self.random)
        self.engine, self.twin = Engine(self.books), Engine(self.books)
        self.since = 0

    def live(self, count: int) -> None:
        """So many records. Raises Broken, or whatever should not be raised."""
        hostile = Hostile(self.books, self.random)
        for number, record in enumerate(hostile.records(count)):
            told = self.judge(number, record)
            again = self.twin.judge(record)
            if spelled(told) != spelled(again):
                raise Broken(
                    f"record {number}, {record!r:.300}: after restarts it says {again}, without {told}"[:2000]
                )
            if self.random.random() < 0.08:
                self.restart(hostile.now)
            if self.random.random() < 0.08:
                self.look(hostile.now)
        self.look(hostile.now)

    def judge(self, number: int, record: Record) -> list[FaultChange]:
        """The engine's answer, which must come at once, and can be kept."""
        if isinstance(record, Tick):
            self.since = max(self.since, record.listening_since)
        with watched(AT_ONCE, 3.0, f"record {number}, {record!r:.200}"):
            told = self.engine.judge(record)
        msgspec.msgpack.encode(told)
        return told

    def restart(self, now: int) -> None:
        """The twin ends, and another one takes its place, in which every device is as it was."""
        fresh = Engine(self.books)
        fresh.restore_groups(self.twin.snapshot_groups())
        fresh.judge(Tick(-(2**62), self.since))
        for device in DEVICES:
            if self.twin.model(device) is not None:
                blob = self.twin.snapshot(device)
                if not fresh.restore(device, blob):
                    raise Broken("its own snapshot is refused")
                if fresh.snapshot(device) != blob:
                    raise Broken("a restored device is another one")
        self.twin = fresh

    def look(self, now: int) -> None:
        """Everything that can be asked about a device, and what it takes."""
        engine = self.engine
        engine.next_wake(), engine.tallies(), engine.changed()
        for device in DEVICES:
            (
                engine.values(device),
                engine.presence(device),
                engine.last_received(device),
                engine.open_faults(device),
            )
            model = engine.model(device)
            if model is None:
                continue
            book = next(book for book in self.books if book.model == model)
            for rule in book.rules:
                with watched(1.0, 5.0, f"why {rule.id}"):
                    why = engine.why(
                        device, rule.id, self.random.choice([now, now + 10**9, 0, -(2**62), 2**62])
                    )
                as_text(why).encode("utf-8", "surrogatepass")
            engine.snapshot(device)
            self.weigh(device, book)

    def weigh(self, device: str, book: RuleBook) -> None:
        """What is kept of one device is bounded, however long it lives."""
        most, total = weight(engine_device(self.engine, device))
        if most > LONGEST:
            raise Broken(f"something with {most} items is kept of one device")
        bound = BYTES + 700 * len(book.slots) + 2_000 * len(book.rules) + 3 * sum(map(size_of, book.sources))
        bound += 1_000_000 if book.reorder else 0
        if total > bound:
            raise Broken(f"{total} bytes are kept of one device; at most {bound}")


def engine_device(engine: Engine, device: str) -> object:
    """What the engine keeps of the device."""
    return engine._devices[device]


def spelled(changes: list[FaultChange]) -> list[tuple[object, ...]]:
    """What is compared of changes."""
    return [
        (str(one.kind), one.device, one.rule, one.severity, one.at, one.start, one.number) for one in changes
    ]


def weight(root: object) -> tuple[int, int]:
    """The longest of all containers that are reached from there, and the bytes of everything; what devices share is not counted."""
    seen: set[int] = set()
    todo: list[Any] = [root]
    most = total = 0
    while todo:
        one = todo.pop()
        if id(one) in seen or isinstance(one, type) or one.__class__.__name__ in SHARED or callable(one):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        if isinstance(one, dict):
            todo += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset | deque):
            todo += list(one)
        else:
            names = [name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())]
            names += list(getattr(one, "__struct_fields__", ())) + list(getattr(one, "__dict__", ()))
            todo += [
                getattr(one, name)
                for name in names
                if name not in {"kept", "wake", "__weakref__"} and hasattr(one, name)
            ]
            continue
        most = max(most, len(one))
    return most, total


def try_life(seed: str, count: int = 150) -> str:
    """One case; answers in a word what came of it."""
    Life(seed).live(count)
    return "lived"
