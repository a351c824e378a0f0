"""What a sentence resembles, beside what the sayings say: when the one is believed, when the other, when neither.

Rules of this file. 1. A saying that we know counts; only where the examples are all but certain of something else is it read
back. 2. What we have no saying for is what it resembles, when that is likely enough: the more it may change, the likelier.
3. Below that it is a question, and further below it is nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from hub.domain.conversation import Expecting, Intent, Meaning
from voice_skills.matcher_guess import NEVER_GUESSED
from voice_skills.matcher_text import is_han
from voice_skills.matcher_tongue import PATIENCE, TIMED, Tongue
from voice_skills.resemblance import resemblance

ASK, LIKELY, ACTS, SETTLED, SAFE = 0.3, 0.55, 0.7, 0.9, 0.97
"""How likely a meaning must be: to be asked about, to be heard, to change something, and to do so with few words that we know, and with hardly any."""
SURELY = 0.8
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
ANSWERS = (Intent.YES, Intent.NO, Intent.DONE)
"""What answers a question by yes and no, and none with numbered options."""
HAN = "zh"
CHOOSING = (Expecting.CHOICE, Expecting.WHICH_CASE)
INTENTS = {str(intent): intent for intent in Intent}


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
        if intent not in RISKY:
            return share >= (LIKELY if self.familiar >= FAMILIAR else ACTS)
        here, said = self.here, self.said
        if intent is Intent.STOP:
            return share >= ENDS and self.familiar >= FAMILIAR and here.not_stop.search(said) is None
        if here.doubts(said) or here.conditions.search(said):
            return False
        if self.familiar < FAMILIAR:
            return share >= (SETTLED if self.familiar >= HALF else SAFE) and here.calm(said)
        return share >= ACTS and (intent not in CALM or here.calm(said))

    @property
    def no_end(self) -> bool:
        """Whether what sounds like an end of contact is surely something else: "don't call, text me"."""
        return bool(self.shares) and self.familiar >= FAMILIAR and self.of(Intent.STOP) < NO_END


def likely(said: str, here: Tongue) -> Likely:
    """What `said` (folded) resembles; nothing in a language without examples."""
    learned = resemblance(here.language)
    return Likely(here, said, learned.likely(said), learned.familiar(said)) if learned else Likely(here, said)


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
    return likely(nearest.fold(raw), nearest) if most > mine + FOREIGN else None


def weighed(known: Meaning | None, seems: Likely, expecting: Expecting) -> Meaning | None:
    """What it means: `known` by our sayings (None: nothing), and what it `seems`."""
    kind, share = seems.best
    intent = INTENTS.get(kind, Intent.UNKNOWN)
    if not kind or (known is not None and _kept(known, seems)):
        return known
    if known is not None and known.sure and known.intent is not Intent.UNKNOWN:
        other = seems.of(known.intent)
        if intent is known.intent or share < max(DOUBT, DOUBTED * other):
            return known
        if known.intent is Intent.NO and intent in CALM and seems.here.denies(seems.said):
            return known  # "do not restart it" resembles a restart, but for one word
        if intent is Intent.UNKNOWN and known.intent is Intent.STATUS:
            return known  # how it stands may be told to whoever seems to ask
        ends = intent is Intent.STOP and seems.clear(intent)
        if not ends and (
            intent is Intent.UNKNOWN or intent in RISKY or share < max(REPLACE, REPLACED * other)
        ):
            return replace(known, sure=False)
    if intent is Intent.UNKNOWN or (expecting in CHOOSING and intent in ANSWERS):
        return known
    clear = seems.clear(intent) or (known is not None and known.intent is intent and intent not in RISKY)
    if clear or (known is None and share >= ASK and intent not in NEVER_GUESSED):
        return _told(Meaning(intent, sure=clear), seems)
    return known


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
