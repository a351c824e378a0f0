"""What every case is watched by: how much CPU something takes, and an end to what would go on for ever."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb
from types import FrameType


class Hung(BaseException):
    """It would not end. No code of ours catches that."""


class Broken(AssertionError):
    """A promise was not kept; the message says which."""


class Watch:
    """The CPU seconds that were taken, once the block is left."""

    def __init__(self) -> None:
        self.began = time.process_time()
        self.took = 0.0


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Hung


@contextmanager
def watched(at_most: float, stop_after: float, what: str) -> Iterator[Watch]:
    """Raises Broken when the block takes more than `at_most` seconds of CPU, and Hung inside it after `stop_after`."""
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, stop_after)
    watch = Watch()
    try:
        yield watch
    except Hung as hung:
        frames = [frame for frame in extract_tb(hung.__traceback__) if "fuzz" not in frame.filename]
        where = " > ".join(
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[:12]
        )
        raise Broken(f"it hangs in {where}: more than {stop_after:g} s, {what}") from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        watch.took = time.process_time() - watch.began
    if watch.took > at_most:
        raise Broken(f"{what}: {watch.took:.2f} s of CPU, at most {at_most:g}")
