"""What a stage of the gate is: one job, answering None (pass) or what stops the message. The stages are its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.domain.asked import Asked, Verdict
from hub.domain.because import Because
from hub.domain.ids import Moment


@dataclass(frozen=True, slots=True)
class Stop:
    """What stops a message: hold until `until`, or deny when there is no such moment."""

    because: Because
    until: Moment | None = None

    @property
    def verdict(self) -> Verdict:
        """Hold or deny."""
        return Verdict.DENY if self.until is None else Verdict.HOLD


Stage = Callable[[Asked, Moment], Stop | None]


def hold(because: Because, until: Moment | None, now: Moment) -> Stop | None:
    """A hold until `until`, as long as that lies ahead."""
    return Stop(because, until) if until is not None and until > now else None


def heard_within(asked: Asked, now: Moment, span: int) -> bool:
    """Whether the person wrote to us within the last `span` µs."""
    heard = asked.history.heard
    return heard is not None and now - heard <= span
