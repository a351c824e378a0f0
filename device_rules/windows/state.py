"""What windows look like in snapshots: plain lists of numbers, moments as steps from the one before.

Reading them back believes nothing: a state of another shape is refused, and the caller starts afresh.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any, TypeAlias

from device_rules.reading import Micros

State: TypeAlias = Any
"""Something that msgpack can write, and gives back as lists, numbers, texts and truths."""
Observed: TypeAlias = Any
"""A value of its metric, of the type that the metric has; the language has seen to that."""


def steps_of(moments: list[Micros]) -> list[Micros]:
    """The first moment, then how much later each next one is."""
    return moments[:1] + [later - earlier for earlier, later in pairwise(moments)]


def moments_of(steps: State) -> list[Micros]:
    """The opposite of `steps_of`. Raises ValueError for anything that it does not return."""
    whole = whole_numbers(steps)
    if min(whole[1:], default=0) < 0:
        raise ValueError("moments go back")
    return list(accumulate(whole))


def parts(state: State, number: int) -> list[Any]:
    """The state, if it is a list of `number` parts. Raises ValueError otherwise."""
    if isinstance(state, list | tuple) and len(state) == number:
        return list(state)
    raise ValueError(f"not a list of {number}")


def whole_numbers(state: State) -> list[int]:
    """The state, if it is a list of integers. Raises ValueError otherwise."""
    if isinstance(state, list | tuple) and all(type(item) is int for item in state):
        return list(state)
    raise ValueError("not a list of whole numbers")


def numbers(state: State, size: int) -> list[float]:
    """The state, if it is a list of `size` numbers. Raises ValueError otherwise."""
    if isinstance(state, list | tuple) and len(state) == size and all(map(is_number, state)):
        return list(state)
    raise ValueError(f"not a list of {size} numbers")


def values(state: State, size: int) -> list[Observed]:
    """The state, if it is a list of `size` values of a metric. Raises ValueError otherwise."""
    if isinstance(state, list | tuple) and len(state) == size and all(map(is_value, state)):
        return list(state)
    raise ValueError(f"not a list of {size} values")


def whole(state: State) -> int:
    """The state, if it is an integer. Raises ValueError otherwise."""
    if type(state) is int:
        return state
    raise ValueError("not a whole number")


def is_number(state: State) -> bool:
    """It is a number, not a truth."""
    return type(state) is float or type(state) is int


def is_value(state: State) -> bool:
    """A metric could have it."""
    return isinstance(state, float | str | bool | int)
