"""The words that end, renew and explain contact, in every language we know. They count whatever language we write in, before
any other matching. It is told words and answers one of three; it guesses nothing and corrects no typing errors.

Sources: contact-governance, section 3 (the list of the FCC; what Twilio and AWS add), and what each language says besides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

LONGEST = 320
"""Characters that are looked at; a customer's answer is shorter, and hostile ones cost no more than this."""


class Word(StrEnum):
    """What a keyword does."""

    STOP = "stop"
    START = "start"
    HELP = "help"


LEGAL_STOP = (
    "stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke",
    "optout", "opt out", "opt-out", "remove", "arret", "td",
)  # fmt: skip
STOP: Mapping[str, tuple[str, ...]] = {
    "en": (*LEGAL_STOP, "stop it", "stop now", "stop this", "unsubscribe me", "opt me out", "remove me"),
    "de": (
        "stopp", "abmelden", "abmeldung", "abbestellen", "austragen", "aufhören", "beenden", "ende", "abbrechen",
        "kündigen", "widerruf", "widerrufen", "schluss", "keine sms mehr", "keine nachrichten mehr",
    ),
    "es": (
        "alto", "parar", "pare", "para ya", "baja", "darme de baja", "dar de baja", "cancelar", "cancelar todo",
        "detener", "anular", "terminar", "basta", "no más mensajes", "no mas mensajes",
    ),
    "fr": (
        "arrêt", "arrêter", "arrêtez", "arrête", "désabonner", "désabonnement", "me désabonner", "désinscrire",
        "désinscription", "me désinscrire", "résilier", "annuler", "terminer", "plus de messages", "plus de sms",
    ),
    "zh": ("停止", "停", "退订", "退訂", "取消", "取消订阅", "取消訂閱", "终止", "終止", "结束", "結束", "不要再发", "不要再發"),
    "it": ("basta", "ferma", "fermare", "annulla", "cancellami", "disiscrivi"),
    "nl": ("stoppen", "afmelden", "uitschrijven", "opzeggen"),
    "sv": ("sluta", "avsluta", "avregistrera"),
    "pt": ("pare", "sair", "cancelar", "encerrar"),
    "ru": ("стоп", "отписаться", "отмена", "отпишите"),
}  # fmt: skip
START: Mapping[str, tuple[str, ...]] = {
    "en": ("start", "unstop", "start again", "opt in", "optin", "opt-in", "subscribe", "resume"),
    "de": ("anmelden", "wieder anmelden", "wieder starten", "wieder schreiben"),
    "es": ("comenzar", "empezar", "iniciar", "reanudar", "alta", "darme de alta"),
    "fr": ("démarrer", "commencer", "reprendre", "réabonner", "me réabonner"),
    "zh": ("开始", "開始", "恢复", "恢復", "订阅", "訂閱"),
}
HELP: Mapping[str, tuple[str, ...]] = {
    "en": ("help", "info", "information"),
    "de": ("hilfe", "infos"),
    "es": ("ayuda", "información"),
    "fr": ("aide", "renseignements"),
    "zh": ("帮助", "幫助", "信息"),
}
_POLITE = (
    "please", "pls", "plz", "thanks", "thank you", "bitte", "danke", "por favor", "gracias", "s'il vous plait",
    "s'il te plait", "svp", "stp", "merci", "per favore", "grazie", "alstublieft", "tack", "пожалуйста",
)  # fmt: skip
_POLITE_SIGNS = ("请", "請", "谢谢", "謝謝")
_UNWRITTEN = re.compile(r"[^\w#]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def folded(text: str) -> str:
    """`text` folded: compatibility forms, case, umlauts, accents of marks, apostrophes and punctuation are gone."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).casefold().translate(_UMLAUTS)
    kept = "".join(c for c in plain if c not in "'’`´" and unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return _UNWRITTEN.sub(" ", kept.replace("_", " ")).strip()


def bare(said: str) -> str:
    """What is left of folded words without please and thank you; unless nothing would be left."""
    left = said
    for sign in _POLITE_SIGNS:
        left = left.removeprefix(sign).removesuffix(sign).strip()
    left = " ".join(_PLEASE.sub(" ", left).split())
    return left or said


def keyword(text: str) -> Word | None:
    """STOP, START or HELP, when `text` is nothing else but that word (please and thank you do not count)."""
    return _WORDS.get(_plain(text))


def _plain(text: str) -> str:
    """The folded words without politeness and without accents: telephones make them hard to write."""
    return bare(_bald(folded(text)))


def _bald(said: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", said) if unicodedata.category(c) != "Mn")


def tongue_of(text: str) -> str:
    """The language whose keyword `text` is; empty when several have it, or none."""
    said = _plain(text)
    having = {
        language
        for listed in (STOP, START, HELP)
        for language, words in listed.items()
        if said in map(_plain, words)
    }
    return having.pop() if len(having) == 1 else ""


_SMALL = {
    "de": "mich mir ich bitte nicht nichts nie keine keinen kein mehr aus dem der die auf hoert ruhe lass lasst sie",
    "es": "me mi no mas nunca por favor de la lista paz dejen deje dejenme dejame escriban escribir quiero mensajes",
    "en": "me my please no not more anymore any stop texting messages the your list off",
}  # fmt: skip
"""Small words that tell of a language whoever wants no more messages in words of their own."""


def leaning(text: str) -> str:
    """The language that a short text seems to be in, by its signs and small words; empty where nothing tells."""
    if any("\u4e00" <= sign <= "\u9fff" for sign in text[:LONGEST]):
        return "zh"
    said = _bald(folded(text)).split()
    counts = {
        language: sum(word in listed.split() for word in said) / len(said or ("",))
        for language, listed in _SMALL.items()
    }
    most = max(counts, key=lambda language: counts[language])
    return most if counts[most] > 0 else ""


_PLEASE = re.compile(rf"\b(?:{'|'.join(_bald(folded(each)) for each in _POLITE)})\b")
_WORDS: dict[str, Word] = {
    _plain(each): word
    for word, listed in ((Word.HELP, HELP), (Word.START, START), (Word.STOP, STOP))
    for words in listed.values()
    for each in words
}
