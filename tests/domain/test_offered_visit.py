"""The guided fix offers a visit: what a customer may answer to that besides a time, and that nothing of it ends nowhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.conversation import Booked, Expecting, Heard, Intent
from hub.domain.customer import Channel
from hub.domain.ids import CustomerId
from hub.domain.policy import CALENDARS
from hub.domain.slots import BookingKind, free
from tests.domain.talking import NOON, Talk

VISITS = {kind: free(each, {}, NOON) for kind, each in CALENDARS.items()}


def offered(channel: Channel = Channel.SMS, customer: str = "ada") -> Talk:
    """The restart did not help, and times are offered."""
    talk = Talk(play="not-heating", channel=channel)
    talk.talk = replace(talk.talk, customer=CustomerId(customer) if customer else None)
    talk.knowledge = replace(talk.knowledge, slots=VISITS)
    for intent in (Intent.YES, "2"):
        talk.means(intent) if isinstance(intent, Intent) else talk.says(intent)
    talk.means(Intent.YES)
    talk.happens(Heard.COMMAND_FAILED)
    return talk


def test_the_offer_is_the_next_question_and_comes_back_when_nobody_answers() -> None:
    talk = offered()
    assert talk.keys() == ["command.failed", "visit"]
    assert talk.wakes["silence"] > 0
    assert talk.happens(Heard.SILENCE) == ["visit"]
    talk.happens(Heard.SILENCE)
    assert talk.wanted_person == "CUSTOMER_SILENT"


@pytest.mark.parametrize("words", [Intent.SKIP, Intent.CANCEL])
def test_who_wants_no_visit_gets_a_person_instead(words: Intent) -> None:
    talk = offered()
    talk.means(words)
    assert talk.talk.with_person and talk.talk.step == "person"
    assert talk.wanted_person == "PLAY_ENDED"


def test_back_from_the_offer_is_the_question_before_and_no_times_stand_any_more() -> None:
    talk = offered()
    assert talk.means(Intent.BACK) == ["valves"]
    assert (talk.talk.step, talk.talk.booking, talk.talk.offers) == ("valves", "", ())
    talk.says("2")
    assert talk.talk.step == "restart"


def test_no_is_an_answer_to_the_times_and_not_to_the_visit() -> None:
    talk = offered()
    before = talk.talk.offers
    assert talk.means(Intent.NO) == ["visit"]
    assert not set(before) & set(talk.talk.offers)
    for _ in range(len(VISITS[BookingKind.VISIT])):
        if talk.talk.with_person:
            break
        talk.means(Intent.NO)
    assert talk.talk.with_person


def test_an_offer_that_a_speaker_heard_no_answer_to_still_stands_in_writing() -> None:
    talk = offered(Channel.VOICE)
    for _ in range(4):
        talk.happens(Heard.SILENCE)
    assert talk.keys() == ["silence.close"]
    assert talk.talk.booking == "visit" and talk.talk.offers
    talk.channel = Channel.SMS
    talk.talk = replace(talk.talk, channel=Channel.SMS)
    assert talk.happens(Heard.SILENCE) == ["visit"]


def test_the_last_appointment_cancelled_at_the_offer_is_followed_by_the_offer_again() -> None:
    talk = offered()
    [call, *_] = VISITS[BookingKind.CALLBACK]
    talk.knowledge = replace(talk.knowledge, booked=(Booked("b-1", call),))
    talk.means(Intent.CANCEL_VISIT)
    assert talk.means(Intent.YES) == ["booking.cancelled", "visit"]
    assert talk.reply.ask is not None and talk.reply.ask.expecting is Expecting.CHOICE


def test_times_that_somebody_else_has_taken_are_not_read_out_again() -> None:
    talk = offered()
    [first, *rest] = VISITS[BookingKind.VISIT]
    talk.knowledge = replace(talk.knowledge, slots={BookingKind.VISIT: tuple(rest)})
    talk.means(Intent.REPEAT)
    assert first.starts not in talk.talk.offers and len(talk.talk.offers) == 2


def test_nobody_is_offered_a_visit_in_the_name_of_nobody() -> None:
    talk = offered(customer="")
    assert talk.talk.with_person and talk.talk.step == "person"
