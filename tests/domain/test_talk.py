"""Whole plays as playbooks: what a customer says, and what happens then."""

from __future__ import annotations

import pytest

from hub.domain import talk as core
from hub.domain.contact import MessageClass
from hub.domain.conversation import Conversation, Expecting, Heard, Intent, Knowledge
from hub.domain.customer import Channel
from hub.domain.ids import CaseId
from hub.domain.wording import as_message
from tests.domain.talking import FRIDGE, MINUTE, NOON, PUMP, ROUTER, Talk, library


def test_ada_clears_the_snow_agrees_to_a_defrost_and_telemetry_proves_it() -> None:
    ada = Talk()
    assert ada.keys() == ["opening", "0"]
    assert ada.says("1") == ["look"]
    assert ada.says("2") == ["care", "clear"]
    assert ada.says("done") == ["defrost"]
    assert "garden heat pump" in ada.text()
    assert ada.commands == []
    assert ada.says("1") == ["command.sent", "watch"]
    [command] = ada.commands
    assert (command.name, command.device, command.expires - ada.now) == ("defrost", "hp-1", 2 * MINUTE)
    assert ada.happens(Heard.COMMAND_OK) == []
    assert ada.wakes == {"watch": 30 * MINUTE}
    assert ada.recovers() == ["solved"]
    assert ada.talk.ended
    assert ada.wanted_person == ""


def test_a_blocked_fan_refuses_the_defrost_and_a_person_takes_over() -> None:
    ada = Talk()
    for answer in ("1", "1", "1"):
        ada.says(answer)
    assert ada.happens(Heard.COMMAND_FAILED) == ["command.failed", "person"]
    assert ada.wanted_person == "PLAY_ENDED"


def test_a_defrost_that_does_not_help_ends_with_a_person_and_never_with_solved() -> None:
    ada = Talk()
    for answer in ("1", "1", "1"):
        ada.says(answer)
    ada.happens(Heard.COMMAND_OK)
    assert ada.happens(Heard.CHECK_OVER, "watch") == ["person"]
    assert ada.wanted_person == "PLAY_ENDED"


def test_nobody_has_to_go_outdoors() -> None:
    ada = Talk()
    ada.says("1")
    ada.says("2")
    assert ada.says("I would rather not") == ["person"]
    assert ada.wanted_person == "PLAY_ENDED"


def test_who_closes_the_fridge_door_needs_one_word_only() -> None:
    ben = Talk(FRIDGE, "door-open")
    assert ben.says("1") == ["watch"]
    assert ben.wakes == {"watch": 30 * MINUTE}
    assert ben.recovers() == ["solved"]


def test_a_door_that_stays_open_is_asked_about_again() -> None:
    ben = Talk(FRIDGE, "door-open")
    ben.says("I have closed it")
    assert ben.happens(Heard.CHECK_OVER, "watch") == ["seal"]
    assert ben.says("1") == ["watch_again"]
    assert ben.happens(Heard.CHECK_OVER, "watch_again") == ["person"]


def test_a_router_is_restarted_by_voice_after_an_explicit_yes() -> None:
    dora = Talk(ROUTER, "line-unstable", Channel.VOICE, begun=False)
    assert dora.happens(Heard.LAUNCH) == ["greeting.shared"]
    assert dora.means(Intent.YES) == ["opening"]
    assert dora.means(Intent.YES) == ["restart"]
    assert dora.commands == []
    assert dora.means(Intent.YES) == ["command.sent", "watch"]
    assert [command.name for command in dora.commands] == ["restart"]
    assert dora.reply.end


def test_a_shared_speaker_names_no_device_before_somebody_asks() -> None:
    dora = Talk(ROUTER, "line-unstable", Channel.VOICE, begun=False)
    dora.happens(Heard.LAUNCH)
    book = library().words
    spoken = " ".join(
        book.spoken(p, "en") for p in dora.reply.say if p.variables.update(brand="Nordwarm") is None
    )
    assert "garden" not in spoken
    assert "router" not in spoken.lower()


def test_no_on_the_shared_speaker_leaves_it_at_that() -> None:
    dora = Talk(ROUTER, "line-unstable", Channel.VOICE, begun=False)
    dora.happens(Heard.LAUNCH)
    assert dora.means(Intent.NO) == ["goodbye.open"]
    assert dora.reply.end


def test_a_yes_after_two_minutes_is_asked_for_again_and_names_the_device_again() -> None:
    ada = Talk()
    ada.says("1")
    ada.says("1")
    ada.waits(2.1)
    assert ada.says("1") == ["confirm.again", "defrost"]
    assert ada.commands == []
    assert ada.says("yes") == ["command.sent", "watch"]
    assert len(ada.commands) == 1


def test_a_no_to_a_command_sends_none() -> None:
    ada = Talk()
    ada.says("1")
    ada.says("1")
    assert ada.says("no") == ["person"]
    assert ada.commands == []


@pytest.mark.parametrize("words", ["don't defrost it", "please do not", "no way, not now", "never", "nope"])
def test_a_negation_never_starts_anything(words: str) -> None:
    ada = Talk()
    ada.says("1")
    ada.says("1")
    ada.says(words)
    assert ada.commands == []


def test_a_device_that_recovered_meanwhile_is_not_commanded() -> None:
    ada = Talk()
    ada.says("1")
    ada.says("1")
    ada.heals()
    assert ada.says("1") == ["status.fine"]
    assert ada.commands == []


def test_still_heating_is_said_only_when_telemetry_proves_it() -> None:
    play = library().plays[PUMP, "icing-up"]
    talk = Conversation(CaseId("case_1"), None)
    warm = Knowledge(device_name="garden heat pump", values={"supply_temp": 30.0, "room_temp": 20.0})
    cold = Knowledge(device_name="garden heat pump", values={"supply_temp": 18.0, "room_temp": 15.0})
    unknown = Knowledge(device_name="garden heat pump")
    said = {
        name: core.begin(talk, play, each, NOON)[1].say
        for name, each in {"warm": warm, "cold": cold, "unknown": unknown}.items()
    }
    assert [len(said[name]) for name in ("warm", "cold", "unknown")] == [2, 1, 1]


def test_a_first_message_says_who_we_are_what_to_do_how_to_reach_us_and_how_to_stop() -> None:
    ada = Talk()
    keys = [phrase.key for phrase in as_message(ada.reply, MessageClass.FIRST)]
    assert keys[0] == "frame.hello"
    assert keys[-1] == "frame.stop"
    assert keys.count("choice.first") + keys.count("choice.next") == 2
    assert "frame.our_number" in keys


def test_a_reminder_asks_the_same_in_other_words() -> None:
    ada = Talk()
    talk, reply, _ = core.remind(ada.talk, ada.play, ada.knowledge, ada.now)
    assert [phrase.key.rsplit("/", 1)[-1] for phrase in reply.say] == ["reminder"]
    assert talk.options == ada.talk.options


def test_a_fault_without_a_guided_fix_offers_a_call() -> None:
    ada = Talk(play=None)
    assert ada.keys() == ["opening.no_play"]
    assert ada.says("1") == ["person.calls"]
    assert ada.wanted_person == "CUSTOMER_WANTS_PERSON"


def test_the_second_choice_of_a_first_contact_is_a_call() -> None:
    ada = Talk()
    assert ada.says("2") == ["person.calls"]
    assert ada.wanted_person == "CUSTOMER_WANTS_PERSON"


def test_words_that_are_not_understood_twice_become_a_persons_task() -> None:
    ada = Talk()
    assert ada.says("the moon is made of cheese")[0] == "unclear"
    assert ada.says("it is making a humming sound") == ["unclear.person"]
    assert ada.wanted_person == "NOT_UNDERSTOOD"


def test_being_understood_in_between_starts_the_count_again() -> None:
    ada = Talk()
    ada.says("the moon is made of cheese")
    ada.says("1")
    assert ada.says("my cat likes fish")[0] == "unclear"
    assert ada.wanted_person == ""


def test_a_typing_error_is_read_back_before_it_counts() -> None:
    ada = Talk()
    assert ada.says("wht too do indorrs") == ["did_you_mean"]
    assert ada.says("1") == ["look"]


def test_a_guess_that_was_wrong_leads_back_to_the_question() -> None:
    ada = Talk()
    ada.says("wht too do indorrs")
    assert ada.says("2") == ["opening", "0"]


def test_a_guess_is_no_yes_to_a_command() -> None:
    ada = Talk()
    ada.says("1")
    ada.says("1")
    ada.says("1 but wait a moment")
    assert ada.commands == []


def test_back_leads_to_the_question_before() -> None:
    ada = Talk()
    ada.says("1")
    ada.says("2")
    assert ada.says("back") == ["look"]
    assert ada.says("back") == ["opening", "0"]
    assert ada.says("back") == ["opening", "0"]


def test_later_comes_back_after_some_hours_if_the_fault_is_still_there() -> None:
    ada = Talk()
    ada.says("1")
    assert ada.says("later") == ["later.agreed"]
    assert ada.wakes == {"later": 240 * MINUTE}
    ada.waits(240)
    assert ada.happens(Heard.CHECK_OVER, "later") == ["later.back", "look"]


def test_later_is_not_taken_up_again_when_the_device_has_recovered() -> None:
    ada = Talk()
    ada.says("later")
    ada.heals()
    assert ada.happens(Heard.CHECK_OVER, "later") == []


def test_somebody_who_answers_no_question_is_asked_once_more_and_then_left_to_a_person() -> None:
    ada = Talk()
    ada.says("1")
    assert ada.wakes == {"silence": 120 * MINUTE}
    assert ada.happens(Heard.SILENCE) == ["again"]
    assert ada.happens(Heard.SILENCE) == ["silence.person"]
    assert ada.wanted_person == "CUSTOMER_SILENT"


def test_a_silent_speaker_is_asked_again_and_then_closed_kindly() -> None:
    dora = Talk(channel=Channel.VOICE)
    dora.happens(Heard.LAUNCH)
    dora.means(Intent.YES)
    assert dora.happens(Heard.SILENCE) == ["reminder"]
    assert dora.happens(Heard.SILENCE) == ["silence.choices"]
    assert dora.happens(Heard.SILENCE) == ["silence.offer"]
    assert dora.happens(Heard.SILENCE) == ["silence.close"]
    assert dora.reply.end
    assert not dora.talk.with_person


def test_the_speaker_hands_the_open_question_to_the_telephone() -> None:
    dora = Talk(channel=Channel.VOICE)
    dora.happens(Heard.LAUNCH)
    dora.means(Intent.YES)
    dora.means(Intent.YES)
    assert dora.means(Intent.TEXT_ME) == ["text_me.sent"]
    [text] = [effect for effect in dora.effects if type(effect).__name__ == "Say"]
    assert text.question
    assert text.phrases[0].key.endswith("/look")
    dora.channel = Channel.SMS
    assert dora.says("1") == ["defrost"]


def test_a_wish_to_restart_leads_to_the_question_not_to_the_restart() -> None:
    dora = Talk(ROUTER, "line-unstable")
    assert dora.says("restart my router") == ["restart"]
    assert dora.talk.expecting is Expecting.YES_NO
    assert dora.commands == []


def test_a_restart_is_not_offered_where_it_would_not_help() -> None:
    assert Talk().says("reboot it")[0] == "restart.not_offered"


def test_telemetry_that_recovers_in_the_middle_of_a_play_ends_it_kindly() -> None:
    ada = Talk()
    ada.says("1")
    assert ada.recovers() == ["recovered"]
    assert ada.talk.ended
    assert ada.recovers() == []


def test_a_play_that_was_changed_under_a_conversation_ends_with_a_person() -> None:
    ada = Talk()
    ada.says("1")
    ada.play = library().plays[ROUTER, "line-unstable"]
    ada.says("1")
    ada.says("1")
    assert ada.talk.with_person or ada.talk.misses
    assert ada.commands == []


@pytest.mark.parametrize("kind", [Heard.CHECK_OVER, Heard.COMMAND_OK, Heard.COMMAND_FAILED, Heard.SILENCE])
def test_while_a_person_is_on_it_the_play_does_not_go_on(kind: Heard) -> None:
    ben = Talk(FRIDGE, "door-open")
    ben.says("1")
    ben.says("0")
    assert ben.happens(kind, "watch") == []
    assert ben.wanted_person == ""


def test_while_a_person_is_on_it_texts_are_theirs_to_read() -> None:
    ada = Talk()
    ada.says("0")
    assert ada.says("the fan is rattling") == ["person.passed_on", "person.steps"]
    assert [getattr(effect, "kind", "") for effect in ada.effects] == ["talk.for_agent"]
    assert ada.says("and it is loud") == []


@pytest.mark.parametrize("words", ["tell me what to do", "what should I do then"])
def test_whoever_wants_the_steps_at_the_opening_begins_them(words: str) -> None:
    ada = Talk()
    assert ada.says(words) == ["look"]
