"""What rules.md says under Truth, sentence by sentence."""

HOT = """
- id: hot
  title: Too hot
  severity: major
  when: temp > 30
  for: 10m
"""
QUICK = HOT.replace("10m", "0s")


def test_an_observation_holds_for_three_times_its_cadence_and_then_nothing_is_known(scene):
    s = scene(HOT)
    s.keep(0, 5, temp=40.0)
    s.pass_time(4 + 3 - 0.1)
    assert s.engine.why("thing", "hot", s.engine.next_wake()).when.truth is None
    s.pass_time(60)
    assert s.told == []


def test_before_the_first_observation_a_device_is_unknown(scene):
    s = scene(HOT)
    s.send(0, load=1.0)
    assert s.engine.why("thing", "hot", 0).state == "unknown"


def test_what_is_sent_on_change_holds_while_the_device_is_heard(scene):
    s = scene("- {id: on, title: t, severity: minor, when: mode == 'on', for: 30m}")
    s.send(0, mode="on", temp=1.0)
    s.keep(1, 40, temp=1.0)
    assert s.told == ["raised on minor at 30m"]


def test_what_is_sent_on_change_is_unknown_while_the_device_is_not_heard(scene):
    s = scene("- {id: on, title: t, severity: minor, when: mode == 'on', for: 30m}")
    s.send(0, mode="on", temp=1.0)
    s.keep(1, 10, temp=1.0)
    s.pass_time(200)
    assert s.told == []


def test_what_is_sent_on_change_is_known_again_when_the_device_is_heard_again(scene):
    s = scene("- {id: on, title: t, severity: minor, when: mode == 'on', for: 5m}")
    s.send(0, mode="on", temp=1.0)
    s.pass_time(60)
    s.keep(60, 70, temp=1.0)
    assert s.told == ["raised on minor at 1h5m"]


def test_false_and_unknown_is_false_and_true_or_unknown_is_true(scene):
    s = scene("""
    - {id: both, title: t, severity: minor, when: temp > 30 and load > 5}
    - {id: either, title: t, severity: minor, when: temp > 10 or load > 5}
    """)
    s.send(0, temp=20.0)
    assert s.engine.why("thing", "both", 0).when.truth is False
    assert s.told == ["raised either minor at 0s"]


def test_a_metric_may_have_its_own_gap_and_a_rule_a_stricter_one(scene):
    s = scene("""
    - {id: usual, title: t, severity: minor, when: temp > 30, for: 10m}
    - {id: strict, title: t, severity: minor, when: temp > 30, for: 10m, needs: {max_gap: 90s}}
    """)
    for at in range(0, 40, 2):  # known for 90 of every 120 seconds: below the coverage of 80 %
        s.send(at, temp=40.0)
    assert s.told == ["raised usual minor at 10m"]


def test_false_resets_the_timer(scene):
    s = scene(HOT)
    s.keep(0, 9, temp=40.0)
    s.send(9, temp=20.0)
    s.keep(10, 25, temp=40.0)
    assert s.told == ["raised hot major at 20m"]


def test_unknown_time_stops_the_timer_and_does_not_count(scene):
    s = scene(HOT)
    s.keep(0, 5, temp=40.0)  # known until minute 7
    s.keep(9, 20, temp=40.0)  # two minutes unknown, of the 2.5 that are allowed
    assert s.told == ["raised hot major at 12m"]
    assert s.changes[0].start == s.changes[0].at - 12 * 60_000_000
    assert s.changes[0].evidence.held == 10 * 60_000_000
    assert s.changes[0].evidence.coverage == round(10 / 12, 4)


def test_too_much_unknown_time_resets_the_timer(scene):
    s = scene(HOT)
    s.keep(0, 5, temp=40.0)  # known until minute 7
    s.keep(10, 25, temp=40.0)  # three minutes unknown
    assert s.told == ["raised hot major at 20m"]


def test_the_start_and_the_id_of_a_fault_are_never_amended(scene):
    s = scene(HOT.replace("10m", "10m\n  levels: [{severity: critical, when: temp > 50}]"))
    s.keep(0, 15, temp=40.0)
    s.keep(15, 20, temp=60.0)
    s.keep(20, 60, temp=20.0)
    assert len({change.fault for change in s.changes}) == 1
    assert len({change.start for change in s.changes}) == 1
    assert [change.number for change in s.changes] == list(range(len(s.changes)))


def test_unknown_never_raises(scene):
    s = scene(QUICK)
    s.send(0, load=1.0)
    s.send(1, temp=float("nan"))
    s.pass_time(100)
    assert s.told == []


def test_unknown_never_clears(scene):
    s = scene(QUICK)
    s.send(0, temp=40.0)
    s.pass_time(10_000)
    assert s.told == ["raised hot major at 0s"]


def test_clear_is_the_opposite_of_when_and_must_hold_as_long_as_the_rule_waited(scene):
    s = scene(HOT)
    s.keep(0, 12, temp=40.0)
    s.keep(12, 30, temp=20.0)
    assert s.told == ["raised hot major at 10m", "cleared hot major at 22m"]


def test_clearing_takes_at_least_a_minute_and_at_most_a_quarter_of_an_hour(scene):
    s = scene("""
    - {id: at-once, title: t, severity: minor, when: temp > 30}
    - {id: slow, title: t, severity: minor, when: temp > 30, for: 40m}
    """)
    s.keep(0, 41, temp=40.0)
    s.keep(41, 80, temp=20.0)
    assert s.told == [
        "raised at-once minor at 0s",
        "raised slow minor at 40m",
        "cleared at-once minor at 42m",
        "cleared slow minor at 56m",
    ]


def test_between_when_and_clear_lies_hysteresis(scene):
    s = scene(QUICK.replace("for: 0s", "clear: temp < 25"))
    s.keep(0, 2, temp=40.0)
    s.keep(2, 30, temp=27.0)
    s.keep(30, 35, temp=24.0)
    assert s.told == ["raised hot major at 0s", "cleared hot major at 31m"]


def test_if_when_and_clear_hold_together_when_wins(scene):
    s = scene(QUICK.replace("for: 0s", "clear: load < 5"))
    s.keep(0, 30, temp=40.0, load=1.0)
    assert s.told == ["raised hot major at 0s"]


def test_clear_that_rests_on_an_unknown_when_waits(scene):
    s = scene(QUICK.replace("for: 0s", "clear: load < 5"))
    s.send(0, temp=40.0, load=9.0)
    s.keep(1, 30, load=1.0)
    assert s.told == ["raised hot major at 0s"]


def test_a_false_clear_resets_the_clearing(scene):
    s = scene(HOT)
    s.keep(0, 11, temp=40.0)
    s.keep(11, 20, temp=20.0)
    s.send(20, temp=40.0)
    s.keep(21, 40, temp=20.0)
    assert s.told == ["raised hot major at 10m", "cleared hot major at 31m"]


def test_a_new_episode_is_a_new_fault(scene):
    s = scene(QUICK)
    s.send(0, temp=40.0)
    s.keep(1, 120, temp=20.0)
    s.send(120, temp=40.0)
    first, _, second = s.changes
    assert first.fault != second.fault
    assert second.number == 0


def test_evidence_holds_the_tree_with_value_threshold_unit_and_time(scene):
    s = scene(
        "- {id: hot, title: t, severity: major, when: temp > attr.limit - 10 and mode == 'on', for: 2m}"
    )
    s.keep(0, 3, temp=45.5, mode="on")
    evidence = s.changes[0].evidence
    left, right = evidence.when.parts
    assert (evidence.model, evidence.rule, evidence.book, evidence.held) == (
        "test/thing",
        "hot",
        1,
        120_000_000,
    )
    assert (left.metric, left.value, left.threshold, left.unit, left.truth) == (
        "temp",
        45.5,
        40.0,
        "°C",
        True,
    )
    assert (right.metric, right.value, right.threshold) == ("mode", "on", "on")
    assert left.text == "temp > attr.limit - 10"
    assert left.observed == s.changes[0].at - 60_000_000


def test_the_registry_gives_a_device_its_own_limit(scene):
    s = scene("- {id: hot, title: t, severity: major, when: temp > attr.limit}")
    s.describe("thing", limit=80)
    s.send(0, temp=70.0)
    s.describe("thing", limit="nonsense")  # unfitting: the book's default counts
    s.send(1, temp=70.0)
    assert s.told == ["raised hot major at 1m"]
