"""The interruption matrix: whatever may be said at any moment, in every state of every play, leads back to the right place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from hub.domain import talk as core
from hub.domain.asides import ASIDES
from hub.domain.conversation import Conversation, Expecting, Heard, Intent, Knowledge, Meaning, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.effects import BookSlot, CancelBooking, CommandDevice, Effect, HandOn, Suppress
from hub.domain.ids import CaseId, CustomerId
from hub.domain.play import Ask, Book, Check, Play, Try
from hub.domain.policy import CALENDARS
from hub.domain.slots import BookingKind, free
from tests.domain.talking import NOON, library

PLAYS = sorted(library().plays)
WRITTEN, SPOKEN = Channel.SMS, Channel.VOICE
SLOTS = {kind: free(calendar, {}, NOON) for kind, calendar in CALENDARS.items()}
KNOWN = Knowledge(
    device="d-1",
    device_name="garden device",
    zone="Europe/Berlin",
    languages=("en", "de", "es", "zh"),
    slots=SLOTS,
)
STAYS = (
    Intent.HELP,
    Intent.REPEAT,
    Intent.SIMPLER,
    Intent.STATUS,
    Intent.QUESTION,
    Intent.LINK,
    Intent.START,
    Intent.TEXT_ME,
    Intent.GOODBYE,
    Intent.APPOINTMENT,
    Intent.WHICH_DEVICE,
    Intent.MOVE_VISIT,
    Intent.CANCEL_VISIT,
    Intent.LATER,
    Intent.TOMORROW,
    Intent.WHEN_WORSE,
)


def meant(talk: Conversation, meaning: Meaning, channel: Channel = WRITTEN) -> Turn:
    return Turn(Heard.TEXT, channel, f"turn-{talk.step}-{meaning.intent}", "", meaning)


def tell(
    talk: Conversation, play: Play, meaning: Meaning, channel: Channel = WRITTEN, knowledge: Knowledge = KNOWN
) -> tuple[Conversation, Reply, tuple[Effect, ...]]:
    return core.tell(talk, meant(talk, meaning, channel), play, knowledge, NOON)


@cache
def states(name: tuple[str, str]) -> tuple[Conversation, ...]:
    """Every place where the play can stand: its opening, its questions, and what is waited for."""
    play = library().plays[name]
    talk, _, _ = core.begin(Conversation(CaseId("case_1"), CustomerId("ada")), play, KNOWN, NOON)
    found: dict[tuple[str, Expecting, str], Conversation] = {}
    todo = [talk]
    while todo:
        here = todo.pop()
        key = (here.step, here.expecting, here.proving)
        if key in found or here.with_person or here.ended:
            continue
        found[key] = here
        todo += list(_next(here, play))
    return tuple(found.values())


def _next(talk: Conversation, play: Play) -> Iterator[Conversation]:
    step = play.steps.get(talk.step)
    if isinstance(step, Ask) or talk.step == "":
        for number in range(1, len(talk.options) + 1):
            yield tell(talk, play, Meaning(Intent.CHOICE, number))[0]
    elif isinstance(step, Try) and talk.expecting is Expecting.YES_NO:
        yield tell(talk, play, Meaning(Intent.YES))[0]
        yield tell(talk, play, Meaning(Intent.NO))[0]
    elif isinstance(step, Try):
        yield core.tell(talk, Turn(Heard.COMMAND_OK, WRITTEN, "c"), play, KNOWN, NOON)[0]
    elif isinstance(step, Check):
        if step.watch is not None:
            yield core.tell(talk, Turn(Heard.SHOWN, WRITTEN, "s", step.id), play, KNOWN, NOON)[0]
        yield core.tell(talk, Turn(Heard.CHECK_OVER, WRITTEN, "o", step.id), play, KNOWN, NOON)[0]


def place(talk: Conversation) -> tuple[object, ...]:
    return (talk.step, talk.expecting, talk.options, talk.with_person, talk.ended, talk.proving)


def asked_again(talk: Conversation, play: Play) -> list[str]:
    """What is said when the person asks to hear it once more."""
    return [phrase.key for phrase in tell(talk, play, Meaning(Intent.REPEAT))[1].say]


def test_every_step_that_waits_is_reached_in_the_matrix() -> None:
    for name in PLAYS:
        play, reached = library().plays[name], {talk.step for talk in states(name)}
        waiting = {step.id for step in play.steps.values() if isinstance(step, Ask | Try | Check | Book)}
        assert waiting <= reached, name


@pytest.mark.parametrize("channel", [WRITTEN, SPOKEN])
@pytest.mark.parametrize("name", PLAYS, ids=lambda name: name[1])
def test_h7_what_does_not_change_the_matter_leaves_the_customer_where_they_were(
    name: tuple[str, str], channel: Channel
) -> None:
    play = library().plays[name]
    for before in states(name):
        again = asked_again(before, play)
        for intent in STAYS:
            after, reply, effects = tell(before, play, Meaning(intent), channel)
            assert place(after) == place(before), (before.step, intent)
            assert asked_again(after, play) == again, (before.step, intent)
            assert reply.say or intent is Intent.GOODBYE, (before.step, intent)
            assert not any(isinstance(effect, CommandDevice | Suppress | BookSlot) for effect in effects)


@pytest.mark.parametrize("name", PLAYS, ids=lambda name: name[1])
def test_back_leads_to_the_question_before_and_its_answer_leads_on_again(name: tuple[str, str]) -> None:
    play = library().plays[name]
    for before in states(name):
        after, _, effects = tell(before, play, Meaning(Intent.BACK))
        if before.proving or not before.trail:
            assert place(after)[0] == before.step
        else:
            assert (after.step, after.trail) == (before.trail[-1], before.trail[:-1])
            assert after.expecting is not Expecting.NOTHING
        assert not any(isinstance(effect, CommandDevice) for effect in effects)


@pytest.mark.parametrize("name", PLAYS, ids=lambda name: name[1])
def test_a_person_is_one_word_away_and_the_steps_are_one_word_back(name: tuple[str, str]) -> None:
    play = library().plays[name]
    for before in states(name):
        handed, reply, effects = tell(before, play, Meaning(Intent.PERSON))
        assert handed.with_person
        assert reply.to_person
        assert any(isinstance(effect, HandOn) for effect in effects)
        back, said, _ = tell(handed, play, Meaning(Intent.STEPS))
        assert not back.with_person
        assert said.ask is not None
        assert said.say[0].key == "steps.back"
        if before.expecting is not Expecting.NOTHING and not before.proving:
            assert place(back) == place(before)


@pytest.mark.parametrize("name", PLAYS, ids=lambda name: name[1])
def test_stop_stops_in_every_state_and_nothing_is_commanded(name: tuple[str, str]) -> None:
    play = library().plays[name]
    for before in states(name):
        after, _, effects = tell(before, play, Meaning(Intent.STOP))
        assert after.ended
        assert any(isinstance(effect, Suppress) for effect in effects)
        asked, reply, unsaid = tell(before, play, Meaning(Intent.STOP), SPOKEN)
        assert (asked.guess, reply.say[0].key) == ("stop", "stop.sure")
        assert not any(isinstance(effect, Suppress) for effect in unsaid)
        kept, _, _ = tell(asked, play, Meaning(Intent.NO), SPOKEN)
        assert place(kept) == place(before)


@pytest.mark.parametrize("name", PLAYS, ids=lambda name: name[1])
def test_another_language_goes_on_at_the_same_question(name: tuple[str, str]) -> None:
    play = library().plays[name]
    for before in states(name):
        after, reply, _ = tell(before, play, Meaning(Intent.LANGUAGE, slot="de"))
        assert place(after) == place(before)
        assert (after.language, reply.language) == ("de", "de")
        asked, which, _ = tell(before, play, Meaning(Intent.LANGUAGE, slot="tlh"))
        assert which.say[0].key == "language.which"
        chosen, told, _ = tell(asked, play, Meaning(Intent.CHOICE, 2))
        assert (place(chosen), told.language) == (place(before), "es")


@pytest.mark.parametrize("kind", list(BookingKind))
@pytest.mark.parametrize("name", PLAYS, ids=lambda name: name[1])
def test_an_appointment_can_be_asked_for_and_left_again_at_any_moment(
    name: tuple[str, str], kind: BookingKind
) -> None:
    play, wish = library().plays[name], Intent.VISIT if kind is BookingKind.VISIT else Intent.CALLBACK
    for before in states(name):
        offered, reply, _ = tell(before, play, Meaning(wish))
        assert reply.ask is not None
        assert (len(offered.offers), offered.booking) == (2, kind.value)
        for leave in () if before.booking == kind.value else (Intent.CANCEL, Intent.BACK):
            left, _, effects = tell(offered, play, Meaning(leave))
            assert left.booking == before.booking
            assert asked_again(left, play) == asked_again(before, play)
            assert not any(isinstance(effect, BookSlot | CommandDevice) for effect in effects)
        later, _, _ = tell(offered, play, Meaning(Intent.CHOICE, 3))
        assert set(later.offers).isdisjoint(offered.offers)
        booked, said, effects = tell(offered, play, Meaning(Intent.CHOICE, 1))
        [slot] = [effect.slot for effect in effects if isinstance(effect, BookSlot)]
        assert (slot.starts, said.say[0].key) == (offered.offers[0], f"booking.done.{kind}")
        assert (booked.booking, booked.with_person) == ("", True)


@pytest.mark.parametrize("name", PLAYS, ids=lambda name: name[1])
def test_who_does_not_want_the_appointment_that_the_fix_offers_gets_a_person_or_the_question_before(
    name: tuple[str, str],
) -> None:
    play = library().plays[name]
    for before in states(name):
        step = play.steps.get(before.step)
        if not isinstance(step, Book):
            continue
        for leave in (Intent.CANCEL, Intent.SKIP):
            left, _, effects = tell(before, play, Meaning(leave))
            assert (left.step, left.booking, left.with_person) == (step.none, "", True)
            assert any(isinstance(effect, HandOn) for effect in effects)
        left, _, _ = tell(before, play, Meaning(Intent.BACK))
        assert (left.step, left.booking) == (before.trail[-1], "")


@pytest.mark.parametrize("name", PLAYS, ids=lambda name: name[1])
def test_leaving_a_question_out_and_never_mind_lead_on_and_never_act(name: tuple[str, str]) -> None:
    play = library().plays[name]
    for before in states(name):
        for intent in (Intent.SKIP, Intent.CANCEL, Intent.OTHER):
            after, reply, effects = tell(before, play, Meaning(intent))
            assert not any(isinstance(effect, CommandDevice | BookSlot | CancelBooking) for effect in effects)
            assert reply.say
            assert after.with_person or after.ended or after.step in play.steps or after.step == ""


def test_every_word_that_is_always_available_is_in_the_matrix() -> None:
    tested = {
        *STAYS,
        Intent.BACK,
        Intent.PERSON,
        Intent.STEPS,
        Intent.LANGUAGE,
        Intent.VISIT,
        Intent.CALLBACK,
    }
    tested |= {Intent.SKIP, Intent.CANCEL, Intent.OTHER, Intent.WRONG_NUMBER, Intent.RESTART}
    assert set(ASIDES) == tested


@pytest.mark.parametrize("name", PLAYS, ids=lambda name: name[1])
def test_a_wrong_number_ends_it_and_a_restart_is_only_asked_about(name: tuple[str, str]) -> None:
    play = library().plays[name]
    for before in states(name):
        assert tell(before, play, Meaning(Intent.WRONG_NUMBER))[0].ended
        _, reply, effects = tell(before, play, Meaning(Intent.RESTART))
        assert reply.say
        assert not any(isinstance(effect, CommandDevice) for effect in effects)
