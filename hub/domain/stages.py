"""The gate's table: `STAGES` says which class of message passes which stage, in order.

Rules of this file. 1. A stage answers None (pass) or what stops the message. 2. A stage never looks at what another one
is for. 3. Which stages a class skips is read from the table and from nowhere else (contact.md, section 5). 4. What ends a
matter for good is asked first: nobody waits for morning with what will never leave.
"""

from __future__ import annotations

from collections.abc import Mapping

from device_rules.reading import MINUTE
from hub.domain.asked import Asked, Mode
from hub.domain.because import Because
from hub.domain.contact import MessageClass
from hub.domain.ids import Moment
from hub.domain.stage import Stage as Stage
from hub.domain.stage import Stop
from hub.domain.stages_caps import (
    cap_calls,
    cap_customer,
    cap_first,
    cap_fleet,
    cap_household,
    cap_reminders,
    cap_rule,
    cap_safety,
    incident_hold,
    one_question,
    pacing,
    reminder_gap,
)
from hub.domain.stages_pauses import paused
from hub.domain.stages_person import (
    address_health,
    announcement_hours,
    basis,
    preference,
    preference_unless_answering,
    quiet_hours,
    quiet_unless_answering,
    quiet_unless_wake_me,
    quiet_unless_wrote,
    rest_days,
    snoozed,
    suppression,
)
from hub.domain.text import lint

PAUSED_LOOK = 15 * MINUTE  # how long a paused or waiting message rests before it is judged again


def kill_switch(asked: Asked, now: Moment) -> Stop | None:
    """All contacts are paused: an agent hears so at once, the hub's own messages wait and are judged again."""
    if not asked.switches.paused:
        return None
    if asked.message.kind is MessageClass.AGENT:
        return Stop(Because.KILL_SWITCH)
    return Stop(Because.KILL_SWITCH, Moment(now + PAUSED_LOOK))


def sending_mode(asked: Asked, now: Moment) -> Stop | None:
    """Live: what was already wrong at go-live is listed, not contacted. Paper and test numbers: see `gate.route`."""
    since = asked.switches.live_since
    if asked.switches.mode is not Mode.LIVE or since is None or asked.case is None:
        return None
    return Stop(Because.KNOWN_AT_GO_LIVE) if asked.case.opened < since else None


def case_open(asked: Asked, now: Moment) -> Stop | None:
    """Nothing is said about a case that is over."""
    over = asked.case is not None and not asked.case.state.open
    return Stop(Because.CASE_CLOSED) if over else None


def not_acknowledged(asked: Asked, now: Moment) -> Stop | None:
    """Nobody is asked again after somebody has answered."""
    answered = asked.case is not None and asked.case.acknowledged is not None
    return Stop(Because.ALREADY_ACKNOWLEDGED) if answered else None


def text_lint(asked: Asked, now: Moment) -> Stop | None:
    """An empty, unfinished, over-long or selling text does not leave."""
    check = lint(asked.text, asked.message.kind, asked.message.channel)
    return Stop(Because.TEXT_REFUSED) if check.faults else None


_ALWAYS = (kill_switch, sending_mode)
_PERSON = (suppression, basis, address_health)

STAGES: Mapping[MessageClass, tuple[Stage, ...]] = {
    MessageClass.FIRST: (
        *_ALWAYS,
        case_open,
        not_acknowledged,
        *_PERSON,
        preference,
        cap_first,
        cap_customer,
        paused,
        snoozed,
        quiet_hours,
        rest_days,
        announcement_hours,
        cap_household,
        cap_rule,
        cap_calls,
        incident_hold,
        cap_fleet,
        pacing,
        one_question,
        text_lint,
    ),
    MessageClass.REMINDER: (
        *_ALWAYS,
        case_open,
        not_acknowledged,
        *_PERSON,
        preference,
        cap_reminders,
        cap_customer,
        paused,
        snoozed,
        quiet_hours,
        rest_days,
        announcement_hours,
        reminder_gap,
        cap_calls,
        incident_hold,
        pacing,
        one_question,
        text_lint,
    ),
    MessageClass.TURN: (
        kill_switch,
        case_open,
        *_PERSON,
        paused,
        preference_unless_answering,
        quiet_unless_answering,
        one_question,
        text_lint,
    ),
    MessageClass.AGENT: (kill_switch, case_open, *_PERSON, paused, preference, quiet_unless_wrote, text_lint),
    MessageClass.RECOVERY: (
        *_ALWAYS,
        *_PERSON,
        preference,
        paused,
        snoozed,
        quiet_hours,
        rest_days,
        announcement_hours,
        pacing,
        text_lint,
    ),
    MessageClass.COMPLIANCE: (address_health, quiet_unless_answering, text_lint),
    MessageClass.SAFETY: (
        *_ALWAYS,
        case_open,
        *_PERSON,
        preference,
        paused,
        quiet_unless_wake_me,
        cap_safety,
        text_lint,
    ),
}
