"""Where a bug showed, without what it was about: the type of an error and the place in our code, no values.

An error's own message may hold a number or a text, so it never reaches a log line.
"""

from __future__ import annotations

import traceback

OURS = ("hub", "notifiers", "device_rules", "voice_skills")


def where(error: BaseException | None) -> str:
    """`KeyError at hub/flow/triage.py:88`: the last place in our own code that the error passed."""
    if error is None:
        return "unknown"
    place = ""
    for frame in traceback.extract_tb(error.__traceback__):
        parts = frame.filename.replace("\\", "/").split("/")
        mine = next(
            (n for n, part in enumerate(parts) if part in OURS and "site-packages" not in parts), None
        )
        if mine is not None:
            place = f" at {'/'.join(parts[mine:])}:{frame.lineno}"
    return f"{type(error).__name__}{place}"
