"""The list of erasures in a file of its own, beside the store: a backup knows nothing of who was erased after it was made.

Hashes only, readable by its owner only, on the disk before the erasure is confirmed. It is never shortened: a line too many
(the commit failed after all) erases somebody who asked for it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from hub.ports import BadInput
from hub.ports.erasures import as_lines, from_lines
from hub.ports.rights import Erasure

_PLACE = "store.erasures"
_REMEDY = "Mend the rights, free the disk, or name another file: a restored backup would bring people back who were erased."


class ErasureFile:
    """The list at `path`. Several processes may write it: a line is one write at the end of the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, erasures: Sequence[Erasure]) -> None:
        """See that these are listed, on the disk when it returns. Raises BadInput when the file cannot be written."""
        if not erasures:
            return
        try:
            there = self._text()
            fresh = [line for each in erasures if (line := as_lines([each])) not in there]
            if fresh:
                torn = "\n" if there and not there.endswith("\n") else ""
                self._append((torn + "".join(fresh)).encode())
        except OSError as error:
            cause = f"the list of erasures {self.path} cannot be written: {error.strerror or error}"
            raise BadInput(_PLACE, cause, _REMEDY) from None

    def read(self) -> list[Erasure]:
        """Everybody on the list; a line that was cut off was never confirmed, and is left out.

        Raises BadInput when the file cannot be read, or holds something else.
        """
        try:
            lines = self._text().splitlines()
        except OSError as error:
            cause = f"the list of erasures {self.path} cannot be read: {error.strerror or error}"
            raise BadInput(_PLACE, cause, "Mend its rights, then restore.") from None
        whole = (line if line.rstrip().endswith("}") else "" for line in lines)
        return from_lines("\n".join(whole), self.path.name)

    def trouble(self) -> str | None:
        """Why nothing could be written there now; None when it could. Makes and changes nothing."""
        try:
            if self.path.exists():
                os.close(os.open(self.path, os.O_WRONLY | os.O_APPEND))
                return None
            folder = next((each for each in self.path.absolute().parents if each.exists()), Path("/"))
        except OSError as error:
            return f"the list of erasures {self.path} cannot be written: {error.strerror or error}"
        may = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
        return None if may else f"the list of erasures {self.path} cannot be made in {folder}"

    def _text(self) -> str:
        """What is there; nothing when there is no file yet."""
        return self.path.read_text(encoding="utf-8", errors="replace") if self.path.exists() else ""

    def _append(self, lines: bytes) -> None:
        """One write at the end, and the file and its name on the disk."""
        new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(file, lines) != len(lines):
                raise OSError(0, "the disk is full")
            os.fsync(file)
        finally:
            os.close(file)
        if new:
            _settle(self.path.parent)


def _settle(folder: Path) -> None:
    """The name of the new file must survive a power cut as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
