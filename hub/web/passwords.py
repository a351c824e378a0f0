"""Passwords and tokens: argon2 for what people choose, a plain hash for what we drew at random ourselves.

Never keeps or logs what it is given.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_ARGON = PasswordHasher()  # the library's defaults follow RFC 9106 (64 MiB, 3 passes, 4 lanes)


@cache
def _nobody() -> str:
    """A hash that no password has, made when it is first needed: hashing takes as long as it should."""
    return _ARGON.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id hash to keep for a user."""
    return _ARGON.hash(password)


def verify_password(kept: str, password: str) -> bool:
    """Whether `password` is the one. Takes as long for an unknown user (`kept` empty) as for a known one."""
    try:
        _ARGON.verify(kept or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def new_token() -> str:
    """256 random bits, safe in a URL: a session or an API key."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the store keeps of a token: SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def signature(secret: str, purpose: str, text: str) -> str:
    """An HMAC over `text` for one `purpose`: CSRF tokens and the like."""
    return hmac.new(secret.encode(), f"{purpose}\x00{text}".encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, told in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
