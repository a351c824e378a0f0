"""Proving: who agrees to what not everybody may. A link to the person's own telephone, or a PIN on a telephone's keys.

A PIN is compared and forgotten: it is in no message, no fact and no log line.
"""

from __future__ import annotations

from dataclasses import replace

from hub.domain.contact import MessageClass, Phrase
from hub.domain.conversation import Conversation, Heard, Intent, Meaning, Turn
from hub.domain.customer import Channel
from hub.domain.effects import AskProof
from hub.domain.ids import Moment
from hub.domain.verify import PIN, tells_pin
from hub.flow.context import Context
from hub.flow.links import with_link
from hub.flow.saying import Draft, send
from hub.flow.visit import Visit
from hub.ports import Tx
from hub.ports.bookings import PinCheck

HEARD = {
    PinCheck.RIGHT: Heard.PROOF_GIVEN,
    PinCheck.WRONG: Heard.PIN_WRONG,
    PinCheck.LOCKED: Heard.PIN_LOCKED,
    PinCheck.NONE: Heard.PIN_LOCKED,
}


async def ask(tx: Tx, wanted: AskProof, now: Moment, ctx: Context) -> None:
    """Send the link on which the person agrees: what is asked, and where to say yes."""
    draft = Draft(
        wanted.case,
        wanted.customer,
        Channel.SMS,
        MessageClass.TURN,
        f"proof:{wanted.step}:{wanted.expires}",
        (with_link(Phrase("proof.link")),),
        expires=wanted.expires,
    )
    await send(tx, draft, now, ctx)


async def keyed(visit: Visit, talk: Conversation | None) -> Turn:
    """The turn as it is when its keys were a PIN: proved, wrong or locked. Any other turn stays as it is."""
    turn = visit.turn
    pressed = turn.keyed and turn.channel is Channel.PHONE and PIN.fullmatch(turn.text.strip()) is not None
    if talk is None or not talk.proving or not pressed:
        return turn
    found = await visit.tx.bookings.check_pin(visit.customer, turn.text.strip(), visit.now)
    return replace(turn, kind=HEARD[found], text="", meaning=Meaning(Intent.UNKNOWN))


def hidden(turn: Turn, talk: Conversation | None) -> bool:
    """Whether the words of this turn hold what must not be kept."""
    return tells_pin(turn, talk)
