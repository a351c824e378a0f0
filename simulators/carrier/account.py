"""The account that the hub has with the simulated carrier: what it must know, and what its numbers are."""

from __future__ import annotations

import re
from dataclasses import dataclass

E164 = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True)
class Account:
    """Credentials and senders, in Twilio's shapes. The numbers are reserved for fiction or tests."""

    sid: str = "AC" + "be4e" * 8
    token: str = "simulated-auth-token"  # noqa: S105 - it opens nothing
    numbers: tuple[str, ...] = ("+46701740699",)
    service_sid: str = "MG" + "be4e" * 8

    @property
    def number(self) -> str:
        """The first of its numbers."""
        return self.numbers[0]
