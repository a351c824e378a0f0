"""Operators hear of what is wrong with the hub: once, in time, and again when it is over."""

from dataclasses import replace

import pytest

from device_rules.reading import HOUR, MINUTE, SECOND
from hub.domain.alarms import ALARMS, Limits, Looked, Standing, Tell, Told, heard, watch
from hub.domain.ids import Moment

NOW = Moment(1_800_000_000_000_000)
WELL = Looked(NOW)
LIMITS = Limits()

TROUBLES = {
    "sending_paused": ({"paused": "a carrier's outage"}, "a carrier's outage"),
    "provider_fails": ({"resting": ("twilio",)}, "twilio"),
    "outbox_parked": ({"parked": 3}, "3 parked"),
    "outbox_overdue": ({"overdue": 15 * MINUTE}, "15 minutes"),
    "opt_outs_spike": ({"stops": 5, "stops_usual": 0.5}, "5 people opted out in the last hour (usually 0.5)"),
    "first_contacts_capped": ({"capped": True}, "whole fleet"),
    "incident_waits": (
        {"undecided": 1, "decide_by": NOW + 15 * MINUTE},
        "1 incident waits for a decision within 15 min",
    ),
    "canary_waits": ({"canaries": 1}, "1 approved incident could tell none of the first households in time"),
    "urgent_untaken": ({"untaken": 2}, "2 urgent cases wait for an agent, and nobody has taken them"),
    "events_stuck": ({"stuck": 1}, "1 internal event could"),
    "broker_gone": ({"connected": False, "trouble": "connection refused"}, "connection refused"),
    "lag_grows": ({"lag": MINUTE}, "60 seconds"),
    "checkpoints_fail": ({"unsaved": "database is locked"}, "database is locked"),
    "disk_fills": ({"disk_free": 0.149}, "Only 15% of the disk"),
    "console_fails": ({"pages_failed": 3}, "The last 3 pages of console and API could not be shown"),
    "erasures_unlisted": (
        {"unlisted": "the list of erasures cannot be written"},
        "Nobody can be erased: the list",
    ),
}


def test_every_alarm_has_a_trouble_here() -> None:
    assert TROUBLES.keys() == {alarm.name for alarm in ALARMS}


@pytest.mark.parametrize("name", TROUBLES)
def test_a_trouble_raises_its_own_alarm_and_no_other(name: str) -> None:
    changes, words = TROUBLES[name]
    standing, _ = watch({}, replace(WELL, **changes), LIMITS)
    assert [*standing] == [name]
    assert words in standing[name].words


def test_all_is_quiet_while_all_is_well() -> None:
    almost = replace(
        WELL, stops=4, lag=MINUTE - 1, overdue=15 * MINUTE - 1, disk_free=0.15, stops_usual=0.0, doubtful=9
    )
    assert watch({}, almost, LIMITS) == ({}, [])


def test_a_busy_house_has_more_opt_outs_before_anybody_is_told() -> None:
    assert watch({}, replace(WELL, stops=29, stops_usual=10.0), LIMITS)[0] == {}
    assert [*watch({}, replace(WELL, stops=30, stops_usual=10.0), LIMITS)[0]] == ["opt_outs_spike"]


def test_operators_hear_it_after_its_patience_then_every_four_hours_then_when_it_is_over() -> None:
    told: list[tuple[int, Told]] = []
    standing: dict[str, Standing] = {}
    for minute in range(0, 9 * 60):
        at = Moment(NOW + minute * MINUTE)
        seen = replace(WELL, at=at, connected=not 10 <= minute < 500)
        standing, tells = watch(standing, seen, LIMITS)
        for tell in tells:
            told.append((minute, tell.what))
            if tell.name in standing:
                standing[tell.name] = heard(standing[tell.name], at)
    assert told == [(12, Told.BEGINS), (252, Told.STANDS), (492, Told.STANDS), (500, Told.OVER)]


def test_what_could_not_be_told_is_told_at_the_next_look() -> None:
    seen = replace(WELL, paused="x")
    standing, first = watch({}, seen, LIMITS)
    standing, again = watch(standing, replace(seen, at=Moment(NOW + 15 * SECOND)), LIMITS)
    assert [tell.what for tell in (*first, *again)] == [Told.BEGINS, Told.BEGINS]
    assert standing["sending_paused"].since == NOW


def test_what_is_over_before_anybody_was_told_is_not_told() -> None:
    standing, _ = watch({}, replace(WELL, connected=False), LIMITS)
    assert watch(standing, replace(WELL, at=Moment(NOW + MINUTE)), LIMITS) == ({}, [])


def test_a_provider_that_fails_is_called_well_when_it_has_taken_a_message_and_not_when_we_began_anew() -> (
    None
):
    failing = replace(WELL, resting=("twilio",), unproved=("twilio",))
    standing, _ = watch({}, failing, LIMITS)
    standing, [begins] = watch(standing, replace(failing, at=Moment(NOW + MINUTE)), LIMITS)
    standing = {begins.name: heard(standing[begins.name], Moment(NOW + MINUTE))}
    restarted = replace(WELL, at=Moment(NOW + 2 * MINUTE), unproved=("push", "twilio"))
    assert watch(standing, restarted, LIMITS) == (standing, [])
    taken = replace(WELL, at=Moment(NOW + 3 * MINUTE), unproved=("push",))
    after, [over] = watch(standing, taken, LIMITS)
    assert (after, over.what) == ({}, Told.OVER)


def test_words_follow_the_trouble_while_it_stands() -> None:
    standing, _ = watch({}, replace(WELL, parked=1), LIMITS)
    standing, _ = watch(standing, replace(WELL, parked=7, at=Moment(NOW + HOUR)), LIMITS)
    assert standing["outbox_parked"].words.startswith("7 parked")


def test_titles_fit_a_lock_screen() -> None:
    for alarm in ALARMS:
        for what in Told:
            assert len(Tell(what, alarm.name, "").title) <= 60
