"""What the hub keeps for account linking: proofs of who somebody is, authorization codes, and tokens.

Every secret is kept as a keyed hash only. Moments are UTC µs. A *family* is one act of linking: the tokens that follow from
one authorization code end together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hub.domain.ids import CustomerId, Moment


@dataclass(frozen=True, slots=True)
class Granted:
    """What a customer allowed a program: `client` may act for `customer` within `scope`."""

    family: str
    client: str
    customer: CustomerId
    scope: str


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code as it is kept: where it may be redeemed, with which challenge (S256), and whether it was."""

    granted: Granted
    redirect: str
    challenge: str
    expires: Moment
    used: Moment | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept; `kind` is "access" or "refresh". A used one was exchanged, or taken back."""

    granted: Granted
    kind: str
    expires: Moment
    used: Moment | None = None

    def good(self, now: Moment) -> bool:
        """Whether it still opens anything."""
        return self.used is None and now < self.expires


class Grants(Protocol):
    """Proofs, codes and tokens. `prove` answers whose one-time code that is; wrong tries are counted, and too many end it."""

    async def ask(self, asked: str, customer: CustomerId, code: str, at: Moment) -> None: ...
    async def asked_since(self, customer: CustomerId, since: Moment) -> int: ...
    async def prove(self, asked: str, code: str, now: Moment) -> CustomerId | None: ...
    async def put_code(self, code: str, kept: Code) -> None: ...
    async def code(self, code: str) -> Code | None: ...
    async def use_code(self, code: str, at: Moment) -> bool: ...
    async def put_token(self, token: str, kept: Token) -> None: ...
    async def token(self, token: str) -> Token | None: ...
    async def use_token(self, token: str, at: Moment) -> bool: ...
    async def end_family(self, family: str, at: Moment) -> None: ...
    async def allowed(self, customer: CustomerId, now: Moment) -> list[str]: ...
    async def end_client(self, client: str, customer: CustomerId, at: Moment) -> None: ...
    async def forget(self, now: Moment) -> int: ...
