"""How a reply becomes a text or something spoken: the frame around it, and its numbered choices. Phrase keys only.

A text joins the rendered phrases with single spaces. A variable that begins with "@" names another phrase, rendered in the
same language (see `voice_skills/words.py`). Nothing here knows a language or a channel's wire.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.domain.contact import MessageClass, Phrase
from hub.domain.conversation import Expecting, Knowledge, Question, Reply
from hub.domain.play import Play

PERSON = "choice.person"
CALL_ME = "choice.call_me"
YES = "choice.yes"
NO = "choice.no"
DEVICE = "choice.device"


def phrase(key: str, knowledge: Knowledge, **variables: str) -> Phrase:
    """The phrase `key`, which may name the device."""
    return Phrase(key, {"device": knowledge.device_name, **variables})


def live(play: Play | None, values: Mapping[str, float | str | bool]) -> tuple[Phrase, ...]:
    """The fresh `values` that are worth telling, as numbers that people use."""
    found = []
    for each in play.live if play else ():
        value = values.get(each.metric)
        if isinstance(value, int | float) and not isinstance(value, bool):
            found.append(Phrase(each.phrase, {"value": str(round(value))}))
    return tuple(found)


def inside(option: Phrase) -> str:
    """`option` as a variable of another phrase; the name of a device is itself."""
    return option.variables["device"] if option.key == DEVICE else f"@{option.key}"


def as_message(reply: Reply, kind: MessageClass = MessageClass.TURN) -> tuple[Phrase, ...]:
    """`reply` as the phrases of one text message of class `kind`; empty when there is nothing to say.

    Who we are comes first and how to stop last on messages that the person did not ask for; every question carries its
    numbered answers, and 0 for a person.
    """
    if not reply.say:
        return ()
    unasked = kind in (MessageClass.FIRST, MessageClass.REMINDER, MessageClass.SAFETY)
    before = (Phrase("frame.hello"),) if unasked or kind is MessageClass.RECOVERY else ()
    after = (Phrase("frame.stop"),) if unasked else ()
    return (*before, *reply.say, *_numbered(reply.ask, unasked=unasked), *after)


def _numbered(ask: Question | None, *, unasked: bool) -> tuple[Phrase, ...]:
    if ask is None:
        return ()
    lines = [
        Phrase(
            "choice.first" if number == 1 else "choice.next",
            {"n": str(number), "what": inside(option)} | option.variables,
        )
        for number, option in enumerate(ask.options, start=1)
    ]
    has_person = any(option.key == CALL_ME for option in ask.options)
    return (*lines, Phrase("frame.our_number" if unasked and has_person else "choice.zero"))


def as_speech(reply: Reply) -> tuple[Phrase, ...]:
    """`reply` as spoken phrases: what there is to say, then the choices by their words (a yes or no speaks for itself)."""
    ask = reply.ask
    if ask is None or ask.expecting is Expecting.YES_NO or not ask.options:
        return reply.say
    variables: dict[str, str] = {}
    for name, option in zip("abc", ask.options, strict=False):
        variables |= option.variables | {name: inside(option)}
    return (*reply.say, Phrase(f"choices.{min(len(ask.options), 3)}", variables))


def spoken_again(ask: Question) -> tuple[Phrase, ...]:
    """What to say when nobody answered: the same question in other words, with its choices."""
    return as_speech(Reply(say=ask.again, ask=ask))
