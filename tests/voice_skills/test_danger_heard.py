"""Words of danger: what must raise the alarm in each language, and what must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.domain.conversation import Expecting, Intent
from tests.domain.talking import ears as house_ears
from voice_skills.danger_heard import danger

TABLES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "danger").glob("*.yaml"))
}
YES = [(kind, said) for told in TABLES.values() for kind, words in told["yes"].items() for said in words]
NO = [said for told in TABLES.values() for said in told["no"]]


def test_every_language_has_a_table_of_its_own() -> None:
    assert set(TABLES) == {"en", "de", "es", "zh"}
    assert all(sum(map(len, told["yes"].values())) >= 40 <= len(told["no"]) for told in TABLES.values())


@pytest.mark.parametrize(("kind", "said"), YES)
def test_words_of_danger_raise_the_alarm(kind: str, said: str) -> None:
    meaning = danger(said)
    assert meaning is not None
    assert (meaning.intent, meaning.slot, meaning.sure) == (Intent.DANGER, kind, True)


@pytest.mark.parametrize("said", NO)
def test_what_only_sounds_like_it_raises_none(said: str) -> None:
    assert danger(said) is None


def test_it_is_heard_before_stop_and_before_every_choice_whatever_the_language() -> None:
    ears = house_ears()
    for language in ("en", "de", "es", "zh"):
        for said in ("stop, it is on fire", "1 es brennt", "no! sale humo", "着火了"):
            meant = ears.understand(said, language, Expecting.YES_NO, ())
            assert meant.intent is Intent.DANGER, (said, language)


def test_it_is_found_at_the_end_of_a_very_long_text() -> None:
    assert danger("and then I looked at it again " * 80 + "there is smoke") is not None
    assert danger("word " * 2_000) is None
    assert danger("") is danger("?!") is None
