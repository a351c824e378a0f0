"""Consent at home: several people live with one device, and what one of them says about hearing from us is said for them alone.

It reads, and changes nothing.
"""

from __future__ import annotations

from hub.domain.case import Case, CaseState
from hub.domain.conversation import Intent
from hub.domain.customer import Channel
from hub.domain.ids import CustomerId, Moment
from hub.domain.ladder import recipients
from hub.flow.visit import Visit
from hub.ports import Tx


async def speaks_for(tx: Tx, case: Case, customer: CustomerId, now: Moment) -> bool:
    """Whether the case ends for the hub when this person has said stop: it is with them that it is talked about, or, where
    nobody was asked yet, they would be the first."""
    talk = await tx.talks.get(case.id)
    if talk is not None and talk.customer is not None:
        return talk.customer == customer
    for one in await _at_home(tx, case, now):
        if one == customer or await tx.people.suppressed(one, Channel.SMS) is None:
            return one == customer
    return False


async def asked_second(tx: Tx, case: Case, customer: CustomerId, now: Moment) -> bool:
    """Whether this is a second contact who was asked and has not answered: the household may be asked further."""
    talk = await tx.talks.get(case.id)
    asked = talk is not None and talk.customer == customer and case.state is CaseState.CONTACTING
    return asked and customer not in await _at_home(tx, case, now)


async def for_oneself(visit: Visit, case: Case) -> bool:
    """Whether this turn is the STOP or START of somebody else than the one the case is talked about with: it is answered
    without a word of the case, and changes nothing in its conversation."""
    if visit.turn.meaning.intent not in (Intent.STOP, Intent.START):
        return False
    return not await speaks_for(visit.tx, case, visit.customer, visit.now)


async def _at_home(tx: Tx, case: Case, now: Moment) -> list[CustomerId]:
    return recipients(await tx.people.residents(case.site, now)) if case.site else []
