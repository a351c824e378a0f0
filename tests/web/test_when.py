"""Times as people read them."""

from __future__ import annotations

from device_rules.reading import DAY, HOUR, MINUTE
from hub.clock import micros
from hub.web.when import Watch, ago, zone_or

NOW = micros("2026-11-21T17:31:00Z")
DESK = Watch("Europe/Berlin", NOW)


def test_an_agent_reads_times_of_their_own_day_without_a_date() -> None:
    assert DESK.at(micros("2026-11-21T17:05:00Z")) == "18:05"
    assert DESK.at(micros("2026-11-20T17:05:00Z")) == "20 Nov 18:05"
    assert DESK.at(None) == "–"


def test_the_customer_s_clock_is_shown_only_where_it_differs() -> None:
    assert DESK.there(NOW, "Europe/Lisbon") == "17:31 in Lisbon"
    assert DESK.there(NOW, "Europe/Paris") == ""


def test_how_long_ago_is_one_thing_to_read() -> None:
    gone = (30_000_000, MINUTE, 59 * MINUTE, 85 * MINUTE, 11 * HOUR, DAY, 6 * DAY)
    assert [ago(NOW - one, NOW) for one in gone] == [
        "now",
        "1 min",
        "59 min",
        "1 h 25 min",
        "11 h",
        "1 day",
        "6 days",
    ]


def test_a_zone_that_does_not_exist_is_not_believed() -> None:
    assert zone_or("Europe/Berlin; x", "UTC") == "UTC"
    assert zone_or("../../etc/passwd", "UTC") == "UTC"


def test_the_day_begins_at_the_reader_s_midnight() -> None:
    assert DESK.midnight() == micros("2026-11-20T23:00:00Z")
