"""The clocks of devices: how far each can be believed, and the effective time of what it says.

Rules (rules.md, Time 1 to 5):
- no time given: absent, what was received now holds now;
- before 2015, or never near anything plausible: broken, the same;
- the first ten plausible readings also hold when they were received, so that learning never shifts a duration;
- then effective = sent + offset, where the offset is the smallest lag: a steady skew and the quickest way through the
  network, together. A smaller one counts at once; a greater one is followed every ten minutes, by as much as a clock
  that loses one second in 64 needs;
- more than 5 minutes ahead of, or 24 hours behind, that: not believed, received holds;
- lag − offset above the late limit: late (news of the past);
- three in a row that disagree by the same amount while they arrive in real time (ten, if they say so less steadily):
  the clock was set, learn again. Three, for a value holds for three cadences: until then the device is not heard.
A clock whose lag is beyond a day either way is never learned. Memory per device is bounded. Pure: it is told the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from device_rules.reading import DAY, MINUTE, SECOND

ENOUGH = 10
AHEAD = 5 * MINUTE
BEHIND = DAY
LATE = 5 * MINUTE
EARLIEST = 1_420_070_400 * SECOND  # 2015: before it, a clock was never set
BUCKET = 10 * MINUTE  # the smallest lag of each is what the offset follows
SLOWEST = 64  # of so many seconds, a clock may lose one
STEADY = MINUTE  # a clock that was set differs by the same amount each time; a backlog does not
AT_LEAST = 20 * SECOND  # and it does so over this much time
QUICK = 3  # so many readings tell that a clock was set, if they agree
AGREE = (
    5 * SECOND
)  # to so much, and a quarter of the time between: a backlog comes quicker than it was written


class Quality(StrEnum):
    """What is known about a device's clock."""

    ABSENT = "absent"
    LEARNING = "learning"
    GOOD = "good"
    OFFSET = "offset"
    BROKEN = "broken"


class _Clock:
    """One device's clock: the lags that taught us, the offset, and the run of readings that disagree with it."""

    __slots__ = ("broken", "bucket", "lags", "offset", "run", "smallest")

    def __init__(self) -> None:
        self.lags: list[int] | None = []  # None once learned
        self.offset = 0
        self.bucket = self.smallest = 0  # the ten minutes (of received) and the smallest lag in them
        self.run: list[int] = []  # [count, first received, smallest lag, greatest lag]
        self.broken = False


class DeviceClocks:
    """The clocks of all devices heard by this process."""

    def __init__(self, late: int = LATE) -> None:
        self._late = late
        self._clocks: dict[str, _Clock] = {}

    def date(self, device: str, sent: int | None, received: int) -> tuple[int, bool]:
        """(effective, late) of what `device` says it sent at `sent` and we received at `received`; µs."""
        if sent is None:
            return received, False
        clock = self._clocks.get(device)
        if clock is None:
            clock = self._clocks[device] = _Clock()
        lag = received - sent
        if clock.lags is None:
            ahead = lag - clock.offset
            if (
                0 <= ahead <= STEADY
            ):  # by far the most frequent: a clock we know, a little slower than its best
                if clock.run:
                    clock.run = []
                bucket = received // BUCKET
                if bucket == clock.bucket and lag >= clock.smallest:
                    return sent + clock.offset, False
                return self._note(clock, bucket, lag) + sent, False
            return self._odd(clock, sent, received, lag)
        self._learn(clock, sent, received, lag)
        return received, False

    def recall(self, device: str, sent: int | None, received: int) -> None:
        """Learn again from the log what was known before a restart; answers nothing."""
        self.date(device, sent, received)

    def quality(self, device: str) -> Quality:
        """What is known about the device's clock."""
        clock = self._clocks.get(device)
        if clock is None:
            return Quality.ABSENT
        if clock.broken:
            return Quality.BROKEN
        if clock.lags is not None:
            return Quality.LEARNING
        return Quality.OFFSET if abs(clock.offset) > MINUTE else Quality.GOOD

    def _learn(self, clock: _Clock, sent: int, received: int, lag: int) -> None:
        assert clock.lags is not None
        if sent < EARLIEST or abs(lag) > BEHIND:
            clock.broken = True
            return
        clock.lags.append(lag)
        if len(clock.lags) >= ENOUGH:
            self._settle(clock, clock.lags, received)

    def _settle(self, clock: _Clock, lags: Iterable[int], received: int) -> None:
        """Take the smallest lag as offset, without one that stands out: a single wild time must not spoil a day."""
        ordered = sorted(lags)
        middle = ordered[len(ordered) // 2]
        clock.offset = next(lag for lag in ordered if lag >= middle - AHEAD)
        clock.bucket, clock.smallest = received // BUCKET, clock.offset
        clock.lags, clock.run, clock.broken = None, [], False

    def _note(self, clock: _Clock, bucket: int, lag: int) -> int:
        """Remember a lag of this bucket; answers the offset, which has followed the smallest of the one before."""
        if bucket != clock.bucket:
            slower = clock.offset + (bucket - clock.bucket) * BUCKET // SLOWEST
            clock.offset = max(clock.offset, min(clock.smallest, slower))
            clock.bucket, clock.smallest = bucket, lag
        clock.smallest = min(lag, clock.smallest)
        clock.offset = min(lag, clock.offset)
        return clock.offset

    def _odd(self, clock: _Clock, sent: int, received: int, lag: int) -> tuple[int, bool]:
        """A time that is a little quicker than ever, late, or not to be believed."""
        ahead = lag - clock.offset
        if -AHEAD <= ahead < 0:
            clock.run = []
            return self._note(clock, received // BUCKET, lag) + sent, False
        if self._was_set(clock, received, lag):
            self._settle(clock, (clock.run[2],), received)
            return sent + clock.offset, False
        if ahead < -AHEAD or ahead > BEHIND or sent < EARLIEST:
            return received, False
        return sent + clock.offset, ahead > self._late

    def _was_set(self, clock: _Clock, received: int, lag: int) -> bool:
        """Whether this and the readings before it disagree by the same amount, in real time: not a backlog."""
        run = clock.run
        if not run or max(run[3], lag) - min(run[2], lag) > STEADY:
            clock.run = [1, received, lag, lag]
            return False
        clock.run = [run[0] + 1, run[1], min(run[2], lag), max(run[3], lag)]
        passed, spread = received - run[1], clock.run[3] - clock.run[2]
        agreed = clock.run[0] >= QUICK and spread <= AGREE + passed // 4
        return (agreed or clock.run[0] >= ENOUGH) and passed >= AT_LEAST and abs(lag) <= BEHIND
