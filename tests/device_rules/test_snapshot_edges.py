"""A quiet device that is put away is taken up under a book that knows more as if it had been looked at all along."""

import pytest

from device_rules import Describe, Engine, Reading, Tick
from tests.device_rules.conftest import MINUTE, START
from tests.device_rules.test_quiet_edges import SINCE, book_of

OFTEN = "{id: often, title: t, severity: minor, when: 'count(temp, 1h) > 3'}"


def said(minute, **values):
    at = START + minute * MINUTE
    return Reading("thing", at, at, {"temp": 20.0, "load": 1.0} | values)


@pytest.mark.parametrize("more", ["", "  extra: {}\n", "  extra: {every: on_change}\n"])
def test_what_is_delivered_again_after_a_restart_under_a_wider_book_counts_once(more):
    first, second = Engine([book_of([OFTEN])]), Engine([book_of([OFTEN], more, version=2)])
    first.judge(Tick(START, SINCE))
    first.judge(Describe("thing", START, START, "test/thing"))
    for minute in (1, 2, 3):
        assert first.judge(said(minute)) == []
    second.judge(Tick(START + 3 * MINUTE, SINCE))
    assert second.restore("thing", first.snapshot("thing"))
    assert second.judge(said(3)) == []
    assert second.values("thing") == first.values("thing")
    assert [change.rule for change in second.judge(said(4))] == ["often"]
