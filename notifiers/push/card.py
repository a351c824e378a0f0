"""What is pushed: a card with what may be seen by anybody who looks at the screen, and how urgent it is.

A lock screen shows who writes and what it is about, in neutral words; the message itself is read after opening it, unless
the settings say otherwise (`push.lock_screen = "full"`). Makes no request and knows no push service.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from hub.domain.contact import MessageClass
from hub.ports import Envelope

# What a screen shows of a message whose subject is unknown.
NEUTRAL = {
    "en": "There is news about one of your devices. Open it to read more.",
    "de": "Es gibt Neuigkeiten zu einem Ihrer Geräte. Zum Lesen bitte öffnen.",
    "es": "Hay novedades sobre uno de sus aparatos. Abra para leerlas.",
    "zh": "您的一台设备有新消息。打开即可阅读。",
}
OPEN = {"en": "Open", "de": "Öffnen", "es": "Abrir", "zh": "打开"}
# These may wake a phone that saves its battery; the others wait until it is awake.
URGENT = frozenset({MessageClass.SAFETY, MessageClass.FIRST, MessageClass.TURN, MessageClass.AGENT})


@dataclass(frozen=True, slots=True)
class Card:
    """One notification. `title` and `body` may be seen by anybody, `words` only after opening.

    `tag` is the same for the same message, however often it is sent: what comes second replaces what came first.
    `relevant` is for how many seconds it is worth delivering; `open` is what a button that opens it is called.
    """

    id: str
    tag: str
    title: str
    body: str
    link: str
    words: str
    open: str
    language: str
    kind: MessageClass
    relevant: int

    @property
    def urgent(self) -> bool:
        """Whether it may wake a sleeping phone."""
        return self.kind in URGENT


def card_of(envelope: Envelope, full: bool) -> Card:
    """What to show of a message; `full` shows its words on the lock screen too."""
    short = envelope.language.split("-")[0].lower()
    spoken = short if short in NEUTRAL else "en"
    about = envelope.subject or NEUTRAL[spoken]
    return Card(
        id=envelope.id,
        tag=tag_of(envelope.id),
        title=envelope.brand or about,
        body=envelope.text if full else about,
        link=envelope.link,
        words=envelope.text,
        open=OPEN[spoken],
        language=envelope.language,
        kind=envelope.kind,
        relevant=envelope.relevant,
    )


def tag_of(message: str) -> str:
    """32 letters that stand for a message and say nothing of it: as long as the Topic of RFC 8030 may be."""
    return base64.urlsafe_b64encode(hashlib.sha256(message.encode()).digest()[:24]).decode()
