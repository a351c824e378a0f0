"""Still booked: the appointments that stand although contact or a case ends, in the words that the person is told. It reads only."""

from __future__ import annotations

from dataclasses import replace

from hub.domain.contact import Phrase
from hub.domain.conversation import Reply
from hub.domain.slots import Slot
from hub.domain.spoken_date import moment_words
from hub.flow.visit import Visit

CONFIRMED = ("stop.confirmed", "stop.confirmed_open")


async def with_appointments(visit: Visit, reply: Reply) -> Reply:
    """The reply; one that confirms a STOP also says what stays booked, and how to call it off."""
    if not any(phrase.key in CONFIRMED for phrase in reply.say):
        return reply
    sites = await visit.tx.people.sites_of(visit.customer, visit.now)
    zone = sites[0].zone if sites else visit.ctx.policy.zone
    language = reply.language or visit.turn.language
    said = tuple(
        Phrase(f"stop.booked.{slot.kind}", moment_words(slot.starts, zone, language, visit.now))
        for slot in await _stand(visit)
    )
    return replace(reply, say=(*reply.say, *said))


async def _stand(visit: Visit) -> list[Slot]:
    """What is booked for this person and still to come, of open cases and of ended ones."""
    cases = await visit.tx.cases.of_customer(visit.customer, visit.now, open_only=False)
    booked = [each for case in cases for each in await visit.tx.bookings.of_case(case.id)]
    mine = [each.slot for each in booked if each.customer == visit.customer and each.slot.starts > visit.now]
    return sorted(mine, key=lambda slot: slot.starts)
