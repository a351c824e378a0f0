"""What a text costs, and which texts must not leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.contact import MessageClass
from hub.domain.customer import Channel
from hub.domain.text import GSM_BASIC, GSM_EXTENSION, LONGEST, alphabet, lint, segments

gsm = st.text(alphabet=sorted(GSM_BASIC | GSM_EXTENSION), max_size=700)
FIRST = (
    "Nordwarm: Ada, your heat pump is icing up. It is still heating. Reply 1 for what to do indoors, "
    "2 and we call you. Our number is on the unit. Reply STOP to end."
)


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # the euro sign costs two
        ("€" * 81, 2),
        ("°" * 70, 1),
        ("°" * 71, 2),
        ("°" * 134, 2),
        ("°" * 135, 3),
        ("😀" * 35, 1),  # a pair of units each
        ("😀" * 36, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the pair is not split: 152 + 153 + 1
        ("°" + "x" * 65 + "😀" + "x" * 66, 3),
        ("ä" * 160, 1),
        ("a" * 159 + "€", 2),  # 161 septets
        ("a" * 158 + "€", 1),
        ("€" * 76 + "a", 1),
        ("€" * 153, 3),  # a pair does not fit into the last place of a part of 153: 76 each
        ("€" * 152, 2),
        ("a" * 459, 3),
        ("a" * 460, 4),
        ("\n" * 160, 1),
        ("\f" * 80, 1),
        ("^{}[]~|\\€" * 8, 1),  # 72 characters of the extension: 144 septets
        ("°" * 69 + "😀", 2),  # 71 units
        ("😀" * 66, 2),  # 33 pairs in each part of 67
        ("😀" * 67, 3),
        ("°" * 201, 3),
        ("°" * 202, 4),
        ("👨‍👩‍👧" * 8, 1),  # 64 units; one glyph of eight units
        ("👨‍👩‍👧" * 9, 2),
        ("e\u0301" * 35, 1),  # an accent of its own is a character of its own
        ("e\u0301" * 36, 2),
        ("`" * 71, 2),  # the grave accent is in neither table
    ],
)
def test_a_text_costs_what_the_carrier_charges(text: str, cost: int) -> None:
    assert segments(text) == cost


@given(gsm)
def test_gsm_texts_cost_between_their_septets_and_one_more(text: str) -> None:
    septets = sum(2 if c in GSM_EXTENSION else 1 for c in text)
    least = 1 if 0 < septets <= 160 else -(-septets // 153)
    assert least <= segments(text) <= least + 1 or septets == 0


@given(st.text(max_size=700))
def test_one_more_letter_never_makes_a_text_cheaper(text: str) -> None:
    assert segments(text + "a") >= segments(text)
    assert segments(text + "°") >= segments(text)


def test_a_degree_sign_turns_one_long_segment_into_short_ones_and_the_lint_says_which_letter() -> None:
    check = lint("Your fridge is at 14 °C. STOP ends.", MessageClass.FIRST)
    assert check.alphabet == "UCS-2"
    assert check.faults == ()
    assert "°" in check.notes[0]
    assert "degree sign" in check.notes[0]


def test_a_good_first_message_has_nothing_wrong_and_costs_what_it_says() -> None:
    check = lint(FIRST, MessageClass.FIRST)
    assert check == lint(FIRST, MessageClass.FIRST, Channel.SMS)
    assert (check.faults, check.notes, check.segments, check.alphabet) == ((), (), 1, "GSM-7")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("Hello {name}. STOP ends.", "{name}"),
        ("Hello {{ name }}. STOP ends.", "{{"),
        ("Hello %(name)s. STOP ends.", "%(name)s"),
        ("STOP " + "a" * LONGEST, "1605"),
        ("Buy a new filter. STOP ends.", "Buy"),
        ("Zeit für ein Upgrade. STOPP beendet.", "Upgrade"),
        ("20 % Rabatt. STOP beendet.", "Rabatt"),
        ("A new pump for 499 €. STOP ends.", "marketing"),
        ("Only $5 today. STOP ends.", "marketing"),
        ("Nur 49 EUR. STOP beendet.", "marketing"),
        ("Your fridge is warm.", "STOP"),
    ],
)
def test_a_first_message_that_must_not_leave_says_why(text: str, says: str) -> None:
    assert any(says in fault for fault in lint(text, MessageClass.FIRST).faults)


def test_an_agent_may_name_the_price_of_a_repair_and_write_with_real_quotes() -> None:
    check = lint("The part costs 40 €. Shall we order it? It’s in stock.", MessageClass.AGENT)
    assert check.faults == ()
    assert check.notes  # the quote costs, and the agent is told


def test_only_the_first_message_must_explain_stop() -> None:
    for kind in set(MessageClass) - {MessageClass.FIRST}:
        assert lint("Thank you. It works again.", kind).faults == ()
    assert lint("Your fridge is warm.", MessageClass.FIRST, Channel.VOICE).faults == ()


def test_a_full_stop_or_a_stopper_is_not_the_way_to_stop() -> None:
    assert lint("Close the stopper.", MessageClass.FIRST).faults
    assert not lint("Antworten Sie STOPP zum Beenden.", MessageClass.FIRST).faults


def test_german_letters_cost_nothing_more() -> None:
    assert alphabet("Ihre Wärmepumpe vereist. Grüße! ß Ä Ö Ü") == "GSM-7"
