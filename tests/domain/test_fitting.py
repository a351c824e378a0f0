"""The same message on every channel: a mail asks for no numbers, a call for keys, a speaker says only that there is something."""

from collections.abc import Sequence

import pytest

from hub.domain.contact import Phrase
from hub.domain.customer import Channel
from hub.domain.fitting import fitted, numbered
from hub.domain.sealed import seal, unseal

ASKING = tuple(
    Phrase(key)
    for key in ("frame.hello", "opening", "choice.first", "choice.next", "choice.zero", "frame.stop")
)
TELLING = (Phrase("frame.hello"), Phrase("recovered"))


@pytest.mark.parametrize(
    ("channel", "asking", "telling"),
    [
        (Channel.SMS, [phrase.key for phrase in ASKING], ["frame.hello", "recovered"]),
        (Channel.EMAIL, ["frame.hello", "opening", "mail.answer"], ["frame.hello", "recovered"]),
        (
            Channel.PHONE,
            ["frame.hello", "opening", "choice.first", "choice.next", "phone.keys"],
            ["frame.hello", "recovered"],
        ),
        (Channel.VOICE, ["nudge.speaker"], ["nudge.speaker"]),
    ],
)
def test_a_message_is_said_as_its_channel_can_be_answered(
    channel: Channel, asking: list[str], telling: list[str]
) -> None:
    assert [phrase.key for phrase in fitted(ASKING, channel)] == asking
    assert [phrase.key for phrase in fitted(TELLING, channel)] == telling
    assert fitted((), channel) == ()


def test_a_sealed_word_opens_with_its_own_secret_for_its_own_purpose_and_nothing_else() -> None:
    sealed = seal("secret", "unsubscribe", "msg_1")
    assert unseal("secret", "unsubscribe", sealed) == "msg_1"
    for wrong in (sealed[:-1], sealed + "x", sealed.replace("msg_1", "msg_2"), "msg_1", "", ".", "ü.ü"):
        assert unseal("secret", "unsubscribe", wrong) is None
    assert unseal("other", "unsubscribe", sealed) is None
    assert unseal("secret", "page", sealed) is None


@pytest.mark.parametrize(("dearer", "keys"), [(0, ["opening", "mail.answer"]), (1, ["opening"])])
def test_the_number_itself_is_said_where_it_costs_no_more_text_messages(dearer: int, keys: list[str]) -> None:
    def cost(said: Sequence[Phrase]) -> int:
        return 1 + dearer * any(phrase.key == "mail.answer" for phrase in said)

    said = numbered((Phrase("opening"), Phrase("frame.our_number")), cost)
    assert [phrase.key for phrase in said] == keys
