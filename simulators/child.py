"""One child process: started silently, ended with us, killed on request; never anybody else's process."""

from __future__ import annotations

import asyncio
import logging
import socket
import subprocess
import sys
from pathlib import Path

SILENT = logging.getLogger("simulators.mqtt")  # what clients say when a line breaks is no news here
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False

LEASH = Path(__file__).with_name("leash.py")


class Child:
    """A program that runs beside us and does not outlive us. What it says goes to `log`."""

    def __init__(self, command: list[str], log: Path) -> None:
        self.log = log
        with log.open("ab") as said:
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                [sys.executable, "-I", str(LEASH), *command],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    @property
    def pid(self) -> int:
        """Its process id (the program's own: the leash has become it)."""
        return self._process.pid

    def running(self) -> bool:
        """Whether it is still there."""
        return self._process.poll() is None

    def last_words(self) -> str:
        """The end of what it printed, for an error message."""
        return self.log.read_text(errors="replace")[-500:].strip()

    def kill(self) -> None:
        """SIGKILL, at once: what a power cut does."""
        self._process.kill()
        self._process.wait()

    async def stop(self) -> None:
        """SIGTERM, then SIGKILL after five seconds."""
        if not self.running():
            return
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, 5)
        except subprocess.TimeoutExpired:
            self.kill()


def free_port() -> int:
    """A TCP port on 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def taken(port: int) -> bool:
    """Whether somebody already listens on 127.0.0.1:`port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
