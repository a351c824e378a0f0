"""What a device has said of one and the same moment, so that what is said again is absorbed."""

from __future__ import annotations

from collections.abc import Container, Mapping

from device_rules.intake import plain
from device_rules.reading import Value

MOST = 32  # different readings of one moment; what comes after these is taken for an echo


class Echoes:
    """The readings of the last moment that was taken, as far as they speak of the book's metrics."""

    __slots__ = ("said",)

    def __init__(self) -> None:
        self.said: list[Mapping[str, Value]] = []

    def begin(self, values: Mapping[str, Value]) -> None:
        """The first reading of a new moment."""
        self.said = [values]

    def repeats(self, values: Mapping[str, Value], metrics: Container[str]) -> bool:
        """Whether that was said already; if not, it is from now on."""
        heard = [known(one, metrics) for one in self.said]
        if known(values, metrics) in heard or len(heard) >= MOST:
            return True
        self.said.append(values)
        return False


def known(values: Mapping[str, Value], metrics: Container[str]) -> dict[str, Value]:
    """What a reading says of the book's metrics."""
    return plain({name: value for name, value in values.items() if name in metrics})
