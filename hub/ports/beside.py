"""What may go with a spoken reply on a platform that has more than words: names to recognise, a screen, an account to link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Beside:
    """`names` are the person's own devices by id, told to the platform so that it recognises them. `step` is where the
    conversation stands, for a screen. `account` asks to link the account in the platform's app, `code` waits for the
    pairing code."""

    names: Mapping[str, str] = field(default_factory=dict)
    step: str = ""
    account: bool = False
    code: bool = False


NOTHING_BESIDE = Beside()
