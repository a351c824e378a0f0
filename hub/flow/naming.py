"""Naming: a person names another device, or another trouble of the same one, than the one that is being spoken of.

They are told about that one: with its own question where it has a case, how it stands where it has none. Words that do not
name it for certain are left to the conversation that stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hub.domain import talk as core
from hub.domain.case import Case
from hub.domain.contact import Phrase
from hub.domain.conversation import Heard, Intent, Meaning, Turn
from hub.domain.device import Device
from hub.domain.walk import Answer, Scene, resume
from hub.flow.asked_case import devices_of
from hub.flow.booking import equipped
from hub.flow.knowing import how_is, play_of, title_of
from hub.flow.placing import Place, stand
from hub.flow.visit import Visit
from hub.ports import BadInput

MAY_NAME = (Intent.UNKNOWN, Intent.OTHER, Intent.STATUS, Intent.WHICH_DEVICE, Intent.PERSON, Intent.REPEAT)
MOST_WORDS = 7
SHORTEST, STEM, HALF = 4, 5, 0.5
_WORD = re.compile(r"[^\W\d_]+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_SMALL = frozenset(
    [
        "about",
        "does",
        "have",
        "here",
        "help",
        "need",
        "please",
        "problem",
        "still",
        "that",
        "there",
        "this",
        "what",
        "when",
        "with",
        "your",
        "wrong",
        "doing",
        "okay",
        "fine",
        "going",
        "aber",
        "auch",
        "bitte",
        "dein",
        "eine",
        "einen",
        "geht",
        "habe",
        "hier",
        "ihre",
        "macht",
        "mein",
        "meine",
        "meinem",
        "meinen",
        "noch",
        "oder",
        "problem",
        "steht",
        "algo",
        "aparato",
        "como",
        "cómo",
        "esta",
        "este",
        "está",
        "hola",
        "otro",
        "otra",
        "para",
        "pero",
        "pasa",
        "problema",
        "sobre",
        "tiene",
        "dem",
        "der",
        "die",
        "das",
        "und",
        "was",
        "ist",
        "wie",
        "mit",
        "den",
        "the",
        "and",
        "how",
        "its",
    ]
)
"""Words that name nothing."""


async def named_elsewhere(visit: Visit, there: Place) -> tuple[Place, Answer] | None:
    """What is answered to words that name something else; None where they do not."""
    turn = visit.turn
    asks = turn.meaning.intent in MAY_NAME or not turn.meaning.sure
    if (
        turn.kind is not Heard.TEXT
        or visit.about is not None
        or not asks
        or there.talk.guess not in ("", "open")
    ):
        return None
    cases = await visit.tx.cases.of_customer(visit.customer, visit.now)
    others = sorted(
        (case for case in cases if case.id != there.case.id),
        key=lambda case: (-case.severity.rank, case.opened),
    )
    if turn.meaning.intent is Intent.OTHER and turn.meaning.sure:
        correction = there.talk.trail and not there.talk.with_person
        return await _switched(visit, there, others[0]) if others and not correction else None
    if not turn.text or (turn.meaning.intent in (Intent.PERSON, Intent.REPEAT) and turn.meaning.sure):
        return None
    device = await _device(visit, there)
    if device is not None:
        found = next((case for case in others if case.device == device.id), None)
        return await _switched(visit, there, found) if found else await _told_of(visit, there, device)
    matter = await _matter(visit, there, others)
    return await _switched(visit, there, matter) if matter is not None else None


async def _device(visit: Visit, there: Place) -> Device | None:
    """The one other device of theirs whose name is in their words, and nothing else."""
    every = await devices_of(visit)
    found = [each for each in every if _names(visit.turn.text, each.name or each.model)]
    return found[0] if len(found) == 1 and found[0].id != there.case.device else None


async def _matter(visit: Visit, there: Place, others: Sequence[Case]) -> Case | None:
    """The one other case whose trouble is what their words name, where the one that is spoken of is not."""
    text = visit.turn.text
    own = _share(text, await _trouble(visit, there.case))
    found = [case for case in others if _share(text, await _trouble(visit, case)) >= max(HALF, own + 0.01)]
    return found[0] if len(found) == 1 else None


async def _trouble(visit: Visit, case: Case) -> str:
    """What the trouble of a case is called: its title, and how we speak of it, without the name of the device."""
    play = await play_of(visit.tx, case, visit.ctx)
    title = title_of(await visit.tx.cases.faults(case.id))
    spoken = ""
    if play is not None:
        try:
            spoken = visit.ctx.words.text(Phrase(play.opening, {"device": "_"}), visit.turn.language)
        except BadInput:
            spoken = ""
    return f"{title} {case.rule.replace('-', ' ')} {spoken}"


def _names(said: str, called: str) -> bool:
    """Whether everything that `said` names is in `called`."""
    return _share(said, called) == 1


def _share(said: str, called: str) -> float:
    """How much (0 to 1) of what `said` names is in `called`; nothing where it says much else."""
    signs = "".join(_HAN.findall(said))
    if signs:
        left = re.sub("[的呢吗那个另一台怎么样了还有是我您你]", "", signs)
        return float(len(left) > 1 and left in called)
    words = [word for word in _WORD.findall(said.casefold()) if len(word) >= SHORTEST and word not in _SMALL]
    if not 0 < len(words) <= MOST_WORDS:
        return 0
    known = _WORD.findall(called.casefold())
    return sum(_within(word, known) for word in words) / len(words)


def _within(word: str, known: Iterable[str]) -> bool:
    """The same word, with another ending, or a compound of it: "Wasserdruck" is a "Druck"."""
    near = (each for each in known if len(each) >= SHORTEST and each not in _SMALL)
    return any(word == each or each in word or (len(word) >= STEM and word in each) for each in near)


async def _switched(visit: Visit, there: Place, case: Case) -> tuple[Place, Answer]:
    """They speak of `case` from now on, where it stands."""
    await visit.tx.talks.save(replace(there.talk, guess="", misses=0))
    await visit.tx.messages.answered(there.case.id)
    chosen = await stand(visit.tx, case, visit.customer, visit.now, visit.ctx)
    chosen = await equipped(visit.tx, chosen, visit.turn, visit.now, visit.ctx)
    talk, known = chosen.talk, chosen.knowledge
    if talk.with_person or talk.ended:
        status: Turn = replace(visit.turn, meaning=Meaning(Intent.STATUS))
        return chosen, core.tell(talk, status, chosen.play, known, visit.now)
    return chosen, core.open_up(talk, visit.turn, chosen.play, known, visit.now)


async def _told_of(visit: Visit, there: Place, device: Device) -> tuple[Place, Answer]:
    """How a device stands that no case is about; then what was being spoken of."""
    said = await how_is(visit.tx, device, visit.now, visit.ctx)
    talk = replace(there.talk, misses=0, channel=visit.turn.channel)
    return there, resume(Scene(talk, visit.turn, there.play, there.knowledge, visit.now), *said)
