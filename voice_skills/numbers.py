"""Numbers as people say them, in words or digits of any script. A number that names something (a code, a PIN) stays text.

It knows nothing of what a number is for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from unicode_rbnf import RbnfEngine

from voice_skills.matcher_text import is_han, plain

MOST = 100
LONGEST_CODE = 12
_SIGNS = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_SIGNED = re.compile(r"[〇零一二两三四五六七八九十]+")
_OTHERS: Mapping[str, dict[str, int]] = {
    "en": {"oh": 0, "nought": 0, "nil": 0},
    "de": {"zwo": 2, "ein": 1, "eine": 1, "einen": 1, "einer": 1, "einem": 1},
    "es": {"un": 1, "una": 1},
    "zh": {},
}


@cache
def spelled(language: str) -> Mapping[str, int]:
    """The words for 0 to 99, folded, in one of our languages; none in another."""
    if language not in _OTHERS:
        return {}
    engine = RbnfEngine.for_language(language)
    words: dict[str, int] = {}
    for number in range(MOST):
        for form in engine.format_number(number).text_by_ruleset.values():
            words.setdefault(plain(form.replace("\u00ad", "")), number)
    return words | _OTHERS[language]


@cache
def _spoken(language: str) -> re.Pattern[str]:
    words = sorted((word for word in spelled(language) if not is_han(word)), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b" if words else r"(?!)")


def in_digits(said: str, language: str) -> str:
    """`said` (folded) with its numbers below 100 as digits: "in two hours" is "in 2 hours", "下午三点" is "下午3点"."""
    known = spelled(language)
    spaced = _spoken(language).sub(lambda found: str(known[found[0]]), _plain_digits(said))
    return _SIGNED.sub(lambda found: _of_signs(found[0]), spaced) if language == "zh" else spaced


def _plain_digits(said: str) -> str:
    """The digits of other scripts as ours."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in said)


def _of_signs(signs: str) -> str:
    """ "二十三" is 23, "十" is 10; signs in a row without a ten are read one by one: "四八三" is 483."""
    if "十" not in signs:
        return "".join(str(_SIGNS[sign]) for sign in signs)
    tens, _, ones = signs.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return signs
    return str((_SIGNS[tens] if tens else 1) * 10 + (_SIGNS[ones] if ones else 0))


def code(said: str, language: str) -> str:
    """The digits of `said`, as text, when it is nothing but digits, written or spoken one by one; else nothing."""
    written = in_digits(said, language).split()
    if not written or not all(each.isascii() and each.isdigit() for each in written):
        return ""
    found = "".join(written)
    return found if len(found) <= LONGEST_CODE else ""
