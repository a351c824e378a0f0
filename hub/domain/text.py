"""Texts before they leave: what they cost in SMS segments, and what is wrong with them.

`lint` never changes a text. A fault stops the send; a note only says that the text costs more than it needs to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from hub.domain.contact import MessageClass
from hub.domain.customer import Channel

# GSM 03.38, basic table and extension table (each character of the extension costs two).
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("^{}\\[~]|€\f")

LONGEST = 1600  # characters the carrier takes as one body (contact-governance, section 9)

_VARIABLE = re.compile(r"\{\{|\{\s*[A-Za-z_][\w.]*\s*\}|%\(\w+\)s")
_PRICE = re.compile(
    r"(?:[€$£]|\b(?:EUR|USD|GBP|CHF)\b)\s?\d|\d\s?(?:[€$£]|(?:EUR|USD|GBP|CHF|Euro|euros?)\b)"
)
_SELLING = re.compile(
    r"\b(?:discount\w*|rabatt\w*|buy|kaufe?n?|upgrade\w*|special offer|sonderangebot\w*)\b", re.IGNORECASE
)
_STOP = re.compile(r"\bSTOPP?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextCheck:
    """What the text lint found: how many segments it costs, what is wrong (`faults`: it must not leave), and what
    makes it dearer than it looks (`notes`)."""

    segments: int
    alphabet: str
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def alphabet(text: str) -> str:
    """`GSM-7` when every character is in its tables, else `UCS-2`."""
    return "GSM-7" if all(c in GSM_BASIC or c in GSM_EXTENSION for c in text) else "UCS-2"


def segments(text: str) -> int:
    """How many SMS segments `text` costs: 160 then 153 septets, or 70 then 67 UTF-16 units; 0 when empty.

    A character that takes two units is never split between two segments.
    """
    if alphabet(text) == "GSM-7":
        return _packed([2 if c in GSM_EXTENSION else 1 for c in text], 160, 153)
    return _packed([2 if ord(c) > 0xFFFF else 1 for c in text], 70, 67)


def _packed(costs: Iterable[int], single: int, part: int) -> int:
    sizes = list(costs)
    if sum(sizes) <= single:
        return 1 if sizes else 0
    count, room = 1, part
    for size in sizes:
        if size > room:
            count, room = count + 1, part
        room -= size
    return count


def lint(text: str, kind: MessageClass, channel: Channel = Channel.SMS) -> TextCheck:
    """Judge a rendered text of class `kind`. What an agent wrote may name a price; nothing may advertise."""
    faults: list[str] = []
    if not text.strip():
        faults.append("the text is empty")
    if len(text) > LONGEST:
        faults.append(f"the text has {len(text)} characters; at most {LONGEST} are taken")
    if (variable := _VARIABLE.search(text)) is not None:
        faults.append(f"the variable {variable.group()} is not filled in")
    if kind is not MessageClass.AGENT:
        faults += _selling(text)
    if kind is MessageClass.FIRST and channel is Channel.SMS and not _STOP.search(text):
        faults.append("a first message must say how to STOP")
    return TextCheck(segments(text), alphabet(text), tuple(faults), _dear(text, channel))


def _selling(text: str) -> list[str]:
    found = [_PRICE.search(text), _SELLING.search(text)]
    return [f"“{match.group()}” is marketing, which the hub does not send" for match in found if match]


def _dear(text: str, channel: Channel) -> tuple[str, ...]:
    if channel is not Channel.SMS:
        return ()
    strange = dict.fromkeys(c for c in text if c not in GSM_BASIC and c not in GSM_EXTENSION)
    return tuple(
        f"“{c}” ({unicodedata.name(c, 'unnamed').lower()}) is not in GSM-7: segments hold 70 characters, not 160"
        for c in strange
    )
