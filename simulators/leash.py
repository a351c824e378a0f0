"""Runs another program so that it ends when we do: `python leash.py PROGRAM ARGUMENT…` (a file run by its path).

A test or a demo that is killed must not leave a broker behind. On Linux the kernel sends the signal and we become
the program; elsewhere we stay and watch. This file imports nothing of ours, so that it starts in milliseconds.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(command: list[str]) -> None:
    """Run `command` until it ends or our parent does."""
    parent = os.getppid()
    if sys.platform != "linux":
        sys.exit(watch(command, parent))
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died between the lines above
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


def watch(command: list[str], parent: int) -> int:
    """Run `command` as a child of ours, pass SIGTERM on, and kill it when `parent` is gone."""
    child = subprocess.Popen(command)  # noqa: S603 - our own command line
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while os.getppid() == parent:
        try:
            return child.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
    child.kill()
    return 1


if __name__ == "__main__":
    main(sys.argv[1:])
