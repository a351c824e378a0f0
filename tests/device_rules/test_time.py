"""What rules.md says under Time: own clocks, ticks, late, older, repeated and retained readings."""

from device_rules import Describe, Engine, Reading, Tick

HOT = "- {id: hot, title: t, severity: major, when: temp > 30, for: 10m}"
QUICK = "- {id: hot, title: t, severity: major, when: temp > 30}"


def test_no_reading_is_needed_for_time_to_pass(scene):
    s = scene(HOT.replace("10m", "2m"))
    s.send(0, temp=40.0)
    s.pass_time(2)
    assert s.told == ["raised hot major at 2m"]


def test_the_engine_says_when_it_wants_to_be_woken(scene):
    s = scene(HOT.replace("10m", "2m"))
    assert s.engine.next_wake() is None
    s.send(0, temp=20.0)
    assert s.engine.next_wake() is None
    s.send(1, temp=40.0)
    wanted = s.engine.next_wake()
    s.pass_time(10)
    assert [change.at for change in s.changes] == [wanted]


def test_a_device_ten_minutes_behind_is_judged_on_its_own_time(scene):
    s = scene(HOT)
    for at in range(9):
        s.send(at, lag=10, temp=40.0)
    assert s.told == []  # a rule of ten minutes does not fire on a clock that is ten minutes slow
    for at in range(9, 12):
        s.send(at, lag=10, temp=40.0)
    assert s.told == ["raised hot major at 0s"]
    assert s.changes[0].start == s.changes[0].at - 600_000_000


def test_own_time_moves_on_with_the_hubs_clock_between_readings(scene):
    s = scene(HOT.replace("10m", "2m"))
    s.send(0, lag=10, temp=40.0)
    s.pass_time(1.9)
    assert s.told == []
    s.pass_time(2)
    assert s.told == ["raised hot major at -8m"]


def test_a_device_a_little_ahead_is_judged_on_its_own_time(scene):
    s = scene(HOT)
    for at in range(12):
        s.send(at, lag=-4, temp=40.0)
    assert s.told == ["raised hot major at 14m"]


def test_a_device_whose_clock_is_not_believed_is_judged_by_the_hubs(scene):
    s = scene(HOT)
    for at in range(12):
        s.send(at, sent=at * 60_000_000, temp=40.0)  # 1970: the listener made effective what it received
    assert s.told == ["raised hot major at 10m"]


def test_everything_due_before_a_record_fires_before_that_record(scene):
    s = scene(HOT)
    s.keep(0, 9, temp=40.0)
    received = 1_767_225_600_000_000 + 10 * 60_000_000 + 30_000_000
    s.judge(Reading("thing", received, received, {"temp": 20.0}))  # no tick came between
    assert s.told == ["raised hot major at 10m"]


def test_a_wearing_off_between_two_records_is_done_at_its_own_moment(scene):
    s = scene(HOT)
    s.keep(0, 2, temp=40.0)
    received = 1_767_225_600_000_000 + 60 * 60_000_000
    s.judge(Reading("thing", received, received, {"temp": 40.0}))
    assert s.told == []


def test_an_older_reading_is_history_only(scene):
    s = scene(QUICK)
    s.send(10, temp=20.0)
    s.send(11, lag=5, temp=40.0)
    assert s.told == []
    assert s.engine.values("thing")["temp"][0] == 20.0


def test_two_readings_of_one_moment_are_both_taken(scene):
    s = scene("- {id: hot, title: t, severity: major, when: temp > 30 and load > 5}")
    s.send(10, temp=40.0)
    s.send(10, load=9.0)
    assert s.told == ["raised hot major at 10m"]


def test_a_duplicate_is_absorbed_even_behind_another_of_its_moment(scene):
    s = scene(QUICK)
    s.send(10, temp=40.0)
    s.send(10, temp=20.0)
    s.send(10.5, lag=0.5, temp=40.0)
    assert s.engine.values("thing")["temp"][0] == 20.0


def test_a_raise_on_late_readings_waits_for_the_first_that_is_not_late(scene):
    s = scene(HOT)
    for at in range(30):
        s.send(100 + at / 60, lag=40 + at / 60 - at, temp=40.0, late=True)
    s.pass_time(103)
    assert s.told == []
    s.send(104, lag=14, temp=40.0)
    assert s.told == ["raised hot major at 1h30m"]
    assert s.changes[0].start == s.changes[0].at - 30 * 60_000_000


def test_what_came_and_went_in_late_readings_is_never_told(scene):
    s = scene(HOT)
    for at in range(30):
        s.send(100 + at / 60, lag=40 + at / 60 - at, temp=40.0 if at < 20 else 20.0, late=True)
    s.keep(101, 140, temp=20.0)
    assert s.told == []


def test_a_retained_reading_is_state_and_not_news(scene):
    s = scene(QUICK)
    s.send(0, temp=40.0, retained=True)
    s.pass_time(30)
    assert s.told == []
    assert s.engine.last_received("thing") is None
    assert s.engine.values("thing")["temp"][0] == 40.0


def test_a_retained_state_is_known_once_the_device_is_heard(scene):
    s = scene("- {id: on, title: t, severity: minor, when: mode == 'on' and temp > 30}")
    s.send(0, mode="on", retained=True)
    s.pass_time(60)
    s.send(60, temp=40.0)
    assert s.told == ["raised on minor at 1h"]


def test_a_retained_reading_does_not_refresh_what_is_known(scene):
    s = scene(HOT)
    s.keep(0, 5, temp=40.0)
    for at in range(5, 30):
        s.send(at, temp=40.0, retained=True)  # a dead device's last words, again and again
    assert s.told == []


def test_a_number_out_of_range_of_the_wrong_type_or_unknown_is_not_believed(scene):
    s = scene(QUICK)
    for number, value in enumerate(("40", True, float("inf"), float("nan"))):
        s.send(number, temp=value, nonsense=1.0, mode="sideways")
    assert s.told == []
    assert s.engine.values("thing") == {}


def test_whole_numbers_are_judged_as_numbers(scene):
    s = scene(QUICK)
    s.send(0, temp=40)
    assert s.told == ["raised hot major at 0s"]
    assert s.engine.values("thing")["temp"][0] == 40.0


def test_readings_of_undescribed_devices_change_nothing(scene):
    s = scene(QUICK)
    s.send(0, device="stranger", temp=40.0)
    s.judge(Describe("foreign", 0, 0, "other/model"))
    s.send(1, device="foreign", temp=40.0)
    assert s.told == []
    assert s.engine.values("stranger") == {}
    assert s.engine.open_faults("foreign") == []


def test_two_devices_do_not_disturb_each_other(scene):
    s = scene(QUICK)
    s.describe("other")
    s.send(0, temp=40.0)
    s.send(0, device="other", temp=20.0)
    assert [change.device for change in s.changes] == ["thing"]


def test_the_place_of_ticks_does_not_change_the_result(make_book):
    def run(tick_seconds: int) -> list[object]:
        engine, told = Engine([make_book(HOT)]), []
        engine.judge(Describe("thing", 0, 0, "test/thing"))
        for second in range(0, 1800):
            if second % tick_seconds == 0:
                told += engine.judge(Tick(second * 1_000_000, 0))
            if second % 60 == 0:
                value = 40.0 if second < 1000 else 20.0
                told += engine.judge(
                    Reading("thing", second * 1_000_000, second * 1_000_000, {"temp": value})
                )
        return told

    assert run(1) == run(7) == run(600)
    assert len(run(1)) == 2  # raised and cleared
