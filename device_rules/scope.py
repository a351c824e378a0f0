"""Of whom and when a rule speaks: `share_of` a group of devices, `schedule` of days and hours."""

from __future__ import annotations

import re
from typing import get_args

from device_rules.model import DAYS, Part, RuleText, ScheduleText
from device_rules.rule import Group, Schedule

PARTS: tuple[str, ...] = get_args(Part)
HOW = "write fleet, site, or cohort(…) with some of model, firmware, region"

_COHORT = re.compile(r"cohort\(\s*([a-z]+(?:\s*,\s*[a-z]+)*)\s*\)")


class GroupProblem(ValueError):
    """A share of a group that cannot be asked; `key` is where it is written."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what)
        self.key = key


def schedule_of(text: ScheduleText | None) -> Schedule | None:
    """The schedule with its days as numbers, Monday being 1."""
    if text is None:
        return None
    return Schedule(tuple(sorted({DAYS.index(day) + 1 for day in text.days})), text.from_, text.to)


def group_of(text: RuleText) -> Group | None:
    """Of which groups the rule asks a share, if it does. Raises GroupProblem."""
    if text.share_of is None:
        for key in ("fraction", "at_least"):
            if getattr(text, key) is not None:
                raise GroupProblem(key, f"`{key}` goes with `share_of`; {HOW}")
        return None
    for key in ("clear", "levels", "schedule"):
        if getattr(text, key):
            raise GroupProblem(key, REFUSED[key])
    if any("others" not in test.given for test in text.tests):
        raise GroupProblem("tests", REFUSED["tests"])
    if text.fraction is None or text.at_least is None:
        raise GroupProblem(
            "share_of", "say of how many: `fraction: 20%` and `at_least: 10` devices of which it is known"
        )
    return Group(_by(text.share_of), text.fraction, text.at_least)


REFUSED = {
    "clear": "a group is well again when the share is no longer reached; leave `clear` out",
    "levels": "a group has one severity; write a second rule with a larger `fraction`",
    "schedule": "a group has no hours of its own; leave `schedule` out",
    "tests": "a share of a group cannot be tried on one device; say `others: {devices: 30}` in `given`",
}


def _by(written: str) -> tuple[str, ...]:
    if written in {"fleet", "site"}:
        return (written,)
    found = _COHORT.fullmatch(written)
    parts = [part.strip() for part in found[1].split(",")] if found else []
    if not parts or len(set(parts)) < len(parts) or not set(parts) <= set(PARTS):
        raise GroupProblem("share_of", f"`{written}` is no group; {HOW}")
    return tuple(part for part in PARTS if part in parts)
