"""What slides only with what is observed: asked about a later moment, a window answers through a copy of itself.

A device's own time can go back a little: a tick or an event may be ahead of the reading that comes next. So
what has left the window by then is not forgotten; only the next observation, whose moments do not go back,
makes it forget. The copy slides on while it is asked about later and later moments.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import cache
from typing import Any, TypeVar

from device_rules.reading import Micros, Value
from device_rules.windows.fold import ChunkSum
from device_rules.windows.state import Observed, State

_T = TypeVar("_T")


class Sliding:
    """`ahead` is the copy, when the last moment `asked` about was one by which something had left."""

    __slots__ = ("ahead", "asked", "needed")
    resting = True

    def __init__(self, least: int) -> None:
        self.needed = least
        self.ahead: Sliding | None = None
        self.asked: Micros = 0

    @abstractmethod
    def _now(self) -> Value | None:
        """What is in the window is worth this; None when it is not enough."""

    @abstractmethod
    def _leave(self, at: Micros) -> None:
        """Forget what has left by `at`."""

    @abstractmethod
    def _first_leaves(self) -> Micros:
        """When the oldest one leaves; NEVER if there is none."""

    @abstractmethod
    def _state(self) -> State:
        """What is in the window, for msgpack: a list that does not begin with a number."""

    @abstractmethod
    def _restore(self, state: State) -> None:
        """Take such a state into this fresh window. Raises ValueError for another shape."""

    @abstractmethod
    def push(self, at: Micros, value: Observed) -> None:
        """Put it in."""

    def told(self, at: Micros, value: Observed) -> Value | None:
        """Push it and say what the window is worth now."""
        self.push(at, value)
        return self._now()

    def _later(self, at: Micros) -> Value | None:
        """What the window is worth at `at`, by which something has left it."""
        ahead = self.ahead
        if ahead is None or at < self.asked:
            self.ahead = None
            ahead = twin(self)
            self.ahead = ahead
        self.asked = at
        ahead._leave(at)
        return ahead._now()

    def due(self) -> Micros:
        return self._first_leaves() if self.ahead is None else self.ahead._first_leaves()

    def freeze(self) -> State:
        return self._state() if self.ahead is None else [self.asked, self._state()]

    def thaw(self, state: State) -> None:
        """Take the state of another one into this fresh one. Raises ValueError for another shape."""
        if isinstance(state, list | tuple) and len(state) == 2 and type(state[0]) is int:
            self._restore(state[1])
            self._later(state[0])
        else:
            self._restore(state)


def twin(thing: _T) -> _T:
    """A copy whose lists are its own."""
    kind: Any = type(thing)
    copy: _T = kind.__new__(kind)
    for slot in _slots(kind):
        if hasattr(thing, slot):
            setattr(copy, slot, _own(getattr(thing, slot)))
    return copy


def _own(kept: Observed) -> Observed:
    if type(kept) is list:
        return [column[:] for column in kept] if kept and type(kept[0]) is list else kept[:]
    return twin(kept) if type(kept) is ChunkSum else kept


@cache
def _slots(kind: type) -> tuple[str, ...]:
    return tuple(slot for part in kind.__mro__ for slot in getattr(part, "__slots__", ()))
