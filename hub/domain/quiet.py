"""Quiet hours: when a person may be reached, in the zone where they live. Zones exist here and on display, nowhere else.

Rules of this file. 1. The allowed window of a local day opens when the quiet hours end and closes when they begin.
2. Several zones that may be the person's: only their intersection. 3. Where clocks change, the shorter window wins: an
opening that falls into a gap is the first instant after it, one that happens twice is the second; a closing in a gap is
the gap, one that happens twice is the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from device_rules.reading import MINUTE, SECOND
from hub.domain.customer import QuietHours, RestDays
from hub.domain.ids import Moment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_ROUNDS = 60  # alternations between zones before we say that their windows never meet (a month of days)


def allowed_from(zones: Sequence[str], quiet: QuietHours, now: Moment) -> Moment | None:
    """The first moment from `now` on that is outside the quiet hours in every zone; None when there is none."""
    if quiet.begins == quiet.ends:
        return now
    moment = now
    for _ in range(_ROUNDS):
        opening = max((_open_from(ZoneInfo(zone), quiet, moment) for zone in zones), default=moment)
        if opening == moment:
            return moment
        moment = opening
    return None


def rested_from(zones: Sequence[str], rest: RestDays, now: Moment) -> Moment | None:
    """The first moment from `now` on that is on no rest day, nor in a weekday's own quiet hours, in any zone; None when there
    is none within two months."""
    moment = now
    for _ in range(_ROUNDS):
        openings = [_rested(zone, rest, moment) for zone in zones]
        if None in openings:
            return None
        opening = max((each for each in openings if each is not None), default=moment)
        if opening == moment:
            return moment
        moment = opening
    return None


def _rested(zone: str, rest: RestDays, moment: Moment) -> Moment | None:
    today = local(moment, zone)
    if today.date().isoformat() in rest.dates or today.weekday() in rest.weekdays:
        tomorrow = datetime.combine(today.date() + timedelta(days=1), time())
        return _instant(tomorrow, ZoneInfo(zone), last=True)
    hours = dict(rest.own).get(today.weekday())
    return moment if hours is None else allowed_from([zone], hours, moment)


def closes_at(zones: Sequence[str], quiet: QuietHours, now: Moment) -> Moment | None:
    """When the window that is open at `now` closes (the earliest of all zones); None when it is closed or never closes."""
    if quiet.begins == quiet.ends or allowed_from(zones, quiet, now) != now:
        return None
    ends = [
        closes
        for zone in zones
        for opens, closes in _windows(ZoneInfo(zone), quiet, now)
        if opens <= now < closes
    ]
    return min(ends, default=None)


def local(moment: Moment, zone: str) -> datetime:
    """`moment` as people there read it."""
    return (_EPOCH + timedelta(microseconds=moment)).astimezone(ZoneInfo(zone))


def _open_from(zone: ZoneInfo, quiet: QuietHours, moment: Moment) -> Moment:
    for opens, closes in _windows(zone, quiet, moment):
        if moment < closes:
            return max(moment, opens)
    return Moment(moment + 24 * 60 * MINUTE)  # a day that a zone left out (Samoa, 2011): look again tomorrow


def _windows(zone: ZoneInfo, quiet: QuietHours, moment: Moment) -> list[tuple[Moment, Moment]]:
    """The non-empty windows of the local days around `moment`, in order."""
    noon = (_EPOCH + timedelta(microseconds=moment)).astimezone(zone).replace(tzinfo=None)
    midnight = noon.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    length = (quiet.begins - quiet.ends) % (24 * 60)
    found = []
    for days in (-1, 0, 1, 2):
        start = midnight + timedelta(days=days, minutes=quiet.ends)
        opens = _instant(start, zone, last=True)
        closes = _instant(start + timedelta(minutes=length), zone, last=False)
        if opens < closes:
            found.append((opens, closes))
    return found


def _instant(wall: datetime, zone: ZoneInfo, *, last: bool) -> Moment:
    """The instant at which clocks in `zone` show `wall`: the first or last of two; the end of the gap if none does."""
    early, late = sorted(_utc(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if early == late:
        return early
    if _wall(early, zone) == wall == _wall(late, zone):
        return late if last else early
    return _change(early, late, zone)


def _change(early: Moment, late: Moment, zone: ZoneInfo) -> Moment:
    """The instant between `early` and `late` at which the zone's offset changes (to the second)."""
    before = local(early, str(zone)).utcoffset()
    while late - early > SECOND:
        middle = Moment((early + late) // 2 // SECOND * SECOND)
        if middle <= early:
            break
        if local(middle, str(zone)).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def _utc(moment: datetime) -> Moment:
    return Moment((moment.astimezone(UTC) - _EPOCH) // _MICRO)


def _wall(moment: Moment, zone: ZoneInfo) -> datetime:
    return local(moment, str(zone)).replace(tzinfo=None, fold=0)
