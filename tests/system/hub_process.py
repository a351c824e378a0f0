"""A hub as its users run it: `beforehand run` as a process of its own, to be started, stopped and killed."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import httpx

from hub.testing import eventually

HOST = "127.0.0.1"
# Below those that Linux hands out (32768 and up); two workers that test at the same time begin at different ones.
PORTS = itertools.cycle(random.Random(os.getpid()).sample(range(20_000, 32_000), 2_000))
START_SECONDS = 40.0  # imports alone take some seconds on a busy machine of two cores


def free_port() -> int:
    """A port that nobody has at the moment, nor is given by the system while a hub that was killed is away from it."""
    while True:
        with socket.socket() as line, contextlib.suppress(OSError):
            line.bind((HOST, next(PORTS)))
            return int(line.getsockname()[1])


class HubProcess:
    """One hub with its data in `folder`. `settings` are BEFOREHAND_* names without the prefix."""

    def __init__(self, folder: Path, broker_port: int, **settings: Any) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        given = {
            "MQTT_URL": f"mqtt://{HOST}:{broker_port}",
            "WEB_PORT": self.port,
            "STORE_DSN": f"sqlite:///{folder}/hub.sqlite",
            "STORE_SECRET": "the secret of the system tests",
            "LOG_PATH": folder / "log",
            "LOG_PARTITIONS": 4,
            "PAPER_FILE": folder / "paper.txt",
        }
        self.environ = clean() | {
            f"BEFOREHAND_{name}": str(value) for name, value in {**given, **settings}.items()
        }
        self.process: asyncio.subprocess.Process | None = None
        self.key = ""

    async def command(self, *words: str, stdin: str = "") -> str:
        """Run `beforehand WORDS`; its output. Raises AssertionError when it fails."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "hub",
            *words,
            env=self.environ,
            cwd=self.folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await process.communicate(stdin.encode())
        assert process.returncode == 0, told.decode()
        return told.decode()

    async def settle_in(self, registers: Mapping[str, str]) -> None:
        """Import `registers` (file name → CSV) and make a key for the tests."""
        for name, text in registers.items():
            (self.folder / name).write_text(text)
        await self.command("import", *registers)
        self.key = (
            await self.command("user", "key", "tests", "--scope", "read", "--scope", "tickets")
        ).split()[-1]

    async def start(self) -> Self:
        """Run it, and wait until it is ready."""
        with (self.folder / "hub.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "hub", "run", env=self.environ, cwd=self.folder, stdout=log, stderr=log
            )
        await eventually(self.ready, within=START_SECONDS)
        return self

    async def ready(self) -> bool:
        """Whether every check of the hub is well."""
        assert self.process is not None
        assert self.process.returncode is None, self.log()[-3000:]
        try:
            # Certificates are not read: asked fifty times a second, that took half a core from the hub that starts.
            async with httpx.AsyncClient(timeout=5, verify=False) as http:
                return (await http.get(f"{self.url}/readyz")).status_code == 200
        except httpx.HTTPError:
            return False

    async def kill(self) -> None:
        """kill -9: no goodbye, nothing saved that was not saved."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """End it in an orderly way."""
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(how)
            await self.process.wait()

    async def get(self, path: str, **params: Any) -> Any:
        """The JSON of an API path."""
        async with httpx.AsyncClient(timeout=10, headers={"Authorization": f"Bearer {self.key}"}) as http:
            answer = await http.get(f"{self.url}{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def tickets(self) -> list[dict[str, Any]]:
        """All tickets."""
        found: list[dict[str, Any]] = (await self.get("/api/v1/tickets", limit=100))["items"]
        return found

    def log(self) -> str:
        """Everything it has said so far."""
        return (self.folder / "hub.log").read_text() if (self.folder / "hub.log").exists() else ""

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def clean(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment without settings of others; compiled modules may be kept, or every start takes seconds."""
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith("BEFOREHAND_") and name != "PYTHONDONTWRITEBYTECODE"
    }
