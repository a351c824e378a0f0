"""What one partition has been told about the fleet, and what the others at a site say, seen by one of them."""

from __future__ import annotations

from typing import Literal

import msgspec

from device_rules.reading import Micros, Standing, Vote

FORMAT = 1


class Standings(msgspec.Struct):
    """The newest percentiles of each model, and of which whole ten seconds they are.

    `counted` is the newest whole ten seconds of which this partition has told what it counted. `changed` is true while it differs from what the last `freeze` answered. Votes are not kept here: they go to the
    devices at the site at once, and are told again when another device comes.
    """

    fleets: dict[str, dict[str, float | None]] = {}
    at: dict[str, Micros] = {}
    counted: Micros = 0
    changed: bool = False

    def take(self, standing: Standing) -> bool:
        """Keep what is told; False when it, or something newer, was told before."""
        if standing.at <= self.at.get(standing.model, 0):
            return False
        self.at[standing.model] = standing.at
        if standing.fleet:
            self.fleets.setdefault(standing.model, {}).update(standing.fleet)
        self.changed = True
        return True

    def fleet(self, model: str, text: str) -> float | None:
        """The value of one `fleet(…)`, by its text; None while too few devices are known."""
        return self.fleets.get(model, {}).get(text)

    def freeze(self) -> bytes:
        """All of it as bytes."""
        self.changed = False
        return msgspec.msgpack.encode((FORMAT, self.fleets, self.at, self.counted))

    def thaw(self, blob: bytes) -> bool:
        """Take back what was frozen; False when it cannot be used: then it is told again within ten seconds."""
        try:
            version, fleets, at, counted = msgspec.msgpack.decode(blob, type=_Frozen)
        except msgspec.DecodeError:
            return False
        if version != FORMAT:
            return False
        self.fleets, self.at, self.counted, self.changed = fleets, at, counted, False
        return True


_Frozen = tuple[int, dict[str, dict[str, float | None]], dict[str, Micros], Micros]


def others(vote: Vote | None, form: Literal["any", "all"], device: str) -> bool | None:
    """`any` or `all` of the *other* devices at the site of `device`; None when that is not known.

    Without others `any` is false, and `all` is unknown. Before the first vote, and without a site, both are unknown.
    """
    if vote is None:
        return None
    yes, no, unsure = (any(name != device for name in names) for names in (vote.yes, vote.no, vote.open))
    if form == "any":
        return True if yes else None if unsure else False
    return False if no else None if unsure or not yes else True
