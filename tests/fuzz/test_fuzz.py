"""A few seconds of what `make fuzz` does for as long as one likes: always the same cases, so that a failure stays one."""

import pytest

from tests.fuzz.living import try_life
from tests.fuzz.loading import try_text


@pytest.mark.parametrize("part", range(8))
def test_a_hostile_text_is_a_book_or_is_refused_with_its_line(part):
    came = [try_text(f"kept.{part}.{number}") for number in range(25)]
    assert set(came) <= {"read", "refused"}


@pytest.mark.parametrize("part", range(8))
def test_an_engine_lives_through_whatever_devices_send(part):
    assert try_life(f"kept.{part}", 120) == "lived"
