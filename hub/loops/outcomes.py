"""Results: one transaction that saves what the world made of a letter. It sends nothing.

What the world answered is written under the case's row lock; a receipt that was faster has already moved the message on,
and is never undone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import ON_PAPER, Message, MessageClass, MessageStatus
from hub.domain.effects import Note
from hub.domain.ids import Moment
from hub.domain.receipts import advance, left
from hub.domain.text import segments
from hub.flow.context import Context
from hub.flow.receipts import bury, lost, opted_out
from hub.loops.post import ATTEMPTS, CALLBACK_WAIT, LOOKS, Letter, PostOffice, patience
from hub.ports import Accepted, InDoubt, Outcome, TryLater, Tx, Undeliverable

ASKING = (MessageClass.FIRST, MessageClass.REMINDER)


@dataclass(frozen=True, slots=True)
class _At:
    """The letter whose result is saved, its message as it stands now, in which transaction and at what moment."""

    tx: Tx
    letter: Letter
    message: Message
    case: Case | None
    now: Moment
    ctx: Context

    async def put(self, status: MessageStatus, because: Because) -> None:
        """Save where the message is."""
        await self.tx.messages.update(replace(self.message, status=status, because=because))

    async def row(self, state: str, note: str, due: Moment | None = None) -> None:
        """Save where its outbox row is."""
        await self.tx.outbox.settle(self.letter.row.id, state, due=due, note=note)

    async def fact(self, kind: str, because: Because, **data: str | int) -> None:
        """Write it on the timeline."""
        m = self.message
        said = {"message": m.id, "channel": str(m.channel), "class": str(m.kind), **data}
        await self.tx.facts.add(Note(m.case, None, kind, because, said), self.now)

    async def over(self, status: MessageStatus, because: Because, code: str) -> Because:
        """Nobody will read it: its case goes on without it."""
        await self.put(status, because)
        await self.row("done", code)
        await self.fact("message.failed", because, code=code)
        await lost(self.tx, self.message, because, self.now)
        return because


async def settle(letter: Letter, outcome: Outcome | None, post: PostOffice) -> Because:
    """Save the outcome of sending or finding (None: found to be absent); answers the reason that was written down."""
    async with post.store.transaction() as tx:
        about = letter.message.case
        case = await tx.cases.get(about, lock=True) if about is not None else None
        message = await tx.messages.get(letter.message.id) or letter.message
        at = _At(tx, letter, message, case, Moment(post.clock.now()), post.ctx)
        if not isinstance(outcome, Accepted) and left(message.status):
            await at.row("done", "receipt")  # it was faster than the answer
            return Because.RECEIPT
        match outcome:
            case Accepted():
                return await _accepted(at, outcome)
            case Undeliverable():
                return await _refused(at, outcome)
            case TryLater():
                return await _later(at, outcome)
            case InDoubt():
                return await _in_doubt(at, outcome)
            case None:
                return await _again(at, "absent")


async def _accepted(at: _At, told: Accepted) -> Because:
    message = at.message
    if at.letter.find:
        other = await at.tx.messages.by_provider(message.channel, told.provider_id)
        if other is not None and other.id != message.id:
            return await _park(at, "found one of another message")
    because = at.letter.message.because if at.letter.paper else Because.SENT
    because = Because.CROSSED if _crossed(at) else because
    status = advance(message.status, MessageStatus.ACCEPTED)
    text = at.letter.message.text  # as it is kept: an envelope may hold a link that opens somebody's page
    sent = replace(message, status=status, provider_id=told.provider_id, text=text, because=because)
    await at.tx.messages.update(sent)
    await at.row("done", "")
    kind = (
        "message.on_paper" if at.letter.paper else "message.sent"
    )  # nobody shall read "sent" of what reached nobody
    await at.fact(kind, because, attempt=at.letter.row.attempts, segments=segments(text))
    return because


def _crossed(at: _At) -> bool:
    """Whether somebody answered, or the device recovered, while the message was already on its way. What is found again
    had left before: nothing is claimed for sending after an answer."""
    ends = () if at.case is None else (at.case.acknowledged, at.case.closed)
    answered = min((moment for moment in ends if moment is not None), default=None)
    if answered is None or at.message.kind not in ASKING:
        return False
    return at.letter.find or answered >= (at.letter.row.claimed or answered)


async def _refused(at: _At, told: Undeliverable) -> Because:
    if told.opted_out:
        await opted_out(at.tx, at.message, at.now, at.ctx)
    if told.dead:
        await bury(at.tx, at.message, at.now, told.code)
    because = Because.OPTED_OUT_AT_CARRIER if told.opted_out else Because.CARRIER_REFUSED
    return await at.over(MessageStatus.FAILED, because, told.code)


async def _later(at: _At, told: TryLater) -> Because:
    message, attempts = at.message, at.letter.row.attempts
    due = Moment(at.now + patience(message.id, attempts, told.after))
    if attempts >= ATTEMPTS or (message.expires is not None and message.expires <= due):
        return await at.over(MessageStatus.EXPIRED, Because.EXPIRED, told.code)
    await at.put(MessageStatus.QUEUED, Because.CARRIER_BUSY)
    await at.row("queued", told.code, due)
    await at.fact("message.later", Because.CARRIER_BUSY, code=told.code, due=due)
    return Because.CARRIER_BUSY


async def _in_doubt(at: _At, told: InDoubt) -> Because:
    """Safety is sent again at once, and so is what is harmless twice; the rest is looked for, or a person decides."""
    letter, attempts = at.letter, at.letter.row.attempts
    harmless = (
        letter.notifier.in_doubt == "resend"
    )  # even after a crash: who cannot be asked is not looked for
    twice = harmless or (at.message.kind is MessageClass.SAFETY and not letter.find)
    if twice and attempts < ATTEMPTS:
        return await _again(at, told.code)
    if letter.notifier.in_doubt != "find" or (letter.find and attempts >= LOOKS):
        return await _park(at, told.code)
    wait = patience(at.message.id, attempts) if letter.find else 0
    due = Moment(at.now + max(wait, CALLBACK_WAIT))
    await doubt(at.tx, at.message, due, told.code, at.now)
    return Because.IN_DOUBT


async def doubt(tx: Tx, message: Message, due: Moment, code: str, now: Moment) -> None:
    """Mark it, and look for it at `due`. That it was on paper stays on it: there it is looked for."""
    because = message.because if message.because in ON_PAPER else Because.IN_DOUBT
    await tx.messages.update(replace(message, status=MessageStatus.IN_DOUBT, because=because))
    await tx.outbox.settle(message.id, "in_doubt", due=due, note=code)
    data = {"message": message.id, "channel": str(message.channel), "code": code}
    await tx.facts.add(Note(message.case, None, "message.in_doubt", Because.IN_DOUBT, data), now)


async def _again(at: _At, code: str) -> Because:
    """Back to the queue, where the whole gate is asked again before it leaves."""
    because = Because.PROVEN_ABSENT if code == "absent" else Because.SENT_AGAIN
    await at.put(MessageStatus.QUEUED, because)
    await at.row("queued", code, at.now)
    await at.fact("message.again", because, code=code)
    return because


async def _park(at: _At, code: str) -> Because:
    await at.put(MessageStatus.IN_DOUBT, Because.IN_DOUBT)
    await at.row("parked", code)
    await at.fact("message.parked", Because.IN_DOUBT, code=code)
    await lost(at.tx, at.message, Because.IN_DOUBT, at.now)
    return Because.IN_DOUBT
