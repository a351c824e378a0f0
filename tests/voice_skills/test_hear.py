"""Whoever adds a way of saying things sees what it is taken for."""

from __future__ import annotations

from hub.domain.conversation import Expecting
from voice_skills.hear import heard


def test_a_sentence_is_shown_with_what_it_resembles() -> None:
    said = heard("go ahead", "en", Expecting.YES_NO, []).splitlines()
    assert said[0] == "yes"
    assert said[1].startswith("resembles yes ")


def test_an_answer_is_shown_with_how_well_it_fits_each_option() -> None:
    said = heard("it is latched", "en", Expecting.CHOICE, ["it is open", "it is closed"]).splitlines()
    assert said[0].startswith("choice 2")
    assert "none of them" in said[2]
