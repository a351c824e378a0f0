"""Sealed words: a short text that comes back from outside can be trusted only when its seal fits.

Pure. A seal is for one purpose: a link to unsubscribe opens nothing else. It says who made it, not when.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

SEAL = 16  # bytes: 128 bits
UNSUBSCRIBE = "unsubscribe"  # a message's id: whoever got it wants no more mails


def seal(secret: str, purpose: str, text: str) -> str:
    """`text` with its seal, for an address: `text.seal`. `text` must be made of letters that an address may hold."""
    return f"{text}.{_mark(secret, purpose, text)}"


def unseal(secret: str, purpose: str, sealed: str) -> str | None:
    """The text of `sealed`; None when the seal is not ours, or is for another purpose."""
    text, dot, mark = sealed.rpartition(".")
    good = dot and mark.isascii() and hmac.compare_digest(mark, _mark(secret, purpose, text))
    return text if good else None


def _mark(secret: str, purpose: str, text: str) -> str:
    made = hmac.new(secret.encode(), f"{purpose}\x00{text}".encode(), hashlib.sha256).digest()[:SEAL]
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
