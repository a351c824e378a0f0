"""Times as people say them: "in two hours", "morgen um acht", "mañana por la tarde", "明天下午三点", each as a `When`.

It finds the words of a time and gives back the others. Which moment that is, `hub/domain/spoken_time.py` knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain.spoken_time import Part, When
from voice_skills.matcher_text import is_han, plain
from voice_skills.numbers import in_digits
from voice_skills.times_denied import refused_day

UNITS: Mapping[str, int] = {"minute": MINUTE, "hour": HOUR, "day": DAY, "week": 7 * DAY}
MOST_AHEAD = 60 * DAY
QUARTER = 15


@dataclass(frozen=True, slots=True)
class Times:
    """What one language listens for."""

    language: str
    spans: Sequence[re.Pattern[str]]
    clocks: Sequence[re.Pattern[str]]
    named: re.Pattern[str]
    meant: Mapping[str, When]
    units: Mapping[str, int]

    def find(self, said: str, *, refusing: bool = False) -> tuple[When | None, str]:
        """The time in `said` (folded), and the words that are left of it; no time where none or a doubtful one is named, nor
        a day that will not do, unless that is what is looked for (`refusing`)."""
        digits = in_digits(said, self.language)
        for pattern in self.spans:
            found = pattern.search(digits)
            if found:
                span = self._span(found)
                return (When(after=span), _without(digits, found)) if span else (None, said)
        when, left, any_found = When(), digits, False
        for pattern in self.clocks:
            clock = pattern.search(left)
            if clock:
                told = _clock(clock, when)
                if told is None:
                    return None, said
                when, left, any_found = told, _without(left, clock), True
                break
        while (word := self.named.search(left)) is not None:
            when = _joined(when, self.meant[word["named"]])
            left, any_found = _without(left, word), True
        no_day = not refusing and when.weekday is not None and refused_day(said, self.language)
        return (when, left) if any_found and not no_day else (None, said)

    def _span(self, found: re.Match[str]) -> int:
        groups = found.groupdict()
        unit = self.units.get(groups.get("unit") or "", 0)
        count = float(groups.get("n") or 1)
        if groups.get("half"):
            count = count + 0.5 if groups.get("n") else 0.5
        span = int(unit * count)
        return span if 0 < span <= MOST_AHEAD else 0


def times(language: str, listen: Mapping[str, Any]) -> Times:
    """Compile the `times` of one patterns file. Regular expressions in it are over folded words with digits."""
    units = {
        plain(str(word)): UNITS[unit] for unit, words in listen.get("units", {}).items() for word in words
    }
    names = "|".join(map(re.escape, sorted(units, key=len, reverse=True))) or "(?!)"
    meant = {
        in_digits(plain(str(word)), language): _named(table)
        for table in listen.get("named", ())
        for word in table["words"]
    }
    words = "|".join(map(re.escape, sorted(meant, key=len, reverse=True))) or "(?!)"
    edge = "" if is_han(words) else r"\b"
    before = f"(?:{listen.get('before', '(?!)')})?"
    return Times(
        language,
        [_compiled(each, names, edge) for each in listen.get("spans", ())],
        [_compiled(each, names, edge) for each in listen.get("clocks", ())],
        re.compile(f"{edge}{before}(?P<named>{words}){edge}"),
        meant,
        units,
    )


def _compiled(pattern: str, units: str, edge: str) -> re.Pattern[str]:
    return re.compile(f"{edge}(?:{pattern.replace('UNIT', f'(?P<unit>{units})')}){edge}")


def _named(table: Mapping[str, Any]) -> When:
    part = table.get("part")
    return When(days=table.get("days"), weekday=table.get("weekday"), part=Part(part) if part else None)


def _joined(when: When, more: When) -> When:
    """Both; what was said first counts, where they differ."""
    return replace(
        when,
        days=more.days if when.days is None else when.days,
        weekday=more.weekday if when.weekday is None else when.weekday,
        part=when.part or more.part,
    )


def _without(said: str, found: re.Match[str]) -> str:
    return " ".join(f"{said[: found.start()]} {said[found.end() :]}".split())


def _clock(found: re.Match[str], when: When) -> When | None:
    """The time of day; None when there is no such time."""
    groups = {name: value for name, value in found.groupdict().items() if value}
    hour, minute = int(groups["h"]), int(groups.get("m", 0))
    if "half" in groups:
        minute = 30
    elif "past15" in groups:
        minute = QUARTER
    elif "halfto" in groups or "to15" in groups:
        hour, minute = hour - 1 or 12, 30 if "halfto" in groups else 60 - QUARTER
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    part = when.part
    if "am" in groups:
        part = Part.MORNING
    elif "pm" in groups:
        part = Part.AFTERNOON
    return replace(when, hour=hour, minute=minute, part=part, exact=hour > 12 or "exact" in groups)
