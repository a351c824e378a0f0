"""Hearing one sentence: `python -m voice_skills.hear "half two is fine" -l en -e yes_no` says what it is taken for, and what it resembles.

For whoever adds a way of saying things; the hub does not use it.
"""

from __future__ import annotations

import argparse
import sys

from hub.domain.conversation import Expecting
from voice_skills.fitting import fits
from voice_skills.fitting_clues import answer, options
from voice_skills.matcher import Matcher
from voice_skills.matcher_choice import labels
from voice_skills.matcher_learned import likely
from voice_skills.matcher_text import clauses
from voice_skills.matcher_tongue import tongues
from voice_skills.words import house_words

MOST = 4


def heard(text: str, language: str, expecting: Expecting, offered: list[str]) -> str:
    """What `text` means to a question, what it resembles, and how well it fits each of the options `offered`."""
    book = house_words()
    here = tongues(book.patterns)[language]
    meaning = Matcher(book).understand(text, language, expecting, offered)
    found = likely(here.fold(text), here, expecting).shares
    near = sorted(found.items(), key=lambda each: -each[1])[:MOST]
    lines = [
        f"{meaning.intent.value}{f' {meaning.choice}' if meaning.choice else ''}{'' if meaning.sure else ', read back'}",
        "resembles " + ", ".join(f"{kind} {share:.2f}" for kind, share in near),
    ]
    if offered:
        given = answer([here.fold(part) for part in clauses(text)], here)
        shares = fits(given, options(here, labels(book, here, language, offered)))
        named = zip([*offered, "none of them"], shares, strict=True)
        lines.append("fits " + ", ".join(f"{option!r} {share:.2f}" for option, share in named))
    return "\n".join(lines)


def main() -> None:
    """Read the words and the question from the command line."""
    asks = argparse.ArgumentParser(
        prog="python -m voice_skills.hear", description="What one sentence is taken for."
    )
    asks.add_argument("text")
    asks.add_argument("-l", "--language", default="en", choices=sorted(tongues(house_words().patterns)))
    asks.add_argument(
        "-e", "--expecting", default="nothing", choices=["nothing", "yes_no", "choice", "which_case"]
    )
    asks.add_argument(
        "-o", "--option", action="append", default=[], help="an option of the question; again for each"
    )
    given = asks.parse_args()
    expecting = (
        Expecting.CHOICE if given.option and given.expecting == "nothing" else Expecting(given.expecting)
    )
    sys.stdout.write(heard(given.text, given.language, expecting, given.option) + "\n")


if __name__ == "__main__":
    main()
