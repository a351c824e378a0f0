"""What a customer may say at any moment: each wish, tried in every state of a conversation, by text and by voice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from hub.domain.contact import MessageClass
from hub.domain.conversation import Conversation, Heard, Intent, Meaning
from hub.domain.customer import Channel
from hub.domain.effects import CancelPending, Suppress, Unsuppress
from hub.domain.policy import CALENDARS
from hub.domain.slots import free
from tests.domain.talking import NOON, ROUTER, Talk


def _not_begun() -> Talk:
    return Talk(begun=False)


def _opening() -> Talk:
    return Talk()


def _asked() -> Talk:
    talk = Talk()
    talk.says("1")
    return talk


def _confirming() -> Talk:
    talk = _asked()
    talk.says("1")
    return talk


def _commanded() -> Talk:
    talk = _confirming()
    talk.says("1")
    talk.commands.clear()
    return talk


def _watching() -> Talk:
    talk = _commanded()
    talk.happens(Heard.COMMAND_OK)
    return talk


def _guessing() -> Talk:
    talk = Talk()
    talk.says("wat to do indors")
    return talk


def _missed() -> Talk:
    talk = _asked()
    talk.says("the blue thing on the roof")
    return talk


def _snoozed() -> Talk:
    talk = _asked()
    talk.says("later")
    return talk


def _offered() -> Talk:
    """The guided fix offers a visit, as its own question."""
    talk = Talk(play="not-heating")
    talk.knowledge = replace(
        talk.knowledge, slots={kind: free(each, {}, NOON) for kind, each in CALENDARS.items()}
    )
    for words in ("1", "2", "1"):
        talk.says(words)
    talk.happens(Heard.COMMAND_FAILED)
    assert talk.talk.booking == "visit"
    talk.commands.clear()
    return talk


def _with_person() -> Talk:
    talk = _asked()
    talk.says("0")
    return talk


def _over() -> Talk:
    talk = _watching()
    talk.recovers()
    return talk


STATES: dict[str, Callable[[], Talk]] = {
    "not begun": _not_begun,
    "opening": _opening,
    "asked": _asked,
    "confirming": _confirming,
    "commanded": _commanded,
    "watching": _watching,
    "guessing": _guessing,
    "missed": _missed,
    "snoozed": _snoozed,
    "offered": _offered,
    "with a person": _with_person,
    "over": _over,
}
LIVELY = [
    "opening",
    "asked",
    "confirming",
    "commanded",
    "watching",
    "guessing",
    "missed",
    "snoozed",
    "offered",
]

every_state = pytest.mark.parametrize("state", list(STATES))


@every_state
@pytest.mark.parametrize("word", ["STOP", "Stopp!", "please stop texting me", "unsubscribe", "abmelden"])
def test_stop_stops_at_once_in_every_state(state: str, word: str) -> None:
    talk = STATES[state]()
    talk.says(word)
    assert talk.suppressed
    assert talk.talk.ended
    assert talk.reply.ask is None
    [cancelled] = [effect for effect in talk.effects if isinstance(effect, CancelPending)]
    assert set(cancelled.kinds) == set(MessageClass)


@every_state
def test_stop_says_that_a_fault_is_still_open_and_how_to_ring(state: str) -> None:
    talk = STATES[state]()
    [said] = talk.says("stop")
    open_fault = state != "over"
    assert said == ("stop.confirmed_open" if open_fault else "stop.confirmed")
    assert "+49 30 5550100" in talk.text()


@every_state
def test_stop_by_voice_is_asked_once_because_it_may_have_been_misheard(state: str) -> None:
    talk = STATES[state]()
    talk.channel = Channel.VOICE
    assert talk.means(Intent.STOP) == ["stop.sure"]
    assert not talk.suppressed
    talk.means(Intent.YES)
    assert talk.suppressed


@every_state
def test_stop_by_voice_that_was_misheard_changes_nothing(state: str) -> None:
    talk = STATES[state]()
    talk.channel = Channel.VOICE
    talk.means(Intent.STOP)
    talk.means(Intent.NO)
    assert not any(isinstance(effect, Suppress) for effect in talk.effects)


@every_state
def test_help_says_who_we_are_and_changes_nothing(state: str) -> None:
    talk = STATES[state]()
    before = talk.talk
    assert talk.says("HELP") == ["help"]
    assert _place(talk.talk) == _place(before)
    assert "Nordwarm" in talk.text()


@every_state
def test_start_lets_us_write_again(state: str) -> None:
    talk = STATES[state]()
    assert talk.says("START")[0] == "start.confirmed"
    assert any(isinstance(effect, Unsuppress) for effect in talk.effects)


@every_state
@pytest.mark.parametrize("word", ["0", "agent", "a person please", "can I speak to a human", "call me"])
def test_a_person_is_one_word_away_in_every_state(state: str, word: str) -> None:
    talk = STATES[state]()
    talk.says(word)
    assert talk.talk.with_person
    assert talk.reply.to_person
    assert talk.wanted_person == "CUSTOMER_WANTS_PERSON" or state == "with a person"


@pytest.mark.parametrize("state", LIVELY)
@pytest.mark.parametrize("word", ["repeat", "what did you say", "simpler", "status", "text me"])
def test_an_aside_leaves_the_conversation_where_it_was(state: str, word: str) -> None:
    talk = STATES[state]()
    before = talk.talk
    talk.says(word)
    assert _place(talk.talk) == _place(before)
    assert talk.reply.say
    assert talk.commands == []


@pytest.mark.parametrize("state", ["opening", "asked", "confirming"])
def test_repeat_asks_the_very_same_question(state: str) -> None:
    talk = STATES[state]()
    before = talk.reply
    talk.says("say that again")
    assert (talk.reply.say, talk.reply.ask) == (before.say, before.ask)


@every_state
def test_a_wrong_number_ends_it_and_an_agent_looks_for_the_right_one(state: str) -> None:
    talk = STATES[state]()
    assert talk.says("wrong number") == ["wrong_number"]
    assert talk.wanted_person == "WRONG_NUMBER"
    assert talk.talk.ended


@every_state
def test_goodbye_is_friendly_and_commands_nothing(state: str) -> None:
    talk = STATES[state]()
    talk.says("thanks, bye")
    assert talk.commands == []
    assert not talk.suppressed


@every_state
@pytest.mark.parametrize("kind", [Heard.SILENCE, Heard.HANGUP])
def test_silence_and_a_hang_up_command_nothing(state: str, kind: Heard) -> None:
    talk = STATES[state]()
    talk.happens(kind)
    assert talk.commands == []
    assert not talk.suppressed


@every_state
def test_recovery_ends_every_conversation_once(state: str) -> None:
    talk = STATES[state]()
    first = talk.recovers()
    assert first or state == "over"
    assert talk.talk.ended
    assert talk.recovers() == []


@every_state
def test_a_person_can_go_on_by_voice_at_any_moment(state: str) -> None:
    talk = STATES[state]()
    talk.channel = Channel.VOICE
    assert talk.happens(Heard.LAUNCH)
    assert talk.means(Intent.YES)


def test_a_word_of_an_open_session_never_confirms_a_command_that_was_asked_in_a_text() -> None:
    talk = _confirming()
    talk.channel = Channel.VOICE
    talk.happens(Heard.LAUNCH)
    assert talk.means(Intent.YES) == ["defrost"]
    assert talk.commands == []


def test_an_unsure_wish_is_read_back_and_a_no_forgets_it() -> None:
    talk = _asked()
    talk.means(Meaning(Intent.LATER, sure=False))
    assert talk.keys() == ["did_you_mean"]
    assert talk.says("no") == ["look"]


def test_a_restart_that_is_already_agreed_is_not_asked_again() -> None:
    talk = Talk(ROUTER, "line-unstable")
    talk.says("1")
    talk.says("1")
    assert talk.says("restart it") == ["waiting.device"]
    assert len(talk.commands) == 1


def _place(talk: Conversation) -> tuple[object, ...]:
    return (talk.step, talk.with_person, talk.ended, talk.trail, talk.tried)


def test_who_told_us_of_something_hears_of_a_device_with_another_fault_that_we_look_after_it() -> None:
    talk = Talk(play=None, begun=False)
    talk.knowledge = replace(talk.knowledge, told=True, other_trouble=True)
    assert talk.means(Intent.STATUS)[0] == "asked.device_fault"
