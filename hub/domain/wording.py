"""How a reply becomes a text or something spoken: the frame around it, and its numbered choices. Phrase keys only.

A text joins the rendered phrases with single spaces. A variable that begins with "@" names another phrase, rendered in the
same language (see `voice_skills/words.py`). Nothing here knows a language or a channel's wire.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.domain.contact import MessageClass, Phrase
from hub.domain.conversation import Expecting, Knowledge, Question, Reply
from hub.domain.play import Play

PERSON = "choice.person"
CALL_ME = "choice.call_me"
YES = "choice.yes"
NO = "choice.no"
DEVICE = "choice.device"
SLOT = "choice.slot"
OTHER_TIME = "choice.other_time"
CHOICE_TEXT = "choice.text_me"
PLEASE = "choice.person_please"
TENTHS = "amount.tenths"


def phrase(key: str, knowledge: Knowledge, **variables: str) -> Phrase:
    """The phrase `key`, which may name the device."""
    return Phrase(key, {"device": knowledge.device_name, **variables})


def live(play: Play | None, values: Mapping[str, float | str | bool]) -> tuple[Phrase, ...]:
    """The fresh `values` that are worth telling, as numbers that people use."""
    found = []
    for each in play.live if play else ():
        value = values.get(each.metric)
        said = _rounded(value) if isinstance(value, int | float) and not isinstance(value, bool) else {}
        if said:
            found.append(Phrase(each.phrase, said))
    return tuple(found)


def _rounded(value: float) -> dict[str, str]:
    """`value` as people say it, in whole numbers. What would be nought and is not has its tenths; less than that is not told."""
    whole, tenths = round(value), round(abs(value) * 10)
    if whole or not value:
        return {"value": str(whole)}
    sign = "-" if value < 0 else ""
    return {"value": f"@{TENTHS}", "whole": f"{sign}0", "tenths": str(tenths)} if tenths else {}


def inside(option: Phrase) -> str:
    """`option` as a variable of another phrase; the name of a device, or a time, is itself."""
    own = {DEVICE: "device", SLOT: "slot"}.get(option.key)
    return option.variables[own] if own else f"@{option.key}"


def aloud(name: str, option: Phrase) -> dict[str, str]:
    """`option` as the variable `name` of another phrase, with how it is said where that differs."""
    spoken = option.variables.get("slot_said") if option.key == SLOT else None
    return {name: inside(option)} | ({f"{name}_said": spoken} if spoken else {})


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


WHICH = "which:"
"""How a conversation remembers an open "which device?": the case and the name of each choice follow."""
MOST = 3


def which_of(named: Sequence[tuple[str, str]]) -> str:
    """What a conversation keeps of the choices (case, name of the device): three at most."""
    return WHICH + "|".join(part for case, name in named[:MOST] for part in (case, name.replace("|", "/")))


def as_bundle(replies: Sequence[Reply], named: Sequence[tuple[str, str]], *, again: bool = False) -> Reply:
    """Several first words as one (or, `again`, several reminders): how much there is, each in its own words, one question.

    `named` is one (case, name) a device. Of one device alone the first reply's own question is asked.
    """
    said = tuple(each for reply in replies[:MOST] for each in reply.say)
    left = len(replies) - MOST
    if left > 0:
        said = (*said, Phrase("bundle.one_more" if left == 1 else "bundle.more", {"n": str(left)}))
    if len(named) == 1:
        return Reply((Phrase("bundle.same", {"device": named[0][1]}), *said), replies[0].ask)
    intro = {2: "bundle.two", 3: "bundle.three"}.get(len(named), "bundle.many") + (".again" if again else "")
    options = tuple(Phrase(DEVICE, {"device": name}) for _, name in named[:MOST])
    question = Question(Expecting.WHICH_CASE, options, (Phrase("which.device"),))
    return Reply((Phrase(intro, {"n": str(len(named))}), *said, Phrase("bundle.which")), question)


SECOND = {
    "opening.no_play": "second.opening",
    "reminder.no_play": "second.reminder",
    "frame.our_number": "choice.zero",
}
"""What is said otherwise to somebody who does not live there: it is not their device, and they do not stand before it."""


def to_second_contact(phrases: tuple[Phrase, ...], *, asked: bool) -> tuple[Phrase, ...]:
    """The same message for somebody who does not live there: whose home it is (filled in when it leaves) and why they are asked
    come right after who we are. `asked` is whether we wrote to anybody there."""
    if not phrases:
        return ()
    why = Phrase("frame.second_silent" if asked else "frame.second_alone")
    said = [Phrase(SECOND.get(each.key, each.key), each.variables) for each in phrases]
    return (*said[:1], Phrase("frame.second", {"home": ""}), why, *said[1:])


def _numbered(ask: Question | None, *, unasked: bool) -> tuple[Phrase, ...]:
    if ask is None:
        return ()
    lines = [
        Phrase(
            "choice.first" if number == 1 else "choice.next",
            {"n": str(number), **aloud("what", option)} | option.variables,
        )
        for number, option in enumerate(ask.options, start=1)
    ]
    if any(option.key == PLEASE for option in ask.options):
        return tuple(lines)
    has_person = any(option.key == CALL_ME for option in ask.options)
    return (*lines, Phrase("frame.our_number" if unasked and has_person else "choice.zero"))


def as_speech(reply: Reply) -> tuple[Phrase, ...]:
    """`reply` as spoken phrases: what there is to say, then the choices by their words (a yes or no speaks for itself)."""
    ask = reply.ask
    if ask is None or ask.expecting is Expecting.YES_NO or not ask.options:
        return reply.say
    variables: dict[str, str] = {}
    for name, option in zip("abc", ask.options, strict=False):
        variables |= option.variables | aloud(name, option)
    return (*reply.say, Phrase(f"choices.{min(len(ask.options), 3)}", variables))


def spoken_again(ask: Question) -> tuple[Phrase, ...]:
    """What to say when nobody answered: the same question in other words, with its choices."""
    return as_speech(Reply(say=ask.again, ask=ask))
