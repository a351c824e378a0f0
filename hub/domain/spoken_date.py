"""Days and times as people say them aloud: "Monday at nine", "Montag um neun Uhr", "lunes a las nueve", "星期一上午九点".

What is written stays as `slots.label` writes it. Each reads after "on", "am" or "el", as the written form does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_skeleton, format_time
from unicode_rbnf import RbnfEngine

from hub.domain.ids import Moment
from hub.domain.slots import label

WEEK = 7
FIRST, NOON, EVENING = 7, 12, 18
"""From seven on a bare hour before noon can only be the morning's; from six on it is evening."""
NIGHT = 20


_DATES: Mapping[str, str] = {
    "en": "EEEE, MMMM d",
    "de": "EEEE, 'dem' d. MMMM",
    "es": "EEEE d 'de' MMMM",
    "zh": "M月d日EEEE",
}


def said(starts: Moment, zone: str, language: str, now: Moment) -> str:
    """`starts` as a day and a time; with its date when it is a week ahead or more."""
    tongue, day = _tongue(language), _day_said(starts, zone, language, now)
    comma = "," if tongue in ("en", "de") and "," in day else ""
    at = {"en": " at ", "de": " um ", "es": " a ", "zh": ""}[tongue]
    return f"{day}{comma}{at}{hour_said(starts, zone, language)}"


def day_words(moment: Moment, zone: str, language: str, now: Moment, name: str = "day") -> dict[str, str]:
    """The variables of a phrase that names the day of `moment`: `name` as it is written, and `name`_said as it is said."""
    local, locale = _local(moment, zone), Locale(_tongue(language))
    written = format_skeleton("MMMMEEEEd", local, locale=locale).replace("\u202f", " ")
    return {name: written, f"{name}_said": _day_said(moment, zone, language, now)}


def _day_said(moment: Moment, zone: str, language: str, now: Moment) -> str:
    local, tongue = _local(moment, zone), _tongue(language)
    near = timedelta(0) <= local.date() - _local(now, zone).date() < timedelta(days=WEEK)
    return format_date(local, "EEEE" if near else _DATES[tongue], locale=Locale(tongue))


def hour_written(moment: Moment, zone: str, language: str) -> str:
    """The time of day as it is written: "13:41"."""
    return format_time(_local(moment, zone), "HH:mm", locale=Locale(_tongue(language)))


def hour_said(moment: Moment, zone: str, language: str) -> str:
    """The time of day as it is said: "nine", "one forty-one in the afternoon"."""
    local, tongue = _local(moment, zone), _tongue(language)
    return _HOURS[tongue](local.hour, local.minute)


def today(moment: Moment, zone: str, now: Moment) -> bool:
    """Whether `moment` is still of this day, where `zone` is."""
    return _local(moment, zone).date() == _local(now, zone).date()


def moment_words(starts: Moment, zone: str, language: str, now: Moment, name: str = "slot") -> dict[str, str]:
    """The variables of a phrase that names `starts`: `name` as it is written, and `name`_said as it is said."""
    return {name: label(starts, zone, language), f"{name}_said": said(starts, zone, language, now)}


def hour_words(moment: Moment, zone: str, language: str, name: str) -> dict[str, str]:
    """The same of the time of day alone."""
    return {name: hour_written(moment, zone, language), f"{name}_said": hour_said(moment, zone, language)}


def _english(hour: int, minute: int) -> str:
    if (hour, minute) in ((NOON, 0), (0, 0)):
        return "noon" if hour else "midnight"
    small = _word((hour - 1) % NOON + 1, "en")
    rest = "" if not minute else f" oh {_word(minute, 'en')}" if minute < 10 else f" {_word(minute, 'en')}"
    part = "in the morning" if hour < NOON else "in the afternoon" if hour < EVENING else "in the evening"
    return f"{small}{rest}" if FIRST <= hour < NOON else f"{small}{rest} {part}"


def _german(hour: int, minute: int) -> str:
    name = "ein" if hour == 1 else _word(hour, "de")
    return f"{name} Uhr {_word(minute, 'de')}" if minute else f"{name} Uhr"


def _spanish(hour: int, minute: int) -> str:
    small = (hour - 1) % NOON + 1
    name = "la una" if small == 1 else f"las {_word(small, 'es')}"
    quarters = {0: "", 15: " y cuarto", 30: " y media"}
    rest = quarters.get(minute, f" y {_word(minute, 'es')}")
    part = "de la mañana" if hour < NOON else "de la tarde" if hour < NIGHT else "de la noche"
    return f"{name}{rest}" if FIRST <= hour <= NOON else f"{name}{rest} {part}"


def _chinese(hour: int, minute: int) -> str:
    small = (hour - 1) % NOON + 1
    part = "凌晨" if hour < FIRST - 1 else "上午" if hour < NOON else "中午" if hour == NOON else "下午"
    part = "晚上" if hour >= EVENING else part
    rest = "" if not minute else "半" if minute == 30 else f"{_word(minute, 'zh')}分"
    return f"{part}{'两' if small == 2 else _word(small, 'zh')}点{rest}"


_HOURS: Mapping[str, Callable[[int, int], str]] = {
    "en": _english,
    "de": _german,
    "es": _spanish,
    "zh": _chinese,
}


@cache
def _engine(language: str) -> RbnfEngine:
    return RbnfEngine.for_language(language)


@cache
def _word(number: int, language: str) -> str:
    """The number in words."""
    return _engine(language).format_number(number).text.replace("\u00ad", "")


def _tongue(language: str) -> str:
    """The language of ours that is nearest; English where there is none."""
    short = language.replace("_", "-").split("-", maxsplit=1)[0].lower()
    return short if short in _HOURS else "en"


def _local(moment: Moment, zone: str) -> datetime:
    return datetime.fromtimestamp(moment / 1_000_000, ZoneInfo(zone))
