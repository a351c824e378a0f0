"""Alarms: what operators must hear of, judged from one look at the house. Pure.

Rules of this file. 1. An alarm is one function in `ALARMS`: it answers the words to tell, or None when all is well. 2. It is
told once when it has stood for its patience, again after `Limits.remind`, and once when it is over; what is over before it was
told is never told. 3. Words say what is the matter and what to do; they never hold personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from device_rules.reading import HOUR, MINUTE
from hub.domain.ids import Moment
from hub.domain.looked import Limits as Limits
from hub.domain.looked import Looked as Looked
from hub.domain.plural import many

PAGES = 3  # pages in a row that fail, whichever they are: one bad page is somebody's, three are everybody's
Test = Callable[[Looked, Limits], str | None]
Lasts = Callable[[Looked, str], bool]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A test, how long (µs) it must go wrong before somebody is told, and whether one with these words stands on though the
    test finds nothing: that nothing is seen does not show that it is over."""

    test: Test
    patience: int = 0
    lasts: Lasts | None = None

    @property
    def name(self) -> str:
        """The test's name: what the alarm is called in the store, in the console and in metrics."""
        return self.test.__name__


def sending_paused(seen: Looked, limits: Limits) -> str | None:
    """Somebody has paused sending."""
    return f"Sending is paused ({seen.paused}). Resume it with: beforehand resume" if seen.paused else None


_FAILS = "Provider does not take messages: "


def provider_fails(seen: Looked, limits: Limits) -> str | None:
    """A provider fails, and is left alone for a while."""
    if not seen.resting:
        return None
    names = ", ".join(seen.resting)
    return f"{_FAILS}{names}. Messages wait or take the next step. Look at its status page."


def nothing_taken(seen: Looked, words: str) -> bool:
    """Whether a provider that failed has not taken a message since: a rest, or a restart of ours, mends nothing."""
    named = words.removeprefix(_FAILS).partition(". ")[0].split(", ")
    return any(each in named for each in seen.unproved)


def outbox_parked(seen: Looked, limits: Limits) -> str | None:
    """Messages wait for a person."""
    if not seen.parked:
        return None
    return f"{seen.parked} parked in the outbox; a person must decide. See: beforehand outbox"


def outbox_overdue(seen: Looked, limits: Limits) -> str | None:
    """What is due is not taken out of the outbox."""
    if seen.overdue < limits.overdue:
        return None
    return f"A message has been due for {_minutes(seen.overdue)} and nobody takes it. Is the relay running?"


def opt_outs_spike(seen: Looked, limits: Limits) -> str | None:
    """Many more people than usual say STOP."""
    if seen.stops < max(limits.stops, 3 * seen.stops_usual):
        return None
    usual = f"{seen.stops_usual:.1f}".removesuffix(".0")
    return (
        f"{many(seen.stops, 'person', 'people')} opted out in the last hour (usually {usual}). Look at what was sent, and pause its rule: "
        "beforehand pause --rule NAME"
    )


def first_contacts_capped(seen: Looked, limits: Limits) -> str | None:
    """The fleet-wide cap on first contacts is reached."""
    if not seen.capped:
        return None
    return "The cap on first contacts of the whole fleet is reached: something bigger may be wrong. Look at the incidents."


def incident_waits(seen: Looked, limits: Limits) -> str | None:
    """The same fault is on many devices, and nobody has decided yet whether to tell them together."""
    if not seen.undecided:
        return None
    many = "1 incident waits" if seen.undecided == 1 else f"{seen.undecided} incidents wait"
    left = f" within {_minutes(max(0, seen.decide_by - seen.at))}" if seen.decide_by is not None else ""
    return (
        f"{many} for a decision{left}; after that customers are contacted one by one. "
        "Decide in the console, or see: beforehand incidents list"
    )


def canary_waits(seen: Looked, limits: Limits) -> str | None:
    """An approved incident has tried its first households for its whole time, and could tell nobody."""
    if not seen.canaries:
        return None
    them = "1 approved incident" if seen.canaries == 1 else f"{seen.canaries} approved incidents"
    return (
        f"{them} could tell none of the first households in time (the night, a pause, a carrier that is away), so nobody else "
        "is told either. `beforehand incidents show` says who waits."
    )


def urgent_untaken(seen: Looked, limits: Limits) -> str | None:
    """Urgent cases lie at the desk, and no agent has taken them."""
    if not seen.untaken:
        return None
    many, them = (
        ("1 urgent case waits", "it") if seen.untaken == 1 else (f"{seen.untaken} urgent cases wait", "them")
    )
    return f"{many} for an agent, and nobody has taken {them}. Take {them} in the console, or call somebody."


def events_stuck(seen: Looked, limits: Limits) -> str | None:
    """Internal events could not be handled."""
    if not seen.stuck:
        return None
    return f"{many(seen.stuck, 'internal event')} could not be handled, and cases stand still. The log lines say why."


def broker_gone(seen: Looked, limits: Limits) -> str | None:
    """The broker cannot be reached."""
    if seen.connected:
        return None
    return f"The broker cannot be reached ({seen.trouble or 'no answer'}). No telemetry comes in; silence clocks stand still."


def lag_grows(seen: Looked, limits: Limits) -> str | None:
    """Telemetry waits too long to be judged."""
    return f"Telemetry waits {_minutes(seen.lag)} until it is judged." if seen.lag >= limits.lag else None


def checkpoints_fail(seen: Looked, limits: Limits) -> str | None:
    """The store takes no checkpoints."""
    return f"Faults cannot be saved ({seen.unsaved}). Is the database well?" if seen.unsaved else None


def disk_fills(seen: Looked, limits: Limits) -> str | None:
    """The disk fills, or the log has stopped."""
    if seen.log_state != "open":
        return f"The telemetry log is {seen.log_state}: nothing is accepted any more. Free disk space."
    if seen.disk_free is None or seen.disk_free >= limits.disk_free:
        return None
    return f"Only {seen.disk_free:.0%} of the disk is free; below 10 % nothing is accepted any more. Free disk space."


def erasures_unlisted(seen: Looked, limits: Limits) -> str | None:
    """The list of erasures cannot be written: nobody can be erased."""
    if not seen.unlisted:
        return None
    return f"Nobody can be erased: {seen.unlisted}. Mend its rights or free the disk."


def console_fails(seen: Looked, limits: Limits) -> str | None:
    """Nobody at the desk can see a ticket."""
    if seen.pages_failed < PAGES:
        return None
    return (
        f"The last {seen.pages_failed} pages of console and API could not be shown, so the desk sees no tickets. "
        "The log lines `request failed` say where."
    )


def none_shown(seen: Looked, words: str) -> bool:
    """Whether no page has been shown since they failed: a restart of ours mends nothing."""
    return not seen.page_shown


ALARMS: tuple[Alarm, ...] = (
    Alarm(sending_paused),
    Alarm(provider_fails, MINUTE, nothing_taken),
    Alarm(outbox_parked, 5 * MINUTE),
    Alarm(outbox_overdue),
    Alarm(opt_outs_spike),
    Alarm(first_contacts_capped),
    Alarm(incident_waits),
    Alarm(canary_waits),
    Alarm(urgent_untaken),
    Alarm(events_stuck, MINUTE),
    Alarm(broker_gone, 2 * MINUTE),
    Alarm(lag_grows, 2 * MINUTE),
    Alarm(checkpoints_fail, MINUTE),
    Alarm(disk_fills),
    Alarm(erasures_unlisted),
    Alarm(console_fails, 0, none_shown),
)


class Told(StrEnum):
    """What operators hear of an alarm."""

    BEGINS = "begins"
    STANDS = "stands"
    OVER = "over"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Standing:
    """An alarm that stands: since when, with which words, and when operators heard of it last (None: not yet)."""

    name: str
    since: Moment
    words: str
    told: Moment | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """What operators are to hear now."""

    what: Told
    name: str
    words: str

    @property
    def title(self) -> str:
        """A line for a lock screen."""
        name = self.name.replace("_", " ")
        return {
            Told.BEGINS: f"Beforehand: {name}",
            Told.STANDS: f"Beforehand, still: {name}",
            Told.OVER: f"Beforehand, over: {name}",
            Told.REPORT: f"Beforehand: {name}",
        }[self.what]


def watch(
    before: Mapping[str, Standing], seen: Looked, limits: Limits, alarms: Sequence[Alarm] = ALARMS
) -> tuple[dict[str, Standing], list[Tell]]:
    """The alarms that stand after this look, and what is to be told. Who tells marks it with `heard`."""
    standing: dict[str, Standing] = {}
    tells: list[Tell] = []
    for alarm in alarms:
        words, known = alarm.test(seen, limits), before.get(alarm.name)
        if words is None and known is not None and alarm.lasts is not None and alarm.lasts(seen, known.words):
            words = known.words
        if words is None:
            if known is not None and known.told is not None:
                tells.append(Tell(Told.OVER, alarm.name, f"It is over. It was: {known.words}"))
            continue
        now = (
            Standing(alarm.name, known.since, words, known.told)
            if known
            else Standing(alarm.name, seen.at, words)
        )
        standing[alarm.name] = now
        if now.told is None and seen.at - now.since >= alarm.patience:
            tells.append(Tell(Told.BEGINS, alarm.name, words))
        elif now.told is not None and seen.at - now.told >= limits.remind:
            tells.append(Tell(Told.STANDS, alarm.name, words))
    return standing, tells


def heard(standing: Standing, at: Moment) -> Standing:
    """The alarm as it is once operators have heard of it."""
    return replace(standing, told=at)


def _minutes(micros: int) -> str:
    if micros < 2 * MINUTE:
        return f"{micros // 1_000_000} seconds"
    return f"{micros // MINUTE} minutes" if micros < 2 * HOUR else f"{micros // HOUR} hours"
