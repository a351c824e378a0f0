"""One thing after another, and what did not come in time: by a plain retelling of the definition, and by hand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_rules.hold import NEVER
from device_rules.source import EventMatch, Source, Step
from device_rules.tree import Const, Kind
from device_rules.windows import Sequence, thaw, window_of
from tests.promises import tried

CONDITION = Const("x", Kind.BOOL, True)
EVENT = EventMatch("boot")
T, F, U = True, False, None


def steps(*told: Step) -> Source:
    return Source("s", "sequence", 0, steps=told)


OPENED = Step(CONDITION, True, 0)
BOOTED = Step(EVENT, True, 0)


def sequence_of(source: Source) -> Sequence:
    window = window_of(source)
    assert isinstance(window, Sequence)
    return window


class Retold:
    """The definition, sentence by sentence; `match` is None or the step waited for and when the one before was passed."""

    def __init__(self, source: Source) -> None:
        self.steps = source.steps
        self.first: bool | None = False if isinstance(source.steps[0].watched, EventMatch) else None
        self.match: tuple[int, int] | None = None

    def pass_time(self, at: int) -> None:
        while self.match and self.match[0] < len(self.steps):
            waited, before = self.match
            deadline = before + self.steps[waited].within
            if deadline > at:
                break
            self.match = None if self.steps[waited].wanted else (waited + 1, deadline)

    def record(self, at: int, truths: Any) -> None:
        self.pass_time(at)
        may_begin = self.match is None
        if self.match:
            waited = self.match[0]
            if waited == len(self.steps):
                if truths[-1] is True and not self.steps[-1].wanted:
                    self.match, may_begin = None, True
            elif truths[waited] is True:
                self.match = (waited + 1, at) if self.steps[waited].wanted else None
                may_begin = self.match is None
        is_event = isinstance(self.steps[0].watched, EventMatch)
        if may_begin and truths[0] is True and (is_event or self.first is False):
            self.match = (1, at)
        if truths[0] is not None and not is_event:
            self.first = truths[0]

    def clear(self, at: int, truths: Any) -> None:
        """A record at which the rule's `clear` is known true."""
        if not self.true() or not self.steps[-1].wanted:
            return self.record(at, truths)
        self.match = None
        if truths[0] is not None and self.steps[0].watched is CONDITION:
            self.first = truths[0]
        return None

    def true(self) -> bool:
        return self.match is not None and self.match[0] == len(self.steps)


step = st.builds(Step, st.sampled_from([CONDITION, EVENT]), st.booleans(), st.integers(1, 6))
first = st.sampled_from([OPENED, BOOTED])


@tried(300)
@given(st.data(), first, st.lists(step, max_size=3))
def test_a_sequence_runs_as_its_definition_says(data: Any, begin: Step, later: list[Step]) -> None:
    source = steps(begin, *later)
    window, retold, at = sequence_of(source), Retold(source), 100
    truth = st.tuples(
        *[
            st.booleans() if isinstance(s.watched, EventMatch) else st.sampled_from([T, F, U])
            for s in source.steps
        ]
    )
    story = st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from("rrrrtc"), truth, st.booleans()), max_size=30
    )
    for gap, what, truths, forget in data.draw(story):
        at += gap
        while (due := window.due()) <= at:
            before = window.value(due - 1)
            retold.pass_time(due - 1)
            assert before == retold.true()
            retold.pass_time(due)
            assert window.value(due) == retold.true()
        if what == "r":
            retold.record(at, truths)
            assert window.told(at, truths) == retold.true()
        elif what == "c":
            window.cleared()
            retold.clear(at, truths)
            window.happen(at, truths)
        assert window.value(at) == retold.true()
        if forget:
            state = msgspec.msgpack.decode(msgspec.msgpack.encode(window.freeze()))
            copy = thaw(source, state)
            assert isinstance(copy, Sequence) and copy.freeze() == state
            window = copy
        was = window.freeze()
        if window.resting:
            window.happen(at, tuple(False for _ in source.steps))
        assert window.freeze() == was


def test_a_door_that_stays_open_is_told_when_the_time_is_up() -> None:
    door = sequence_of(steps(OPENED, Step(CONDITION, False, 30)))
    assert (
        door.told(0, (T, F)) is False and door.due() == NEVER
    )  # it was open when first seen: nobody opened it
    door.happen(5, (F, T))
    assert door.told(10, (T, F)) is False and door.due() == 40
    assert door.value(39) is False
    assert door.value(40) is True
    assert door.told(50, (U, U)) is True  # nothing is known; it stays
    assert door.told(60, (F, T)) is False and door.resting


def test_a_door_closed_in_time_is_no_matter_and_one_opened_again_counts_anew() -> None:
    door = sequence_of(steps(OPENED, Step(CONDITION, False, 30)))
    door.happen(0, (F, T))
    door.happen(10, (T, F))
    assert door.told(39, (F, T)) is False and door.due() == NEVER
    door.happen(50, (T, F))
    assert door.due() == 80
    door.happen(60, (T, F))  # still open: no second opening
    assert door.due() == 80


def test_what_comes_at_the_very_end_of_its_time_is_too_late() -> None:
    pair = sequence_of(steps(BOOTED, Step(EVENT, True, 10)))
    pair.happen(0, (T, F))
    assert pair.told(10, (F, T)) is False
    pair.happen(20, (T, F))
    assert pair.told(29, (F, T)) is True


def test_one_record_passes_one_step_and_what_was_so_already_counts_at_the_next() -> None:
    pair = sequence_of(steps(BOOTED, Step(CONDITION, True, 10)))
    assert pair.told(0, (T, T)) is False
    assert pair.told(1, (F, T)) is True
    pair.cleared()
    assert pair.told(2, (T, F)) is False
    assert pair.due() == NEVER  # what ends a match begins none
    assert pair.told(3, (T, F)) is False and pair.due() == 13


def test_what_drops_a_match_may_begin_the_next() -> None:
    boots = sequence_of(steps(BOOTED, Step(EVENT, False, 10)))
    boots.happen(0, (T, T))
    boots.happen(5, (T, T))
    assert boots.due() == 15
    assert boots.value(15) is True
    assert boots.told(20, (T, T)) is False and boots.due() == 30


@pytest.mark.parametrize(
    "state", [None, [], [0, 0], [3, 0, None], [-1, 0, False], [0, "x", None], [0, 0, 2], ["0", 0, None]]
)
def test_a_sequence_from_a_snapshot_of_another_shape_is_refused(state: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        thaw(steps(OPENED, Step(CONDITION, False, 30)), state)
