"""Whatever a device sends, and whenever: each window is worth what a computation from nothing says, to the last bit."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_rules.hold import NEVER
from device_rules.reading import DAY, HOUR, SECOND
from device_rules.source import Form, Source
from device_rules.windows import State, Window, thaw, window_of
from tests.device_rules.windows.recomputed import Seen, worth
from tests.promises import tried

START = 1_767_225_600 * SECOND
NUMERIC: tuple[Form, ...] = (
    "avg", "min", "max", "sum", "count", "stddev", "quantile", "first", "last", "delta", "increase", "rate", "changes",
    "forecast", "stuck", "drift",
)  # fmt: skip
TRUTHS: tuple[Form, ...] = ("share", "times", "consecutive", "events")
SPANS = (1, 16, 17, 60, 256, 1000, 60 * SECOND, HOUR, 7 * DAY + 1)

values = st.sampled_from([0.1, 0.2, 0.3, 1 / 3, -7.7, 1e15 + 0.3, 1e-9, 5.0, 5.0]) | st.floats(-1e6, 1e6)
gaps = st.tuples(
    st.sampled_from([0, 0.003, 1 / 256, 1 / 60, 1 / 60, 1 / 16, 0.3, 0.999, 1, 1.001, 40]),
    st.sampled_from([-1, 0, 0, 1]),
) | st.just((0, 3 * 365 * DAY))
moves = st.lists(
    st.tuples(gaps, st.booleans() | st.just(True), values, st.booleans()), min_size=1, max_size=50
)


@st.composite
def sources(draw: Any, forms: tuple[Form, ...]) -> Source:
    form = draw(st.sampled_from(forms))
    argument = {"quantile": st.sampled_from([0.05, 0.5, 0.95, 1.0]), "consecutive": st.integers(1, 4)}
    ahead = st.sampled_from([0, 1, HOUR])
    return Source(
        "x",
        form,
        0,
        span=draw(st.sampled_from(SPANS)),
        expected=draw(st.sampled_from([0, 1, 60, 512, 513, 100_000])),
        needed=draw(st.sampled_from([1, 1, 2, 5])),
        argument=float(draw(argument.get(form, ahead))),
        counter=draw(st.booleans()),
    )


def on_paper(state: State) -> State:
    """What is left of a state after a snapshot."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state))


def check_future(source: Source, window: Window, seen: Seen, now: int) -> None:
    """Time alone changes the value when it is due, never before."""
    before = worth(source, seen, now)
    for _ in range(4):
        due = window.due()
        assert due > now
        if due == NEVER:
            assert worth(source, seen, now + 10_000 * DAY) == before
            return
        assert worth(source, seen, due - 1) == before
        assert window.value(due - 1) == before
        assert window.due() == due
        before = window.value(due)
        assert before == worth(source, seen, due)
        now = due


def follow(source: Source, story: list[Any]) -> None:
    """Tell a window the story, forget it now and then, and compare with what a computation from nothing says."""
    window = window_of(source)
    seen: Seen = []
    at = START
    for (share, more), told, x, forget in story:
        at = at + max(0, round(share * source.span) + more)
        if told:
            value = x if source.form in NUMERIC else (True if source.form == "events" else x > 0)
            seen.append((at, value))
            got = window.told(at, value)
        else:
            got = window.value(at)
        assert got == worth(source, seen, at), (source, seen, at)
        for later in (
            at + round(x * x) % source.span,
            at + source.span // 3,
            at + (source.span if forget else 0),
        ):
            assert window.value(later) == worth(
                source, seen, later
            )  # a tick may be ahead of the next reading
        if forget:
            ahead = thaw(source, on_paper(window.freeze()))
            assert on_paper(ahead.freeze()) == on_paper(window.freeze())
            assert ahead.due() == window.due()
        assert window.value(at) == got
        if forget:
            state = on_paper(window.freeze())
            copy = thaw(source, state)
            assert on_paper(copy.freeze()) == state
            assert (copy.due(), copy.resting) == (window.due(), window.resting)
            check_future(source, copy, seen, at)
            window = thaw(source, state)


@tried(400)
@given(sources(NUMERIC), moves)
def test_what_a_metric_did_is_the_same_however_it_was_kept(source: Source, story: list[Any]) -> None:
    follow(source, story)


@tried(150)
@given(sources(TRUTHS), moves)
def test_how_often_a_condition_was_true_is_the_same_however_it_was_kept(
    source: Source, story: list[Any]
) -> None:
    follow(source, story)


@pytest.mark.parametrize("expected", [60, 512, 3600])
@pytest.mark.parametrize("counter", [False, True])
@pytest.mark.parametrize("form", (*NUMERIC, *TRUTHS))
def test_a_device_that_sends_more_than_it_should_is_kept_within_bounds(
    form: Form, counter: bool, expected: int
) -> None:
    dice = random.Random(f"{form}{counter}{expected}")
    p = 3.0 if form == "consecutive" else 0.95
    source = Source(
        "x", form, 0, span=expected * SECOND, expected=expected, needed=48, argument=p, counter=counter
    )
    window, at = window_of(source), START
    seen: Seen = []
    for number in range(1500):
        at += dice.choice([0, 30_000, 50_000, 90_000, SECOND, 7 * SECOND])
        value: Any = round(dice.gauss(20, 5), dice.choice([0, 3]))
        if form not in NUMERIC:
            value = form == "events" or value > 20
        seen.append((at, value))
        got = window.told(at, value)
        if number % 37 == 0 or number in range(505, 520):
            assert got == worth(source, seen, at)
    assert thaw(source, on_paper(window.freeze())).value(at + 5 * SECOND) == worth(
        source, seen, at + 5 * SECOND
    )


@pytest.mark.parametrize("expected", [0, 3600])
@pytest.mark.parametrize("form", ["first", "last", "changes", "stuck"])
def test_a_device_may_send_words(form: Form, expected: int) -> None:
    source = Source("x", form, 0, span=600, expected=expected)
    window = window_of(source)
    seen: Seen = []
    for at, word in [(600, "on"), (700, "on"), (900, "off"), (1205, "on"), (1290, "on")]:
        seen.append((at, word))
        assert window.told(at, word) == worth(source, seen, at)
    assert thaw(source, on_paper(window.freeze())).value(1800) == worth(source, seen, 1800)


BROKEN: list[State] = [
    None,
    [],
    {},
    7,
    "x",
    [1],
    [[1], [2.0], [3], 4],
    [[1, -5], [0.0, 1.0]],
    [[1], ["a"]],
    [[], [], []],
    [True, 1, 2],
]


@pytest.mark.parametrize("expected", [60, 3600])
@pytest.mark.parametrize("form", [*NUMERIC, *TRUTHS, "unusual"])
def test_a_snapshot_of_another_shape_is_refused_or_works(form: Form, expected: int) -> None:
    source = Source("x", form, 0, span=60 * SECOND, expected=expected, argument=1.0)
    for state in BROKEN:
        try:
            window = thaw(source, state)
        except (ValueError, TypeError):
            continue
        window.told(START, True if form in TRUTHS else 1.0)
        window.told(START + 90 * SECOND, True if form in TRUTHS else 2.0)


def test_an_event_that_is_ahead_of_the_next_reading_is_counted_all_the_same() -> None:
    source = Source("count(event.boot, 1m)", "events", 0, span=60 * SECOND)
    window = window_of(source)
    for second in (100, 130, 120):
        window.push(second * SECOND, True)
    assert [window.value(second * SECOND) for second in (121, 159, 160, 180, 189, 190, 121)] == [
        3,
        3,
        2,
        1,
        1,
        0,
        3,
    ]
    assert [window.due(), thaw(source, on_paper(window.freeze())).due()] == [160 * SECOND] * 2
    window.push(2 * DAY, True)
    assert on_paper(window.freeze()) == [2 * DAY, 2 * DAY]


@pytest.mark.parametrize(
    ("form", "state"),
    [
        ("stuck", [{}, 1, True]),
        ("stuck", [5.0, 1]),
        ("last", [[], 1, False]),
        ("avg", [[1, 2], [1.0]]),
        ("avg", [[1, 2], [1.0, True]]),
        ("max", [[1, 2], [5.0], [0]]),
        ("max", [[], [5.0], [0]]),
        ("share", [[1, 2], [1, 2]]),
        ("times", [7, [1]]),
        ("times", [None, [1, 5, -5]]),
        ("events", []),
        ("increase", [[1, 2], [0.0, 1.0], "x"]),
    ],
)
def test_a_snapshot_that_cannot_be_is_refused(form: Form, state: State) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        thaw(Source("x", form, 0, span=60, expected=60), state)


@pytest.mark.parametrize(
    "state", [[[1, 2], [1]], [[1], [0]], [[1, -1], [1, 1]], [[1, 2], [1, 1], [0.0, 1.0]]]
)
def test_buckets_that_cannot_be_are_refused(state: State) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        thaw(Source("x", "count", 0, span=60, expected=3600), state)


@pytest.mark.parametrize("form", [form for form in NUMERIC if form not in ("stuck", "drift")])
@pytest.mark.parametrize("expected", [60, 3600])
def test_the_oldest_leaves_just_when_its_time_is_up(form: Form, expected: int) -> None:
    source = Source("x", form, 0, span=2560, expected=expected, argument=0.5, counter=True)
    window = window_of(source)
    seen: Seen = []
    for at, x in [
        (2560, 3.0),
        (2564, 1.5),
        (2570, 7.0),
        (4000, 2.0),
        (5119, 4.5),
        (5120, 8.0),
        (5130, 1.0),
        (7679, 0.5),
        (7680, 6.0),
    ]:
        assert window.value(at) == worth(source, seen, at)
        seen.append((at, x))
        assert window.told(at, x) == worth(source, seen, at)


@pytest.mark.parametrize("expected", [60, 3600])
def test_two_observations_make_a_line(expected: int) -> None:
    window = window_of(Source("x", "forecast", 0, span=HOUR, expected=expected, argument=10.0 * SECOND))
    assert window.told(START, 5.0) is None
    assert window.told(START, 6.0) is None  # at one moment: no line
    line = window_of(Source("x", "forecast", 0, span=HOUR, expected=expected, argument=10.0 * SECOND))
    line.push(START, 5.0)
    assert line.told(START + 5 * SECOND, 6.0) == pytest.approx(8.0, abs=1e-6)
