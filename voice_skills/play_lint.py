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
from hub.domain.play import Agent, Ask, Check, Play, PlayStep, Say, Solved, Try, Who
from hub.domain.talk import begin
from hub.domain.text import lint as text_lint
from hub.domain.wording import as_message
from voice_skills.danger_words import CAREFUL, DANGERS, FORBIDS
from voice_skills.playbook import MOST_CHOICES, goals
from voice_skills.words import Phrasebook

LONGEST_SPOKEN = 25
"""Words before the first choice, and in any spoken sentence (conversation.md, Phrases). Two Chinese signs count as a word."""
MOST_SEGMENTS = {"en": 2, "de": 2, "es": 4, "zh": 2}
"""SMS segments of a text. á, í, ó and ú make a segment of 70 characters out of one of 160, so Spanish needs more of them;
Chinese needs them too, but says the same with a third of the characters."""
EXAMPLE = {
    "device": "garden heat pump", "name": "Maximilian", "brand": "Nordwarm", "phone": "+49 30 5550100",
    "n": "1", "what": "what to do", "text": "We are on it.", "time": "18:00", "code": "123456", "agent": "Dagmar", "value": "-14",
    "a": "a", "b": "b", "c": "c", "slot": "Monday 23 November, 10:00", "link": "https://nordwarm.example/p/Qk3vX9a2",
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
    for key in phrase_keys(play):
        for language in words.languages():
            if key not in words.entries.get(language, {}):
                yield f"{play.pack}/plays.yaml: {play.id}: {key} is missing in {language}"
                return
    yield from _graph(play)
    for language in words.languages():
        yield from _words(play, words, language)
        yield from _first_contact(play, words, language)
    yield from _safety(play, words)


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
        if isinstance(step, Ask):
            keys += [choice.key for choice in step.choices] + ([step.again] if step.again else [])
    return keys


def _graph(play: Play) -> Iterator[str]:
    """Every step is reached, every step can be left, and "solved" comes from telemetry alone."""
    reached = _from(play, play.first)
    for name, step in play.steps.items():
        where = f"{play.pack}/plays.yaml: {play.id}: step {name}"
        if name not in reached:
            yield f"{where} is never reached"
        if not any(isinstance(play.steps[goal], Solved | Agent) for goal in _from(play, name)):
            yield f"{where} leads to no end"
        if isinstance(step, Ask) and len(step.choices) > MOST_CHOICES:
            yield f"{where} has more than {MOST_CHOICES} choices"
        if isinstance(step, Say) and name in _says(play, step):
            yield f"{where} talks in a circle"
        for goal in goals(step):
            proved = isinstance(step, Check) and goal == step.then
            if isinstance(play.steps[goal], Solved) and not proved:
                yield f"{where} calls it solved, which only a check may"
    if not any(isinstance(play.steps[name], Agent) for name in reached):
        yield f"{play.pack}/plays.yaml: {play.id}: no way leads to a person"


def _from(play: Play, first: str) -> set[str]:
    found: set[str] = set()
    ways = [first]
    while ways:
        name = ways.pop()
        if name not in found:
            found.add(name)
            ways += goals(play.steps[name])
    return found


def _says(play: Play, step: Say) -> set[str]:
    """The steps of nothing but talk that follow `step`."""
    found: set[str] = set()
    following: PlayStep = play.steps[step.then]
    while isinstance(following, Say) and following.id not in found:
        found.add(following.id)
        following = play.steps[following.then]
    return found


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
        if isinstance(step, Ask | Try)
    }
    for key in phrase_keys(play):
        entry = words.entry(key, language)
        where = f"{entry.place}: {play.id}"
        allowed = {"value"} if "/live/" in key else {"device"}
        if entry.variables - allowed:
            yield f"{where}: {key} uses variables that a play does not have: {sorted(entry.variables - allowed)}"
            continue
        filled = Phrase(key, EXAMPLE)
        text, spoken = words.text(filled, language), words.spoken(filled, language)
        for part in too_long(spoken):
            yield f"{where}: spoken sentence of {spoken_words(part)} words, at most {LONGEST_SPOKEN}: {part}"
        if key in asking and spoken_words(spoken) > LONGEST_SPOKEN:
            yield f"{where}: {spoken_words(spoken)} spoken words before the first choice, at most {LONGEST_SPOKEN}"
        yield from (f"{where}: {fault}" for fault in _costs(text, language))
    for step in play.steps.values():
        if isinstance(step, Ask):
            yield from _answers(play, step, words, language)
        if isinstance(step, Try) and "{device}" not in words.entry(step.asks, language).text:
            yield f"{words.entry(step.asks, language).place}: {play.id}: the question for `{step.command}` does not name the device"


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
        where = f"{play.pack}/plays.yaml: {play.id}: step {step.id}"
        if isinstance(step, Ask) and step.who is Who.TECHNICIAN:
            yield f"{where} is for a technician: hand over to a person instead"
        if isinstance(step, Ask) and step.outdoors:
            yield from _outdoors(play, step, words)
    for key in phrase_keys(play):
        for language, dangers in DANGERS.items():
            entry = words.entries.get(language, {}).get(key)
            for part in [] if entry is None else sentences(entry.text) + sentences(entry.spoken):
                risky = dangers.search(part)
                if risky and not FORBIDS[language].search(part):
                    yield f"{entry.place if entry else key}: {play.id}: “{risky[0]}” without saying not to: {part}"


def _outdoors(play: Play, step: Ask, words: Phrasebook) -> Iterator[str]:
    """Whoever may leave the house is able to, was told of the light and the ice just before, and may say no."""
    where = f"{play.pack}/plays.yaml: {play.id}: step {step.id}"
    if step.who is not Who.ABLE:
        yield f"{where} may lead outdoors: `who: able`"
    if len(step.choices) < 2:
        yield f"{where} may lead outdoors: there must be a choice not to"
    leading = [other for other in play.steps.values() if step.id in goals(other)]
    for before in leading or [step]:
        if not isinstance(before, Say):
            yield f"{where} may lead outdoors: a `say` before it must warn of darkness and ice"
            return
        for language, needed in CAREFUL.items():
            entry = words.entries.get(language, {}).get(before.phrase)
            for form in [] if entry is None else (entry.text.casefold(), entry.spoken.casefold()):
                yield from (
                    f"{where} may lead outdoors: “{name}” is not spoken of in {language}"
                    for name, warning in needed.items()
                    if not warning.search(form)
                )
