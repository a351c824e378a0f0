"""How much of what customers say is understood, in each language, and what is heard that would do harm.

    python -m tests.benchmarks.understanding [first] [second] [third] [fourth] [fifth] [--misses] [--hostile]

Prints, per set and language, how many of the sentences in `tests/voice_skills/said` are understood and how many readings would
do harm; with --misses each of these, too; with --hostile, how long the slowest of 10,000 hostile texts takes. Each set was
written by somebody who had not seen the patterns. Misses of the fourth set are looked at by nobody who writes rules or
examples: it says what a stranger will meet.

Measured before any tuning, by the sentences as they were first committed (first set):
en 169 of 219 (77.2 %), 2 harmful; de 164 of 223 (73.5 %), 1; es 178 of 227 (78.4 %), 3; zh 181 of 228 (79.4 %), 2.
By rules tuned on the first set: first 96.4 to 98.2 %, none harmful; second 52.9 to 61.4 % and third 43.0 to 50.0 %, unseen then.
With some 31,000 examples: fourth en 77.9, de 78.2, es 74.2, zh 79.5 %, three to four harmful of some 295 each; fifth 72.0 to 76.7 %.
With 69,000 examples, what words are about and 29,000 answers: first en 98.2, de 96.4, es 97.4, zh 97.8 %, none harmful; fourth
en 85.7 %, de 91.2 %, es 87.5 %, zh 89.9 %, harmful 7, 4, 4, 4 (unseen); those that were looked at: second 91.9 to 94.3 %,
third 91.4 to 94.0 %, fifth 83.7 to 87.7 %, one to six harmful each. 10,000 hostile texts below 30 ms each.

How it is scored has changed since the first figures, each time in favour: a bare STOP word of the law counts as STOP, an answer
to a plain question and a word of danger count where nothing could be known (no set knows these intents), a number beyond the
options counts as asking back. By the first scoring the first set stands at en 96.3, de 94.6, es 95.6, zh 96.5 %, none harmful.
"""

from __future__ import annotations

import gc
import random
import string
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hub.domain.consent_words import Word, keyword
from hub.domain.conversation import Expecting, Intent, Meaning
from voice_skills.matcher import Matcher
from voice_skills.words import house_words

SAID = Path(__file__).parents[1] / "voice_skills" / "said"
SETS = ("first", "second", "third", "fourth", "fifth")
LANGUAGES = ("en", "de", "es", "zh")
ACTING = (Intent.STOP, Intent.START, Intent.YES, Intent.RESTART, Intent.CHOICE, Intent.WRONG_NUMBER)
NEWER = (Intent.LANGUAGE, Intent.VISIT, Intent.WHICH_DEVICE, Intent.CALLBACK, Intent.QUESTION, Intent.DANGER)
"""What the examination does not know yet: it was unknown when it was written, and nothing is done but to answer it."""
HOSTILE = 10_000
LIMIT_MS = 50.0


@dataclass(frozen=True, slots=True)
class Examined:
    """One sentence, what it means and what was heard."""

    said: str
    means: Mapping[str, Any]
    heard: Meaning
    understood: bool
    harmful: bool


def sentences(name: str, language: str) -> list[dict[str, Any]]:
    """The sentences of one set in one language."""
    found: list[dict[str, Any]] = yaml.safe_load(
        (SAID / name / f"{language}.yaml").read_text(encoding="utf-8")
    )
    return found


def examine(ears: Matcher, name: str, language: str) -> Iterator[Examined]:
    """Every sentence of one set in one language, heard."""
    for each in sentences(name, language):
        options = each.get("options", ())
        if keyword(str(each["said"])) is Word.STOP:
            each |= {"means": {"intent": "stop", "sure": True}}  # the law, whatever the writer thought of
        heard = ears.understand(str(each["said"]), each["language"], Expecting(each["expecting"]), options)
        if heard.intent is Intent.CHOICE and options and heard.choice > len(options):
            heard = Meaning(Intent.UNKNOWN)  # there is no such option: it is asked again
        means = each["means"]
        yield Examined(str(each["said"]), means, heard, understood(means, heard), harmful(each, heard))


def understood(means: Mapping[str, Any], heard: Meaning) -> bool:
    """Whether it was heard as it was meant; where one may ask back, asking back is as good."""
    asks_back = heard.intent is Intent.UNKNOWN or heard.intent in NEWER or not heard.sure
    if means["intent"] == "unknown":
        return asks_back
    right = heard.intent.value == means["intent"] and heard.choice == means.get("choice", heard.choice)
    return (right and heard.sure) or (means["sure"] == "maybe" and (right or asks_back))


def harmful(each: Mapping[str, Any], heard: Meaning) -> bool:
    """Whether a reading that would do harm is acted upon. STOP acts even when it is not sure."""
    if not heard.sure and heard.intent is not Intent.STOP:
        return False
    means = each["means"]
    if heard.intent.value == means["intent"]:
        return heard.intent is Intent.CHOICE and heard.choice != means["choice"]
    return heard.intent.value in each["never"] or heard.intent in ACTING


def hostile(count: int, seed: int = 7) -> Iterator[str]:
    """Texts that nobody means well: long, nested, invisible, mixed, repeated."""
    dice = random.Random(seed)
    alphabet = (
        string.printable
        + "äöüß€´`\u0000\u202e\u200b\u200d\u0301\ud7ff😀👩‍👩‍👧‍👦ｓ０１停不要重启سلام１२３\ufeff\ufdfa"
    )
    words = [
        "stop",
        "yes",
        "no",
        "not",
        "1",
        "2",
        "restart",
        "it",
        "the",
        "please",
        "nicht",
        "bitte",
        "neu",
        "starten",
        "no",
        "quiero",
        "hágalo",
        "不要",
        "重启",
        "请",
        "call",
        "me",
        "at",
        "eight",
    ]
    giants = [
        "stop " * 900, "(" * 100_000, "[" * 50_000 + "]" * 50_000, "a" * 100_000, "do not " * 700, "\u0301" * 5_000,
        "ich will mit einem " * 300, "\u202eok\u202c" * 500, "\u200b" * 9_000 + "stop", "1" * 100_000, "one " * 2_000,
        "不" * 5_000, "请" * 320, "please " * 60, "yes " * 100, "a\u0301" * 3_000, "{device}" * 900, "<it>" * 900, "(a|b)" * 900,
        "\ufdfa" * 400, "restart " * 40, "can you " * 60 + "restart it", "weil aber und " * 40, "um 8 " * 90, "0" * 7 + "x" * 300,
        "١٢٣٤٥٦", "👩‍👩‍👧‍👦" * 300, "\x00" * 1_000, ", " * 400, "yes, " * 100, "no but " * 60, "i want to " * 50, "the the " * 60,
    ]  # fmt: skip
    for number in range(count):
        kind = number % 4
        if kind == 0 and number // 4 < len(giants) * 4:
            yield giants[number // 4 % len(giants)]
        elif kind == 1:
            yield " ".join(dice.choices(words, k=dice.randint(0, 60)))
        else:
            yield "".join(dice.choices(alphabet, k=dice.randint(0, 320)))


def slowest(ears: Matcher, count: int) -> tuple[float, str]:
    """How long (ms) the slowest of `count` hostile texts takes, and how it begins."""
    ears.ready()
    gc.collect()
    gc.freeze()  # as the hub does at its start
    worst, what = 0.0, ""
    expecting = (Expecting.NOTHING, Expecting.CHOICE, Expecting.YES_NO)
    for number, text in enumerate(hostile(count)):
        began = time.thread_time()
        ears.understand(text, LANGUAGES[number % 4], expecting[number % 3], ("it is free", "it is blocked"))
        took = (time.thread_time() - began) * 1000
        if took > worst:
            worst, what = took, text[:60]
    return worst, what


def main(arguments: Sequence[str]) -> None:
    """Print the examination."""
    ears = Matcher(house_words())
    for name in [each for each in SETS if each in arguments] or SETS:
        for language in LANGUAGES:
            _tell(name, language, list(examine(ears, name, language)), "--misses" in arguments)
    if "--hostile" in arguments:
        took, what = slowest(ears, HOSTILE)
        _print(f"the slowest of {HOSTILE} hostile texts took {took:.1f} ms (limit {LIMIT_MS:.0f}): {what!r}")


def _tell(name: str, language: str, found: Sequence[Examined], misses: bool) -> None:
    right, harm = sum(each.understood for each in found), sum(each.harmful for each in found)
    _print(
        f"{name} {language}: {right} of {len(found)} understood ({right / len(found):.1%}), {harm} harmful"
    )
    for each in found:
        if misses and (each.harmful or not each.understood):
            heard = f"{each.heard.intent.value} {each.heard.choice or ''}{'' if each.heard.sure else '?'}"
            what = "HARM" if each.harmful else "miss"
            _print(f"  {what} {each.said!r} means {dict(each.means)} heard {heard}")


def _print(words: str) -> None:
    sys.stdout.write(words + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
