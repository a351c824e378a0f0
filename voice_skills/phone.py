"""The telephone: keys and words of a caller to a Turn, a Reply to TwiML. Pure: no network, no clock, no verification.

Rules of this file. 1. One `Gather` at most, with a question in it; silence comes back to us as well. 2. A key wins over
words, because it cannot be misheard. 3. A call ends with words, and then with a hang-up or a person. 4. An answering
machine hears who rang and how to ring back, and nothing about a person or a device. 5. A PIN is taken by keys only, and
while one is wanted nobody listens to words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from twilio.twiml.voice_response import Gather, VoiceResponse

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Heard, Intent, Meaning, Question, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.wording import aloud
from hub.ports import BadInput, Words

KEYS: Mapping[str, Meaning] = {
    "0": Meaning(Intent.PERSON),
    "9": Meaning(Intent.STOP),
    "*": Meaning(Intent.REPEAT),
    "#": Meaning(Intent.REPEAT),
}
LISTEN = 6  # seconds until silence is an answer
LONGEST = 3_000  # characters of one Say; Twilio takes 4,096
HEARD = 1_000  # characters of words that are kept
PIN_DIGITS = 8  # the longest PIN
HINTS, HINT = 40, 100  # hints of one question, and characters of one (Twilio takes 500 of 100)
RINGS = 25  # seconds that the person who is to take over has to pick up
TAKES_LEAVE = ("goodbye", "danger.")
"""Words that end a call as they are: a goodbye, and what somebody in danger is to do now."""
AT_PIN = "&k=pin"
"""What the address of an answer ends with while a PIN is wanted: then the keys are one number, and not one key."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """How a language is spoken to the carrier, and by whom."""

    say: str
    hear: str
    voice: str


TONGUES: Mapping[str, Tongue] = {
    "en": Tongue("en-US", "en-US", "Polly.Joanna"),
    "en-gb": Tongue("en-GB", "en-GB", "Polly.Amy"),
    "de": Tongue("de-DE", "de-DE", "Polly.Vicki"),
    "es": Tongue("es-ES", "es-ES", "Polly.Lucia"),
    "es-mx": Tongue("es-MX", "es-MX", "Polly.Mia"),
    "es-us": Tongue("es-US", "es-US", "Polly.Lupe"),
    "zh": Tongue("cmn-CN", "cmn-Hans-CN", "Polly.Zhiyu"),
}


class PhoneVoice:
    """Translates for one hub. `common` are the variables every phrase may use (brand, phone)."""

    def __init__(self, words: Words, common: Mapping[str, str]) -> None:
        self._words, self._common = words, dict(common)

    def heard(self, form: Mapping[str, str], key: str, language: str, pin: bool = False) -> Turn:
        """What the caller did: a key, words with how sure the carrier is of them, or nothing. With `pin`, a PIN was wanted:
        its digits are kept as text, and a single key is a key."""
        pressed = form.get("Digits", "").strip()[:PIN_DIGITS]
        pressed = pressed if pin and len(pressed) > 1 else pressed[:1]
        if pressed in KEYS:
            return Turn(Heard.TEXT, Channel.PHONE, key, pressed, KEYS[pressed], language, keyed=True)
        if pressed:
            return Turn(Heard.TEXT, Channel.PHONE, key, pressed, language=language, keyed=True)
        said = form.get("SpeechResult", "").replace("\x00", "").strip()[:HEARD]
        if not said:
            return Turn(Heard.SILENCE, Channel.PHONE, key, language=language)
        return Turn(Heard.TEXT, Channel.PHONE, key, said, language=language, confidence=_confidence(form))

    def say(self, reply: Reply, language: str, act: str, dial: str = "") -> str:
        """The reply as TwiML: its question, with `act` as the address of the answer; without one, what else there is to do;
        a reply that ends, a hang-up, or `dial` to a person (who did not pick up is then told at `act`). Raises BadInput
        when a phrase cannot be said."""
        question = reply.ask
        if dial:
            return self.tell(reply.say or (Phrase("goodbye"),), language, act, dial)
        if reply.end:
            leaves = any(each.key.startswith(TAKES_LEAVE) for each in reply.say[-1:])
            return self.tell(reply.say if leaves else (*reply.say, Phrase("goodbye")), language, act)
        more: tuple[Phrase, ...] = (Phrase("phone.more"),) if question is None else _choices(question)
        spoken = self._spoken((*reply.say, *more), language)
        if question is not None and question.expecting is Expecting.PIN:
            return self._pin(spoken, language, act)
        return self.ask(spoken, language, act, question.options if question else ())

    def ask(self, spoken: str, language: str, act: str, options: Sequence[Phrase] = ()) -> str:
        """`spoken`, and an ear for the answer: keys and words, or nothing at all. `options` are words to listen for."""
        tongue, answer = _tongue(language), VoiceResponse()
        ear = Gather(
            input="dtmf speech",
            action=act,
            method="POST",
            action_on_empty_result=True,
            barge_in=True,
            language=tongue.hear,
            hints=self._hints(options, language),
            num_digits=1,
            finish_on_key="",  # so that # arrives as a key
            speech_timeout="auto",
            timeout=LISTEN,
        )
        ear.say(_printable(spoken), language=tongue.say, voice=tongue.voice)
        answer.append(ear)
        return str(answer)

    def tell(self, phrases: Iterable[Phrase], language: str, act: str = "", dial: str = "") -> str:
        """These phrases, and the end of the call. Raises BadInput when one cannot be said."""
        tongue, answer = _tongue(language), VoiceResponse()
        spoken = self._spoken(phrases, language)
        if spoken:
            answer.say(_printable(spoken), language=tongue.say, voice=tongue.voice)
        if dial and act:
            answer.dial(dial, action=act, method="POST", timeout=RINGS)
        elif dial:
            answer.dial(dial)
        else:
            answer.hangup()
        return str(answer)

    def wait(self, language: str, act: str, first: bool) -> str:
        """A moment, and then `act` is asked again; what for is said the `first` time only."""
        tongue, answer = _tongue(language), VoiceResponse()
        if first:
            answer.say(
                self._spoken((Phrase("phone.wait"),), language), language=tongue.say, voice=tongue.voice
            )
        answer.pause(length=1)
        answer.redirect(act, method="POST")
        return str(answer)

    def _pin(self, spoken: str, language: str, act: str) -> str:
        tongue, answer = _tongue(language), VoiceResponse()
        ear = Gather(
            input="dtmf",
            action=act + AT_PIN,
            method="POST",
            action_on_empty_result=True,
            finish_on_key="#",
            timeout=2 * LISTEN,
        )
        ear.say(_printable(spoken), language=tongue.say, voice=tongue.voice)
        answer.append(ear)
        return str(answer)

    def _hints(self, options: Sequence[Phrase], language: str) -> str:
        """What people may say now: the answers that were offered, in their own words, then what may always be said."""
        found: list[str] = []
        for phrase in options:
            with suppress(BadInput):
                found.append(self._spoken((phrase,), language).replace(",", " "))
        with suppress(BadInput):
            found += self._spoken((Phrase("phone.hints"),), language).split(",")
        plain = (" ".join(each.split())[:HINT] for each in found)
        return ", ".join([*dict.fromkeys(each for each in plain if each)][:HINTS])

    def _spoken(self, phrases: Iterable[Phrase], language: str) -> str:
        said = (Phrase(each.key, {**self._common, **each.variables}) for each in phrases)
        return " ".join(self._words.spoken(each, language) for each in said).strip()


def _choices(question: Question) -> tuple[Phrase, ...]:
    """The keys to press: a number for each choice, and two for a yes or no."""
    match question.expecting:
        case Expecting.PIN:
            return (Phrase("phone.pin"),)
        case Expecting.YES_NO:
            return (Phrase("phone.yes_no"),)
        case Expecting.NOTHING:
            return (Phrase("phone.menu"),)
    return tuple(
        Phrase("phone.choice", {"n": str(number), **aloud("what", option)} | option.variables)
        for number, option in enumerate(question.options, start=1)
    )


def _confidence(form: Mapping[str, str]) -> float:
    """0 to 1; 1 where the carrier says nothing about it, 0 where it says something that is no number."""
    try:
        return min(max(float(form.get("Confidence") or 1.0), 0.0), 1.0)
    except ValueError:
        return 0.0


def _tongue(language: str) -> Tongue:
    """The language as it is spoken there, else the language, else English."""
    whole = language.replace("_", "-").lower()
    return TONGUES.get(whole) or TONGUES.get(whole.split("-", maxsplit=1)[0]) or TONGUES["en"]


def _printable(text: str) -> str:
    """Without what XML cannot carry; the library escapes the rest."""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST]
