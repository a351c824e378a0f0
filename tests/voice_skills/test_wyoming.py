"""The voice of the Wyoming service: frames read within limits, words heard, and answers as Home Assistant reads them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wyoming.event import Event
from wyoming.handle import Handled, NotHandled
from wyoming.info import Info

from hub.domain.contact import Phrase
from hub.domain.conversation import Heard, Reply
from hub.ports import BadInput
from hub.ports.speakers import Head, Utterance
from tests.domain.talking import library
from voice_skills.wyoming import LIMIT, WyomingVoice, head, merged

VOICE = WyomingVoice(library().words, {"brand": "Nordwarm", "phone": "+49 30 1", "name": ""})
KITCHEN = Utterance("hello", "assist_satellite.kitchen", "en", "01J")


def test_f1_we_are_one_installed_program_with_all_languages() -> None:
    kind, data = VOICE.info()
    info = Info.from_event(Event(kind, json.loads(json.dumps(data))))
    [program] = info.handle
    assert program.installed
    assert not program.supports_handled_streaming
    assert not program.supports_home_control
    assert [model.languages for model in program.models] == [list(library().words.languages())]
    assert (info.asr, info.tts, info.intent, info.wake) == ([], [], [], [])


def test_f1_a_transcript_is_read_as_it_is_on_the_wire() -> None:
    line = b'{"type":"transcript","data_length":12}\n'
    assert head(line) == Head("transcript", {}, 12, 0)
    context = {"conversation_id": "01J", "device_id": "d", "satellite_id": "assist_satellite.kitchen"}
    data = merged(
        head(line), json.dumps({"text": "what's wrong", "language": "de-AT", "context": context}).encode()
    )
    assert VOICE.read(data) == Utterance("what's wrong", "assist_satellite.kitchen", "de", "01J")
    assert VOICE.read({"text": "x", "context": {"device_id": "d"}}) == Utterance("x", "d", "en")


def test_f2_an_answer_is_handled_or_not_with_the_talk_it_belongs_to() -> None:
    kind, data = VOICE.handled(Reply((Phrase("goodbye"),)), KITCHEN)
    assert (kind, Handled.from_event(Event(kind, data))) == (
        "handled",
        Handled("Goodbye.", {"conversation_id": "01J"}),
    )
    kind, data = VOICE.not_handled("speaker.unknown", KITCHEN)
    assert kind == "not-handled"
    assert NotHandled.from_event(Event(kind, data)).context == {"conversation_id": "01J"}


def test_no_words_are_silence() -> None:
    assert VOICE.heard(VOICE.read({"text": " \x00 "}), "k").kind is Heard.SILENCE


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"nothing",
        b"{}",
        b"[]",
        b"null",
        b'{"type":1}',
        b'{"type":"x","data_length":1000000000}',
        b'{"type":"x","payload_length":1000000000}',
        b'{"type":"x","data_length":-1}',
        b'{"type":"x","data_length":true}',
        b'{"type":"x","data_length":"5"}',
        b'{"type":"x","data_length":1e3}',
        b"[" * 60_000,
        b'\xff\xfe{"type":"x"}',
    ],
)
def test_f3_junk_is_refused_at_its_first_line(line: bytes) -> None:
    with pytest.raises(BadInput):
        head(line)


@given(st.binary(max_size=200))
def test_f3_whatever_comes_is_read_or_refused(line: bytes) -> None:
    try:
        found = head(line)
    except BadInput:
        return
    assert 0 <= found.data_length + found.payload_length <= LIMIT


@given(
    st.dictionaries(
        st.sampled_from(["text", "language", "context"]),
        st.none()
        | st.text()
        | st.integers()
        | st.dictionaries(
            st.sampled_from(["satellite_id", "device_id", "conversation_id"]),
            st.none() | st.integers() | st.text(max_size=300),
        ),
        max_size=3,
    )
)
def test_f3_whatever_a_transcript_says_is_read_or_refused(data: dict[str, object]) -> None:
    try:
        said = VOICE.read(data)
    except BadInput:
        assert not isinstance(data.get("text"), str)
        return
    assert len(said.text) <= 1000
    assert len(said.speaker) <= 200
    assert said.language in library().words.languages()


@pytest.mark.parametrize("more", [b"nothing", b"[]", b"1", b"\xff"])
def test_f3_data_that_is_no_table_is_refused(more: bytes) -> None:
    with pytest.raises(BadInput):
        merged(Head("transcript", {}), more)
