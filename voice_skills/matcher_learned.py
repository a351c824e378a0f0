"""What a sentence resembles, beside what the sayings say: when the one is believed, when the other, when neither.

Rules of this file. 1. A saying that we know counts; only where the examples are all but certain of something else is it read
back. 2. What we have no saying for is what it resembles, when that is likely enough: the more it may change, the likelier.
3. Below that it is a question, and further below it is nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from hub.domain.conversation import Expecting, Intent, Meaning
from voice_skills.matcher_guess import NEVER_GUESSED
from voice_skills.matcher_text import is_han
from voice_skills.matcher_tongue import PATIENCE, TIMED, Tongue
from voice_skills.numbers import spelled
from voice_skills.resemblance import resemblance

ASK, LIKELY, SAFE = 0.3, 0.55, 0.9
"""How likely a meaning must be: to be asked about, to be heard, and to be heard for sure though something speaks against it."""
STRANGE, STRANGER = 0.03, 0.1
"""How much likelier with few words that we know, and with hardly any."""
SURELY = 0.6
"""How likely something else must be than waiting for a time that was named."""
ENDS, NO_END = 0.55, 0.02
"""How likely it must be that somebody wants no more messages, when no word or sentence of ours says so; and how unlikely, for
what sounds like it to be something else."""
DOUBTED, DOUBT = 2.5, 0.5
REPLACED, REPLACE = 15.0, 0.7
"""How much likelier, and how likely, something else must be for a saying that we know to be read back, and to be dropped."""
BESIDE, A_STORY, SIGNS_A_WORD = 0.4, 6, 1.6
"""How likely it must be that words have nothing to do with us, for an option chosen by them to be read back;
and from how many words on they are more than an answer."""
FAMILIAR, HALF, FOREIGN = 0.75, 0.5, 0.2
"""From how many known words on no typing error decides, with less only what is very likely; and how many more words another
language must know."""
CALM = frozenset({Intent.YES, Intent.DONE, Intent.RESTART, Intent.START})
"""What is never meant by a sentence that denies, doubts, asks or sets a condition."""
RISKY = CALM | {Intent.STOP, Intent.WRONG_NUMBER, Intent.CANCEL_VISIT}
"""What changes something: the device, the appointment, or whether we may write at all."""
NEVER = 2.0
"""More than any likelihood."""
ANSWERS = (Intent.YES, Intent.NO, Intent.DONE)
"""What answers a question by yes and no, and none with numbered options."""
ANSWERED = {"yes": 5.0, "no": 5.0, "restart": 5.0, "later": 1.5, "done": 1.5}
"""How much likelier an answer is where a question by yes and no is open than among all examples, where each is one of thirty."""
AGREES = (" ok ", "好的")
"""What "no problem" and "why not" are weighed as, in letters and in Chinese signs."""
GRAVE = (Intent.YES, Intent.WRONG_NUMBER, Intent.START)
"""What must be likelier in words that we hardly know."""
A_WORD_OR_TWO, FAINTLY = 2, 0.02
CALLS = {Intent.PERSON, Intent.CALLBACK}
"""Either is a wish to be called."""
AHEAD = (0.4, 2.5)
"""How likely the likeliest harmless wish must be, and how many times as likely as the next, to be heard."""
UNSURE_YES = Meaning(Intent.YES, sure=False)
HAN = "zh"
CHOOSING = (Expecting.CHOICE, Expecting.WHICH_CASE)
INTENTS = {str(intent): intent for intent in Intent}


@dataclass(frozen=True, slots=True)
class Least:
    """How likely what changes something must be: when it is said plainly, with a "but", with a denial, with a
    doubt, and asking or on a condition."""

    plain: float
    contrast: float
    denied: float
    doubted: float
    asked: float

    def of(self, here: Tongue, said: str) -> float:
        """The one that holds for `said` (folded); "no problem" and "why not" deny and ask nothing."""
        said = here.agreeing.sub(" ", here.bystanders.sub(" ", said))
        if here.asks.search(said) or here.conditions.search(said):
            return self.asked
        if here.denies(said):
            return self.denied
        if here.hedges.search(said):
            return self.doubted
        return self.contrast if here.contrasts.search(said) else self.plain


LEAST = {
    Intent.YES: Least(0.7, 0.9, NEVER, NEVER, NEVER),
    Intent.RESTART: Least(0.55, 0.8, NEVER, 0.9, NEVER),
    Intent.DONE: Least(0.65, 0.7, 0.9, 0.9, 0.9),
    Intent.START: Least(0.65, 0.8, 0.85, 0.85, 0.85),
    Intent.WRONG_NUMBER: Least(0.5, 0.6, 0.55, 0.7, 0.7),
    Intent.CANCEL_VISIT: Least(0.5, 0.85, 0.7, 0.9, 0.9),
}
"""Chosen so that of a thousand customers' sentences hardly any was heard wrongly above it (sets one to three and five). A yes
is never heard in a sentence that denies, doubts, asks or sets a condition, however likely it seems, and no wish for a restart in
one that denies it; a wish only leads to the question whether."""


@dataclass(frozen=True, slots=True)
class Likely:
    """What `said` (folded, in the tongue `here`) resembles: how likely each kind of examples is, and how familiar its words are."""

    here: Tongue
    said: str
    shares: Mapping[str, float] = field(default_factory=dict)
    familiar: float = 0.0

    @property
    def best(self) -> tuple[str, float]:
        """The likeliest kind and its share."""
        kind = max(self.shares, key=self.shares.__getitem__, default="")
        return kind, self.shares.get(kind, 0.0)

    def of(self, intent: Intent) -> float:
        """How likely one intent is."""
        return self.shares.get(intent.value, 0.0)

    def clear(self, intent: Intent) -> bool:
        """Whether `intent`, the likeliest, may be heard without asking back."""
        share = self.of(intent)
        share -= 0.0 if self.familiar >= FAMILIAR else STRANGE if self.familiar >= HALF else STRANGER
        if intent is Intent.STOP:
            enough = share >= (ENDS if self.familiar >= HALF else SAFE)
            return enough and self.here.not_stop.search(self.said) is None
        least = LEAST.get(intent)
        if least is None:
            return share >= LIKELY or self.far_ahead
        strange = intent in GRAVE and self.familiar < FAMILIAR
        return share >= max(least.of(self.here, self.said), SAFE if strange else 0.0)

    @property
    def far_ahead(self) -> bool:
        """Whether the likeliest is little likely, but everything else far less."""
        first, second = sorted(self.shares.values(), reverse=True)[:2]
        return first >= AHEAD[0] and first >= AHEAD[1] * second

    @property
    def yes_with_a_reason(self) -> bool:
        """Whether a yes is beyond doubt though something is denied beside it: "do it, nobody is online"."""
        said = self.here.agreeing.sub(" ", self.here.bystanders.sub(" ", self.said))
        open_ = (
            self.here.doubts(said) or self.here.contrasts.search(said) or self.here.conditions.search(said)
        )
        return self.of(Intent.YES) >= SAFE and self.familiar >= FAMILIAR and not open_

    @property
    def no_end(self) -> bool:
        """Whether what sounds like an end of contact is surely something else: "don't call, text me"."""
        return bool(self.shares) and self.familiar >= FAMILIAR and self.of(Intent.STOP) < NO_END


def likely(said: str, here: Tongue, expecting: Expecting = Expecting.NOTHING) -> Likely:
    """What `said` (folded) resembles, as an answer to what was asked; nothing in a language without examples."""
    learned = resemblance(here.language)
    if learned is None:
        return Likely(here, said)
    if expecting is not Expecting.YES_NO:
        return Likely(here, said, learned.likely(said), learned.familiar(said))
    agreed = " ".join(here.agreeing.sub(AGREES[is_han(said)], said).split())
    return Likely(here, said, _asked(learned.likely(agreed)), learned.familiar(agreed))


def _asked(shares: Mapping[str, float]) -> Mapping[str, float]:
    """The same likelihoods where a question by yes and no is open: people mostly answer it, and a wish that it be done is a yes."""
    if not shares:
        return shares
    told = {kind: share * ANSWERED.get(kind, 1.0) for kind, share in shares.items()}
    told[Intent.YES.value] += told[Intent.RESTART.value]
    told[Intent.RESTART.value] = 0.0
    whole = sum(told.values())
    return {kind: share / whole for kind, share in told.items()}


def foreign(raw: str, seems: Likely, tongues: Iterable[Tongue]) -> Likely | None:
    """The same words as a sentence of another language, where that knows clearly more of them."""
    knows: dict[str, tuple[float, Tongue]] = {}
    for each in tongues:
        learned = resemblance(each.language) if each is not seems.here else None
        if learned is not None:
            knows[each.language] = (learned.familiar(each.fold(raw)), each)
    most, nearest = max(knows.values(), key=lambda known: known[0], default=(0.0, seems.here))
    letters = seems.here.language == HAN and not is_han(raw)
    mine = 0.0 if letters else seems.familiar
    certain = seems.best[1] >= SAFE and seems.best[0] != Intent.UNKNOWN.value
    certain = certain and not nearest.denies(nearest.fold(raw))
    return likely(nearest.fold(raw), nearest) if most > mine + FOREIGN and not certain else None


def weighed(known: Meaning | None, seems: Likely, expecting: Expecting) -> Meaning | None:
    """What it means: `known` by our sayings (None: nothing), and what it `seems`."""
    kind, share = seems.best
    intent = INTENTS.get(kind, Intent.UNKNOWN)
    if (
        intent is Intent.STOP
        and share >= SAFE
        and seems.clear(intent)
        and len(seems.said.split()) > A_WORD_OR_TWO
    ):
        return Meaning(intent)  # before any option: "take me off this list"
    if not kind or (known is not None and _kept(known, seems)):
        return known
    if known is not None and known.sure and known.intent is not Intent.UNKNOWN:
        verdict = _against(known, intent, share, seems)
        if verdict is not Verdict.REPLACED:
            return known if verdict is Verdict.KEPT else replace(known, sure=False)
    answers = expecting in CHOOSING and (
        intent in ANSWERS or (known is not None and known.intent is Intent.CHOICE)
    )
    if intent is Intent.UNKNOWN or answers:
        return known
    if known == UNSURE_YES and seems.yes_with_a_reason:
        return replace(known, sure=True)
    clear = seems.clear(intent) or (known is not None and known.intent is intent and intent not in RISKY)
    if clear or (known is None and share >= ASK and intent not in NEVER_GUESSED):
        return _told(Meaning(intent, sure=clear), seems)
    return known


class Verdict(Enum):
    """What becomes of a saying that the examples speak against."""

    KEPT, ASKED, REPLACED = range(3)


def _against(known: Meaning, intent: Intent, share: float, seems: Likely) -> Verdict:
    """Whether a saying that we know holds against `intent`, which the whole sentence resembles by `share`."""
    other = seems.of(known.intent)
    if intent is known.intent or share < max(DOUBT, DOUBTED * other):
        return Verdict.KEPT
    if (known.intent in PATIENCE and intent is Intent.NO) or {known.intent, intent} == CALLS:
        return Verdict.KEPT
    faintly = known.intent is Intent.NO or (known.intent in PATIENCE and other >= FAINTLY)
    if faintly and intent in CALM and seems.here.denies(seems.said):
        return (
            Verdict.KEPT
        )  # "do not restart it" resembles a restart, but for one word; "yes but not now" a yes
    if intent is Intent.UNKNOWN:  # how it stands may be told to whoever seems to ask
        return Verdict.KEPT if known.intent is Intent.STATUS else Verdict.ASKED
    if intent is Intent.STOP and seems.clear(intent):
        return Verdict.REPLACED
    if intent is Intent.WRONG_NUMBER:
        return Verdict.ASKED  # "I pressed the wrong number"
    least = SAFE if intent in RISKY else REPLACE
    drowned = share >= max(least, REPLACED * other) and (intent not in RISKY or seems.clear(intent))
    return Verdict.REPLACED if drowned else Verdict.ASKED


def beside_the_point(own: Meaning | None, seems: Likely) -> Meaning | None:
    """An option that was chosen in own words, read back where they resemble what is said about everything and nothing."""
    length = len(seems.said) / SIGNS_A_WORD if is_han(seems.said) else len(seems.said.split())
    if (
        own is None
        or own.intent is not Intent.CHOICE
        or length < A_STORY
        or seems.of(Intent.UNKNOWN) < BESIDE
    ):
        return own
    return replace(own, sure=False)


def _kept(known: Meaning, seems: Likely) -> bool:
    """What no examples tell of (a choice, a code), and a time that was named."""
    if seems.said in seems.here.numbers or seems.said in spelled(seems.here.language):
        return True
    told = known.intent is Intent.UNKNOWN or known.intent.value in seems.shares
    if not told or known.when is None or known.intent not in PATIENCE:
        return not told
    _, left = seems.here.times.find(seems.said)
    return seems.best[1] < SURELY or not seems.here.fillers.sub("", left).strip()


def _told(meant: Meaning, seems: Likely) -> Meaning:
    """With the time, or the language, that is named in it."""
    if meant.intent in (*PATIENCE, *TIMED):
        when, _ = seems.here.times.find(seems.said)
        called = meant.intent is Intent.PERSON and when is not None
        return replace(meant, intent=Intent.CALLBACK if called else meant.intent, when=when)
    if meant.intent is Intent.LANGUAGE:
        return replace(meant, slot=seems.here.wanted(seems.said))
    return meant
