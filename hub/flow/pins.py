"""PINs: how a person gets one, changes it and loses it. What a PIN proves is decided in `proving.py`.

Only the person sets one, on their own page, while the link that opened it is fresh: it came to their own telephone. The desk
can see whether there is one, send that link, and remove a PIN; nobody but the person ever knows it. It is in no message, no
fact and no log line, and of what is kept it cannot be read.
"""

from __future__ import annotations

from hub.domain.asked import Decision
from hub.domain.because import Because
from hub.domain.contact import MessageClass, Phrase
from hub.domain.customer import Channel
from hub.domain.effects import Note
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.domain.verify import PIN, PROOF_LIFE, easy
from hub.flow.consent_choices import By
from hub.flow.context import Context
from hub.flow.links import LIFE, with_link
from hub.flow.saying import Draft, send
from hub.ports import BadInput, Tx
from hub.ports.pages import PageVisit


class Mistyped(BadInput):
    """A PIN that is none, or that anybody would guess; `easy` tells which. It does not repeat what was typed."""

    def __init__(self, easy: bool) -> None:
        cause = "this PIN is too easy to guess" if easy else "a PIN has four to eight digits"
        super().__init__("pin", cause, "Choose another one")
        self.easy = easy


def fresh(visit: PageVisit, now: Moment) -> bool:
    """Whether the page was opened by its link only a moment ago: that is the proof that a PIN is set with."""
    return now < visit.expires - LIFE + PROOF_LIFE


async def set_pin(tx: Tx, customer: CustomerId, pin: str, by: By) -> bool:
    """Remember a person's PIN: four to eight digits. True when it replaces another one. Raises Mistyped."""
    if PIN.fullmatch(pin) is None:
        raise Mistyped(easy=False)
    if easy(pin):
        raise Mistyped(easy=True)
    before = await tx.bookings.keeps_pin(customer)
    await tx.bookings.set_pin(customer, pin)
    await _noted(tx, customer, ("pin.changed" if before else "pin.set", Because.PIN_SET), by)
    return before


async def remove_pin(tx: Tx, customer: CustomerId, by: By) -> bool:
    """The person has no PIN any more, and proves by a link instead; False when they had none."""
    gone = await tx.bookings.forget_pin(customer)
    if gone:
        await _noted(tx, customer, ("pin.removed", Because.PIN_REMOVED), by)
    return gone


async def tell_of_change(
    tx: Tx, customer: CustomerId, case: CaseId | None, now: Moment, ctx: Context
) -> None:
    """A text that the PIN is another one, or gone: whoever did not want that hears of it, and where to ring."""
    draft = Draft(case, customer, Channel.SMS, MessageClass.TURN, f"pin:{now}", (Phrase("pin.changed"),))
    await send(tx, draft, now, ctx)


async def send_link(tx: Tx, customer: CustomerId, case: CaseId, now: Moment, ctx: Context) -> Decision:
    """A fresh link by text, to the number on file: the gate says whether it may leave."""
    phrase = with_link(Phrase("pin.link"))
    draft = Draft(case, customer, Channel.SMS, MessageClass.TURN, f"pin-link:{now}", (phrase,))
    return await send(tx, draft, now, ctx)


async def newest_case(tx: Tx, customer: CustomerId, now: Moment) -> CaseId:
    """The case whose page a link can open. Raises BadInput for somebody unknown, or who has had none yet."""
    if await tx.people.customer(customer) is None:
        raise BadInput(customer, "there is no such customer", "Look for them by name or number")
    cases = await tx.cases.of_customer(customer, now, open_only=False)
    if not cases:
        raise BadInput(
            customer, "this person has no page yet", "It comes with their first message about a device"
        )
    return max(cases, key=lambda case: (case.state.open, case.opened)).id


async def _noted(tx: Tx, customer: CustomerId, what: tuple[str, Because], by: By) -> None:
    kind, because = what
    data = {"customer": customer, "by": by.who, "how": by.how}
    await tx.facts.add(Note(None, None, kind, because, data), by.now)
