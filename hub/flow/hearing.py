"""Hearing: a turn gets its meaning, from the provider or the platform that understood it, else from our own ears.

It tells the ears what was asked, so that "the first one" and "two" mean something. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.domain.conversation import Conversation, Expecting, Heard, Intent, Meaning, Turn
from hub.domain.customer import Channel
from hub.domain.repairs import TONGUES
from hub.domain.silence import OFFER
from hub.domain.slots import label
from hub.domain.wording import CHOICE_TEXT, NO, OTHER_TIME, PERSON, YES
from hub.flow.choosing import offered
from hub.flow.visit import Visit

SURE = 0.5
"""Below this confidence of the platform's ears, words are read back before anything happens."""


def understood(visit: Visit, talk: Conversation | None) -> Turn:
    """The turn with its meaning; one that has it already, or is no words, stays as it is."""
    turn = visit.turn
    if visit.opt_out:
        return replace(turn, meaning=Meaning(Intent(visit.opt_out)))
    platform = turn.channel is Channel.VOICE and not turn.text  # it keeps the words, and tells what they mean
    known = platform or turn.meaning.intent is not Intent.UNKNOWN
    if turn.kind is not Heard.TEXT or known:
        return turn
    expecting, options = asked_now(talk, turn.language, visit.ctx.policy.zone)
    meaning = visit.ctx.ears.understand(turn.text, turn.language, expecting, options)
    if turn.confidence < SURE:  # where nothing is open there is nothing to read back: it is said again
        meaning = replace(meaning, sure=False) if talk is not None else Meaning(Intent.REPEAT)
    return replace(turn, meaning=meaning)


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
    return talk.expecting, talk.options
