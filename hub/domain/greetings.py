"""Greetings and thanks, in every language we know: words that only say "I am here", and ask for nothing.

Told words, it answers yes or no. It guesses nothing: one word that is neither a greeting nor said beside one, and it is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 80
"""Characters of a greeting; what is longer says something."""

GREETINGS = (
    "hi", "hiya", "hey", "heya", "hello", "helo", "hallo", "halo", "yo", "howdy", "hi there", "hello there", "hey there",
    "good morning", "good afternoon", "good evening", "good day", "are you there", "you there", "u there", "i am here",
    "im here", "i m here", "here i am", "i am back", "im back", "i m back", "how are you", "how do you do", "knock knock",
    "moin", "moin moin", "servus", "grüezi", "gruezi", "grüß gott", "grüss gott", "gruss gott", "grüß dich", "hallöchen",
    "guten morgen", "guten tag", "guten abend", "tach", "ich bin da", "bin da", "ich bin hier", "bin hier", "da bin ich",
    "ich bin wieder da", "bin wieder da", "seid ihr da", "sind sie da", "bist du da", "wie geht es", "wie geht s", "wie gehts",
    "hola", "buenas", "buenos días", "buenos dias", "buen día", "buen dia", "buenas tardes", "buenas noches", "estoy aquí",
    "estoy aqui", "aquí estoy", "aqui estoy", "ya estoy", "estás ahí", "estas ahi", "están ahí", "estan ahi", "qué tal",
    "que tal", "bonjour", "bonsoir", "salut", "coucou", "ciao", "buongiorno", "buonasera", "olá", "bom dia", "привет",
    "здравствуйте", "你好", "您好", "你们好", "你們好", "大家好", "早上好", "早安", "下午好", "晚上好", "在吗", "在嗎", "在不在",
    "有人吗", "有人嗎", "我在", "我来了", "我來了", "喂", "嗨", "哈喽", "哈囉",
)  # fmt: skip
BESIDE = (
    "ok", "okay", "all", "again", "there", "everyone", "everybody", "team", "so", "well", "it is me", "its me", "it s me",
    "anyone", "anybody", "now", "dear", "na", "zusammen", "nochmal", "wieder", "so", "ja", "leute", "ihr", "jetzt", "de nuevo",
    "otra vez", "ya", "bueno", "a todos", "好", "呀", "啊", "吗", "嗎", "了", "好的",
)  # fmt: skip
"""What may stand beside a greeting, and says nothing."""
THANKS = (
    "thanks", "thank you", "thank u", "thankyou", "thx", "ty", "cheers", "ta", "much appreciated", "danke", "dankeschön",
    "danke schön", "vielen dank", "besten dank", "herzlichen dank", "dank", "merci", "gracias", "muchas gracias",
    "mil gracias", "muchísimas gracias", "谢谢", "謝謝", "多谢", "多謝", "感谢", "感謝", "谢了", "謝了", "谢谢您", "谢谢你",
)  # fmt: skip
BESIDE_THANKS = (
    *BESIDE, "very much", "so much", "a lot", "a million", "for that", "for your help", "for the help", "great", "good", "fine",
    "perfect", "many", "super", "gut", "alles klar", "sehr", "schön", "für die hilfe", "für ihre hilfe", "ihnen", "dir", "vale",
    "perfecto", "muy amable", "por la ayuda", "por su ayuda", "非常", "很", "您", "你", "的帮助",
)  # fmt: skip


def _either(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted({re.escape(each) for each in words}, key=len, reverse=True)
    return re.compile(
        rf"(?:(?<![^\W_])|(?<=[\u3400-\u9fff]))(?:{'|'.join(longest_first)})(?:(?![^\W_])|(?=[\u3400-\u9fff]))"
    )


_GREETS, _OF_GREETING = _either(GREETINGS), _either((*GREETINGS, *BESIDE))
_THANKS, _OF_THANKS = _either(THANKS), _either((*THANKS, *BESIDE_THANKS))


def is_greeting(text: str) -> bool:
    """Whether `text` only says hello, or that somebody is here."""
    return _only(text, _GREETS, _OF_GREETING)


def is_thanks(text: str) -> bool:
    """Whether `text` only says thanks."""
    return _only(text, _THANKS, _OF_THANKS)


def _only(text: str, wanted: re.Pattern[str], idle: re.Pattern[str]) -> bool:
    if len(text) > LONGEST:
        return False
    said = re.sub(r"[^\w\s]|_", " ", unicodedata.normalize("NFKC", text).casefold())
    said = " ".join(said.split())
    return wanted.search(said) is not None and not idle.sub(" ", said).strip()
