"""Simulated people: they read the texts that reach their phones, and answer or act after a human while.

Ada answers at once and helps herself, Ben is silent, Cleo says stop, Dag is the agent. What somebody does is
data (`on`, `after`, `do`, `say`), so that scenarios can describe people. They know the carrier and what they can
do with their hands; of the hub they see nothing but texts.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from hub.clock import WallClock
from simulators.carrier.exchange import Exchange
from simulators.written import BadWriting, only, read, span

PERSONAS = Path(__file__).with_name("personas.yaml")
A_WHILE = "45s"
Action = Callable[[], Awaitable[None] | None]


@dataclass(frozen=True, slots=True)
class Habit:
    """On a text that `on` finds: wait `after` (µs), `do` an action, `say` a text; `times` None is always."""

    on: re.Pattern[str]
    after: int
    do: str | None = None
    say: str | None = None
    times: int | None = 1


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a phone (E.164; an agent may have none), a language, a time zone and habits."""

    key: str
    name: str
    language: str
    zone: str
    phone: str = ""
    role: Literal["customer", "agent"] = "customer"
    habits: tuple[Habit, ...] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody said or did, when (UTC µs); `answered` is the HTTP status of the hub for what was said."""

    at: int
    who: str
    kind: Literal["said", "did"]
    what: str
    answered: int = 0


def person(key: str, written: Mapping[str, Any]) -> Person:
    """The person that a mapping describes, as in personas.yaml. Raises BadWriting."""
    only(written, {"name", "language", "zone", "phone", "role", "habits"}, key)
    habits = tuple(
        habit(one, f"{key}, habit {number}") for number, one in enumerate(written.get("habits") or (), 1)
    )
    role = written.get("role", "customer")
    if role not in {"customer", "agent"}:
        raise BadWriting(f"{key}: role is customer or agent; got {role!r}")
    text = {name: str(written.get(name) or "") for name in ("name", "language", "zone", "phone")}
    return Person(key, text["name"] or key.title(), text["language"] or "en", text["zone"] or "UTC",
                  text["phone"], role, habits)  # fmt: skip


def habit(written: Mapping[str, Any], where: str) -> Habit:
    """The habit that a mapping describes. Raises BadWriting."""
    only(written, {"on", "after", "do", "say", "times"}, where)
    times = written.get("times", 1)
    if times != "always" and (not isinstance(times, int) or times < 1):
        raise BadWriting(f"{where}: times is a number or always; got {times!r}")
    if "do" not in written and "say" not in written:
        raise BadWriting(f"{where}: needs do or say")
    try:
        pattern = re.compile(str(written["on"]), re.IGNORECASE | re.DOTALL)
    except (KeyError, re.error) as trouble:
        raise BadWriting(f"{where}: on must be a regular expression ({trouble})") from None
    say, do = written.get("say"), written.get("do")
    return Habit(
        pattern,
        span(written.get("after", A_WHILE), where),
        None if do is None else str(do),
        None if say is None else str(say),
        None if times == "always" else times,
    )


def personas(path: Path = PERSONAS) -> dict[str, Person]:
    """The people of a file, by key; Ada, Ben, Cleo and Dag by default. Raises BadWriting."""
    return {key: person(key, written) for key, written in read(path).items()}


class People:
    """People who live while this runs. `actions` are what their habits may `do`; `deeds` what they did.

    Raises BadWriting at once when a habit names an action that does not exist.
    """

    def __init__(
        self, clock: WallClock, carrier: Exchange, people: Iterable[Person], actions: Mapping[str, Action]
    ) -> None:
        self.deeds: list[Deed] = []
        self._clock = clock
        self._carrier = carrier
        self._people = {one.key: one for one in people}
        self._actions = dict(actions)
        self._tasks: list[asyncio.Task[None]] = []
        self._changed = asyncio.Condition()
        for one in self._people.values():
            for known in one.habits:
                if known.do and known.do not in self._actions:
                    raise BadWriting(
                        f"{one.key} cannot {known.do!r}; possible are {', '.join(self._actions)}"
                    )

    def __getitem__(self, key: str) -> Person:
        return self._people[key]

    async def say(self, key: str, text: str) -> Deed:
        """Somebody texts the hub, as an answer or first."""
        posted = await self._carrier.text_from(self._people[key].phone, text)
        return await self._write_down(key, "said", text, posted.status)

    async def do(self, key: str, action: str) -> Deed:
        """Somebody does something with their hands. Raises KeyError when there is no such action."""
        doing = self._actions[action]()
        if inspect.isawaitable(doing):
            await doing
        return await self._write_down(key, "did", action)

    async def until(self, check: Callable[[People], bool], within: float = 20.0) -> None:
        """Return when `check(people)` holds after a deed. Raises TimeoutError after `within` wall seconds."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(lambda: check(self))

    async def _write_down(self, who: str, kind: Literal["said", "did"], what: str, answered: int = 0) -> Deed:
        deed = Deed(self._clock.now(), who, kind, what, answered)
        async with self._changed:
            self.deeds.append(deed)
            self._changed.notify_all()
        return deed

    async def _live(self, one: Person) -> None:
        """Read text after text; a person does one thing at a time."""
        left = [known.times for known in one.habits]
        async for message in self._carrier.phones.stream(one.phone):
            for number, known in enumerate(one.habits):
                times = left[number]
                if times == 0 or not known.on.search(message.body):
                    continue
                left[number] = None if times is None else times - 1
                await self._follow(one, known)
                break

    async def _follow(self, one: Person, known: Habit) -> None:
        await self._clock.wait(known.after)
        if known.do:
            await self.do(one.key, known.do)
        if known.say is not None:
            await self.say(one.key, known.say)

    async def start(self) -> Self:
        """Let them look at their phones."""
        readers = [one for one in self._people.values() if one.phone and one.habits]
        self._tasks = [asyncio.create_task(self._live(one), name=one.key) for one in readers]
        return self

    async def stop(self) -> None:
        """They put their phones away. What went wrong with one of them is raised here."""
        failed = [task for task in self._tasks if task.done() and not task.cancelled() and task.exception()]
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for task in failed:
            task.result()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
