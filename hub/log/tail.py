"""The end of the hub's own SQLite log, one partition of it, read also while the hub writes it.

Opens every file read-only and takes no lock, so it is never in the hub's way.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hub.log.recorded import reading
from hub.log.segments import SUFFIX, entries, place_of
from hub.ports import BadInput, Entry


class LogTail:
    """The log in `folder`. `partitions` are those of devices; the one of that number is the summary of groups.

    Raises BadInput when there is no log.
    """

    def __init__(self, folder: Path) -> None:
        self._paths = sorted(folder.glob(f"*{SUFFIX}"))
        if not self._paths:
            raise BadInput(
                str(folder), "there is no telemetry log here", "Set log.path to the folder of the hub's log."
            )
        with reading(self._paths[-1]) as connection:
            self.partitions: int = connection.execute("SELECT partitions FROM meta").fetchone()[0]

    def partition_of(self, device: str) -> int:
        """Where the device's records are."""
        return place_of(device, self.partitions)

    def after(self, partition: int, position: int) -> Iterator[Entry]:
        """The records of `partition` after that position, in order."""
        for path in self._paths:
            with reading(path) as connection:
                yield from entries(connection, partition, position)
