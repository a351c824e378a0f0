"""Fitting: how likely an answer in anybody's own words means each option of a question: "latched tight" fits "it is closed".

It adds up what the clues (`fitting_clues`) weigh. The weights were learned from answers that people wrote (`answers/<lang>.yaml`,
`python -m voice_skills.learn`), for all languages at once. What may be done on the strength of it is decided elsewhere.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec

from hub.ports import BadInput
from voice_skills.concepts import CONCEPTS
from voice_skills.fitting_clues import Answer, Option, clues

ANSWERS = Path(__file__).parent / "answers"
WEIGHTS = Path(__file__).parent / "learned" / "answers.bin"


class Weights(msgspec.Struct, frozen=True):
    """What each clue weighs; `of` is the mark of the answers and concepts that it was learned from."""

    of: str
    clues: Mapping[str, float]


def fits(heard: Answer, listed: Sequence[Sequence[Option]]) -> list[float]:
    """How likely an answer means each option, and last that it means none; the likelihoods add up to 1."""
    weigh = weights().clues
    sums = [
        sum(weigh.get(name, 0.0) * value for name, value in each.items()) for each in clues(heard, listed)
    ]
    top = max(sums)
    shares = [math.exp(each - top) for each in sums]
    whole = sum(shares)
    return [share / whole for share in shares]


def mark() -> str:
    """The mark of all answers and concepts: what was learned from others is out of date."""
    files = [*sorted(ANSWERS.glob("*.yaml")), *sorted(CONCEPTS.glob("*.yaml"))]
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@cache
def weights() -> Weights:
    """What was learned. Raises BadInput for a file that is damaged."""
    try:
        return msgspec.msgpack.decode(zlib.decompress(WEIGHTS.read_bytes()), type=Weights)
    except (zlib.error, msgspec.DecodeError) as damage:
        raise BadInput(WEIGHTS.name, f"cannot be read: {damage}", "Learn anew: make learn") from None
