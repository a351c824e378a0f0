"""Episodes of a recording: each fault from its raise to its end, put together from its turns. Counts, decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from device_rules.backtest import Turn
from device_rules.fault import ChangeKind, Severity
from device_rules.reading import HOUR


@dataclass(slots=True)
class Episode:
    """One fault. `raised` and `cleared` are moments of the device (UTC µs; None: still raised at the end), `worst` is its
    worst severity, `again` whether the same rule had cleared on this device less than an hour before."""

    rule: str
    device: str
    fault: str
    raised: int
    worst: Severity
    cleared: int | None = None
    unstable: bool = False
    again: bool = False

    def lasted(self, end: int) -> int:
        """For how long (µs), up to the end of the recording."""
        return max(0, (end if self.cleared is None else self.cleared) - self.raised)


def episodes_of(turns: Iterable[Turn]) -> list[Episode]:
    """All episodes, in the order in which they were raised."""
    found: dict[str, Episode] = {}
    calm: dict[tuple[str, str], int] = {}
    for turn in turns:
        change = turn.change
        place = (change.device, change.rule)
        if change.kind is ChangeKind.RAISED:
            before = calm.get(place)
            again = before is not None and change.at - before < HOUR
            found.setdefault(
                change.fault,
                Episode(change.rule, change.device, change.fault, change.at, change.severity, again=again),
            )
            continue
        episode = found.get(change.fault)
        if episode is None:
            continue
        match change.kind:
            case ChangeKind.CLEARED:
                episode.cleared = calm[place] = change.at
            case ChangeKind.UNSTABLE:
                episode.unstable = True
            case _:
                episode.worst = max(episode.worst, change.severity, key=lambda each: each.rank)
    return sorted(found.values(), key=lambda each: (each.raised, each.device, each.rule))
