"""The steps of a play from their tables: say, ask, try, check, book, solved, agent. Every error names file and line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from device_rules.durations import parse_span
from device_rules.yaml_file import Document, Path, nearest
from hub.domain.play import (
    Agent,
    Ask,
    Book,
    Check,
    Choice,
    PlayStep,
    Say,
    Shows,
    Solved,
    Try,
    Watch,
    Who,
)
from hub.domain.slots import BookingKind
from hub.ports import BadInput
from voice_skills.words import Entry, entry_of

KINDS = ("say", "ask", "try", "check", "book", "solved", "agent")
STEP_KEYS: Mapping[str, tuple[str, ...]] = {
    "say": ("say", "then"),
    "ask": ("ask", "again", "choices", "who", "outdoors"),
    "try": ("try", "asks", "args", "within", "repeatable", "proof", "then", "failed", "declined", "reasons"),
    "check": ("check", "within", "watch", "then", "failed"),
    "book": ("book", "kind", "then", "none"),
    "solved": ("solved",),
    "agent": ("agent",),
}
_KEYS = {key for keys in STEP_KEYS.values() for key in keys}
MOST_CHOICES = 3

Phrases = dict[str, dict[str, Entry]]


@dataclass(slots=True)
class Page:
    """One file being read: where we are for errors, and the phrases found so far."""

    document: Document
    pack: str
    phrases: Phrases = field(default_factory=dict)

    def wrong(self, path: Path, cause: str, remedy: str = "") -> BadInput:
        """An error that names file and line."""
        return BadInput(f"{self.document.name}:{self.document.line(path)}", cause, remedy)

    def table(self, value: object, path: Path, known: Iterable[str]) -> dict[str, Any]:
        """`value` as a table with no other keys than `known`."""
        if not isinstance(value, dict):
            raise self.wrong(path, "a table is expected here")
        for key in value:
            if key not in set(known):
                raise self.wrong((*path, key), f"the key `{key}` is not known here.{nearest(key, known)}")
        return value

    def text(self, table: Mapping[str, Any], key: str, path: Path, default: str | None = None) -> str:
        """The text under `key`."""
        value = table.get(key, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.wrong((*path, key), f"`{key}` is missing or not a text")
        return value

    def phrase(self, value: object, key: str, path: Path) -> str:
        """Note the phrase `value` (language → words) under `key`; answers the key."""
        if not isinstance(value, dict) or not value:
            raise self.wrong(path, "words are written per language: `en: …` and `de: …`")
        for language, words in value.items():
            place = f"{self.document.name}:{self.document.line((*path, language))}"
            self.phrases.setdefault(str(language), {})[key] = entry_of(words, place)
        return key

    def span(self, table: Mapping[str, Any], path: Path) -> int:
        """`within` in µs."""
        try:
            return parse_span(self.text(table, "within", path))
        except ValueError as wrong:
            raise self.wrong((*path, "within"), str(wrong), "Write it like 30m") from wrong


def goals(step: PlayStep) -> tuple[str, ...]:
    """The steps that `step` can lead to."""
    match step:
        case Say():
            return (step.then,)
        case Ask():
            return tuple(choice.then for choice in step.choices)
        case Try():
            return (step.then, step.failed, step.declined)
        case Check():
            return (step.then, step.failed)
        case Book():
            return (step.then, step.none)
        case Solved() | Agent():
            return ()


def step_of(page: Page, name: str, value: object, path: Path, root: str) -> PlayStep:
    """The step `name` from its table; its words are noted on the page under `root`. Raises BadInput naming the line."""
    kinds = [kind for kind in KINDS if isinstance(value, dict) and kind in value]
    if len(kinds) != 1:
        raise _no_kind(page, name, value, path, kinds)
    kind = kinds[0]
    table = page.table(value, path, STEP_KEYS[kind])
    if kind == "try":
        return _try(page, name, table, path, root)
    phrase = page.phrase(table[kind], f"{root}/{name}", (*path, kind))
    if kind == "ask":
        return _ask(page, name, table, path, phrase)
    if kind == "check":
        then, failed = page.text(table, "then", path), page.text(table, "failed", path)
        return Check(name, phrase, page.span(table, path), then, failed, _watch(page, table, path))
    if kind == "book":
        return _book(page, name, table, path, phrase)
    if kind == "say":
        return Say(name, phrase, page.text(table, "then", path))
    return Solved(name, phrase) if kind == "solved" else Agent(name, phrase)


def _no_kind(page: Page, name: str, value: object, path: Path, kinds: list[str]) -> BadInput:
    """What to say of a step that is of several kinds, or of none: a slip of the pen is told where it stands."""
    written = [key for key in value if not kinds and key not in _KEYS] if isinstance(value, dict) else []
    for key in written:
        if "Did you mean" in (near := nearest(key, KINDS)):
            return page.wrong((*path, key), f"`{key}` is no kind of step.{near}")
    both = f", not {' and '.join(kinds)} at once" if kinds else ""
    return page.wrong(path, f"the step {name} is exactly one of: {', '.join(KINDS)}{both}")


def _ask(page: Page, name: str, table: Mapping[str, Any], path: Path, phrase: str) -> Ask:
    listed = table.get("choices")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_CHOICES:
        raise page.wrong((*path, "choices"), f"a question has one to {MOST_CHOICES} choices")
    choices = []
    for number, value in enumerate(listed):
        here = (*path, "choices", number)
        choice = page.table(value, here, ("id", "say", "then"))
        key = f"{phrase}/{page.text(choice, 'id', here)}"
        choices.append(
            Choice(page.phrase(choice.get("say"), key, (*here, "say")), page.text(choice, "then", here))
        )
    who = page.text(table, "who", path, "anyone")
    if who not in set(Who):
        raise page.wrong((*path, "who"), f"`{who}` is nobody.{nearest(who, set(Who))}")
    outdoors = table.get("outdoors", False)
    if not isinstance(outdoors, bool):
        raise page.wrong((*path, "outdoors"), "`outdoors` is true or false")
    again = page.phrase(table["again"], f"{phrase}/again", (*path, "again")) if "again" in table else ""
    return Ask(name, phrase, tuple(choices), Who(who), again, outdoors)


def _try(page: Page, name: str, table: Mapping[str, Any], path: Path, root: str) -> Try:
    args, repeatable, proof = table.get("args", {}), table.get("repeatable", False), table.get("proof", False)
    if not isinstance(args, dict) or not isinstance(repeatable, bool) or not isinstance(proof, bool):
        raise page.wrong(path, "`args:` is a table, `repeatable:` and `proof:` are true or false")
    return Try(
        id=name,
        asks=page.phrase(table.get("asks"), f"{root}/{name}", (*path, "asks")),
        command=page.text(table, "try", path),
        args=dict(args),
        within=page.span(table, path),
        repeatable=repeatable,
        then=page.text(table, "then", path),
        failed=page.text(table, "failed", path),
        declined=page.text(table, "declined", path),
        proof=proof,
        reasons=_reasons(page, table, (*path, "reasons"), f"{root}/{name}"),
    )


def _reasons(page: Page, table: Mapping[str, Any], path: Path, phrase: str) -> dict[str, str]:
    """The phrases for what a device may say why it did not do it."""
    listed = table.get("reasons", [])
    if not isinstance(listed, list):
        raise page.wrong(path, "`reasons:` is a list of `note:` (the device's own words) with `say:`")
    found = {}
    for number, value in enumerate(listed):
        here = (*path, number)
        reason = page.table(value, here, ("note", "say"))
        note = page.text(reason, "note", here).strip().casefold()
        found[note] = page.phrase(reason.get("say"), f"{phrase}/reason-{number + 1}", (*here, "say"))
    return found


def _book(page: Page, name: str, table: Mapping[str, Any], path: Path, phrase: str) -> Book:
    kind = page.text(table, "kind", path, "visit")
    if kind not in set(BookingKind):
        raise page.wrong((*path, "kind"), f"`{kind}` cannot be booked.{nearest(kind, set(BookingKind))}")
    return Book(
        name, phrase, BookingKind(kind), page.text(table, "then", path), page.text(table, "none", path)
    )


def _watch(page: Page, table: Mapping[str, Any], path: Path) -> Watch | None:
    """What shows that it worked: `{rule: door-open}`, or one metric such as `{metric: room_temp, rising: 0.5}`."""
    if "watch" not in table:
        return None
    here = (*path, "watch")
    watch = page.table(table["watch"], here, ("rule", "metric", *Shows))
    if "rule" in watch:
        return Watch(rule=page.text(watch, "rule", here))
    shows = [each for each in Shows if each in watch]
    metric = page.text(watch, "metric", here)
    if len(shows) != 1:
        raise page.wrong(here, f"a metric is watched for exactly one of: {', '.join(Shows)}")
    value = watch[shows[0]]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number and shows[0] is not Shows.EQUALS:
        raise page.wrong((*here, shows[0]), f"`{shows[0]}` takes a number")
    return Watch(metric, shows[0], value)
