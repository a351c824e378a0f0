"""What a device is used to: its pauses, its own level, and what it hardly ever does."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_rules.reading import DAY, HOUR, MINUTE, SECOND
from device_rules.source import Source
from device_rules.windows import thaw, window_of
from device_rules.windows.cadence import Cadence
from device_rules.windows.fold import fold, fold_plainly
from device_rules.windows.tailguard import TailGuard
from tests.promises import tried

START = 1_767_225_600 * SECOND


def on_paper(state: Any) -> Any:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state))


@tried(100)
@given(st.lists(st.integers(0, 4 * DAY), max_size=150), st.integers(1, DAY))
def test_a_silence_is_three_times_the_longest_pause_a_device_made_lately(
    pauses: list[int], every: int
) -> None:
    cadence = Cadence()
    for number, pause in enumerate(pauses, 1):
        cadence.push(pause)
        blocks = -(-number // 8)
        lately = pauses[max(0, blocks - 8) * 8 : number]
        expected = min(max(3 * max(lately), 2 * every), 7 * DAY) if number >= 20 else None
        assert cadence.limit(every) == expected
        cadence = Cadence.thaw(on_paper(cadence.freeze()))


def test_a_device_is_known_by_twenty_pauses() -> None:
    cadence = Cadence()
    said = []
    for number in range(80):
        cadence.push(MINUTE if number else HOUR)
        said.append(cadence.limit(MINUTE))
    assert said == [None] * 19 + [3 * HOUR] * 45 + [3 * MINUTE] * 16


def test_a_device_that_was_hardly_heard_has_no_pause_yet() -> None:
    assert Cadence().limit(MINUTE) is None
    assert Cadence.thaw(Cadence().freeze()).limit(MINUTE) is None


@pytest.mark.parametrize("state", [None, [], 3, [1], [9, 1], [0, 1], [65, *range(9)], ["1", 1], [1, 2.0]])
def test_pauses_of_another_shape_are_refused(state: Any) -> None:
    with pytest.raises(ValueError, match=r"blocks|whole"):
        Cadence.thaw(state)


def series(seed: int, size: int) -> list[float]:
    """A day's course with noise, a spike and a step."""
    dice = random.Random(seed)
    xs = [20 + 5 * (i // 60 % 24) / 24 + dice.gauss(0, 0.5) for i in range(size)]
    return [x + (30 if i == 3000 else 0) + (8 if i > 4000 else 0) for i, x in enumerate(xs)]


def scores(guard: TailGuard, xs: list[float], begin: int = 0) -> list[float]:
    return [guard.push((begin + i) * 60, x) for i, x in enumerate(xs)]


def test_a_spike_and_a_new_level_are_unusual_once_and_the_daily_round_is_not() -> None:
    told = scores(TailGuard(), series(1, 5000))
    assert told[3000] > 5 and max(told[4001:4003]) > 5
    assert sum(score > 5 for score in told) <= 4
    assert max(told[:101]) == 0


def test_what_comes_later_never_changes_an_earlier_score() -> None:
    xs = series(2, 4500)
    whole = scores(TailGuard(), xs)
    for cut in (1, 150, 777, 3001, 4002):
        assert scores(TailGuard(), [*xs[:cut], 1e6, -1e6, 0.0])[:cut] == whole[:cut]


def test_a_detector_from_a_snapshot_scores_to_the_last_bit_the_same() -> None:
    xs = series(3, 4500)
    whole = scores(TailGuard(), xs)
    for cut in (0, 1, 99, 505, 3005, 4005):
        guard, copy = TailGuard(), TailGuard()
        scores(guard, xs[:cut])
        paper = msgspec.msgpack.encode(guard.freeze())
        assert len(paper) <= 2048
        copy.thaw(msgspec.msgpack.decode(paper))
        assert scores(copy, xs[cut:], cut) == whole[cut:]
        assert copy.freeze() == (scores(guard, xs[cut:], cut), guard.freeze())[1]


def test_a_score_is_told_again_only_when_it_is_beaten_or_ninety_points_old() -> None:
    guard = TailGuard()
    told = [
        guard._record(n, score)
        for n, score in [(0, 4.0), (1, 3.0), (2, 4.0), (3, 5.0), (93, 4.5), (94, 4.4), (95, 4.6)]
    ]
    assert told == [4.0, 0.0, 0.0, 5.0, 0.0, 0.0, 4.6]


@pytest.mark.parametrize("x", [1e308, -1e308, 1e-300, 5e-324, 0.0])
def test_a_metric_of_any_size_is_borne(x: float) -> None:
    guard = TailGuard()
    dice = random.Random(4)
    assert all(
        score >= 0 for score in scores(guard, [x * dice.choice([0.5, 1, 1, 0.9]) for _ in range(1000)])
    )


def test_unusual_hears_whole_minutes_and_is_unknown_for_a_hundred_of_them() -> None:
    source = Source("unusual(m)", "unusual", 0)
    window, guard = window_of(source), TailGuard()
    minutes = series(5, 3100)
    said, expected = [], [0.0]
    for number, x in enumerate(minutes):
        for half in (0, 30):
            told = window.told(START + number * MINUTE + half * SECOND, x - 1 + half / 15)
        said.append(told)
        window = thaw(source, on_paper(window.freeze()))
        expected.append(guard.push((START + number * MINUTE) // SECOND, (x - 1 + (x + 1)) / 2))
    assert said == [None] * 100 + expected[100:-1]
    assert max(expected) > 5


def test_a_minute_that_is_no_number_is_skipped() -> None:
    window = window_of(Source("unusual(m)", "unusual", 0))
    for number in range(150):
        window.push(START + number * MINUTE, float("inf") if number < 40 else 1.0)
    assert window.value(START + DAY) == 0.0
    assert window_of(Source("unusual(m)", "unusual", 0)).value(START) is None


def test_a_device_that_leaves_its_habit_drifts_and_one_that_keeps_it_does_not() -> None:
    dice = random.Random(6)
    window = window_of(Source("drift(m, 1h)", "drift", 0, span=HOUR))
    for number in range(100):
        for part in range(4):
            window.push(START + number * HOUR + part, dice.gauss(10, 1) + (6 if number > 60 else 0))
        if number == 30:
            assert window.value(0) is None  # the sample of hour 30 is complete when hour 31 begins
        if number == 60:
            kept = window.value(0)
            assert isinstance(kept, float) and kept < 2
    away = window.value(0)
    assert isinstance(away, float) and away > 5


@tried(100)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=40))
def test_sums_are_the_same_under_every_python(numbers: list[float]) -> None:
    assert fold(numbers) == fold_plainly(numbers) or fold(numbers) != fold(numbers)
