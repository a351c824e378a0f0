"""What is only a greeting, or only thanks, in every language; and what is not."""

from __future__ import annotations

import pytest

from hub.domain.greetings import is_greeting, is_thanks

HELLO = (
    "hey", "Hi!", "hello?", "Hallo?", "good morning", "ok im here", "OK, I'm here", "hey there", "are you there?",
    "Guten Tag", "moin", "ok bin da", "Hola", "¡Buenos días!", "estoy aquí", "你好", "您好！", "在吗？", "你好，在吗",
)  # fmt: skip
THANKS = (
    "thanks",
    "Thank you very much!",
    "ok thanks",
    "danke",
    "Vielen Dank!",
    "gracias",
    "谢谢",
    "好的，谢谢",
)
NEITHER = (
    "hey it is broken again", "hello the fridge smells", "hallo es brennt", "hola, no funciona", "你好，坏了", "stop", "1",
    "ok", "yes", "no thanks", "nein danke", "not good", "", "😀", "the", "there is smoke", "我在家里闻到烟味", "here",
    "thanks but it is still broken", "morning", "hi, stop",
)  # fmt: skip


@pytest.mark.parametrize("text", HELLO)
def test_a_greeting_is_known_for_one(text: str) -> None:
    assert is_greeting(text)
    assert not is_thanks(text)


@pytest.mark.parametrize("text", THANKS)
def test_thanks_are_known_for_thanks(text: str) -> None:
    assert is_thanks(text)
    assert not is_greeting(text)


@pytest.mark.parametrize("text", NEITHER)
def test_what_says_more_is_neither(text: str) -> None:
    assert not is_greeting(text)
    assert not is_thanks(text)
