"""What words are about: the thesauri are whole in themselves, share their names, and find what is meant and what is denied."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from tests.benchmarks.understanding import LANGUAGES
from voice_skills.concepts import LONGEST_SIGNS, LONGEST_WORDS, concepts, thesaurus
from voice_skills.matcher_text import clauses, is_han, plain
from voice_skills.matcher_tongue import tongues
from voice_skills.words import house_words

TONGUES = tongues(house_words().patterns)


def mentioned(language: str, text: str) -> dict[str, bool]:
    here = TONGUES[language]
    found = thesaurus(here).mentions([here.fold(part) for part in clauses(text)])
    return {name: each.denied for each in found for name in each.concepts}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_excludes_another_is_excluded_by_it_and_no_word_is_both(language: str) -> None:
    listed = concepts(language)
    for name, entry in listed.items():
        for other in entry["against"]:
            assert name in listed[other]["against"], (name, other)
    homes: dict[str, list[str]] = {}
    for name, entry in listed.items():
        for word in {plain(str(each)) for each in entry["words"]}:
            homes.setdefault(word, []).append(name)
    crowded = {word: names for word, names in homes.items() if len(names) > 2}
    torn = [
        (word, one, two)
        for word, names in homes.items()
        for one, two in combinations(names, 2)
        if two in listed[one]["against"]
    ]
    assert not crowded
    assert torn == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_is_longer_than_is_looked_for(language: str) -> None:
    for name, entry in concepts(language).items():
        for word in entry["words"]:
            long = (
                len(str(word)) > LONGEST_SIGNS
                if is_han(str(word))
                else len(str(word).split()) > LONGEST_WORDS
            )
            assert not long, (name, word)


def test_most_concepts_have_the_same_name_in_every_language() -> None:
    names = Counter(name for language in LANGUAGES for name in concepts(language))
    assert sum(count == len(LANGUAGES) for count in names.values()) >= 300


@pytest.mark.parametrize(
    ("language", "text", "name", "denied"),
    [
        ("en", "it's latched", "closed", False),
        ("en", "it is not latched", "closed", True),
        ("en", "closed it is not", "closed", True),
        ("en", "not red, green", "green", False),
        ("en", "it doesnt budge", "firm", False),
        ("de", "da leuchtet die lampe nicht", "on", True),
        ("de", "verriegelt", "closed", False),
        ("es", "está bien trancada", "closed", False),
        ("es", "abierta no está", "open", True),
        ("zh", "已经关好了", "closed", False),
    ],
)
def test_a_word_is_about_something_and_may_be_denied(
    language: str, text: str, name: str, denied: bool
) -> None:
    assert mentioned(language, text).get(name) is denied


@pytest.mark.parametrize(
    ("language", "text", "name"), [("es", "está serrada", "closed"), ("zh", "洪色", "red")]
)
def test_who_writes_as_they_hear_is_understood(language: str, text: str, name: str) -> None:
    assert name in mentioned(language, text)
