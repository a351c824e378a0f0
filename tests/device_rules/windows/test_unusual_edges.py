"""How unusual the last minute was is known from the hundred-and-first on, said as it is told, and kept."""

from device_rules.hold import NEVER
from device_rules.reading import MINUTE
from device_rules.source import Source
from device_rules.windows import thaw, window_of

SOURCE = Source("x", "unusual", 0)


def test_the_score_is_said_when_it_is_told_asked_for_and_taken_back():
    window = window_of(SOURCE)
    for minute in range(400):
        told = window.told(minute * MINUTE, 20.0 + minute % 3)
        assert (told is None) == (minute < 100)
        assert told == window.value(minute * MINUTE)
    window.push(400 * MINUTE, 500.0)
    score = window.told(401 * MINUTE, 20.0)
    assert isinstance(score, float)
    assert score > 1.0
    assert window.value(401 * MINUTE) == score
    assert thaw(SOURCE, window.freeze()).value(401 * MINUTE) == score


def test_time_alone_makes_nothing_unusual():
    window = window_of(SOURCE)
    window.push(0, 1.0)
    assert window.due() == NEVER
