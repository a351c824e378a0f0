"""Where the judge stands, per partition of the log, and the snapshots it restarts from."""

from __future__ import annotations

from sqlalchemy import select

from hub.domain.ids import Moment
from hub.ports import Checkpoint
from hub.store.devices import save_states
from hub.store.rows import Work
from hub.store.tables import notices, partitions, snapshots

_HEARD = "heard_until"


class SqlPartitions:
    """See `hub.ports.store.Partitions`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def load(self, partition: int) -> tuple[int, dict[str, bytes]]:
        """The position up to which the partition was judged (0: nothing yet), and the snapshots of its devices."""
        position = await self._work.value(
            select(partitions.c.position).where(partitions.c.partition == partition)
        )
        rows = await self._work.all(select(snapshots).where(snapshots.c.partition == partition))
        return position or 0, {row["device"]: bytes(row["body"]) for row in rows}

    async def save(self, checkpoint: Checkpoint) -> None:
        await self._work.put(partitions, {"partition": checkpoint.partition, "position": checkpoint.position})
        await self._work.put_all(
            snapshots,
            [
                {"device": device, "partition": checkpoint.partition, "body": body}
                for device, body in checkpoint.snapshots.items()
            ],
        )
        await save_states(self._work, checkpoint.states)

    async def heard_until(self) -> Moment | None:
        """Until when the hub is known to have listened; None before the first time."""
        text = await self._work.value(select(notices.c.body).where(notices.c.name == _HEARD))
        return None if text is None else Moment(int(text))

    async def set_heard_until(self, moment: Moment) -> None:
        await self._work.put(notices, {"name": _HEARD, "body": str(moment)})
