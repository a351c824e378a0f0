"""Parents that hold back, levels that go up and down, and faults that come and go."""

PARENT = """
- {id: child, title: c, severity: major, when: temp > 30, for: 10m, unless: [parent]}
- {id: parent, title: p, severity: minor, when: load > 5, clear_for: 1m}
"""
LEVELS = """
- id: hot
  title: t
  severity: minor
  when: temp > 30
  clear_for: 5m
  levels: [{severity: major, when: temp > 50}, {severity: safety, when: temp > 70}]
"""
FLAPPING = "- {id: hot, title: t, severity: major, when: temp > 30, clear_for: 1m}"


def test_a_parent_holds_back_its_child(scene):
    s = scene(PARENT)
    s.keep(0, 30, temp=40.0, load=9.0)
    assert s.told == ["raised parent minor at 0s"]
    why = s.engine.why("thing", "child", s.engine.next_wake())
    assert (why.state, why.inhibited_by) == ("inhibited", ("parent",))


def test_when_the_parent_clears_the_child_speaks_with_the_next_reading(scene):
    s = scene(PARENT)
    s.keep(0, 30, temp=40.0, load=9.0)
    s.send(30, temp=40.0, load=1.0)
    s.pass_time(31.5)
    assert s.told == ["raised parent minor at 0s", "cleared parent minor at 31m"]
    assert "fresh observation" in s.engine.why("thing", "child", s.engine.next_wake()).notes[0]
    s.send(32, temp=40.0, load=1.0)
    assert s.told[2:] == ["raised child major at 32m"]
    assert s.changes[2].start == s.changes[0].start  # the timer ran while it was held back


def test_a_reading_of_something_else_is_no_fresh_observation(scene):
    s = scene(PARENT)
    s.keep(0, 30, temp=40.0, load=9.0)
    s.send(30, temp=40.0, load=1.0)
    s.send(32, load=1.0)
    assert s.told == ["raised parent minor at 0s", "cleared parent minor at 31m"]


def test_a_child_that_is_well_again_when_its_parent_clears_says_nothing(scene):
    s = scene(PARENT)
    s.keep(0, 30, temp=40.0, load=9.0)
    s.keep(30, 60, temp=20.0, load=1.0)
    assert s.told == ["raised parent minor at 0s", "cleared parent minor at 31m"]


def test_a_child_raised_before_its_parent_stays_raised(scene):
    s = scene(PARENT)
    s.keep(0, 11, temp=40.0, load=1.0)
    s.keep(11, 20, temp=40.0, load=9.0)
    s.keep(20, 40, temp=20.0, load=9.0)
    assert s.told == ["raised child major at 10m", "raised parent minor at 11m", "cleared child major at 30m"]


def test_a_shadow_rule_holds_nobody_back_and_is_marked(scene):
    s = scene(PARENT.replace("load > 5,", "load > 5, shadow: true,"))
    s.keep(0, 12, temp=40.0, load=9.0)
    assert s.told == ["raised parent minor at 0s", "raised child major at 10m"]
    assert [change.shadow for change in s.changes] == [True, False]


def test_severity_goes_up_at_once(scene):
    s = scene(LEVELS)
    s.send(0, temp=40.0)
    s.send(1, temp=60.0)
    s.send(2, temp=80.0)
    assert s.told == ["raised hot minor at 0s", "severity hot major at 1m", "severity hot safety at 2m"]
    assert s.changes[2].evidence.when.text == "temp > 70"


def test_a_fault_is_raised_at_the_severity_it_has(scene):
    s = scene(LEVELS)
    s.send(0, temp=80.0)
    assert s.told == ["raised hot safety at 0s"]


def test_severity_comes_down_only_after_it_has_been_better_for_a_while(scene):
    s = scene(LEVELS)
    s.send(0, temp=60.0)
    s.keep(1, 3, temp=40.0)
    s.send(3, temp=60.0)
    s.keep(4, 20, temp=40.0)
    assert s.told == ["raised hot major at 0s", "severity hot minor at 9m"]


def test_severity_does_not_come_down_on_silence(scene):
    s = scene(LEVELS)
    s.send(0, temp=60.0)
    s.pass_time(600)
    assert s.told == ["raised hot major at 0s"]


def test_a_severity_does_not_go_up_on_late_readings(scene):
    s = scene(LEVELS)
    s.send(0, temp=40.0)
    s.send(20, lag=10, temp=80.0, late=True)
    assert s.told == ["raised hot minor at 0s"]
    s.send(21, temp=80.0)
    assert s.told[1:] == ["severity hot safety at 21m"]


def flap(s, start, times):
    for number in range(times):
        s.keep(start + number * 4, start + number * 4 + 2, temp=40.0)
        s.keep(start + number * 4 + 2, start + number * 4 + 4, temp=20.0)


def test_four_turns_within_an_hour_make_one_unstable_episode(scene):
    s = scene(FLAPPING)
    flap(s, 0, 10)
    assert s.told == [
        "raised hot major at 0s",
        "cleared hot major at 3m",
        "raised hot major at 4m",
        "unstable hot major at 7m",
    ]
    assert [fault.unstable for fault in s.engine.open_faults("thing")] == [True]


def test_an_unstable_fault_clears_once_it_has_been_calm_for_an_hour(scene):
    s = scene(FLAPPING)
    flap(s, 0, 10)  # the last turn is the clear of minute 39
    s.keep(40, 120, temp=20.0)
    assert s.told[4:] == ["cleared hot major at 1h39m"]
    assert s.changes[4].fault == s.changes[2].fault
    s.send(121, temp=40.0)
    assert s.told[5:] == ["raised hot major at 2h1m"]


def test_the_calm_hour_ends_without_a_reading(scene):
    s = scene(FLAPPING)
    flap(s, 0, 10)
    s.keep(40, 98, temp=20.0)
    s.send(98.5, temp=20.0)
    s.pass_time(101)
    assert s.told[4:] == ["cleared hot major at 1h39m"]


def test_an_unstable_fault_that_stays_is_a_stable_fault_again(scene):
    s = scene(FLAPPING)
    flap(s, 0, 10)
    s.keep(40, 120, temp=40.0)
    assert s.told[4:] == []
    s.keep(120, 130, temp=20.0)
    assert s.told[4:] == ["cleared hot major at 2h1m"]


def test_slow_changes_are_not_unrest(scene):
    s = scene(FLAPPING)
    for number in range(5):
        s.keep(number * 60, number * 60 + 2, temp=40.0)
        s.keep(number * 60 + 2, number * 60 + 5, temp=20.0)
    assert [change.kind for change in s.changes] == ["raised", "cleared"] * 5


def test_a_danger_worse_than_any_before_is_told_even_while_unstable(scene):
    s = scene(LEVELS.replace("5m", "1m"))
    flap(s, 0, 5)
    s.send(21, temp=40.0)
    s.send(22, temp=80.0)
    assert s.told[-1] == "severity hot safety at 22m"
