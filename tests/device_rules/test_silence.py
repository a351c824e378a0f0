"""Silence: never unknown while the hub listens, never counted while it does not; and presence."""

from device_rules import Presence, PresenceState

MINUTE = 60_000_000
START = 1_767_225_600_000_000
QUIET = "- {id: quiet, title: It is quiet, severity: minor, silent_for: 15m}"
LOST = "- {id: lost, title: It is lost, severity: minor, when: presence == 'offline_lost', for: 5m}"


def test_a_device_that_falls_silent_is_noticed_without_a_reading(scene):
    s = scene(QUIET)
    s.keep(0, 5, temp=1.0)
    s.pass_time(100)
    assert s.told == ["raised quiet minor at 19m"]
    assert s.changes[0].start == s.changes[0].at - 15 * 60_000_000  # silent since it was last heard
    leaf = s.changes[0].evidence.when
    assert (leaf.metric, leaf.value, leaf.threshold, leaf.unit) == ("silence", 900.0, 900.0, "s")


def test_the_next_live_reading_ends_the_silence_and_clears_after_a_minute(scene):
    s = scene(QUIET)
    s.send(0, temp=1.0)
    s.send(30, temp=1.0)
    s.pass_time(32)
    assert s.told == ["raised quiet minor at 15m", "cleared quiet minor at 31m"]


def test_a_single_reading_in_a_long_silence_clears_and_raises_anew(scene):
    s = scene(QUIET)
    s.send(0, temp=1.0)
    s.send(30, temp=1.0)
    s.pass_time(60)
    assert [change.kind for change in s.changes] == ["raised", "cleared", "raised"]
    assert s.changes[0].fault != s.changes[2].fault


def test_a_hub_that_was_stopped_for_an_hour_raises_no_silence(scene):
    s = scene(QUIET)
    s.keep(0, 5, temp=1.0)
    s.hub_was_down(until=65)
    assert s.told == []
    s.send(66, temp=1.0)
    s.keep(67, 90, temp=1.0)
    assert s.told == []


def test_after_the_hubs_own_absence_silence_counts_anew_with_jitter(scene):
    s = scene(QUIET)
    s.keep(0, 5, temp=1.0)
    s.hub_was_down(until=65)
    s.pass_time(200)
    [change] = s.changes
    minutes = (change.at - change.start) / 60_000_000
    assert 15 <= minutes <= 16.5
    assert s.told[0].startswith("raised quiet minor at 1h2")


def test_a_fleet_does_not_speak_up_at_once_when_the_hub_returns(scene):
    s = scene(QUIET)
    for number in range(20):
        s.describe(f"thing-{number}")
        s.send(0, device=f"thing-{number}", temp=1.0)
    s.hub_was_down(until=65)
    s.pass_time(200)
    assert len({change.at for change in s.changes}) == 20


def test_a_silence_that_was_raised_before_the_hub_stopped_stays_raised_after(scene):
    s = scene(QUIET)
    s.send(0, temp=1.0)
    s.pass_time(20)
    s.hub_was_down(until=80)
    s.pass_time(200)
    assert s.told == ["raised quiet minor at 15m"]


def test_a_device_that_was_never_heard_is_new_and_not_silent(scene):
    s = scene(QUIET)
    s.pass_time(1000)
    s.send(1001, temp=1.0, retained=True)
    s.pass_time(2000)
    assert s.told == []
    assert s.engine.why("thing", "quiet", 0).notes == ("Nothing has been heard of this device yet.",)


def test_a_device_that_speaks_in_time_is_not_silent(scene):
    s = scene(QUIET)
    s.send(0, temp=1.0)
    s.pass_time(14)
    s.send(14.5, temp=1.0)
    s.pass_time(29)
    assert s.told == []


def test_a_retained_message_does_not_make_a_silent_device_look_alive(scene):
    s = scene(QUIET)
    s.send(0, temp=1.0)
    s.send(10, temp=1.0, retained=True)
    s.pass_time(20)
    assert s.told == ["raised quiet minor at 15m"]


def test_an_event_is_a_sign_of_life(scene):
    s = scene(QUIET)
    s.send(0, temp=1.0)
    s.event(10)
    s.pass_time(24)
    assert s.told == []
    s.pass_time(25)
    assert s.told == ["raised quiet minor at 25m"]


def test_an_older_reading_is_history_but_its_device_is_there(scene):
    s = scene(QUIET)
    s.send(0, temp=1.0)
    s.send(10, lag=11, temp=1.0)
    s.pass_time(24)
    assert s.told == []


def test_a_device_whose_clock_is_slow_is_silent_by_the_hubs_clock(scene):
    s = scene(QUIET)
    s.send(10, lag=10, temp=1.0)
    s.pass_time(24.9)
    assert s.told == []
    s.pass_time(25)
    assert s.told == ["raised quiet minor at 15m"]  # told in the device's own time


def test_a_lost_device_is_noticed_by_its_last_will(scene):
    s = scene(LOST)
    s.send(0, temp=1.0)
    s.presence(2, "offline_lost")
    s.pass_time(10)
    s.presence(20, "online")
    s.pass_time(60)
    assert s.told == ["raised lost minor at 7m", "cleared lost minor at 25m"]
    assert s.engine.presence("thing").state == "online"


def test_a_reading_proves_that_a_device_is_online_again(scene):
    s = scene(LOST)
    s.send(0, temp=1.0)
    s.presence(2, "offline_lost")
    s.send(5, temp=1.0)
    s.pass_time(60)
    assert s.told == []
    assert (s.engine.presence("thing").state, s.engine.presence("thing").source) == ("online", "reading")


def test_a_retained_status_repeated_on_subscribe_changes_nothing(scene):
    s = scene(LOST)
    s.send(0, temp=1.0)
    s.presence(2, "offline_lost")
    s.presence(4, "offline_lost", retained=True)
    s.pass_time(10)
    assert s.told == ["raised lost minor at 7m"]


def test_a_retained_status_of_a_device_never_heard_raises_nothing(scene):
    s = scene(LOST)
    s.presence(2, "offline_lost", retained=True)
    s.pass_time(1000)
    assert s.told == []
    assert s.engine.presence("thing").state == "offline_lost"


def test_a_device_that_sends_what_it_kept_while_it_was_away_ends_its_silence_in_order(scene):
    s = scene(QUIET)
    s.send(0, temp=1.0)
    s.pass_time(59)
    for kept in range(1, 60):
        s.send(60, lag=60 - kept, temp=1.0, late=60 - kept > 5)
    s.keep(61, 64, temp=1.0)
    assert s.told == ["raised quiet minor at 15m", "cleared quiet minor at 15m"]


def test_a_device_that_said_hello_and_no_more_is_silent_and_may_be_lost(scene):
    s = scene(QUIET + "\n" + LOST)
    s.presence(0, "online")
    s.presence(3, "offline_lost")
    s.pass_time(20)
    assert s.told == ["raised lost minor at 8m", "raised quiet minor at 15m"]


def test_an_old_last_will_that_is_delivered_again_changes_nothing(scene):
    s = scene(LOST)
    s.send(0, temp=1.0)
    s.presence(2, "offline_lost")
    s.presence(3, "online")
    s.judge(Presence("thing", START + 2 * MINUTE, START + 2 * MINUTE, PresenceState.OFFLINE_LOST))
    s.pass_time(60)
    assert s.told == []
    assert s.engine.presence("thing").state == "online"
