"""Plays from their file: `device_rules/packs/<pack>/plays.yaml` becomes Plays and their phrases. Words stand beside the steps.

Every error names file and line. It reads text that it is given; `lint` (in `play_lint.py`) says what a good play must hold to.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from device_rules.yaml_file import Path, nearest
from hub.domain.case import Step as LadderStep
from hub.domain.case import To
from hub.domain.customer import COME_TO_US, Channel
from hub.domain.play import Fine, Live, Play
from hub.domain.policy import ladder_mistakes
from voice_skills.playsteps import MOST_CHOICES as MOST_CHOICES
from voice_skills.playsteps import Page, Phrases, goals, step_of
from voice_skills.words import read

PLAY_KEYS = ("id", "family", "opening", "reminder", "go", "fine", "first", "self_heal", "ladder", "steps")


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
        name: step_of(page, name, step, (*path, "steps", name), root) for name, step in steps_table.items()
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
        if channel not in set(Channel) - {Channel.PAPER} - COME_TO_US:
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
