"""The channel `paper`: writes every message down instead of sending it. The default, and the one to copy.

It never reaches anybody: what it writes is for the eyes of whoever tries the hub.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import TextIO

from hub.domain.customer import Channel
from hub.ports import Accepted, Envelope, InDoubt, Outcome, TryLater

_APPEND = (
    os.O_CREAT | os.O_APPEND | os.O_WRONLY
)  # for nobody's eyes but ours: numbers and words of customers are in it


class Paper:
    """Prints to `screen` (None: nowhere) and appends one JSON line per message to `file` (None: nowhere)."""

    channel = Channel.PAPER
    in_doubt = "find"

    def __init__(self, screen: TextIO | None = None, file: Path | None = None) -> None:
        self._screen, self._file = screen, file
        self._one_at_a_time = asyncio.Lock()
        self._written: set[str] = set()

    async def send(self, envelope: Envelope) -> Outcome:
        """Write it down. A full disk or a missing folder is `TryLater`: nothing was written."""
        async with self._one_at_a_time:
            try:
                await asyncio.to_thread(self._write, envelope)
            except OSError as error:
                return TryLater(type(error).__name__)
        self._written.add(envelope.id)
        return Accepted(f"paper:{envelope.id}")

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        """Look for the envelope's id among the lines; a file that cannot be read leaves it in doubt."""
        if self._file is None:
            return Accepted(f"paper:{envelope.id}") if envelope.id in self._written else None
        try:
            there = await asyncio.to_thread(self._holds, envelope.id)
        except OSError as error:
            return InDoubt(type(error).__name__)
        return Accepted(f"paper:{envelope.id}") if there else None

    async def close(self) -> None:
        """Nothing to give back: the file is opened and closed for each line."""

    def _write(self, envelope: Envelope) -> None:
        if self._file is not None:
            line = json.dumps(
                {"id": envelope.id, "kind": envelope.kind, "to": envelope.to, "text": envelope.text},
                ensure_ascii=False,
            )
            with os.fdopen(os.open(self._file, _APPEND, 0o600), "a", encoding="utf-8") as file:
                file.write(line + "\n")
        if self._screen is not None:
            self._screen.write(f"— on paper, {envelope.kind}, to {envelope.to}:\n  {envelope.text}\n")
            self._screen.flush()

    def _holds(self, key: str) -> bool:
        if self._file is None or not self._file.exists():
            return False
        with self._file.open(encoding="utf-8") as file:
            return any(json.loads(line)["id"] == key for line in file if line.endswith("}\n"))
