"""The gate's stage for what people have paused: see `pauses.py`."""

from __future__ import annotations

from device_rules.reading import MINUTE
from hub.domain.asked import Asked
from hub.domain.because import Because
from hub.domain.contact import MessageClass
from hub.domain.ids import Moment
from hub.domain.pauses import Pause, Scope
from hub.domain.stage import Stop

PAUSED_LOOK = (
    15 * MINUTE
)  # how long a paused message rests before it is judged again, unless somebody resumes
# A paused rule or incident contacts nobody of itself; who has written to us is still answered.
OF_ITSELF = (MessageClass.FIRST, MessageClass.REMINDER, MessageClass.SAFETY, MessageClass.RECOVERY)


def paused(asked: Asked, now: Moment) -> Stop | None:
    """Its rule, channel, provider or incident is paused: an agent hears so at once, the hub's own messages wait."""
    if not any(_meant(pause, asked) for pause in asked.switches.pauses):
        return None
    if asked.message.kind is MessageClass.AGENT:
        return Stop(Because.PAUSED_HERE)
    return Stop(Because.PAUSED_HERE, Moment(now + PAUSED_LOOK))


def _meant(pause: Pause, asked: Asked) -> bool:
    if pause.scope is Scope.PROVIDER:
        return pause.name == asked.provider
    if pause.scope is Scope.CHANNEL:
        used = {asked.message.channel, asked.address.channel if asked.address else None}
        return pause.name in used
    if asked.message.kind not in OF_ITSELF or asked.case is None:
        return False
    return pause.name == (asked.case.rule if pause.scope is Scope.RULE else asked.incident)
