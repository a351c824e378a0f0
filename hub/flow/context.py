"""What every arrow may use besides its transaction: policy, plays, words, ears and the telemetry log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.domain.play import Play
from hub.domain.policy import Policy
from hub.ports import Ears, Log, Window, Words


@dataclass(frozen=True, slots=True)
class Context:
    """Built once by the bootstrap. `plays` by (model, play id). `looked` is what was read of the log for this very event,
    before its transaction began: see `LOOKS`."""

    policy: Policy
    plays: Mapping[tuple[str, str], Play]
    words: Words
    ears: Ears
    log: Log
    looked: Window | None = None
