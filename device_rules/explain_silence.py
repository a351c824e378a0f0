"""What is told of a silence: of a device (`silent_for`) or of one metric (`missing`), by the hub's clock."""

from __future__ import annotations

from device_rules.explain_look import Look
from device_rules.explain_values import Told, Unknown
from device_rules.explain_words import ago, clock, many, span_in_words
from device_rules.plan import Silence
from device_rules.reading import Micros
from device_rules.windows.cadence import ENOUGH


def told_of_silence(slot: int, look: Look) -> Told:
    """How long it has been silent, and when that is a silence. `slot` must be that of a silence."""
    found = look.silence(slot)
    assert found is not None
    silence, heard = found
    who = "the device" if silence.base < 0 else look.ward.who.book.slots[silence.base].name
    if not heard:
        return Told(f"{who} has not been heard yet, so it cannot be silent", Unknown.NEVER_SEEN)
    span = look.ward.ears.span(silence)
    silent = max(look.now - max(heard, look.since), 0)
    facts = {"heard": heard, "silent": silent, "wanted": span}
    last = f"{'last heard' if silence.base < 0 else 'last received'} {ago(look.now - heard)}"
    if span is None:
        return _still_learning(look, last)
    word = "silent" if silence.base < 0 else "missing"
    said = f"{last}; {_usual(silence, look)}{word} from {span_in_words(span)} on"
    if look.since > heard:
        said += f"; the hub itself was not listening before {_shown(look.since, look)}"
    due = look.silent_at(slot)
    rises = f"nothing is heard until {_shown(due, look)}" if due is not None else "nothing is heard"
    return Told(said, "", {**facts, "due": due}, rises=rises, falls=f"{who} is heard again")


def _still_learning(look: Look, last: str) -> Told:
    cadence = look.ward.ears.cadence
    known = cadence.number if cadence else 0
    said = f"{last}; how often it is usually heard is not learned yet: {known} of {many(ENOUGH, 'pause')}"
    return Told(said, Unknown.LEARNING, {"pauses": known, "wanted_pauses": ENOUGH})


def _usual(silence: Silence, look: Look) -> str:
    cadence = look.ward.ears.cadence
    if not silence.learned or cadence is None:
        return ""
    return f"its longest usual pause is {span_in_words(max(cadence.longest))}, "


def _shown(hub: Micros, look: Look) -> str:
    """A moment of the hub's clock."""
    return clock(hub, look.now, look.zone)
