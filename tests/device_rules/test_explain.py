"""What an agent reads when she asks why a rule is raised, or why it is not."""

import pytest

from device_rules import as_text

MINUTE = 60_000_000
START = 1_767_225_600_000_000
COLD = """
- id: cold
  title: It is cold
  severity: major
  when: mode == "on" and temp < 15
  for: 20m
  clear: temp > 18
  clear_for: 5m
  unless: [quiet]
- {id: quiet, title: It is quiet, severity: minor, silent_for: 15m}
"""


def why(scene, at, rule="cold"):
    return scene.engine.why("thing", rule, START + round(at * MINUTE))


def test_a_device_that_was_never_heard_is_unknown(scene):
    s = scene(COLD)
    answer = why(s, 0)
    assert (answer.state, answer.when.truth) == ("unknown", None)
    assert as_text(answer) == (
        "It is cold (cold): not raised: it cannot be known\n"
        '  unknown: mode == "on" and temp < 15\n'
        '    unknown: mode == "on" (mode unknown, never seen)\n'
        "    unknown: temp < 15 (temp unknown, never seen)\n"
        "  known true for 0s of 20m\n"
        "  Nothing has been heard of this device yet."
    )


def test_a_rule_that_does_not_hold_names_the_leaf_that_is_false(scene):
    s = scene(COLD)
    s.send(0, mode="on", temp=20.0)
    assert why(s, 0.5).state == "idle"
    assert "    no: temp < 15 (temp is 20 °C, 30s ago)" in as_text(why(s, 0.5))


def test_a_pending_rule_tells_how_long_it_has_held_and_what_is_asked(scene):
    s = scene(COLD)
    s.keep(0, 10, mode="on", temp=10.0)
    answer = why(s, 9.5)
    assert (answer.state, answer.held, answer.needed) == ("pending", 9.5 * MINUTE, 20 * MINUTE)
    assert "known true for 9m30s of 20m" in as_text(answer)


def test_a_value_that_has_worn_off_is_told_as_unknown_with_its_age(scene):
    s = scene(COLD)
    s.send(0, mode="on", temp=10.0)
    assert "temp unknown, last seen 10m ago" in as_text(why(s, 10))
    assert s.engine.values("thing")["temp"] == (10.0, START)  # people still see what was last known


def test_asking_changes_nothing(scene):
    s = scene(COLD)
    s.keep(0, 10, mode="on", temp=10.0)
    before = s.engine.snapshot("thing")
    why(s, 500)
    assert s.engine.snapshot("thing") == before
    assert s.engine.changed() == set()


def test_a_raised_rule_tells_since_when_and_what_would_clear_it(scene):
    s = scene(COLD)
    s.keep(0, 25, mode="on", temp=10.0)
    s.keep(25, 28, mode="on", temp=20.0)
    answer = why(s, 27)
    assert (answer.state, answer.severity, answer.start) == ("raised", "major", START)
    assert (answer.calm, answer.calm_needed) == (2 * MINUTE, 5 * MINUTE)
    assert as_text(answer).splitlines()[0] == "It is cold (cold): raised, major, for 27m"
    assert "it clears when this has been known true for 2m of 5m" in as_text(answer)


def test_a_rule_that_is_held_back_names_its_parent(scene):
    s = scene(COLD.replace("silent_for: 15m", "when: load > 5"))
    s.keep(0, 30, mode="on", temp=10.0, load=9.0)
    assert why(s, 29).state == "inhibited"
    assert "held back while raised: quiet" in as_text(why(s, 29))


def test_a_silent_device_tells_how_long_it_has_been_silent(scene):
    s = scene(COLD)
    s.send(0, temp=20.0)
    assert "no: silent for 15m (silence is 600 s, 10m ago)" in as_text(why(s, 10, "quiet"))
    s.pass_time(20)
    assert "yes: silent for 15m (silence is 1200 s, 20m ago)" in as_text(why(s, 20, "quiet"))


def test_late_readings_are_told_as_what_a_raise_waits_for(scene):
    s = scene(COLD)
    for at in range(30):
        s.send(100 + at / 60, lag=40 + at / 60 - at, late=True, mode="on", temp=10.0)
    assert "waits for one that is not late" in as_text(why(s, 101))


def test_an_unknown_rule_or_device_is_a_key_error(scene):
    s = scene(COLD)
    with pytest.raises(KeyError):
        why(s, 0, "nonsense")
    with pytest.raises(KeyError):
        s.engine.why("stranger", "cold", START)
