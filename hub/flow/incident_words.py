"""What an incident says: to a household for the first time, with news, and at the end. Phrases only; it sends nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from device_rules.reading import SECOND
from hub.domain.case import Case
from hub.domain.contact import Phrase
from hub.domain.ids import Moment
from hub.domain.incident import Incident
from hub.ports import Words

ENGLISH = "en"
FRAME = tuple(Phrase(key) for key in ("frame.hello", "incident.own", "incident.next", "frame.stop"))


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads it: about which device, in which language (of those the house speaks: see `reads`), on which clock."""

    device: str
    language: str
    zone: str


def reads(language: str, words: Words) -> str:
    """In which of the house's languages somebody who reads `language` is written to: English where the house does not
    speak theirs, and so with the supervisor's English words."""
    said = words.tongue(FRAME, language)
    names = (said, re.split("[-_]", said)[0].lower())
    return next((name for name in names if name in words.languages()), ENGLISH)


def first_words(incident: Incident, to: Reader, now: Moment) -> tuple[Phrase, ...]:
    """What is wrong with many, and when there is news. The frame and the choices come around it."""
    said = _own(incident, to) or Phrase("incident.first", {"device": to.device})
    return (said, *_next(incident, to, now))


def update_words(incident: Incident, to: Reader, now: Moment) -> tuple[Phrase, ...]:
    """News for those who were told before."""
    said = _own(incident, to) or Phrase("incident.update", {"device": to.device})
    return (Phrase("frame.hello"), said, *_next(incident, to, now), Phrase("frame.stop"))


def last_words(case: Case, device: str) -> tuple[Phrase, ...]:
    """That it is over. That the device works again is said only when telemetry has shown it."""
    if case.proved:
        return (Phrase("frame.hello"), Phrase("incident.recovered", {"device": device}))
    key = "incident.over_not_yours" if case.state.open else "incident.over"
    return (Phrase("frame.hello"), Phrase(key, {"device": device}))


def _own(incident: Incident, to: Reader) -> Phrase | None:
    """The supervisor's words in the reader's language; who reads another one gets the house's."""
    text = incident.words.get(to.language)
    return Phrase("incident.own", {"text": text}) if text else None


def _next(incident: Incident, to: Reader, now: Moment) -> tuple[Phrase, ...]:
    if incident.next_update is None or incident.next_update <= now:
        return ()
    return (Phrase("incident.next", {"time": _said(incident.next_update, to.zone, now)}),)


def _said(moment: Moment, zone: str, now: Moment) -> str:
    """`18:00` where the person lives; with the date when it is another day."""
    then, today = _there(moment, zone), _there(now, zone)
    return then.strftime("%H:%M" if then.date() == today.date() else "%Y-%m-%d %H:%M")


def _there(moment: int, zone: str) -> datetime:
    return datetime.fromtimestamp(moment / SECOND, UTC).astimezone(ZoneInfo(zone))
