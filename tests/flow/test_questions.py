"""Plain questions: answered truthfully, and then what was being asked is asked again. They are no misunderstanding."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.because import Because
from tests.flow.home import Home

ASKED = (
    "what does it cost?",
    "is it dangerous?",
    "how long does it take?",
    "why do you ask?",
    "will I lose my settings?",
    "is it my fault?",
)


async def test_however_many_are_asked_the_question_stays_and_nobody_gives_up(home: Home) -> None:
    case = await home.fails("fr-1", "door-open")
    for words in ASKED:
        [said] = await home.writes(words)
        assert "I did not understand" not in said
        assert said.endswith("0 = a person.")
    found = await home.case(case)
    assert found.needs_agent is None
    [said] = await home.writes("blah fnord")
    assert "I did not understand" in said


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("what does it cost?", "I do not know that. A person from our team can tell you: reply 0."),
        ("¿cuánto cuesta?", "I do not know that. A person from our team can tell you: reply 0."),
        ("ist das gefährlich?", "reports nothing that points to a danger. If you see smoke or fire"),
        ("why do you ask?", "I ask because your kitchen fridge shows a problem"),
        ("is it still under warranty?", "I do not know that."),
        ("is my food still safe to eat?", "What has become warm is better not eaten"),
        ("can i still eat the meat thats in there", "What has become warm is better not eaten"),
        ("Kann ich das Essen noch essen?", "What has become warm is better not eaten"),
        ("¿se puede comer la carne todavía?", "What has become warm is better not eaten"),
        ("冰箱里的肉还能吃吗", "What has become warm is better not eaten"),
    ],
)
async def test_each_is_answered_with_what_we_know(home: Home, words: str, answer: str) -> None:
    await home.fails("fr-1", "door-open")
    [said] = await home.writes(words)
    assert answer in said


async def test_zero_after_it_reaches_a_person_also_where_nothing_is_open(home: Home) -> None:
    [said] = await home.writes("what does it cost?")
    assert said == "I do not know that. A person from our team can tell you: reply 0."
    assert await home.cases() == []
    await home.writes("0")
    [case] = await home.cases()
    assert case.needs_agent is Because.CUSTOMER_WANTS_PERSON


async def test_the_operators_own_answer_comes_first(home: Home) -> None:
    own = {"en": {"cost": "The steps are free. A visit costs what our price list says."}}
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, answers=own))
    await home.fails("fr-1", "door-open")
    [said] = await home.writes("how much is it?")
    assert said.startswith("The steps are free.")
    assert said.endswith("0 = a person.")


async def test_once_a_person_has_it_the_answer_names_them_and_no_number(home: Home) -> None:
    await home.fails("fr-1", "door-open")
    await home.writes("a person please")
    [said] = await home.writes("what does it cost?")
    assert said.startswith("I do not know that. The person who looks after this can tell you.")
    assert "reply 0" not in said


async def test_a_cry_for_help_is_no_request_for_the_legal_text(home: Home) -> None:
    await home.fails("fr-1", "door-open")
    [said] = await home.writes("my baby food is in there, help")
    assert "Message rates" not in said
    assert "Did you mean" in said
    [said] = await home.writes("help please")
    assert "Message rates may apply" in said
