"""Hearing: a turn gets its meaning, from the provider or the platform that understood it, else from our own ears.

It tells the ears what was asked, so that "the first one" and "two" mean something. A time is looked for where one was asked for.
It decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.domain.at_desk import asked_before
from hub.domain.conversation import Conversation, Expecting, Heard, Intent, Meaning, Turn
from hub.domain.customer import Channel
from hub.domain.repairs import TONGUES
from hub.domain.silence import OFFER
from hub.domain.slots import label
from hub.domain.spoken_time import When
from hub.domain.wording import CHOICE_TEXT, NO, OTHER_TIME, PERSON, YES
from hub.flow.choosing import offered
from hub.flow.visit import Visit

SURE = 0.5
"""Below this confidence of the platform's ears, words are read back before anything happens."""
WISHES = (Intent.CALLBACK, Intent.VISIT, Intent.MOVE_VISIT)
"""What people want at a time of their own."""


def understood(visit: Visit, talk: Conversation | None, zone: str = "") -> Turn:
    """The turn with its meaning; one that has it already, or is no words, stays as it is. `zone` is where they live."""
    turn = visit.turn
    if visit.opt_out:
        return replace(turn, meaning=Meaning(Intent(visit.opt_out)))
    platform = turn.channel is Channel.VOICE and not turn.text  # it keeps the words, and tells what they mean
    known = platform or turn.meaning.intent is not Intent.UNKNOWN
    if turn.kind is not Heard.TEXT or known:
        return turn
    expecting, options = asked_now(talk, turn.language, zone or visit.ctx.policy.zone)
    meaning = visit.ctx.ears.understand(turn.text, turn.language, expecting, options)
    if meaning.intent in (
        Intent.DANGER,
        Intent.QUESTION,
    ):  # however badly it was heard: an answer harms nobody
        return replace(turn, meaning=meaning)
    if turn.confidence < SURE:  # where nothing is open there is nothing to read back: it is said again
        meaning = replace(meaning, sure=False) if talk is not None else Meaning(Intent.REPEAT)
    asks_time = talk is not None and talk.booking != "" and talk.guess == "" and not turn.keyed
    choices = len(talk.offers) + 1 if talk is not None and asks_time else 0
    if asks_time or meaning.intent in WISHES:
        meaning = replace(meaning, when=_time(visit, meaning, choices))
    if asks_time and meaning.when is not None and meaning.when.limited and not meaning.sure:
        meaning = Meaning(
            Intent.UNKNOWN, when=meaning.when
        )  # what will not do is heard, and the guess is not
    if asks_time and meaning.when is not None and meaning.sure and meaning.intent not in WISHES:
        plainly = visit.ctx.words.only_time(turn.text, turn.language)  # "not at ten" books nothing
        meaning = replace(meaning, sure=plainly)
    return replace(turn, meaning=meaning)


def _time(visit: Visit, meaning: Meaning, choices: int) -> When | None:
    """The time in the words. A number that stands alone is one only where a time was asked for, and is none of the `choices`
    (0: nobody asked for a time)."""
    when = visit.ctx.words.when(visit.turn.text, visit.turn.language)
    number = choices > 0 and meaning.intent is Intent.CHOICE and meaning.sure and meaning.choice <= choices
    chosen = when is not None and number and when == When(hour=meaning.choice)
    alone = (
        when is not None
        and not when.limited
        and when.after == 0
        and (when.days, when.weekday, when.part) == (None, None, None)
    )
    if when is None or chosen or (alone and (not choices or meaning.intent in WISHES)):
        tomorrow = choices > 0 and meaning.intent is Intent.TOMORROW
        return meaning.when or (When(days=1) if tomorrow else None)
    return when


def asked_now(talk: Conversation | None, language: str, zone: str) -> tuple[Expecting, Sequence[str]]:
    """What the person is being asked, and its options: keys of phrases, or names and times as they were said."""
    if talk is None:
        return Expecting.NOTHING, ()
    names = tuple(name for _, name in offered(talk))
    if names:
        return Expecting.WHICH_CASE, names
    if talk.guess.startswith(TONGUES):
        return Expecting.CHOICE, tuple(
            f"language.{each}" for each in talk.guess.removeprefix(TONGUES).split("|")
        )
    if talk.guess == OFFER:
        return Expecting.CHOICE, (CHOICE_TEXT, PERSON)
    if talk.guess:
        return Expecting.YES_NO, ()
    if talk.booking:
        return Expecting.CHOICE, (*(label(each, zone, language) for each in talk.offers), OTHER_TIME)
    if talk.proving and talk.channel is Channel.PAGE:
        return Expecting.YES_NO, (YES, NO)
    options = talk.options or talk.left  # of the question that a hand-over left open
    return (asked_before(options, YES), options) if talk.with_person else (talk.expecting, talk.options)
