"""A receipt never moves a message backwards, whatever the order in which carriers tell things."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.contact import MessageStatus as S
from hub.domain.receipts import LOST, ORDER, TOLD, advance, left, told

statuses = st.sampled_from(list(S))
words = st.lists(st.sampled_from(sorted(TOLD)), max_size=12)


def after(start: S, said: list[str]) -> S:
    status = start
    for word in said:
        news = told(word)
        status = status if news is None else advance(status, news)
    return status


def test_every_status_has_its_place_in_the_order_and_none_shares_it() -> None:
    assert set(ORDER) == set(S)
    assert len(set(ORDER.values())) == len(S)


@given(statuses, words)
def test_a_message_never_goes_backwards(start: S, said: list[str]) -> None:
    status = start
    for word in said:
        following = advance(status, TOLD[word])
        assert ORDER[following] >= ORDER[status]
        status = following


@given(statuses, words, st.randoms())
def test_the_order_in_which_receipts_come_makes_no_difference(
    start: S, said: list[str], dice: object
) -> None:
    shuffled = list(said)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert after(start, shuffled) == after(start, said)


@given(statuses, words)
def test_a_receipt_that_comes_twice_changes_nothing_the_second_time(start: S, said: list[str]) -> None:
    once = after(start, said)
    assert after(once, said) == once


def test_a_text_of_which_one_part_failed_has_failed_even_when_the_others_arrived() -> None:
    for said in permutations(["sent", "delivered", "partially_delivered"]):
        assert after(S.ACCEPTED, list(said)) is S.UNDELIVERED
    for said in permutations(["delivered", "failed"]):
        assert after(S.SENT, list(said)) is S.FAILED


def test_a_punctual_text_goes_from_queued_to_delivered() -> None:
    assert after(S.SENDING, ["queued", "sending"]) is S.ACCEPTED
    assert after(S.SENDING, ["queued", "sending", "sent"]) is S.SENT
    assert after(S.SENDING, ["queued", "sending", "sent", "delivered"]) is S.DELIVERED


@pytest.mark.parametrize("word", ["", "received", "partying", "DELIVERED?", "ünbekannt"])
def test_a_word_that_nobody_knows_moves_nothing(word: str) -> None:
    assert told(word) is None


def test_a_carrier_may_shout() -> None:
    assert told(" Delivered ") is S.DELIVERED


def test_what_has_reached_the_carrier_is_never_sent_again() -> None:
    assert left(S.ACCEPTED)
    assert left(S.UNDELIVERED)
    assert not any(left(status) for status in (S.QUEUED, S.SENDING, S.IN_DOUBT, S.CANCELLED, S.EXPIRED))
    assert S.DELIVERED not in LOST


def test_what_was_heard_from_a_customer_has_no_receipts() -> None:
    assert after(S.HEARD, ["sent", "failed"]) is S.HEARD
