"""Times that customers name for an appointment: in their own words, in answer to an offer, and for one that stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from device_rules.reading import HOUR, MINUTE
from hub.domain.agent import AgentRole, User
from hub.domain.conversation import Intent
from hub.domain.ids import CaseId, Moment, SiteId, UserId
from hub.domain.policy import CALENDARS
from hub.domain.slots import BookingKind, Slot
from hub.domain.wording import as_speech
from hub.ports.bookings import Booking
from tests.flow.home import ADA, BEN, Home


@pytest.fixture
async def asked(home: Home) -> Home:
    """Ada's heat pump ices up on a Saturday evening; the maker rings on working days, from nine to six."""
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, calendars=CALENDARS))
    async with home.store.transaction() as tx:
        await tx.house.put_user(User(UserId("ines"), "Ines Ruiz", AgentRole.INSTALLER))
    await home.fails("hp-1", "icing-up")
    return home


async def speaks(home: Home, language: str) -> None:
    async with home.store.transaction() as tx:
        person = await tx.people.customer(ADA)
        assert person is not None
        await tx.people.change_customer(replace(person, language=language))


async def standing(home: Home) -> list[str]:
    """What is booked, where Ada lives."""
    [case] = await home.cases()
    async with home.store.reading() as tx:
        return [local(each.slot.starts) for each in await tx.bookings.of_case(case.id)]


def local(moment: Moment, zone: str = "Europe/Berlin") -> str:
    return f"{datetime.fromtimestamp(moment / 1_000_000, ZoneInfo(zone)):%a %H:%M}"


async def test_tomorrow_at_five_on_a_sunday_says_why_not_and_offers_the_nearest(asked: Home) -> None:
    [said] = await asked.writes("call me tomorrow at five")
    assert "We cannot ring on Sun, Nov 22." in said
    assert "1 = Mon, Nov 23, 09:00" in said
    assert "2 = Mon, Nov 23, 17:00" in said
    assert await standing(asked) == []


async def test_an_hour_at_which_nobody_works_is_told_with_the_hours(asked: Home) -> None:
    [said] = await asked.writes("call me on monday at 8 pm")
    assert "We ring between 09:00 and 18:00." in said
    assert "Mon, Nov 23, 17:30" in said


@pytest.mark.parametrize("words", ["17:00 please", "five", "at 5", "monday at five", "can you do 5 pm"])
async def test_a_free_time_in_answer_to_the_question_is_booked_and_never_a_snooze(
    asked: Home, words: str
) -> None:
    await asked.writes("call me tomorrow")
    [said] = await asked.writes(words)
    assert "We will ring you on Mon, Nov 23, 17:00." in said
    assert await standing(asked) == ["Mon 17:00"]


@pytest.mark.parametrize(
    "words",
    ["not at five", "not before five", "monday at five is bad", "anything but five", "I can't at five"],
)
async def test_a_time_that_is_denied_books_nothing(asked: Home, words: str) -> None:
    await asked.writes("call me tomorrow")
    await asked.writes(words)
    assert await standing(asked) == []


@pytest.mark.parametrize(
    ("language", "first", "words", "offered"),
    [
        ("en", "call me", "tomorow at 5pm", "Sun, Nov 22"),
        ("de", "ruf mich morgen an", "morgen um fünf", "So., 22. November"),
        ("es", "llámame mañana", "mañana a las cinco", "dom, 22 de noviembre"),
        ("zh", "明天给我打电话", "明天下午五点", "11月22日周日"),
    ],
)
async def test_a_time_that_cannot_be_is_answered_with_others_in_their_language(
    asked: Home, language: str, first: str, words: str, offered: str
) -> None:
    await speaks(asked, language)
    await asked.writes(first)
    [said] = await asked.writes(words)
    assert offered in said
    assert "17:00" in said
    assert await standing(asked) == []


async def test_a_time_that_is_taken_is_told_so(asked: Home) -> None:
    [first] = await asked.cases()
    await asked.writes("call me tomorrow")
    five = Moment((await asked.talk(first.id)).offers[0] + 8 * HOUR)
    slot = Slot(BookingKind.CALLBACK, five, Moment(five + 30 * MINUTE))
    async with asked.store.transaction() as tx:
        for seat in ("1", "2"):
            assert await tx.bookings.hold(Booking(f"b-{seat}", CaseId(seat), BEN, slot, seat, asked.now))
    [said] = await asked.writes("17:00 please")
    assert "That time is taken." in said
    assert "1 = Mon, Nov 23, 16:30. 2 = Mon, Nov 23, 17:30." in said
    assert await asked.writes("2")
    assert await standing(asked) == ["Mon 17:30"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "call me on monday at five"),
        ("zh", "星期一下午五点打电话给我"),
        ("es", "llámame el lunes a las cinco"),
        ("de", "ruf mich am montag um fünf an"),
        ("en", "tomorrow at 5 pm"),
    ],
)
async def test_another_time_for_a_call_that_is_booked_offers_to_move_it(
    asked: Home, language: str, words: str
) -> None:
    await asked.writes("call me on monday")
    await asked.writes("1")
    assert await standing(asked) == ["Mon 09:00"]
    await speaks(asked, language)
    [said] = await asked.writes(words)
    assert "09:00" in said
    assert "17:00" in said
    [moved] = await asked.writes("17:00")
    assert "17:00" in moved
    assert await standing(asked) == ["Mon 17:00"]


async def test_times_are_those_of_the_home_and_not_of_the_house(asked: Home) -> None:
    async with asked.store.transaction() as tx:
        site = await tx.people.site(SiteId("home"))
        assert site is not None
        await tx.people.put_site(replace(site, zone="Atlantic/Canary"))
    [said] = await asked.writes("call me on monday at ten")
    assert "1 = Mon, Nov 23, 10:00" in said
    await asked.writes("monday at ten")
    assert await standing(asked) == ["Mon 11:00"]  # in Berlin


async def test_a_wish_for_a_visit_at_a_time_is_answered_with_visits(asked: Home) -> None:
    [said] = await asked.writes("can a technician come on tuesday at ten")
    assert said.startswith("When may a technician come?")
    assert "Tue, Nov 24, 10:00" in said


async def test_a_speaker_says_days_and_hours_as_people_do(asked: Home) -> None:
    reply = await asked.says(Intent.CALLBACK)
    spoken = asked.ctx.words.spoken(as_speech(reply)[-1], "en")
    assert "Monday at nine" in spoken
    assert "Nov" not in spoken


@pytest.mark.parametrize(
    ("language", "words", "today"),
    [
        ("en", "remind me in an hour", "today at 19:"),
        ("de", "erinnere mich in einer stunde", "heute um 19:"),
        ("es", "recuérdamelo en una hora", "hoy a las 19:"),
        ("zh", "一小时后提醒我", "今天19:"),
    ],
)
async def test_a_reminder_of_this_day_says_today(asked: Home, language: str, words: str, today: str) -> None:
    await speaks(asked, language)
    [said] = await asked.writes(words)
    assert today in said
