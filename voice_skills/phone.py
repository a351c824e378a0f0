"""The telephone: keys and words of a caller to a Turn, a Reply to TwiML. Pure: no network, no clock, no verification.

Rules of this file. 1. One `Gather` at most, with a question in it; silence comes back to us as well. 2. A key wins over
words, because it cannot be misheard. 3. A call ends with words, and then with a hang-up or a person. 4. An answering
machine hears who rang and how to ring back, and nothing about a person or a device.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from twilio.twiml.voice_response import Gather, VoiceResponse

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Heard, Intent, Meaning, Question, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.wording import inside
from hub.ports import Words

KEYS: Mapping[str, Meaning] = {
    "0": Meaning(Intent.PERSON),
    "9": Meaning(Intent.STOP),
    "*": Meaning(Intent.REPEAT),
    "#": Meaning(Intent.REPEAT),
}
LISTEN = 6  # seconds until silence is an answer
LONGEST = 3_000  # characters of one Say; Twilio takes 4,096
HEARD = 1_000  # characters of words that are kept
SURE = 0.5  # below this confidence of the carrier's ears nothing was understood


@dataclass(frozen=True, slots=True)
class Tongue:
    """How a language is spoken to the carrier, and by whom."""

    say: str
    hear: str
    voice: str


TONGUES: Mapping[str, Tongue] = {
    "en": Tongue("en-US", "en-US", "Polly.Joanna"),
    "de": Tongue("de-DE", "de-DE", "Polly.Vicki"),
    "es": Tongue("es-ES", "es-ES", "Polly.Lucia"),
    "zh": Tongue("cmn-CN", "cmn-Hans-CN", "Polly.Zhiyu"),
}


class PhoneVoice:
    """Translates for one hub. `common` are the variables every phrase may use (brand, phone)."""

    def __init__(self, words: Words, common: Mapping[str, str]) -> None:
        self._words, self._common = words, dict(common)

    def heard(self, form: Mapping[str, str], key: str, language: str) -> Turn:
        """What the caller did: a key, words, or nothing. What the carrier itself is not sure of is not acted on."""
        pressed = form.get("Digits", "").strip()[:1]
        if pressed in KEYS:
            return Turn(Heard.TEXT, Channel.PHONE, key, pressed, KEYS[pressed], language, keyed=True)
        if pressed:
            return Turn(Heard.TEXT, Channel.PHONE, key, pressed, language=language, keyed=True)
        said = form.get("SpeechResult", "").replace("\x00", "").strip()[:HEARD]
        if not said or _confidence(form) < SURE:
            return Turn(Heard.SILENCE, Channel.PHONE, key, language=language)
        return Turn(Heard.TEXT, Channel.PHONE, key, said, language=language)

    def say(self, reply: Reply, language: str, act: str, dial: str = "") -> str:
        """The reply as TwiML: its question with what `act` takes the answer to, else a hang-up, or `dial` to a person.
        Raises BadInput when a phrase cannot be said."""
        question = None if reply.end else reply.ask
        spoken = self._spoken((*reply.say, *_choices(question)), language)
        if question is not None:
            return self.ask(spoken, language, act)
        return self._end(spoken, language, dial)

    def ask(self, spoken: str, language: str, act: str) -> str:
        """`spoken`, and an ear for the answer: keys and words, or nothing at all."""
        tongue, answer = _tongue(language), VoiceResponse()
        ear = Gather(
            input="dtmf speech",
            action=act,
            method="POST",
            action_on_empty_result=True,
            language=tongue.hear,
            num_digits=1,
            speech_timeout="auto",
            timeout=LISTEN,
        )
        ear.say(_printable(spoken), language=tongue.say, voice=tongue.voice)
        answer.append(ear)
        return str(answer)

    def tell(self, phrases: Iterable[Phrase], language: str, dial: str = "") -> str:
        """These phrases, and the end of the call. Raises BadInput when one cannot be said."""
        return self._end(self._spoken(phrases, language), language, dial)

    def _end(self, spoken: str, language: str, dial: str) -> str:
        tongue, answer = _tongue(language), VoiceResponse()
        if spoken:
            answer.say(_printable(spoken), language=tongue.say, voice=tongue.voice)
        if dial:
            answer.dial(dial)
        else:
            answer.hangup()
        return str(answer)

    def _spoken(self, phrases: Iterable[Phrase], language: str) -> str:
        said = (Phrase(each.key, {**self._common, **each.variables}) for each in phrases)
        return " ".join(self._words.spoken(each, language) for each in said).strip()


def _choices(question: Question | None) -> tuple[Phrase, ...]:
    """The keys to press: a number for each choice, and two for a yes or no."""
    if question is None:
        return ()
    if question.expecting is Expecting.YES_NO or not question.options:
        return (Phrase("phone.yes_no"),) if question.expecting is Expecting.YES_NO else ()
    return tuple(
        Phrase("choice.next", {"n": str(number), "what": inside(option)} | option.variables)
        for number, option in enumerate(question.options, start=1)
    )


def _confidence(form: Mapping[str, str]) -> float:
    try:
        return float(form.get("Confidence") or 1.0)
    except ValueError:
        return 0.0


def _tongue(language: str) -> Tongue:
    return TONGUES.get(language.split("-", maxsplit=1)[0].lower(), TONGUES["en"])


def _printable(text: str) -> str:
    """Without what XML cannot carry; the library escapes the rest."""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST]
