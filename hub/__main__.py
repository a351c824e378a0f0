"""`beforehand` and `python -m hub`: where the program begins. Ctrl-C ends it quietly from its first moment on."""

from __future__ import annotations

import signal
import sys

# The commands take a second to load; who changes their mind within it should not see a traceback.
_BEFORE = signal.signal(signal.SIGINT, lambda *_: sys.exit(130))

from hub.cli import main as commands  # noqa: E402 - after the line above, that is the point


def main() -> None:
    """The entry point of `beforehand`."""
    signal.signal(signal.SIGINT, _BEFORE)
    commands()


if __name__ == "__main__":
    main()
