"""Promises of every conversation, held against made-up ones: whatever is said, in whatever order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.conversation import Expecting, Heard, Intent, Meaning
from hub.domain.customer import Channel
from hub.domain.effects import CommandDevice
from hub.domain.play import Solved, Try
from hub.domain.walk import CONFIRM_WINDOW
from tests.domain.talking import Talk, ears, library
from tests.promises import tried

plays = st.sampled_from(sorted(library().plays))
channels = st.sampled_from([Channel.SMS, Channel.VOICE])
meanings = st.builds(
    Meaning,
    st.sampled_from(list(Intent)),
    choice=st.integers(0, 5),
    slot=st.sampled_from(["", "123456", "garden"]),
    sure=st.booleans(),
)
words = st.sampled_from(
    [
        "1",
        "2",
        "3",
        "0",
        "yes",
        "no",
        "done",
        "back",
        "later",
        "hello",
        "restart it",
        "don't restart it",
        "STOP",
        "ok then",
    ]
)
moments = st.sampled_from([0, 1, 3, 45, 300])
turns = st.one_of(
    st.tuples(st.just("words"), words, moments),
    st.tuples(st.just("meaning"), meanings, moments),
    st.tuples(st.just("kind"), st.sampled_from([kind for kind in Heard if kind is not Heard.TEXT]), moments),
)


def _tell(talk: Talk, turn: tuple[str, object, int]) -> None:
    what, value, minutes = turn
    talk.waits(minutes)
    if what == "words":
        talk.says(str(value))
    elif what == "meaning":
        assert isinstance(value, Meaning)
        talk.means(value)
    else:
        talk.happens(Heard(str(value)), "later" if minutes == 300 else "")


@tried(200)
@given(plays, channels, st.lists(turns, max_size=14))
def test_no_device_is_commanded_without_a_sure_yes_to_a_fresh_question_that_names_it(
    play: tuple[str, str], channel: Channel, told: list[tuple[str, object, int]]
) -> None:
    talk = Talk(*play, channel=channel)
    for turn in told:
        before, asked = talk.talk, talk.talk.asked
        confirm, guess, count = before.confirm, before.guess, len(talk.commands)
        _tell(talk, turn)
        if len(talk.commands) == count:
            continue
        assert guess == ""
        assert asked is not None
        assert talk.now - asked <= CONFIRM_WINDOW
        step = talk.play.steps[confirm] if talk.play else None
        assert isinstance(step, Try)
        assert _is_yes(turn, before.expecting, before.options)
        assert "{device}" in library().words.entry(step.asks, "en").text
        assert len([effect for effect in talk.effects if isinstance(effect, CommandDevice)]) == 1


def _is_yes(turn: tuple[str, object, int], expecting: Expecting, options: tuple[str, ...]) -> bool:
    what, value, _ = turn
    meaning = value if isinstance(value, Meaning) else ears().understand(str(value), "en", expecting, options)
    return (
        what != "kind"
        and meaning.sure
        and (meaning.intent is Intent.YES or (meaning.intent is Intent.CHOICE and meaning.choice == 1))
    )


@tried(120)
@given(plays, channels, st.lists(turns, max_size=14))
def test_whatever_was_said_a_person_can_still_be_had_and_stop_still_stops(
    play: tuple[str, str], channel: Channel, told: list[tuple[str, object, int]]
) -> None:
    talk = Talk(*play, channel=channel)
    for turn in told:
        _tell(talk, turn)
    talk.means(Intent.PERSON)
    assert talk.talk.with_person
    talk.channel = Channel.SMS
    talk.means(Intent.STOP)
    assert talk.suppressed


@tried(120)
@given(plays, channels, st.lists(turns, max_size=14))
def test_every_reply_can_be_said_and_asks_at_most_three_things(
    play: tuple[str, str], channel: Channel, told: list[tuple[str, object, int]]
) -> None:
    talk = Talk(*play, channel=channel)
    for turn in told:
        _tell(talk, turn)
        assert len(talk.text()) < 700
        if talk.reply.ask is not None:
            assert len(talk.reply.ask.options) <= 3
            assert talk.reply.ask.again


@tried(120)
@given(plays, st.lists(turns, max_size=14))
def test_solved_is_never_said_while_telemetry_shows_the_fault(
    play: tuple[str, str], told: list[tuple[str, object, int]]
) -> None:
    talk = Talk(*play)
    solved = (
        {step.phrase for step in talk.play.steps.values() if isinstance(step, Solved)} if talk.play else set()
    )
    for turn in told:
        if turn[1] is Heard.RECOVERED:
            continue
        _tell(talk, turn)
        assert not solved & {phrase.key for phrase in talk.reply.say}


@tried(200)
@given(st.text(max_size=400), st.sampled_from(["en", "de", "fr"]), st.sampled_from(list(Expecting)))
def test_no_text_makes_the_ears_fail_and_no_guess_is_ever_a_yes(
    text: str, language: str, expecting: Expecting
) -> None:
    meaning = ears().understand(text, language, expecting, ("choice.yes", "choice.no"))
    if not meaning.sure:
        assert meaning.intent not in (Intent.YES, Intent.STOP, Intent.START)
