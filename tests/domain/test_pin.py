"""Which PINs anybody would try first."""

from __future__ import annotations

import pytest

from hub.domain.verify import easy


@pytest.mark.parametrize(
    "pin",
    [
        "0000",
        "99999999",
        "1234",
        "4321",
        "8901",
        "2468",
        "97531",
        "1212",
        "123123",
        "47114711",
        "2580",
        "0741",
    ],
)
def test_a_row_a_pattern_or_a_column_of_keys_is_too_easy(pin: str) -> None:
    assert easy(pin)


@pytest.mark.parametrize("pin", ["4711", "8305", "1235", "1221", "9081", "471193", "12312", "20261122"])
def test_a_pin_without_a_pattern_is_taken(pin: str) -> None:
    assert not easy(pin)
