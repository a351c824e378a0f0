"""Pausing a part: messages of one rule, channel, provider or incident stop, at once and with those that already wait.

The kill switch for everything is in `switching.py`. Nothing is sent here, and nothing is lost: what is paused waits.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

from hub.domain.because import Because
from hub.domain.customer import Channel
from hub.domain.effects import Note
from hub.domain.gate import Switches
from hub.domain.ids import Moment, UserId
from hub.domain.pauses import PROVIDERS, Pause, Scope, with_pause, without
from hub.domain.stages_pauses import PAUSED_LOOK
from hub.ports import BadInput, Tx

MOST = 200  # open incidents among which the one meant is looked for
HELD = (str(Because.PAUSED_HERE), str(Because.KILL_SWITCH))
HELD_MEMBERS = (Because.PAUSED_HERE.name, Because.KILL_SWITCH.name)


async def pause_part(tx: Tx, pause: Pause) -> Switches:
    """Stop what `pause` names, from now on; the same thing again changes who and why.

    Raises BadInput on a channel, provider or incident that there is not: a slip must not look like success. Who calls knows
    the rules.
    """
    await _there_is(tx, pause)
    before = await tx.house.switches(lock=True)
    switches = replace(before, pauses=with_pause(before.pauses, pause))
    await tx.house.set_switches(switches)
    data = {"scope": str(pause.scope), "name": pause.name, "by": pause.by, "why": pause.because}
    await tx.facts.add(Note(None, None, "house.paused_part", Because.PAUSED, data), pause.since)
    return switches


async def _there_is(tx: Tx, pause: Pause) -> None:
    if pause.scope is Scope.CHANNEL:
        _one_of(pause, [channel for channel in Channel if channel is not Channel.AGENT])
    elif pause.scope is Scope.PROVIDER:
        _one_of(pause, PROVIDERS)
    elif pause.scope is Scope.INCIDENT and await tx.incidents.get(pause.name) is None:
        _one_of(pause, [one.id for one in await tx.incidents.page("", MOST, open_only=True)])


def _one_of(pause: Pause, known: Sequence[str]) -> None:
    """Raises BadInput, with the nearest name and the list, when `pause` is of none of them."""
    if pause.name in known:
        return
    near = difflib.get_close_matches(pause.name, known, 1)
    listed = f"There are: {', '.join(known)}." if known else "There is none that is open."
    raise BadInput(
        pause.name, f"there is no such {pause.scope}", (f"Did you mean {near[0]}? " if near else "") + listed
    )


async def resume_part(tx: Tx, part: tuple[Scope, str], by: UserId, now: Moment) -> Switches:
    """Let it run again; what waited for that is judged anew at once. Raises BadInput when it is not paused."""
    scope, name = part
    before = await tx.house.switches(lock=True)
    switches = replace(before, pauses=without(before.pauses, scope, name))
    if switches.pauses == before.pauses:
        raise BadInput(
            f"{scope} {name}", "it is not paused", "What is paused is listed by: beforehand pause --list"
        )
    await tx.house.set_switches(switches)
    data = {"scope": str(scope), "name": name, "by": by}
    await tx.facts.add(Note(None, None, "house.resumed_part", Because.RESUMED, data), now)
    await release_held(tx, now)
    return switches


async def release_held(tx: Tx, now: Moment) -> int:
    """What was held by a pause is due now, and passes the whole gate again; how many messages and commands that is. Steps of
    ladders that wait, and households of incidents, are taken within half a minute, spread as they were, each with the whole gate again."""
    await tx.incidents.hurry(HELD_MEMBERS, now)
    await tx.wakes.hurry("release", Moment(now + PAUSED_LOOK), now)
    return await tx.outbox.hurry(HELD, now)
