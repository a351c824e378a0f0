"""Groups: how they are spelt, who is counted where, what the fleet's percentiles are, and what the others at home say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device_rules.groups import (
    BINS,
    ROUND,
    DeviceKey,
    Gauge,
    counted_of,
    group_of,
    is_group,
    parts_of,
    spoken,
)
from device_rules.groups_census import Census
from device_rules.groups_standing import Standings, others
from device_rules.reading import Count, Spread, Standing, Vote
from device_rules.rule import Group
from device_rules.source import Source
from tests.device_rules.towns import COLD, START, Streets, grouped, with_sources

KEY = DeviceKey("acme/pump", "d1", "home-1", "2.3|1", "DE")
MODEL = "group:fleet:acme/pump"


def room(form="any", text="any(site.devices, room < 15)", **changed) -> Source:
    book = grouped(COLD)
    return replace(Source(text, form, 9, condition=book.rules[0].when), **changed)


FLEET = with_sources(
    grouped(),
    Source('fleet(room, "p95")', "fleet", 9, base=0, metric="room", word="p95"),
    Source('fleet(room, "p5")', "fleet", 10, base=0, metric="room", word="p5"),
)
HOME = with_sources(grouped(), room(), room("all", "all(site.devices, room < 15)"))


@pytest.mark.parametrize(
    ("by", "group", "words"),
    [
        (("fleet",), "group:fleet:acme/pump", "acme/pump"),
        (("site",), "group:site:acme/pump|home-1", "acme/pump at site home-1"),
        (("firmware",), "group:cohort:acme/pump|2.3%7C1|", "acme/pump with firmware 2.3|1"),
        (("model", "region"), "group:cohort:acme/pump||DE", "acme/pump in DE"),
        (
            ("model", "firmware", "region"),
            "group:cohort:acme/pump|2.3%7C1|DE",
            "acme/pump with firmware 2.3|1 in DE",
        ),
    ],
)
def test_a_group_is_spelt_by_the_parts_that_make_it_and_read_back(by, group, words):
    assert group_of(by, KEY) == group
    assert is_group(group)
    assert group_of(by, parts_of(group)) == group
    assert spoken(group) == words


def test_what_is_no_group_is_not_taken_for_one():
    assert not is_group("pump-1")
    with pytest.raises(ValueError, match="no group"):
        parts_of("group:town")


def test_a_device_is_in_no_group_of_what_is_not_known_of_it():
    assert group_of(("firmware", "region"), KEY._replace(region="")) == ""
    assert group_of(("site",), KEY._replace(site="")) == ""


def test_a_book_that_asks_nothing_about_groups_is_not_counted():
    census = Census([grouped()])
    assert counted_of(grouped()) is None
    assert census.enter(KEY) is None
    assert census.due(START) == []


def test_a_partition_tells_of_every_ten_seconds_once_and_only_what_changed():
    made = Streets((grouped(cold=Group(("fleet",), 0.5, 1)),), 1)
    (census,) = made.censuses
    made.enter(KEY)
    (first,) = census.due(START + 4)
    assert (first.at, first.whole, first.counts) == (START, True, (Count(MODEL, "cold", 1, 0, 0),))
    assert census.due(START + ROUND - 1) == []
    made.say(True, ["d1"])
    made.say(True, ["d1"])
    (second,) = census.due(START + ROUND)
    assert (second.whole, second.counts) == (False, (Count(MODEL, "cold", 1, 1, 1),))
    (third,) = census.due(START + 5 * ROUND + 1)
    assert (third.at, third.counts) == (START + 5 * ROUND, ())


def test_a_device_that_gets_another_firmware_is_counted_there_with_what_is_known_of_it():
    made = Streets((grouped(cold=Group(("firmware",), 0.5, 1)),), 1)
    made.enter(KEY._replace(firmware="1"))
    made.say(True, ["d1"])
    made.tallies()
    made.move("d1", KEY._replace(firmware="2"))
    made.now += ROUND
    (tally,) = made.tallies()
    assert tally.counts == (
        Count("group:cohort:acme/pump|1|", "cold", 0, 0, 0),
        Count("group:cohort:acme/pump|2|", "cold", 1, 1, 1),
    )
    partition, member = made.members["d1"]
    made.censuses[partition].leave(member)
    made.now += ROUND
    (tally,) = made.tallies()
    assert tally.counts == (Count("group:cohort:acme/pump|2|", "cold", 0, 0, 0),)


def test_a_percentile_of_the_fleet_is_the_upper_edge_of_a_bin():
    gauge = Gauge("room", 0, 0.0, 51.2, ())
    assert [gauge.bin(value) for value in (-1.0, 0.0, 0.19, 0.2, 51.19, 51.2, 99.0)] == [
        0,
        0,
        0,
        1,
        255,
        255,
        255,
    ]
    bins = dict.fromkeys(range(100), 1)
    assert gauge.percentile(bins, 7.0) == pytest.approx(7 * 0.2)
    assert gauge.percentile(bins, 95.0) == pytest.approx(95 * 0.2)
    assert gauge.percentile(bins, 100.0) == pytest.approx(100 * 0.2)
    assert gauge.percentile({3: 19}, 50.0) is None
    assert gauge.percentile({BINS - 1: 20}, 50.0) == 51.2


def test_the_fleet_is_measured_over_all_partitions_and_told_when_it_moves():
    made = Streets((FLEET,), 2)
    for number in range(40):
        made.enter(DeviceKey("acme/pump", f"d{number}"), number % 2)
        made.level(f"d{number}", float(number))
    made.run(2)
    assert made.standings == [
        Standing(
            START + ROUND,
            "acme/pump",
            {'fleet(room, "p95")': pytest.approx(37.2), 'fleet(room, "p5")': pytest.approx(1.2)},
        )
    ]
    made.level("d0", 0.1)  # the same bin
    made.level("d39", 40.0)
    made.run(2)
    assert len(made.standings) == 1
    made.level("d1", 30.0)
    for number in range(2, 25):
        made.level(f"d{number}", None)
    made.run()
    assert made.standings[1:] == [
        Standing(made.now, "acme/pump", {'fleet(room, "p95")': None, 'fleet(room, "p5")': None})
    ]


def test_the_spread_of_values_lies_in_one_place_per_model():
    made = Streets((FLEET,), 1)
    made.enter(KEY)
    made.level("d1", 10.0)
    (tally,) = made.tallies()
    assert tally.spreads == (Spread(MODEL, "room", {50: 1}),)
    made.move("d1", KEY._replace(site="home-2"))
    made.now += ROUND
    (tally,) = made.tallies()
    assert tally.spreads == (Spread(MODEL, "room", {50: 1}),)


def test_what_a_partition_was_told_of_the_fleet_survives_a_restart_and_older_news_are_passed_over():
    kept = Standings()
    assert kept.take(Standing(20, "acme/pump", {"a": 1.0, "b": None}))
    assert kept.take(Standing(30, "acme/pump", {"b": 2.0}))
    assert kept.changed
    again = Standings()
    assert again.thaw(kept.freeze())
    assert not kept.changed
    assert (again.fleet("acme/pump", "a"), again.fleet("acme/pump", "b"), again.fleet("x", "a")) == (
        1.0,
        2.0,
        None,
    )
    assert not again.take(Standing(30, "acme/pump", {"a": 9.0}))
    assert again.fleet("acme/pump", "a") == 1.0
    assert not again.thaw(b"nonsense")


def said(made: Streets) -> dict[str, Vote]:
    """The newest votes by the text of who asks."""
    return {vote.watch: vote for standing in made.standings for vote in standing.votes}


def test_a_device_hears_what_the_others_at_its_site_say_wherever_they_are_judged():
    made = Streets((HOME,), 3)
    for number in range(3):
        made.enter(DeviceKey("acme/pump", f"d{number}", "home-1"), number)
    made.say(True, ["d0"])
    made.say(False, ["d1"])
    made.run()
    vote = said(made)["any(site.devices, room < 15)"]
    assert vote == Vote(
        "group:site:acme/pump|home-1", "any(site.devices, room < 15)", ("d0",), ("d1",), ("d2",)
    )
    assert [others(vote, "any", name) for name in ("d0", "d1", "d2")] == [None, True, True]
    made.say(False, ["d2"])
    made.run()
    assert others(said(made)["any(site.devices, room < 15)"], "any", "d0") is False


def test_all_the_others_means_each_of_them_and_nobody_is_not_all():
    made = Streets((HOME,), 2)
    for number in range(4):
        made.enter(DeviceKey("acme/pump", f"d{number}", "home-1"), number % 2)
    made.say(True, ["d0", "d1", "d2"], 1)
    made.say(False, ["d3"], 1)
    made.run()
    vote = said(made)["all(site.devices, room < 15)"]
    assert [others(vote, "all", f"d{number}") for number in range(4)] == [False, False, False, True]
    for name in ("d1", "d2", "d3"):
        made.move(name, DeviceKey("acme/pump", name, "home-2"))
    made.run()
    alone = [vote for vote in made.standings[-1].votes if vote.group.endswith("home-1")]
    assert [others(vote, "all", "d0") for vote in alone] == [None, None]
    assert [others(vote, "any", "d0") for vote in alone] == [False, False]
    assert others(None, "any", "d0") is None


def test_answers_that_were_not_sent_on_before_a_crash_are_still_there():
    made = Streets((HOME,), 1)
    made.enter(DeviceKey("acme/pump", "d0", "home-1"))
    made.run(2)
    made.restart_town()
    assert made.town.standings == made.standings
    made.town.sent(len(made.standings))
    made.restart_town()
    assert made.town.standings == []
