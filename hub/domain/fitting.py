"""Fitting: the same message for another channel. A mail cannot be answered by a number, a call can by a key; a speaker's
ring of light says only that there is something to hear. Phrase keys only: nothing here knows a language.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.domain.contact import Phrase
from hub.domain.customer import Channel

NUMBERS = frozenset({"choice.first", "choice.next"})
AROUND = frozenset({"choice.zero", "frame.our_number", "frame.stop"})
"""What a text says about answering it, besides the numbered answers."""
SPOKEN = (Channel.PHONE,)


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
