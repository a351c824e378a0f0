"""One pass over a recording: every book is judged with the same records, at full speed. Keeps only the fault changes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from device_rules.backtest import Backtest, Turn
from device_rules.reading import Record


class Part(Protocol):
    """A piece of a recording: records in order, and how many bytes of the whole have been read with them."""

    @property
    def records(self) -> Sequence[Record]: ...
    @property
    def done(self) -> int: ...


def judge(passes: Sequence[Backtest], parts: Iterable[Part], told: Callable[[int], None]) -> list[list[Turn]]:
    """The turns of each pass. After each part `told` hears how many bytes have been read."""
    turns: list[list[Turn]] = [[] for _ in passes]
    pairs = list(zip(turns, passes, strict=True))
    with _no_collecting():
        for part in parts:
            for found, one in pairs:
                found.extend(one.feed(part.records))
            told(part.done)
        for found, one in pairs:
            found.extend(one.finish())
    return turns


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Records hold no cycles, and looking for some in millions of them takes longer than judging them."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
