"""Silences: what comes true because nothing is heard, by the hub's clock and only while it was listening.

Our own outage is not theirs: a silence counts from when we began to listen again, and up to a tenth later,
so that a fleet does not speak up at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from device_rules.hold import NEVER
from device_rules.memory import Memory
from device_rules.plan import Plan, Silence
from device_rules.reading import Micros
from device_rules.windows.cadence import Cadence


class Listening:
    """Since when the hub has been listening without a gap (hub time, µs); one for all devices of an engine."""

    __slots__ = ("since",)

    def __init__(self) -> None:
        self.since: Micros = 0


class Ears:
    """When one device, and each of the metrics that are asked about, was last heard (hub time, µs; 0 never).

    `metrics` has a moment for each silence of the plan. `cadence` is the device's own habit, for `learned`.
    """

    __slots__ = ("cadence", "device", "expect_every", "heard", "metrics", "plan", "silent", "turned")

    def __init__(self, device: str, plan: Plan, expect_every: Micros) -> None:
        self.device, self.plan, self.expect_every = device, plan, expect_every
        self.heard: Micros = 0
        self.metrics: list[Micros] = [0] * len(plan.silences)
        self.silent = True
        self.turned = True  # a silence may come true earlier than was said
        self.cadence: Cadence | None = Cadence() if plan.learns else None

    def hear(self, received: Micros, memory: Memory, listening_since: Micros) -> bool:
        """Something live was received; True when a silence ends by it."""
        if received <= self.heard:
            return False
        self.turned = (
            self.turned or listening_since > self.heard
        )  # what was put off by our absence is not any more
        if self.cadence is not None and self.heard and listening_since <= self.heard:
            self.cadence.push(received - self.heard)
            self.turned = True  # it may be less patient now
        self.heard = received
        if not self.silent:
            return False
        self.silent, self.turned = False, True
        for silence in self.plan.silences:
            if silence.base < 0:
                memory.values[silence.slot] = False
        return True

    def resume(self, received: Micros, memory: Memory) -> None:
        """Everything was heard at `received`."""
        self.heard, self.silent = received, False
        self.metrics = [received] * len(self.metrics)
        for silence in self.plan.silences:
            memory.values[silence.slot] = False

    def of_metrics(self) -> dict[str, Micros]:
        """When the metrics that are asked about were last received, by the key of their silence."""
        pairs = zip(self.plan.silences, self.metrics, strict=True)
        return {silence.key: heard for silence, heard in pairs if silence.base >= 0}

    def restore(self, heard: Micros, silent: bool, metrics: Mapping[str, Micros]) -> None:
        """Take back what was kept; metrics that nobody asked about then were not heard yet."""
        self.heard, self.silent = heard, silent
        self.metrics = [metrics.get(silence.key, 0) for silence in self.plan.silences]

    def bring(
        self, names: Collection[str], received: Micros, memory: Memory, listening_since: Micros
    ) -> None:
        """A reading brought these metrics, believed or not."""
        for number, silence in enumerate(self.plan.silences):
            if silence.base >= 0 and memory.book.slots[silence.base].name in names:
                put_off = listening_since > self.metrics[number]
                self.turned = self.turned or put_off or memory.values[silence.slot] is not False
                self.metrics[number] = max(received, self.metrics[number])
                memory.values[silence.slot] = False

    def due(
        self, memory: Memory, listening_since: Micros, until: Micros = NEVER
    ) -> list[tuple[Micros, Silence, Micros]]:
        """The silences to come up to `until`: when (hub time), which, and since when it has been silent."""
        found = []
        values = memory.values
        for number, silence in enumerate(self.plan.silences):
            slot, span, base, key, learned = silence
            heard = self.heard if base < 0 else self.metrics[number]
            if not heard or values[slot] is True:
                continue
            known = self.span(silence) if learned else span
            if known is not None:
                since, due = heard, heard + known
                if listening_since > heard:
                    since, due = listening_since, listening_since + known + self._delay(key, known)
                if due <= until:
                    found.append((due, silence, since))
        if len(found) > 1:
            found.sort(key=lambda one: one[0])
        return found

    def next(self, memory: Memory, listening_since: Micros) -> Micros:
        """When the first of them comes true; NEVER when none will."""
        coming, values, plan = NEVER, memory.values, self.plan
        if plan.learns:
            found = self.due(memory, listening_since)
            return found[0][0] if found else NEVER
        for number, (slot, span, base, key, _) in enumerate(plan.silences):
            heard = self.heard if base < 0 else self.metrics[number]
            if heard and values[slot] is not True:
                due = heard + span
                if listening_since > heard:
                    due = listening_since + span + self._delay(key, span)
                if due < coming:  # noqa: PLR1730 (a call costs more)
                    coming = due
        return coming

    def span(self, silence: Silence) -> Micros | None:
        """How long it must be silent; None while that has still to be learned."""
        if not silence.learned or self.cadence is None:
            return silence.span
        return self.cadence.limit(self.expect_every)

    def _delay(self, key: str, span: Micros) -> Micros:
        digest = hashlib.blake2b(f"{self.device}\x00{key}".encode(), digest_size=6).digest()
        return int.from_bytes(digest, "big") % max(span // 10, 1)
