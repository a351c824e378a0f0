"""Learning what speaks for an option: weighs the clues of `fitting_clues` by the answers in `answers/<lang>.yaml`, of all languages at once.

`python -m voice_skills.learn` calls it. The same answers give the same weights.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import yaml
from scipy.optimize import minimize
from sklearn.feature_extraction import DictVectorizer

from voice_skills.fitting import ANSWERS, WEIGHTS, Weights, mark
from voice_skills.fitting_clues import NONE, Clues, answer, clues, options
from voice_skills.matcher_choice import labels
from voice_skills.matcher_text import clauses
from voice_skills.matcher_tongue import Tongue
from voice_skills.words import Phrasebook

CALM = 0.0006
"""How much large weights cost (L2): the best of 0.0003, 0.0006, 0.001 and 0.002 on questions that were left out and on the sets."""
ROUNDS = 500
FAINTEST = 0.05


@dataclass(frozen=True, slots=True)
class Told:
    """One answer to one question: the clues of every option and of none, and which of them it is (from 0)."""

    language: str
    question: int
    said: str
    rows: Sequence[Clues]
    right: int


def told(language: str, here: Tongue, book: Phrasebook) -> Iterator[Told]:
    """Every answer of a language, with its clues."""
    listed: list[dict[str, Any]] = yaml.safe_load((ANSWERS / f"{language}.yaml").read_text(encoding="utf-8"))
    for number, question in enumerate(listed):
        offered = [str(each) for each in question["options"]]
        named = labels(book, here, language, offered)
        ready = options(here, named)
        for which, sayings in question["said"].items():
            right = len(offered) if which == NONE else int(which) - 1
            for said in sayings or ():
                parts = [here.fold(part) for part in clauses(str(said))]
                if parts:
                    yield Told(language, number, str(said), clues(answer(parts, here), ready), right)


def weigh(answers: Sequence[Told], calm: float = CALM) -> Mapping[str, float]:
    """The weights under which the answers are likeliest."""
    rows = [row for each in answers for row in each.rows]
    starts = np.cumsum([0, *(len(each.rows) for each in answers[:-1])])
    chosen = starts + np.array([each.right for each in answers])
    shelf = DictVectorizer()
    table = shelf.fit_transform(rows)
    sizes = [len(each.rows) for each in answers]

    def cost(weights: Any) -> tuple[float, Any]:
        sums = table @ weights
        sums -= np.repeat(np.maximum.reduceat(sums, starts), sizes)
        grown = np.exp(sums)
        whole = np.add.reduceat(grown, starts)
        shares = grown / np.repeat(whole, sizes)
        shares[chosen] -= 1.0
        value = float((np.log(whole) - sums[chosen]).sum()) / len(answers) + calm / 2 * float(
            weights @ weights
        )
        return value, table.T @ shares / len(answers) + calm * weights

    found = minimize(
        cost, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}
    ).x
    named = zip(shelf.get_feature_names_out(), found, strict=True)
    return {str(name): round(float(weight), 3) for name, weight in named if abs(weight) >= FAINTEST}


def learn_fitting(spoken: Mapping[str, Tongue], book: Phrasebook) -> None:
    """Weigh the clues by all answers there are, and write them."""
    languages = sorted(file.stem for file in ANSWERS.glob("*.yaml"))
    answers = [each for language in languages for each in told(language, spoken[language], book)]
    found = weigh(answers)
    packed = zlib.compress(msgspec.msgpack.encode(Weights(mark(), found)), 9)
    WEIGHTS.write_bytes(packed)
    sys.stdout.write(
        f"options: {len(found)} clues weighed by {len(answers)} answers, {len(packed) / 1000:.0f} kB\n"
    )
