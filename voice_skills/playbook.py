"""Plays from their file: `device_rules/packs/<pack>/plays.yaml` becomes Plays and their phrases. Words stand beside the steps.

Every error names file and line. It reads text that it is given; `lint` (in `play_lint.py`) says what a good play must hold to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from device_rules.durations import parse_span
from device_rules.yaml_file import Document, Path, nearest
from hub.domain.case import Step as LadderStep
from hub.domain.case import To
from hub.domain.customer import Channel
from hub.domain.play import Agent, Ask, Check, Choice, Fine, Live, Play, PlayStep, Say, Solved, Try, Who
from hub.domain.policy import ladder_mistakes
from hub.ports import BadInput
from voice_skills.words import Entry, entry_of, read

KINDS = ("say", "ask", "try", "check", "solved", "agent")
STEP_KEYS: Mapping[str, tuple[str, ...]] = {
    "say": ("say", "then"),
    "ask": ("ask", "again", "choices", "who", "outdoors"),
    "try": ("try", "asks", "args", "within", "repeatable", "then", "failed", "declined"),
    "check": ("check", "within", "then", "failed"),
    "solved": ("solved",),
    "agent": ("agent",),
}
PLAY_KEYS = ("id", "family", "opening", "reminder", "go", "fine", "first", "self_heal", "ladder", "steps")
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


def load_plays(text: str, name: str, pack: str) -> tuple[list[Play], Phrases]:
    """The plays of one file and their phrases (language → key → Entry). Raises BadInput naming file and line."""
    page = Page(read(text, name), pack)
    root = page.table(page.document.data, (), ("live", "plays"))
    live = _live(page, root.get("live", {}))
    listed = root.get("plays")
    if not isinstance(listed, list):
        raise page.wrong((), "`plays:` is a list")
    plays = [replace(_play(page, value, ("plays", number)), live=live) for number, value in enumerate(listed)]
    for number, play in enumerate(plays):
        if any(other.id == play.id for other in plays[:number]):
            raise page.wrong(("plays", number), f"the play {play.id} is there twice")
    return plays, page.phrases


def _live(page: Page, value: object) -> tuple[Live, ...]:
    """What is worth telling about the pack's devices: metric → words with {value}."""
    if not isinstance(value, dict):
        raise page.wrong(("live",), "`live:` is a table of metrics with their words")
    return tuple(
        Live(page.phrase(words, f"plays/{page.pack}/live/{metric}", ("live", metric)), str(metric))
        for metric, words in value.items()
    )


def _play(page: Page, value: object, path: Path) -> Play:
    table = page.table(value, path, PLAY_KEYS)
    play_id = page.text(table, "id", path)
    root = f"plays/{page.pack}/{play_id}"
    for key in ("opening", "reminder", "go", "steps", "first"):
        if key not in table:
            raise page.wrong(path, f"the play {play_id} has no `{key}`")
    steps_table = table["steps"]
    if not isinstance(steps_table, dict):
        raise page.wrong((*path, "steps"), "`steps:` is a table of steps by name")
    steps = {
        name: _step(page, name, step, (*path, "steps", name), root) for name, step in steps_table.items()
    }
    play = Play(
        id=play_id,
        pack=page.pack,
        family=page.text(table, "family", path, play_id),
        opening=page.phrase(table["opening"], f"{root}/opening", (*path, "opening")),
        first=page.text(table, "first", path),
        steps=steps,
        **_healing(page, table.get("self_heal", ""), (*path, "self_heal")),
        ladder=_ladder(page, table.get("ladder", []), (*path, "ladder")),
        reminder=page.phrase(table["reminder"], f"{root}/reminder", (*path, "reminder")),
        go=page.phrase(table["go"], f"{root}/go", (*path, "go")),
        fine=_fine(page, table.get("fine", []), (*path, "fine"), root),
    )
    _known_goals(page, play, path)
    return play


def _healing(page: Page, value: object, path: Path) -> dict[str, Any]:
    """The safe command before anybody is asked: its name, or a table with arguments, patience and `repeatable`."""
    if isinstance(value, str):
        return {"self_heal": value}
    table = page.table(value, path, ("command", "args", "within", "repeatable"))
    args, repeatable = table.get("args", {}), table.get("repeatable", False)
    if not isinstance(args, dict) or not isinstance(repeatable, bool):
        raise page.wrong(path, "`args:` is a table, `repeatable:` true or false")
    wait = page.span(table, path) if "within" in table else 0
    command = page.text(table, "command", path)
    return {
        "self_heal": command,
        "heal_args": dict(args),
        "heal_wait": wait,
        "heal_repeatable": repeatable,
    }


def _ladder(page: Page, value: object, path: Path) -> tuple[LadderStep, ...]:
    """The play's own ladder: steps with a channel, a wait and, where it is not the household, to whom."""
    if not isinstance(value, list):
        raise page.wrong(path, "`ladder:` is a list of steps, such as `{channel: sms, wait: 2h}`")
    steps = []
    for number, each in enumerate(value):
        here = (*path, number)
        table = page.table(each, here, ("channel", "wait", "to"))
        channel, to = page.text(table, "channel", here), page.text(table, "to", here, "household")
        if channel not in set(Channel) - {Channel.PAPER, Channel.PAGE}:
            raise page.wrong(
                (*here, "channel"), f"`{channel}` is no channel.{nearest(channel, set(Channel))}"
            )
        if to not in set(To):
            raise page.wrong((*here, "to"), f"`{to}` is nobody.{nearest(to, set(To))}")
        wait = page.span({"within": table.get("wait", "0s")}, (*here, "wait"))
        steps.append(LadderStep(Channel(channel), wait, To(to)))
    mistakes = ladder_mistakes(steps)
    if mistakes:
        raise page.wrong(path, "; ".join(mistakes))
    return tuple(steps)


def _known_goals(page: Page, play: Play, path: Path) -> None:
    if play.first not in play.steps:
        raise page.wrong(
            (*path, "first"), f"there is no step `{play.first}`.{nearest(play.first, play.steps)}"
        )
    for step in play.steps.values():
        for goal in goals(step):
            if goal not in play.steps:
                where = (*path, "steps", step.id)
                raise page.wrong(
                    where, f"{step.id} leads to `{goal}`, which is no step.{nearest(goal, play.steps)}"
                )


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
        case Solved() | Agent():
            return ()


def _fine(page: Page, value: object, path: Path, root: str) -> tuple[Fine, ...]:
    if not isinstance(value, list):
        raise page.wrong(path, "`fine:` is a list")
    found = []
    for number, each in enumerate(value):
        here = (*path, number)
        table = page.table(each, here, ("at_least", "equals", "say"))
        key = page.phrase(table.get("say"), f"{root}/fine/{number}", (*here, "say"))
        least, equals = table.get("at_least", {}), table.get("equals", {})
        if not isinstance(least, dict) or not isinstance(equals, dict) or not (least or equals):
            raise page.wrong(here, "what is fine is proved by `at_least:` or `equals:`, tables of metrics")
        if not all(
            isinstance(limit, int | float) and not isinstance(limit, bool) for limit in least.values()
        ):
            raise page.wrong((*here, "at_least"), "`at_least:` holds numbers")
        found.append(Fine(key, {metric: float(limit) for metric, limit in least.items()}, dict(equals)))
    return tuple(found)


def _step(page: Page, name: str, value: object, path: Path, root: str) -> PlayStep:
    kinds = [kind for kind in KINDS if isinstance(value, dict) and kind in value]
    if len(kinds) != 1:
        raise page.wrong(path, f"the step {name} is exactly one of: {', '.join(KINDS)}")
    kind = kinds[0]
    table = page.table(value, path, STEP_KEYS[kind])
    if kind == "try":
        return _try(page, name, table, path, root)
    phrase = page.phrase(table[kind], f"{root}/{name}", (*path, kind))
    if kind == "ask":
        return _ask(page, name, table, path, phrase)
    if kind == "check":
        then, failed = page.text(table, "then", path), page.text(table, "failed", path)
        return Check(name, phrase, page.span(table, path), then, failed)
    if kind == "say":
        return Say(name, phrase, page.text(table, "then", path))
    return Solved(name, phrase) if kind == "solved" else Agent(name, phrase)


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
    args, repeatable = table.get("args", {}), table.get("repeatable", False)
    if not isinstance(args, dict) or not isinstance(repeatable, bool):
        raise page.wrong(path, "`args:` is a table, `repeatable:` true or false")
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
    )
