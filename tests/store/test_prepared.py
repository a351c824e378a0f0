"""Statements built once: what is given goes where it belongs, and what was fixed stays."""

import pytest
from sqlalchemy import select

from hub.store.prepared import Prepared, given
from hub.store.tables import outbox


def test_fixed_and_given_values_stand_in_the_order_of_the_statement():
    query = Prepared(
        select(outbox.c.id)
        .where(outbox.c.state.in_(("queued", "in_doubt")), outbox.c.due <= given("now"))
        .limit(given("most"))
    )
    assert query.filled({"now": 7, "most": 3})[:4] == ["queued", "in_doubt", 7, 3]
    assert query.filled({"now": None, "most": 0})[2:4] == [None, 0]


def test_a_value_that_is_not_given_is_an_error_and_never_nothing():
    query = Prepared(select(outbox.c.id).where(outbox.c.case == given("case")))
    with pytest.raises(KeyError):
        query.filled({"row": "1"})
