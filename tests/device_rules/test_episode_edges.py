"""The edges of an episode and of a hold, told truth by truth."""

from device_rules.episode import Episode, View
from device_rules.hold import NEVER, Hold, held, span_of
from tests.device_rules.conftest import MINUTE, book_of

RULE = book_of(
    "- {id: hot, title: t, severity: major, when: temp > 30, for: 2m, needs: {coverage: 50%}}"
).rules[0]


def step(episode, minute, truth, **view):
    at = minute * MINUTE
    told = episode.step(RULE, (truth, None if truth is None else not truth), View(at, proof=at, **view))
    return [str(one.kind) for one in told]


def test_what_an_episode_waits_for_is_forgotten_as_soon_as_it_waits_no_more():
    episode = Episode()
    for minute in range(4):
        assert step(episode, minute, True, inhibited=True) == []
    assert episode.waits_for == "parent"
    step(episode, 4, None)
    assert episode.waits_for == ""
    step(episode, 5, True, closed=True)
    assert episode.waits_for == "hours"
    assert step(episode, 6, True) == ["raised"]


def test_an_episode_is_not_closed_unless_it_is_said():
    episode = Episode()
    assert [step(episode, minute, True) for minute in range(3)] == [[], [], ["raised"]]


def test_a_hold_is_due_when_it_is_fulfilled_and_when_it_has_been_unknown_too_long():
    span = span_of(2 * MINUTE, 0.5)
    assert (span.known, span.blind) == (2 * MINUTE, 2 * MINUTE)
    hold = Hold(0, 0)
    assert hold.due(span) == 2 * MINUTE
    assert held(hold, True, MINUTE, span) is hold
    assert (hold.known, hold.blind, hold.due(span), hold.coverage) == (MINUTE, 0, 2 * MINUTE, 1.0)
    assert held(hold, None, MINUTE, span) is hold
    assert hold.due(span) == 3 * MINUTE + 1
    assert held(hold, True, 2 * MINUTE, span) is hold
    assert (hold.known, hold.blind, hold.coverage) == (MINUTE, MINUTE, 0.5)
    assert not hold.fulfilled(span)
    assert held(hold, True, 3 * MINUTE, span) is hold
    assert (hold.fulfilled(span), hold.due(span)) == (True, NEVER)


def test_a_hold_that_was_unknown_for_too_long_begins_anew_or_not_at_all():
    span = span_of(2 * MINUTE, 0.5)
    for truth, start in ((True, 2 * MINUTE + 1), (None, None)):
        hold = held(Hold(0, 0, None), truth, 2 * MINUTE + 1, span)
        assert (hold and hold.start) == start
    assert held(Hold(0, 0, None), None, 2 * MINUTE, span) is not None
    assert held(Hold(0, 0), False, MINUTE, span) is None
    assert held(None, None, MINUTE, span) is None
