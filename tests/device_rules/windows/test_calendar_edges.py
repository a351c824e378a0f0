"""A schedule that begins within an hour that clocks leave out begins with the change, to the microsecond."""

import pytest

from device_rules.reading import HOUR, MINUTE
from device_rules.rule import Schedule
from device_rules.windows.calendar import is_open, next_edge
from tests.device_rules.windows.test_calendar import moment

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize("before", [1, 2, 3, 7, MINUTE, HOUR])
@pytest.mark.parametrize("begins", range(5, 60, 5))
def test_who_opens_within_an_hour_left_out_opens_as_the_clocks_are_changed(begins, before):
    change = moment("2015-03-29T01:00")
    schedule = Schedule(EVERY_DAY, 2 * HOUR + begins * MINUTE, 20 * HOUR)
    assert not is_open(schedule, change - before, "Europe/Berlin")
    assert next_edge(schedule, change - before, "Europe/Berlin") == change
    assert is_open(schedule, change, "Europe/Berlin")
