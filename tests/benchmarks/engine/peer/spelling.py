"""What the peers in Python share: messages as a decoder would make them, and predicates in words."""

from __future__ import annotations

import json


def each(messages: list) -> list:
    """Every message as a dictionary of its own."""
    return [dict(message) for message in messages]


def encoded(messages: list) -> list:
    """Every message as JSON."""
    return [json.dumps(message).encode() for message in messages]


def spell(tests: list, conjunction: str) -> str:
    """A conjunction of comparisons."""
    return conjunction.join(f"{name} {sign} {json.dumps(bound)}" for name, sign, bound in tests)
