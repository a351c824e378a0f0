"""Fitting: the same message for another channel. A mail cannot be answered by a number, a call can by a key; a speaker's
ring of light says only that there is something to hear. Phrase keys only: nothing here knows a language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hub.domain.contact import Phrase
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from hub.domain.policy import Policy
from hub.domain.slots import BookingKind, is_open

NUMBERS = frozenset({"choice.first", "choice.next"})
AROUND = frozenset({"choice.zero", "frame.our_number", "frame.stop"})
"""What a text says about answering it, besides the numbered answers."""
ON_UNIT, RING_US, NUMBER = "frame.our_number", "mail.answer", "mail.number"
SPOKEN = (Channel.PHONE,)


def numbered(phrases: Sequence[Phrase], cost: Callable[[Sequence[Phrase]], int]) -> tuple[Phrase, ...]:
    """The same where our number does not stand on the device: the number itself, or, where that would `cost` more (text
    messages), nothing of it. Who wants to talk to a person has a digit for that anyway."""
    ours = tuple(Phrase(RING_US, each.variables) if each.key == ON_UNIT else each for each in phrases)
    if cost(ours) <= cost(phrases):
        return ours
    return tuple(each for each in phrases if each.key != ON_UNIT)


def reached(phrases: Sequence[Phrase], policy: Policy, now: Moment) -> tuple[Phrase, ...]:
    """The same without the promise that a person answers our number at `now`, when our team is away: the number alone."""
    calls = policy.calendars.get(BookingKind.CALLBACK)
    if calls is None or is_open(calls, now):
        return tuple(phrases)
    return tuple(Phrase(NUMBER, each.variables) if each.key == RING_US else each for each in phrases)


def fitted(phrases: Sequence[Phrase], channel: Channel) -> tuple[Phrase, ...]:
    """`phrases` as they are said on `channel`; empty when there is nothing to say."""
    if not phrases:
        return ()
    if channel is Channel.VOICE:
        return (Phrase("nudge.speaker"),)
    if channel is Channel.EMAIL:
        said = tuple(each for each in phrases if each.key not in NUMBERS | AROUND)
        return said if len(said) == len(phrases) else (*said, Phrase("mail.answer"))
    if channel is Channel.PHONE:
        asks = any(each.key in NUMBERS for each in phrases)
        said = tuple(each for each in phrases if each.key not in AROUND)
        return (*said, Phrase("phone.keys")) if asks else said
    return tuple(phrases)
