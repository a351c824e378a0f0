"""Rule books to begin with (the packs and the cookbook, in handy pieces), and what can happen to a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from tests.fuzz.grammar import NUMBERS, SCRAPS, SPANS, Grammar

ROOT = Path(__file__).parents[2]
HEAD = "model: cookbook/device\nversion: 1\nexpect_every: 60s\n"
LARGEST = 60_000  # characters: larger ones are in test_hostile_books.py, and would take the time of many


@cache
def packs() -> tuple[str, ...]:
    """The books that are shipped."""
    return tuple(
        path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "device_rules/packs").glob("*/rules.yaml"))
    )


@cache
def recipes() -> tuple[str, ...]:
    """The rules of the cookbook as books."""
    page = (ROOT / "docs/rules-cookbook.md").read_text(encoding="utf-8")
    found = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return tuple(
        (HEAD if "expect_every" not in text else HEAD.replace("expect_every: 60s\n", "")) + text
        for text in found
    )


def piece(random: Random) -> str:
    """A recipe, or a pack with one to three of its rules, now and then all of it."""
    if random.random() < 0.4:
        return random.choice(recipes())
    text = random.choice(packs())
    head, *rules = re.split(r"^(?=  - id: )", text, flags=re.MULTILINE)
    if random.random() < 0.05:
        return text
    return head + "".join(random.sample(rules, random.randint(1, min(3, len(rules)))))


def mutated(text: str, random: Random) -> str:
    """The text after one to eight mishaps."""
    for _ in range(random.choice([1, 1, 2, 3, 8])):
        text = random.choice(MISHAPS)(text, random)[:LARGEST]
    return text


def _place(text: str, random: Random) -> int:
    return random.randrange(len(text) + 1)


def flip_bytes(text: str, random: Random) -> str:
    """A few bytes are others."""
    data = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(random.choice([1, 2, 10])):
        if data:
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return data.decode("utf-8", random.choice(["replace", "surrogateescape", "ignore"]))


def cut(text: str, random: Random) -> str:
    """A part is gone."""
    start = _place(text, random)
    return text[:start] + text[start + random.choice([1, 5, 100, len(text)]) :]


def insert(text: str, random: Random) -> str:
    """Something is there that was not."""
    place = _place(text, random)
    return text[:place] + random.choice([*SCRAPS, *NUMBERS, *SPANS]) + text[place:]


def swap_words(text: str, random: Random) -> str:
    """Two words change places, or one is there twice."""
    words = re.split(r"(\w+)", text)
    if len(words) < 4:
        return text
    one, other = (random.randrange(len(words) // 2) * 2 + 1 for _ in range(2))
    words[one], words[other] = words[other], words[random.choice([one, other])]
    return "".join(words)


def replace_word(text: str, random: Random) -> str:
    """A word is another one; a number is another one more often than that."""
    pattern = random.choice([r"\b\d[\w.]*", r"\w+", r'"[^"]*"'])
    found = list(re.finditer(pattern, text))
    if not found:
        return text
    hit = random.choice(found)
    other = random.choice([*NUMBERS, *SPANS, *SCRAPS, "\u202e\u05d0", "a" * 3000, "[" * 25, "(" * 200])
    return text[: hit.start()] + other + text[hit.end() :]


def lines(text: str, random: Random) -> str:
    """Lines are there twice, not at all, elsewhere, or further to the right."""
    kept = text.splitlines(keepends=True)
    if not kept:
        return text
    place, other = random.randrange(len(kept)), random.randrange(len(kept))
    count = random.choice([1, 1, 5])
    what = random.randrange(5)
    if what == 0:
        kept[other:other] = kept[place : place + count] * random.choice([1, 1, 30])
    elif what == 1:
        del kept[place : place + count]
    elif what == 2:
        kept[place], kept[other] = kept[other], kept[place]
    elif what == 3:
        kept[place] = random.choice([" ", "  ", "\t", "- "]) + kept[place]
    else:
        kept[place] = kept[place].lstrip(" ") if random.random() < 0.5 else kept[place][1:]
    return "".join(kept)


def nest(text: str, random: Random) -> str:
    """A value lies in many lists, or many mappings, or many brackets."""
    found = list(re.finditer(r"(?<=: )[^\n{}\[\]]+", text))
    if not found:
        return text
    hit, depth = random.choice(found), random.choice([1, 5, 30, 300])
    opening, closing = random.choice([("[", "]"), ("{a: ", "}"), ("(", ")"), ("- ", "")])
    return text[: hit.start()] + opening * depth + hit[0] + closing * depth + text[hit.end() :]


def other_condition(text: str, random: Random) -> str:
    """A condition is a made-up one."""
    found = list(re.finditer(r"(?<=when: )[^\n,}]+|(?<=clear: )[^\n,}]+", text))
    if not found:
        return text
    hit = random.choice(found)
    return (
        text[: hit.start()] + "'" + Grammar(random).condition().replace("'", "''") + "'" + text[hit.end() :]
    )


def splice(text: str, random: Random) -> str:
    """The end is another text's."""
    other = piece(random)
    return text[: _place(text, random)] + other[_place(other, random) :]


MISHAPS: tuple[Callable[[str, Random], str], ...] = (
    flip_bytes, cut, insert, insert, swap_words, replace_word, replace_word, lines, lines, nest, other_condition, splice,
)  # fmt: skip
