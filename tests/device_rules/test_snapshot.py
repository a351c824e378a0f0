"""A device that is put away and taken back is the same device, under the same book or the next one."""

import pytest

from device_rules import Describe, Engine, Presence, PresenceState, Reading, Tick

MINUTE = 60_000_000
TWO = """
- {id: hot, title: t, severity: major, when: temp > 30, for: 10m, clear_for: 5m}
- {id: heavy, title: t, severity: minor, when: load > 5, for: 10m, clear_for: 5m}
"""


class Lives:
    """One device over several engines."""

    def __init__(self, book):
        self.told = []
        self.engine = Engine([book])
        self.engine.judge(Describe("thing", 0, 0, "test/thing", "1.2", {"limit": 40.0}))

    def keep(self, start, stop, **values):
        for at in range(start * MINUTE, stop * MINUTE, MINUTE):
            self.told += self.engine.judge(Tick(at, 0))
            self.told += self.engine.judge(Reading("thing", at, at, values))

    def move(self, book):
        blob = self.engine.snapshot("thing")
        self.engine = Engine([book])
        return self.engine.restore("thing", blob)

    @property
    def spelled(self):
        return [(str(change.kind), change.rule, change.at // MINUTE) for change in self.told]


def test_a_restart_in_the_middle_of_a_wait_raises_on_time(make_book):
    lives = Lives(make_book(TWO))
    lives.keep(0, 7, temp=40.0)
    assert lives.move(make_book(TWO))
    lives.keep(7, 20, temp=40.0)
    assert lives.spelled == [("raised", "hot", 10)]


def test_a_restart_in_the_middle_of_a_clearing_clears_on_time(make_book):
    lives = Lives(make_book(TWO))
    lives.keep(0, 15, temp=40.0)
    lives.keep(15, 18, temp=20.0)
    assert lives.move(make_book(TWO))
    lives.keep(18, 30, temp=20.0)
    assert lives.spelled == [("raised", "hot", 10), ("cleared", "hot", 20)]


def test_everything_people_may_ask_for_survives(make_book):
    lives = Lives(make_book(TWO))
    lives.engine.judge(Presence("thing", 5, 5, PresenceState.SLEEPING, "night"))
    lives.keep(1, 15, temp=40.0, mode="on", flag=True)
    before = lives.engine
    assert lives.move(make_book(TWO))
    for question in ("values", "presence", "last_received", "open_faults", "model"):
        assert getattr(lives.engine, question)("thing") == getattr(before, question)("thing")
    assert lives.engine.why("thing", "hot", 20 * MINUTE) == before.why("thing", "hot", 20 * MINUTE)
    assert lives.engine.snapshot("thing") == before.snapshot("thing")


def test_an_unchanged_rule_keeps_its_timer_under_a_new_version(make_book):
    lives = Lives(make_book(TWO))
    lives.keep(0, 7, temp=40.0, load=9.0)
    assert lives.move(
        make_book(TWO.replace("load > 5", "load > 6").replace("title: t", "title: new"), version=2)
    )
    lives.keep(7, 30, temp=40.0, load=9.0)
    assert lives.spelled == [("raised", "hot", 10), ("raised", "heavy", 17)]
    assert [change.evidence.book for change in lives.told] == [2, 2]


def test_a_changed_rule_keeps_a_raised_faults_id_until_the_new_text_clears_it(make_book):
    lives = Lives(make_book(TWO))
    lives.keep(0, 15, temp=40.0)
    assert lives.move(make_book(TWO.replace("temp > 30", "temp > 20"), version=2))
    lives.keep(15, 30, temp=25.0)
    assert lives.spelled == [("raised", "hot", 10)]
    lives.keep(30, 40, temp=15.0)
    assert lives.spelled[1:] == [("cleared", "hot", 35)]
    assert lives.told[0].fault == lives.told[1].fault
    assert [change.number for change in lives.told] == [0, 1]


def test_a_new_text_that_does_not_hold_clears_a_raised_fault(make_book):
    lives = Lives(make_book(TWO))
    lives.keep(0, 15, temp=40.0)
    assert lives.move(make_book(TWO.replace("temp > 30", "temp > 50"), version=2))
    lives.keep(15, 30, temp=40.0)
    assert lives.spelled[1:] == [("cleared", "hot", 20)]


def test_a_rule_that_is_gone_closes_its_fault_with_the_next_tick(make_book):
    lives = Lives(make_book(TWO))
    lives.keep(0, 15, temp=40.0)
    assert lives.move(make_book(TWO.splitlines()[2], version=2))
    lives.told += lives.engine.judge(Tick(15 * MINUTE, 0))
    assert lives.spelled[1:] == [("cleared", "hot", 15)]
    assert lives.told[1].evidence.notes == ("The rule that raised it is no longer in the book.",)


def test_a_device_that_becomes_another_model_closes_its_faults(make_book):
    lives = Lives(make_book(TWO))
    lives.keep(0, 15, temp=40.0)
    lives.told += lives.engine.judge(Describe("thing", 15 * MINUTE, 15 * MINUTE, "other/model"))
    assert lives.spelled[1:] == [("cleared", "hot", 15)]
    assert lives.engine.model("thing") is None


def test_a_metric_that_is_new_or_gone_does_not_disturb_the_others(make_book):
    lives = Lives(make_book(TWO))
    lives.keep(0, 7, temp=40.0)
    stricter = TWO.replace("load > 5, for: 10m", "load > 5, for: 10m, needs: {max_gap: 2m}")
    assert lives.move(make_book(stricter, version=2))
    lives.keep(7, 12, temp=40.0)
    assert lives.spelled == [("raised", "hot", 10)]


@pytest.mark.parametrize("blob", [b"", b"\x00", b"\xc1", b"\x92\x63\xc0", b"\x92\x01\xc0", b"\x92\x01\x90"])
def test_a_blob_of_another_version_or_garbage_is_not_taken(make_book, blob):
    engine = Engine([make_book(TWO)])
    assert engine.restore("thing", blob) is False
    assert engine.values("thing") == {}


def test_a_blob_of_a_model_without_a_book_is_not_taken(make_book):
    lives = Lives(make_book(TWO))
    assert Engine([]).restore("thing", lives.engine.snapshot("thing")) is False


def test_only_changed_devices_need_a_new_snapshot(make_book):
    engine = Engine([make_book(TWO)])
    engine.judge(Describe("a", 0, 0, "test/thing"))
    engine.judge(Describe("b", 0, 0, "test/thing"))
    assert engine.changed() == {"a", "b"}
    engine.snapshot("a")
    assert engine.changed() == {"b"}
    engine.mark()
    engine.judge(Tick(5, 0))
    assert engine.changed() == set()
    engine.judge(Reading("a", 10, 10, {"temp": 40.0}))
    assert engine.changed() == {"a"}


def test_a_snapshot_is_small(make_book):
    lives = Lives(make_book(TWO))
    lives.keep(0, 15, temp=40.0, load=9.0, mode="on", flag=True)
    assert len(lives.engine.snapshot("thing")) < 700


def test_two_books_of_one_model_are_refused(make_book):
    with pytest.raises(ValueError, match="two rule books for test/thing"):
        Engine([make_book(TWO), make_book(TWO)])


def test_overrides_outweigh_what_the_registry_says(make_book):
    book = make_book("- {id: hot, title: t, severity: major, when: temp > attr.limit}")
    engine = Engine([book], overrides={"thing": {"limit": 90.0}})
    engine.judge(Describe("thing", 0, 0, "test/thing", attributes={"limit": 40.0}))
    assert engine.judge(Reading("thing", 1, 1, {"temp": 60.0})) == []


def test_one_tick_tells_of_many_devices_in_an_order_that_a_restart_does_not_change(make_book):
    book = make_book("- {id: quiet, title: t, severity: minor, silent_for: 15m}")
    engine, fresh = Engine([book]), Engine([book])
    for device, moments in (("ada", (10,)), ("ben", (0, 10))):
        engine.judge(Describe(device, 0, 0, "test/thing"))
        for at in moments:
            engine.judge(Reading(device, at * MINUTE, at * MINUTE, {"temp": 1.0}))
        assert fresh.restore(device, engine.snapshot(device))
    told = engine.judge(Tick(30 * MINUTE, 0))
    assert [change.device for change in told] == ["ada", "ben"]
    assert fresh.judge(Tick(30 * MINUTE, 0)) == told


def test_a_book_may_be_changed_while_devices_are_judged(make_book):
    lives = Lives(make_book(TWO))
    lives.keep(0, 7, temp=40.0, load=9.0)
    lives.engine.reload(make_book(TWO.replace("load > 5", "load > 6"), version=2))
    lives.keep(7, 30, temp=40.0, load=9.0)
    assert lives.spelled == [("raised", "hot", 10), ("raised", "heavy", 17)]
    lives.engine.reload(make_book(TWO.splitlines()[2], version=3))
    lives.told += lives.engine.judge(Tick(30 * MINUTE, 0))
    assert lives.spelled[2:] == [("cleared", "hot", 30)]


def test_a_book_of_a_model_that_is_not_judged_is_not_taken(make_book):
    with pytest.raises(KeyError):
        Engine([]).reload(make_book(TWO))
