"""The shape of a play: every step is reached, every step can be left, "solved" comes from telemetry, a person is always near.

It answers complaints with file, line and remedy; `play_lint.py` puts them together with those about words.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.domain.play import Agent, Ask, Book, Check, Play, PlayStep, Say, Solved, Try
from voice_skills.playsteps import MOST_CHOICES, goals
from voice_skills.words import Phrasebook


def place_of(play: Play, key: str, words: Phrasebook) -> str:
    """File and line of the phrase `key`, in the first language that has it."""
    for entries in words.entries.values():
        if key in entries and entries[key].place:
            return entries[key].place
    return f"{play.pack}/plays.yaml"


def where(play: Play, step: PlayStep, words: Phrasebook) -> str:
    """File, line, play and step, for whoever has to mend it."""
    key = step.asks if isinstance(step, Try) else step.phrase
    return f"{place_of(play, key, words)}: {play.id}: step {step.id}"


def phrase_keys(play: Play) -> list[str]:
    """Every phrase that a play says."""
    keys = [
        play.opening,
        play.reminder,
        play.go,
        *(fine.phrase for fine in play.fine),
        *(live.phrase for live in play.live),
    ]
    for step in play.steps.values():
        keys.append(step.asks if isinstance(step, Try) else step.phrase)
        if isinstance(step, Try):
            keys += step.reasons.values()
        if isinstance(step, Ask):
            keys += [choice.key for choice in step.choices] + ([step.again] if step.again else [])
    return keys


def graph(play: Play, words: Phrasebook) -> Iterator[str]:
    """Every step is reached, every step can be left, and "solved" comes from telemetry alone."""
    reached = _from(play, play.first)
    for name, step in play.steps.items():
        here = where(play, step, words)
        if name not in reached:
            yield f"{here} is never reached. Lead a step to it, or take it out."
        if not any(isinstance(play.steps[goal], Solved | Agent) for goal in _from(play, name)):
            yield f"{here} cannot be left: it leads to no end. Lead it to a check or to a person."
        if isinstance(step, Ask) and len(step.choices) > MOST_CHOICES:
            yield f"{here} has more than {MOST_CHOICES} choices. Ask in two steps."
        if isinstance(step, Say | Book) and name in _at_once(play, step):
            yield f"{here} talks in a circle. Lead it to a question, or to a person."
        for goal in goals(step):
            if isinstance(play.steps[goal], Solved) and not _proves(step, goal):
                yield f"{here} calls it solved, which only a check of the fault may. Lead it to a check without `watch:`."
    if not any(isinstance(play.steps[name], Agent) for name in reached):
        yield f"{place_of(play, play.opening, words)}: {play.id}: no way leads to a person. Add an `agent:` step."


def _proves(step: PlayStep, goal: str) -> bool:
    """Only telemetry that shows the fault to be over proves it; a single metric that rises does not."""
    return isinstance(step, Check) and goal == step.then and (step.watch is None or step.watch.rule != "")


def _from(play: Play, first: str) -> set[str]:
    found: set[str] = set()
    ways = [first]
    while ways:
        name = ways.pop()
        if name not in found:
            found.add(name)
            ways += goals(play.steps[name])
    return found


def _at_once(play: Play, step: PlayStep) -> set[str]:
    """The steps that follow `step` without waiting for anybody: talk, and offers where there is nothing to offer."""
    found: set[str] = set()
    ways = list(goals(step))
    while ways:
        following = play.steps[ways.pop()]
        if isinstance(following, Say | Book) and following.id not in found:
            found.add(following.id)
            ways += goals(following)
    return found
