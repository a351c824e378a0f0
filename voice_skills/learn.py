"""Learning from examples: `python -m voice_skills.learn [en] [de] …` weighs `examples/<lang>.yaml` into `learned/<lang>.bin`, and
then all answers into `learned/answers.bin`.

Needed by whoever changes the examples, and nowhere else: it asks for scikit-learn (`pip install -e '.[learn]'`). The same
examples give the same file.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import yaml
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from voice_skills.learn_fitting import learn_fitting
from voice_skills.matcher_tongue import Tongue, tongues
from voice_skills.resemblance import EXAMPLES, LEARNED, Learned, grams, mark, resemblance
from voice_skills.words import house_words

STRENGTH = 30.0
"""How closely the examples are followed (inverse regularisation); the best of 3, 10, 30 and 100 on the second set."""
FAINTEST = 0.06
"""A gram whose greatest weight is a smaller share of the greatest of all is left out: half of them, and no answer changes."""
SEED = 1


def sayings(language: str, tongue: Tongue) -> Iterator[tuple[str, str]]:
    """Every example, folded, and what it means: those that people wrote, and the words of the patterns."""
    written: dict[str, list[Any]] = yaml.safe_load(
        (EXAMPLES / f"{language}.yaml").read_text(encoding="utf-8")
    )
    for kind, listed in written.items():
        yield from ((tongue.fold(str(said)), kind) for said in listed)
    yield from ((said, str(intent)) for said, intent in tongue.words.items() if str(intent) in written)


def learned(language: str, tongue: Tongue) -> Learned:
    """The weights of one language."""
    said, kinds = zip(*sorted(set(sayings(language, tongue))), strict=True)
    shelf = DictVectorizer()
    rows = normalize(shelf.fit_transform([dict.fromkeys(grams(each), 1.0) for each in said]))
    model = LogisticRegression(C=STRENGTH, max_iter=2_000, random_state=SEED).fit(rows, kinds)
    weights = model.coef_.T
    greatest = np.abs(weights).max(axis=1)
    kept = greatest >= FAINTEST * greatest.max()
    scale = float(greatest.max() / 127)
    return Learned(
        language,
        mark(language),
        [str(kind) for kind in model.classes_],
        [round(float(each), 4) for each in model.intercept_],
        scale,
        [str(gram) for gram in shelf.get_feature_names_out()[kept]],
        np.rint(weights[kept] / scale).astype(np.int8).tobytes(),
    )


def main(languages: Sequence[str]) -> None:
    """Learn each of `languages`, or all that have examples."""
    LEARNED.mkdir(exist_ok=True)
    book = house_words()
    spoken = tongues(book.patterns)
    for language in languages or sorted(file.stem for file in EXAMPLES.glob("*.yaml")):
        found = learned(language, spoken[language])
        packed = zlib.compress(msgspec.msgpack.encode(found), 9)
        (LEARNED / f"{language}.bin").write_bytes(packed)
        sys.stdout.write(
            f"{language}: {len(found.kinds)} kinds, {len(found.grams)} grams, {len(packed) / 1000:.0f} kB\n"
        )
    resemblance.cache_clear()  # answers are weighed beside what they resemble now
    learn_fitting(spoken, book)


if __name__ == "__main__":
    main(sys.argv[1:])
