"""Resemblance: which of the examples that people wrote for us a sentence is most like, and how surely.

`examples/<lang>.yaml` says what people mean by whole sentences; `python -m voice_skills.learn` weighs every word, pair of words
and part of a word in them and writes `learned/<lang>.bin`. Here these weights are only added up: no library, no network, half a
millisecond. It answers likelihoods; what may be done on their strength is the matcher's decision.
"""

from __future__ import annotations

import math
import zlib
from array import array
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import msgspec

from hub.ports import BadInput
from voice_skills.matcher_text import is_han

EXAMPLES = Path(__file__).parent / "examples"
LEARNED = Path(__file__).parent / "learned"
SHORTEST_PART, LONGEST_PART = 3, 5
MOST_SIGNS = 3
EDGE = "^"
MOST_GRAMS = 1_500
"""More is no sentence; whoever writes it is asked again."""


class Learned(msgspec.Struct, frozen=True):
    """What was learned of one language: one row of weights (signed bytes times `scale`) for each of `grams`, one weight for
    each of `kinds`. `of` is the mark of the examples that it was learned from."""

    language: str
    of: str
    kinds: list[str]
    bias: list[float]
    scale: float
    grams: list[str]
    weights: bytes


class Resemblance:
    """The likelihoods of one language."""

    def __init__(self, learned: Learned) -> None:
        self.learned = learned
        self._row = {gram: number for number, gram in enumerate(learned.grams)}
        self._weights = array("b", learned.weights)

    def likely(self, said: str) -> Mapping[str, float]:
        """How likely `said` (folded) means each kind of examples; the likelihoods add up to 1. Empty for what is no sentence."""
        found = grams(said)
        known = [self._row[gram] for gram in found if gram in self._row]
        if not said or not known or len(found) > MOST_GRAMS:
            return {}
        width, scale = len(self.learned.kinds), self.learned.scale / math.sqrt(len(found))
        rows = [self._weights[row * width : (row + 1) * width] for row in known]
        sums = [
            start + scale * sum(column)
            for start, column in zip(self.learned.bias, zip(*rows, strict=True), strict=True)
        ]
        top = max(sums)
        shares = [math.exp(each - top) for each in sums]
        whole = sum(shares)
        return {kind: share / whole for kind, share in zip(self.learned.kinds, shares, strict=True)}

    def familiar(self, said: str) -> float:
        """How much of `said` (folded) is made of words that are in the examples: 1 for all, 0 for nothing of it."""
        parts = list(said.replace(" ", "")) if is_han(said) else [f"{word} " for word in said.split()]
        return sum(part in self._row for part in parts) / len(parts) if parts else 0.0


def grams(said: str) -> Sequence[str]:
    """What is weighed of a folded sentence: its words, neighbours, words with one left out between them, and parts of words;
    of Chinese every run of up to three signs. Each counts once."""
    found: dict[str, None] = {}
    if is_han(said):
        signs = f"{EDGE}{said.replace(' ', '')}{EDGE}"
        for length in range(1, MOST_SIGNS + 1):
            found |= dict.fromkeys(signs[at : at + length] for at in range(len(signs) - length + 1))
        return [*found]
    words = said.split()
    edged = [EDGE, *words, EDGE]
    found |= dict.fromkeys(f"{word} " for word in words)
    found |= dict.fromkeys(f"{one} {two}" for one, two in pairwise(edged))
    found |= dict.fromkeys(f"{one} * {two}" for one, two in zip(edged, edged[2:], strict=False))
    for word in words:
        whole = f"_{word}_"
        for length in range(SHORTEST_PART, LONGEST_PART + 1):
            found |= dict.fromkeys(whole[at : at + length] for at in range(len(whole) - length + 1))
    return [*found]


def mark(language: str) -> str:
    """The mark of a language's examples: what was learned from others is out of date."""
    return sha256((EXAMPLES / f"{language}.yaml").read_bytes()).hexdigest()


@cache
def resemblance(language: str) -> Resemblance | None:
    """What was learned of a language; None where there are no examples of it. Raises BadInput as `unpacked` does."""
    file = LEARNED / f"{language}.bin"
    if not file.exists():
        return None
    return Resemblance(unpacked(file.name, file.read_bytes()))


def unpacked(name: str, packed: bytes) -> Learned:
    """What `voice_skills.learn` wrote. Raises BadInput for a file that is damaged."""
    try:
        return msgspec.msgpack.decode(zlib.decompress(packed), type=Learned)
    except (zlib.error, msgspec.DecodeError) as damage:
        raise BadInput(name, f"cannot be read: {damage}", "Learn anew: make learn") from None
