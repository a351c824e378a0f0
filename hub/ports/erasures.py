"""The list of erasures as lines of a file, hashes only: it outlives the store that it comes from. Reads and writes no file."""

from __future__ import annotations

import json
from collections.abc import Iterable

from hub.domain.ids import Moment
from hub.ports.rights import Erasure
from hub.ports.world import BadInput


def as_lines(erasures: Iterable[Erasure]) -> str:
    """One JSON object a line."""
    return "".join(
        json.dumps({"hash": each.hash, "at": each.at, "who": each.who}) + "\n" for each in erasures
    )


def from_lines(text: str, name: str = "erasures") -> list[Erasure]:
    """The erasures in such a text. Raises BadInput with the line that is none."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found.append(Erasure(str(row["hash"]), Moment(int(row["at"])), str(row.get("who", ""))))
        except (ValueError, KeyError, TypeError, AttributeError):
            cause = "this is no erasure"
            raise BadInput(f"{name}, line {number}", cause, "Use: beforehand people erasures") from None
    return found
