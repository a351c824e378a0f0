"""Plain questions (what it costs, is it dangerous, how long): answered with what the house knows, else honestly with "I do not
know". Then what was being asked is asked again. A question is no misunderstanding and answers nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from device_rules.fault import Severity
from device_rules.reading import HOUR, MINUTE
from hub.domain.contact import Phrase
from hub.domain.danger import number_of
from hub.domain.play import Check, Try
from hub.domain.policy import Policy
from hub.domain.scene import Answer, Scene
from hub.domain.walk import resume

TOPICS = ("cost", "food", "danger", "duration", "who", "why", "data", "warranty")
ROUND = 90 * MINUTE
"""Spans from here on are told in hours."""


def question(scene: Scene) -> Answer:
    """Answer it; then back to where the conversation stands."""
    return resume(scene, *answer(scene))


def answer(scene: Scene) -> tuple[Phrase, ...]:
    """What the operator has told us to say, else what we know of it, else that we do not know."""
    topic = scene.turn.meaning.slot
    own = told(scene.knowledge.answers, topic, scene.talk.language)
    if own is not None:
        return (own,)
    known = {"food": _food, "danger": _danger, "duration": _duration, "who": _who, "why": _why}.get(topic)
    return (known(scene) if known is not None else None) or unknown(with_person=scene.talk.with_person)


def told(answers: Mapping[str, Mapping[str, str]], topic: str, language: str) -> Phrase | None:
    """The operator's own answer in this very language."""
    text = answers.get(language, {}).get(topic, "")
    return Phrase("answer.own", {"text": text}) if text else None


def unknown(*, with_person: bool) -> tuple[Phrase, ...]:
    """Honest ignorance, and who knows."""
    return (Phrase("answer.person_knows" if with_person else "answer.unknown"),)


def _danger(scene: Scene) -> tuple[Phrase, ...] | None:
    """By the worst severity of what the device reports; and what to do should there be smoke, in any case."""
    known = scene.knowledge
    when = _signs(number_of("fire", known.country, known.emergency))
    if known.severity is Severity.SAFETY and known.fault_open:
        return scene.say("answer.danger_maybe"), when
    return scene.say("answer.danger_none" if known.heard else "answer.danger_unheard"), when


def _food(_scene: Scene) -> tuple[Phrase, ...]:
    """Nobody can tell from afar; what has become warm is better not eaten, whatever the device reports."""
    return (Phrase("answer.food"),)


def _duration(scene: Scene) -> tuple[Phrase, ...] | None:
    """How long the step that is being waited for, or is offered, may take at most."""
    step = scene.step()
    if not isinstance(step, Check | Try) or scene.talk.with_person:
        return None
    hours = step.within >= ROUND
    count = max(2, -(-step.within // (HOUR if hours else MINUTE)))
    return (scene.say("answer.hours" if hours else "answer.minutes", n=str(count)),)


def _who(scene: Scene) -> tuple[Phrase, ...]:
    return (Phrase("answer.who"),)


def _why(scene: Scene) -> tuple[Phrase, ...] | None:
    known = scene.knowledge
    return (scene.say("answer.why" if known.fault_open and not known.told else "answer.why_well"),)


def first_answer(topic: str, language: str, policy: Policy) -> tuple[Phrase, ...]:
    """The same where nothing of theirs is open: there is no device and no step to speak of."""
    own = told(policy.answers, topic, language)
    if own is not None:
        return (own,)
    if topic == "danger":
        return (_signs(number_of("fire", policy.country, policy.emergency)),)
    known = {"food": "answer.food", "who": "answer.who", "why": "answer.why_well"}.get(topic)
    return (Phrase(known),) if known else unknown(with_person=False)


def _signs(number: str) -> Phrase:
    return Phrase("answer.danger_signs", {"number": number, "digits": " ".join(number)})
