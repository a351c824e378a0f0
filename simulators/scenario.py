"""Scenarios: a day in the life of a few homes, as data. Who lives where with which device, what happens, how it ends.

A scenario is a YAML file in `scenarios/`; each is also a test. Errors name the file and the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hub.clock import micros
from simulators.people import Habit, Person, habit, personas
from simulators.speaker import LOCALES
from simulators.written import BadWriting, only, read, span

FOLDER = Path(__file__).with_name("scenarios")
MODELS = ("heatpump", "fridge", "router")


@dataclass(frozen=True, slots=True)
class Home:
    """A site and who lives there."""

    id: str
    label: str
    zone: str
    country: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """A device in a home. `traits` are given to its body (an age of ice, an outdoor temperature); what it `suffers` has
    happened before the story starts."""

    id: str
    kind: str
    name: str
    serial: str
    home: str
    suffers: str = ""
    traits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happening:
    """At `at` µs after the start: a device suffers `what`, or a person says or does something; `tell` is the story's line."""

    at: int
    tell: str = ""
    device: str = ""
    what: str = ""
    person: str = ""
    say: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """A person's smart speaker: how they answer what it says (`on`: pattern, `say`: an intent by its short name; to a satellite
    at home, their words)."""

    person: str
    answers: tuple[Habit, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """How the story must end for one device: the ticket's status, whether telemetry proved it, how many texts left."""

    device: str
    status: str
    proved: bool | None = None
    texts: int | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story. `starts` is UTC µs, `lasts` µs; `policy` overrides settings of the hub,
    `carrier` is what the carrier will do wrong."""

    title: str
    opening: str
    closing: str
    starts: int
    lasts: int
    rate: float
    policy: Mapping[str, Any]
    people: tuple[Person, ...]
    homes: tuple[Home, ...]
    things: tuple[Thing, ...]
    happenings: tuple[Happening, ...]
    voices: tuple[Voice, ...]
    satellites: tuple[Voice, ...]
    agent: Mapping[str, Any]
    carrier: tuple[Mapping[str, Any], ...]
    ends: tuple[Wish, ...]

    def person(self, key: str) -> Person:
        """Somebody of the story, by key."""
        return next(one for one in self.people if one.key == key)


KEYS = {
    "title",
    "opening",
    "closing",
    "starts",
    "lasts",
    "rate",
    "policy",
    "people",
    "homes",
    "devices",
    "happens",
    "speakers",
    "satellites",
    "agent",
    "carrier",
    "ends",
}


def load(name: str) -> Scenario:
    """The scenario in `name`: a file, or the name of a shipped one. Raises BadWriting."""
    path = Path(name)
    if not path.is_file():
        path = FOLDER / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in FOLDER.glob("*.yaml")))
        raise BadWriting(f"{name}: there is no such scenario; there are {known}")
    return parse(read(path), str(path))


def parse(found: Mapping[str, Any], where: str) -> Scenario:
    """The scenario that a mapping describes. Raises BadWriting."""
    only(found, KEYS, where)
    people = _people(found.get("people") or {}, where)
    try:
        return Scenario(
            title=str(found["title"]),
            opening=str(found.get("opening", "")).strip(),
            closing=str(found.get("closing", "")).strip(),
            starts=micros(str(found["starts"])),
            lasts=span(found["lasts"], f"{where}, lasts"),
            rate=float(found.get("rate", 1)),
            policy=dict(found.get("policy") or {}),
            people=people,
            homes=tuple(_home(key, home, where) for key, home in (found.get("homes") or {}).items()),
            things=tuple(_thing(key, thing, where) for key, thing in (found.get("devices") or {}).items()),
            happenings=tuple(_happening(one, where) for one in found.get("happens") or ()),
            voices=_voices(found.get("speakers") or {}, people, where),
            satellites=_satellites(found.get("satellites") or {}, people, where),
            agent=dict(found.get("agent") or {}),
            carrier=tuple(found.get("carrier") or ()),
            ends=tuple(_wish(key, one, where) for key, one in (found.get("ends") or {}).items()),
        )
    except KeyError as missing:
        raise BadWriting(f"{where}: {missing.args[0]!r} is missing") from None


def _people(found: Mapping[str, Any], where: str) -> tuple[Person, ...]:
    """The personas, with the habits of this story."""
    known = personas()
    people = []
    for key, given in found.items():
        if key not in known:
            raise BadWriting(f"{where}: nobody is called {key!r}; there are {', '.join(known)}")
        only(given or {}, {"habits", "language"}, f"{where}, {key}")
        one = known[key]
        if given and "habits" in given:
            habits = tuple(habit(each, f"{where}, {key}") for each in given["habits"])
            one = replace(one, habits=habits)
        people.append(replace(one, language=str((given or {}).get("language", one.language))))
    return tuple(people)


def _home(key: str, found: Mapping[str, Any], where: str) -> Home:
    only(found, {"label", "zone", "country", "people"}, f"{where}, {key}")
    return Home(
        key, str(found["label"]), str(found["zone"]), str(found.get("country", "")), tuple(found["people"])
    )


def _thing(key: str, found: Mapping[str, Any], where: str) -> Thing:
    only(found, {"kind", "name", "serial", "home", "suffers", "traits"}, f"{where}, {key}")
    if found["kind"] not in MODELS:
        raise BadWriting(f"{where}, {key}: kind is one of {', '.join(MODELS)}; got {found['kind']!r}")
    text = {name: str(found[name]) for name in ("kind", "name", "home")}
    serial, suffers = str(found.get("serial", "")), str(found.get("suffers", ""))
    return Thing(key, serial=serial, suffers=suffers, traits=dict(found.get("traits") or {}), **text)


def _happening(found: Mapping[str, Any], where: str) -> Happening:
    only(found, {"at", "tell", "device", "what", "person", "say"}, f"{where}, happens")
    text = {name: str(found.get(name, "")) for name in ("tell", "device", "what", "person", "say")}
    return Happening(span(found["at"], f"{where}, at"), **text)


def _voices(
    found: Mapping[str, list[Mapping[str, Any]]], people: tuple[Person, ...], where: str
) -> tuple[Voice, ...]:
    """The speakers, each of somebody in a language that Alexa has."""
    tongues = {one.key: one.language for one in people}
    for key in found:
        if key not in tongues:
            raise BadWriting(f"{where}: a speaker of {key!r}, who is nobody here")
        if tongues[key] not in LOCALES:
            raise BadWriting(f"{where}: Alexa has no skills in {tongues[key]!r}, which {key} speaks")
    return tuple(_voice(key, one, where) for key, one in found.items())


def _satellites(
    found: Mapping[str, list[Mapping[str, Any]]], people: tuple[Person, ...], where: str
) -> tuple[Voice, ...]:
    """The satellites of a Home Assistant, each in somebody's kitchen."""
    for key in found:
        if key not in {one.key for one in people}:
            raise BadWriting(f"{where}: a satellite of {key!r}, who is nobody here")
    return tuple(_voice(key, one, where) for key, one in found.items())


def _voice(key: str, found: list[Mapping[str, Any]], where: str) -> Voice:
    return Voice(key, tuple(habit(one, f"{where}, speaker of {key}") for one in found))


def _wish(key: str, found: Mapping[str, Any], where: str) -> Wish:
    only(found, {"status", "proved", "texts"}, f"{where}, ends")
    return Wish(key, str(found["status"]), found.get("proved"), found.get("texts"))
