"""Slips of the pen in settings: one, and all of a file together. Nothing here repeats a value: it could be a secret."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from hub.ports import BadInput

LISTED = 16  # names that are listed when none is near; more of them would hide the mistake
_TOKEN = re.compile(r"whsec_|^AC[0-9a-f]{8}|://|(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9+=]{16,}|.{129}")


class Slip(ValueError):
    """What a kind of value finds wrong with one: `cause`, and the `remedy`. `instead` is a value with which the other
    settings can still be looked at (None: without this one)."""

    def __init__(self, cause: str, remedy: str = "", instead: str | None = None) -> None:
        super().__init__(f"{cause}. {remedy}" if remedy else cause)
        self.cause, self.remedy, self.instead = cause, remedy, instead


class BadSettings(BadInput):
    """What is wrong with the settings: all of it, one line each."""

    def __init__(self, problems: Sequence[BadInput]) -> None:
        super().__init__(problems[0].place, problems[0].cause, problems[0].remedy)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class Problems:
    """Collects what goes wrong in several attempts, so that all of it is told at once."""

    def __init__(self) -> None:
        self.found: list[BadInput] = []

    @contextmanager
    def kept(self) -> Iterator[None]:
        """What is done in here may fail with BadInput: that is kept, and the next attempt is made."""
        try:
            yield
        except BadSettings as several:
            self.found += several.problems
        except BadInput as one:
            self.found.append(one)

    def told(self) -> None:
        """Raises BadSettings when anything went wrong."""
        if self.found:
            raise BadSettings(self.found)


def nearest(word: object, known: Iterable[str], what: str = "There are") -> str:
    """`Did you mean …?` when one of the `known` words is near, else the list of them where it is short."""
    words = sorted(known)
    low = {each.lower(): each for each in words}
    close = difflib.get_close_matches(str(word)[:100].lower(), [*low], 1)
    if close:
        return f"Did you mean {low[close[0]]}?"
    return f"{what}: {', '.join(words)}." if words and len(words) <= LISTED else ""


def spelled(path: Sequence[str | int]) -> str:
    """`("voices", "homes", 0, "url")` as `voices.homes[0].url`. A key that may be a secret in the wrong place is left out."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{harmless(step)}" for step in path]
    return "".join(parts).removeprefix(".")


def harmless(key: str) -> str:
    """A key as it may be shown."""
    return "…" if _TOKEN.search(key) else key
