"""The diagnostic packet: frozen when the case opens, enriched by further immutable parts, each with its hash.

Built from an allow-list: what is not named here does not leave.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from hub.domain.ids import CaseId, Moment


@dataclass(frozen=True, slots=True)
class PacketPart:
    """Part `number` of the packet of `case`; `body` is JSON-ready, `sha256` its fingerprint, chained to the part before."""

    case: CaseId
    number: int
    at: Moment
    body: dict[str, Any]
    sha256: str


def seal(case: CaseId, number: int, at: Moment, body: dict[str, Any], before: str = "") -> PacketPart:
    """The part with its hash over (hash of the part before, canonical JSON of the body)."""
    text = before + json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return PacketPart(case, number, at, body, hashlib.sha256(text.encode()).hexdigest())
