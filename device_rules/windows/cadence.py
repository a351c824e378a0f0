"""The pause that a device is used to make between two signs of life: what `silent_for: learned` goes by.

The last 64 pauses count, kept as the maxima of eight blocks of eight, the one being filled among them.
Which pauses are the device's own, and not ours, whoever pushes them knows.
"""

from __future__ import annotations

from device_rules.reading import DAY, Micros
from device_rules.windows.state import State, whole_numbers

BLOCKS = 8
BLOCK = 8
ENOUGH = 20
"""Nothing is said before so many pauses."""
PATIENCE = 3
"""So many of its longest pauses is a silence."""
LONGEST: Micros = 7 * DAY


class Cadence:
    """The pauses of one device. `number` counts them, up to 64 or a few less once 64 were there."""

    __slots__ = ("longest", "number")

    def __init__(self) -> None:
        self.longest: list[Micros] = []  # per block, oldest first
        self.number = 0

    def push(self, pause: Micros) -> None:
        """One more pause, in µs."""
        longest = self.longest
        if self.number % BLOCK:
            longest[-1] = max(longest[-1], pause)
        else:
            if len(longest) == BLOCKS:
                del longest[0]
                self.number -= BLOCK
            longest.append(pause)
        self.number += 1

    def limit(self, expect_every: Micros) -> Micros | None:
        """How long a silence must last to be one; None while too few pauses are known."""
        if self.number < ENOUGH:
            return None
        return min(max(PATIENCE * max(self.longest), 2 * expect_every), LONGEST)

    def freeze(self) -> State:
        return [self.number, *self.longest]

    @classmethod
    def thaw(cls, state: State) -> Cadence:
        """The one that froze so. Raises ValueError for a state of another shape."""
        number, *longest = whole_numbers(state) or [-1]
        if not 0 <= number <= BLOCKS * BLOCK or len(longest) != -(-number // BLOCK):
            raise ValueError("other blocks than pauses")
        cadence = cls()
        cadence.number, cadence.longest = number, longest
        return cadence
