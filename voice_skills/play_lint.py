"""What a good play must hold to: everybody understands it, nobody is sent into danger, and no step is a trap.

It reads plays and words and answers complaints with file and line; it changes nothing. Run in the tests and when packs load.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hub.domain.consent_words import folded, keyword
from hub.domain.contact import MessageClass, Phrase
from hub.domain.conversation import Conversation, Knowledge, Reply
from hub.domain.ids import CaseId, Moment
from hub.domain.play import Ask, Book, Play, Say, Try, Who
from hub.domain.talk import begin
from hub.domain.text import lint as text_lint
from hub.domain.wording import as_message
from voice_skills.danger_words import CAREFUL, DANGERS, FORBIDS, OUTSIDE, RISKY
from voice_skills.play_graph import graph, phrase_keys, place_of, where
from voice_skills.playsteps import goals
from voice_skills.words import Phrasebook

LONGEST_SPOKEN = 25
"""Words before the first choice, and in any spoken sentence (conversation.md, Phrases). Two Chinese signs count as a word."""
MOST_SEGMENTS = {"en": 2, "de": 2, "es": 4, "zh": 2}
"""SMS segments of a text. á, í, ó and ú make a segment of 70 characters out of one of 160, so Spanish may need more of them;
Chinese needs them too, but says the same with a third of the characters."""
EXAMPLE = {
    "device": "garden heat pump", "name": "Maximilian", "brand": "Nordwarm", "phone": "+49 30 5550100",
    "number": "112", "digits": "1 1 2", "minutes": "30",
    "n": "1", "what": "what to do", "text": "We are on it.", "time": "18:00", "code": "123456", "agent": "Dagmar", "value": "-14",
    "whole": "0", "tenths": "2",
    "a": "a", "b": "b", "c": "c", "slot": "Monday 23 November, 10:00", "day": "Mon, Nov 23",
    "time_said": "Monday at nine", "program": "Helper", "opens": "09:00", "closes": "18:00", "link": "https://nordwarm.example/p/Qk3vX9a2",
}  # fmt: skip

_SIGN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_SIGN_OR_MARK = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uff65]")
OWN_SIGNS = {
    "es": re.compile("[áíóúÁÍÓÚ]"),
    "zh": re.compile(r"[\u4e00-\u9fff\u3001\u3002\uff01-\uff1f“”《》]"),
}
"""Signs that a language cannot be written without although they are not in GSM-7."""


def lint(plays: Iterable[Play], words: Phrasebook) -> list[str]:
    """Everything that is wrong with `plays` in the languages of `words`, each as `file:line: play: complaint`."""
    return [complaint for play in plays for complaint in _play(play, words)]


def _play(play: Play, words: Phrasebook) -> Iterator[str]:
    unusable = list(_missing(play, words)) or list(_foreign(play, words))
    yield from unusable
    if unusable:
        return
    yield from graph(play, words)
    for language in words.languages():
        yield from _words(play, words, language)
        yield from _first_contact(play, words, language)
    yield from _safety(play, words)


def _missing(play: Play, words: Phrasebook) -> Iterator[str]:
    """Every phrase that a language lacks, with the line where it stands in another."""
    for key in phrase_keys(play):
        without = [each for each in words.languages() if key not in words.entries.get(each, {})]
        if without:
            yield f"{place_of(play, key, words)}: {play.id}: {key} is missing in {' and '.join(without)}. Write {', '.join(f'`{each}:`' for each in without)} beside the others."


def _foreign(play: Play, words: Phrasebook) -> Iterator[str]:
    """Every phrase with a variable that nobody fills in."""
    for key in phrase_keys(play):
        allowed = {"value"} if "/live/" in key else {"device"}
        for language in words.languages():
            entry = words.entry(key, language)
            if wrong := sorted(entry.variables - allowed):
                named = " and ".join(f"{{{each}}}" for each in wrong)
                yield f"{entry.place}: {play.id}: {key} uses {named}. Only {{{min(allowed)}}} can stand here."


def sentences(text: str) -> list[str]:
    """`text` by its sentences."""
    return [part for part in re.split(r"(?<=[.!?])\s+|(?<=[。！？])\s*", text.strip()) if part]


def spoken_words(spoken: str) -> int:
    """How long `spoken` is by ear, in words. Chinese has no spaces: two of its signs count as a word, its marks as none."""
    signs = len(_SIGN.findall(spoken))
    return len(_SIGN_OR_MARK.sub(" ", spoken).split()) + (signs + 1) // 2


def too_long(spoken: str) -> list[str]:
    """The sentences of `spoken` that nobody can follow by ear."""
    return [part for part in sentences(spoken) if spoken_words(part) > LONGEST_SPOKEN]


def _words(play: Play, words: Phrasebook, language: str) -> Iterator[str]:
    asking = {
        step.asks if isinstance(step, Try) else step.phrase
        for step in play.steps.values()
        if isinstance(step, Ask | Try | Book)
    }
    for key in phrase_keys(play):
        entry = words.entry(key, language)
        where = f"{entry.place}: {play.id}"
        filled = Phrase(key, EXAMPLE)
        text, spoken = words.text(filled, language), words.spoken(filled, language)
        for part in too_long(spoken):
            yield f"{where}: spoken sentence of {spoken_words(part)} words, at most {LONGEST_SPOKEN}: {part} Make two sentences of it."
        if key in asking and spoken_words(spoken) > LONGEST_SPOKEN:
            yield f"{where}: {spoken_words(spoken)} spoken words before the first choice, at most {LONGEST_SPOKEN}. Shorten `spoken:`."
        yield from (f"{where}: {fault}" for fault in _costs(text, language))
    for step in play.steps.values():
        if isinstance(step, Ask):
            yield from _answers(play, step, words, language)
        if isinstance(step, Try) and "{device}" not in words.entry(step.asks, language).text:
            yield f"{words.entry(step.asks, language).place}: {play.id}: the question for `{step.command}` does not name the device. Write {{device}} into it."


def _costs(text: str, language: str) -> Iterator[str]:
    """What makes `text` dear or keeps it from leaving. Signs that the language needs are not held against it."""
    checked = text_lint(text, MessageClass.TURN)
    own = OWN_SIGNS.get(language)
    notes = text_lint(own.sub("", text), MessageClass.TURN).notes if own else checked.notes
    if notes or checked.segments > _most(language):
        yield f"costs {checked.segments} segments. {' '.join(notes)}".strip()
    yield from checked.faults


def _most(language: str) -> int:
    return MOST_SEGMENTS.get(language, min(MOST_SEGMENTS.values()))


def _answers(play: Play, step: Ask, words: Phrasebook, language: str) -> Iterator[str]:
    """The answers of a question differ, and none of them is a word that ends, renews or explains contact."""
    seen: set[str] = set()
    for choice in step.choices:
        entry = words.entry(choice.key, language)
        for form in {folded(entry.text), folded(entry.spoken)}:
            if keyword(form) is not None:
                yield f"{entry.place}: {play.id}: the answer “{form}” is kept for {keyword(form)}"
            if form in seen:
                yield f"{entry.place}: {play.id}: step {step.id} has the answer “{form}” twice"
            seen.add(form)


def _first_contact(play: Play, words: Phrasebook, language: str) -> Iterator[str]:
    """The opening as it leaves: two segments at most, and a way to stop."""
    knowledge = Knowledge(device="d", device_name=EXAMPLE["device"], values=_best(play))
    _, reply, _ = begin(Conversation(CaseId("case"), None), play, knowledge, Moment(0))
    reminder = Reply((Phrase(play.reminder, EXAMPLE),), reply.ask)
    for name, each in (("opening", reply), ("reminder", reminder)):
        said = as_message(each, MessageClass.FIRST)
        text = " ".join(words.text(Phrase(p.key, EXAMPLE | p.variables), language) for p in said)
        checked = text_lint(text, MessageClass.FIRST)
        where = f"{words.entry(play.opening, language).place}: {play.id}: the {name} in {language}"
        if checked.segments > _most(language):
            yield f"{where} costs {checked.segments} segments, at most {_most(language)}: {text}"
        yield from (f"{where}: {fault}" for fault in checked.faults)


def _best(play: Play) -> dict[str, float | str | bool]:
    values: dict[str, float | str | bool] = {}
    for fine in play.fine:
        values |= fine.equals
        values |= fine.at_least
    return values


def _safety(play: Play, words: Phrasebook) -> Iterator[str]:
    for step in play.steps.values():
        here = where(play, step, words)
        if isinstance(step, Try) and RISKY.search(step.command) and not step.proof:
            yield f"{here} sends `{step.command}`, which not everybody may agree to: write `proof: true`"
        if isinstance(step, Ask):
            yield from _who(play, step, words)
    for key in phrase_keys(play):
        for language, dangers in DANGERS.items():
            entry = words.entries.get(language, {}).get(key)
            for part in [] if entry is None else sentences(entry.text) + sentences(entry.spoken):
                risky = dangers.search(part)
                if risky and not FORBIDS[language].search(part):
                    yield f"{entry.place if entry else key}: {play.id}: “{risky[0]}” without saying not to: {part}"


def _who(play: Play, step: Ask, words: Phrasebook) -> Iterator[str]:
    """Nobody is asked for what is not theirs to do."""
    if step.who is Who.TECHNICIAN:
        yield f"{where(play, step, words)} is for a technician: `book` a visit, or hand over to a person instead"
    yield from _outdoors(play, step, words) if step.outdoors else _leads_out(play, step, words)


def _leads_out(play: Play, step: Ask, words: Phrasebook) -> Iterator[str]:
    """A question that sends somebody out of the door says so, so that the rules for outdoors hold for it."""
    for language, outside in OUTSIDE.items():
        entry = words.entries.get(language, {}).get(step.phrase)
        for part in [] if entry is None else sentences(entry.text):
            out = outside.search(part)
            if out and not FORBIDS[language].search(part):
                yield f"{entry.place if entry else step.phrase}: {play.id}: “{out[0]}” leads outdoors: write `outdoors: true` and `who: able`"


def _outdoors(play: Play, step: Ask, words: Phrasebook) -> Iterator[str]:
    """Whoever may leave the house is able to, was told of the light and the ice just before, and may say no."""
    here = where(play, step, words)
    if step.who is not Who.ABLE:
        yield f"{here} may lead outdoors: `who: able`"
    if len(step.choices) < 2:
        yield f"{here} may lead outdoors: there must be a choice not to, such as `I would rather not`"
    leading = [other for other in play.steps.values() if step.id in goals(other)]
    for before in leading or [step]:
        if not isinstance(before, Say):
            yield f"{here} may lead outdoors: a `say` before it must warn of darkness and ice. Put one before it."
            return
        for language, needed in CAREFUL.items():
            entry = words.entries.get(language, {}).get(before.phrase)
            for form in [] if entry is None else (entry.text.casefold(), entry.spoken.casefold()):
                yield from (
                    f"{here} may lead outdoors: “{name}” is not spoken of in {language}"
                    for name, warning in needed.items()
                    if not warning.search(form)
                )
