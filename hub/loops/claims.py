"""The claim: one transaction in which due rows are judged again and become letters and orders.

A row leaves here as `sending`, or it is held, dropped or settled for good. Nothing is sent in here, and nothing is claimed
after an acknowledgement has committed: the case's row is held while the gate decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from device_rules.reading import SECOND
from hub.domain.asked import Asked, Decision, Mode, Verdict
from hub.domain.because import Because
from hub.domain.contact import ON_PAPER, Message, MessageClass, MessageStatus, Phrase
from hub.domain.customer import Address, Channel
from hub.domain.effects import Note
from hub.domain.gate import decide, route
from hub.domain.ids import Moment
from hub.domain.pauses import Scope
from hub.domain.receipts import LOST, left
from hub.flow.ask import gather, release
from hub.flow.links import MARK, link_of
from hub.flow.receipts import lost
from hub.loops.orders import claim_order
from hub.loops.post import Letter, Parcel, PostOffice
from hub.ports import BadInput, Envelope, OutboxRow, Tx
from hub.ports.pace import pace_of

KINDS = ("message", "command")
MOOT = (Because.ALREADY_ACKNOWLEDGED, Because.CASE_CLOSED)  # nothing is lost when these are not sent
SUBJECTS = {
    MessageClass.SAFETY: "subject.safety",
    MessageClass.AGENT: "subject.person",
}
RELEVANT = 14_400  # seconds a message without an end of its own is worth delivering


class Spoiled(Exception):
    """The row with this id could not be judged: a bug, which must not stop the others."""

    def __init__(self, row: str) -> None:
        super().__init__(row)
        self.row = row


@dataclass(frozen=True, slots=True)
class At:
    """The row that is being judged, in which transaction and at what moment."""

    tx: Tx
    row: OutboxRow
    now: Moment
    post: PostOffice


async def claim(
    post: PostOffice, limit: int, kinds: Sequence[str] = KINDS, lanes: Sequence[str] = ()
) -> list[Parcel]:
    """Claim at most `limit` due rows of `kinds` on `lanes` (none given: all), the most urgent first.

    Raises Spoiled when one of them cannot be judged (nothing is claimed then).
    """
    now = Moment(post.clock.now())
    parcels: list[Parcel] = []
    async with post.store.transaction() as tx:
        for row in await tx.outbox.claim(now, limit, kinds, lanes, post.name):
            try:
                parcel = await _judge(At(tx, row, now, post))
            except Exception as error:
                raise Spoiled(row.id) from error
            if parcel is not None:
                parcels.append(parcel)
    return parcels


async def _judge(at: At) -> Parcel | None:
    tx, row = at.tx, at.row
    if not isinstance(row.item, Message):
        return await claim_order(tx, row, row.item, at.now, at.post)
    message = row.item  # as it is now: the claim holds the case before it reads
    if left(message.status) or message.status in LOST or message.status is MessageStatus.CANCELLED:
        await tx.outbox.settle(row.id, "done", note="settled before")
        return None
    if message.status is MessageStatus.IN_DOUBT:
        return await _look(at, message)
    if message.expires is not None and message.expires <= at.now:
        await drop(at, message, Because.EXPIRED)
        return None
    return await _gate(at, message)


async def _gate(at: At, message: Message) -> Letter | None:
    """The whole gate once more, with the words as they would leave now."""
    question = await gather(at.tx, message, at.now, at.post.ctx)
    incident = await _incident(at, message, question)
    question = replace(question, provider=_carrier(at.post, question.address), incident=incident)
    decision = decide(question, at.now)
    await at.tx.messages.decided(message.id, message.case, decision, at.now)
    if decision.verdict is Verdict.HOLD:
        await _hold(at, message, decision)
    elif decision.verdict is Verdict.DENY:
        await drop(at, message, decision.because)
    elif question.address is None:
        await drop(at, message, Because.NO_ADDRESS)
    else:
        return await _letter(at, replace(message, text=question.text), question, question.address)
    return None


async def _incident(at: At, message: Message, question: Asked) -> str:
    """The open incident that the case belongs to; asked only while one is paused."""
    paused = any(each.scope is Scope.INCIDENT for each in question.switches.pauses)
    if not paused or message.case is None:
        return ""
    standing = await at.tx.incidents.of_case(message.case)
    return standing.incident.id if standing is not None else ""


def _carrier(post: PostOffice, address: Address | None) -> str:
    """Who would carry it; "" when nobody does."""
    notifier = post.notifiers.get(address.channel) if address is not None else None
    return pace_of(notifier).provider if notifier is not None else ""


async def _letter(at: At, message: Message, question: Asked, address: Address) -> Letter | None:
    paper = route(question.switches, question.test_address) == "paper"
    notifier = at.post.paper if paper else at.post.notifiers.get(address.channel)
    if notifier is None:
        await drop(at, message, Because.CHANNEL_ABSENT)
        return None
    rehearsal = Because.MODE_PAPER if question.switches.mode is Mode.PAPER else Because.NOT_A_TEST_NUMBER
    because = rehearsal if paper else Because.ALLOWED
    message = replace(message, status=MessageStatus.SENDING, because=because)
    await at.tx.messages.update(message)
    return Letter(at.row, message, await _envelope(at, message, address), notifier, paper=paper)


async def _look(at: At, message: Message) -> Letter | None:
    """A message in doubt is looked for before anything else, whatever the gate would say of it by now."""
    address = await at.tx.people.address(message.address) if message.address is not None else None
    paper = message.because in ON_PAPER
    notifier = at.post.paper if paper else at.post.notifiers.get(message.channel)
    if address is None or notifier is None:
        await at.tx.outbox.settle(at.row.id, "parked", note="its address or channel is gone")
        return None
    alike = [] if message.case is None else await at.tx.messages.of_case(message.case)
    known = frozenset(each.provider_id for each in alike if each.provider_id and each.id != message.id)
    envelope = replace(await _envelope(at, message, address), known=known)
    return Letter(at.row, message, envelope, notifier, find=True, paper=paper)


async def _envelope(at: At, message: Message, address: Address) -> Envelope:
    rest = RELEVANT if message.expires is None else (message.expires - at.now) // SECOND
    link = await link_of(at.tx, message, at.post.pages, at.now)
    return Envelope(
        id=at.row.id,
        to=address.value,
        text=message.text.replace(MARK, link),
        language=at.post.ctx.words.tongue(message.phrases, message.language),
        kind=message.kind,
        created=message.at,
        relevant=max(1, rest),
        brand=at.post.ctx.policy.brand,
        subject=_subject(at, message),
        link=link,
        heard_ago=await _heard_ago(at, address),
    )


def _subject(at: At, message: Message) -> str:
    """What it is about, in words that anybody may see who looks at a locked screen; empty where we have none."""
    try:
        words = at.post.ctx.words
        language = words.tongue(message.phrases, message.language)
        return words.text(Phrase(SUBJECTS.get(message.kind, "subject.news")), language)
    except BadInput:
        return ""


async def _heard_ago(at: At, address: Address) -> int | None:
    """How long ago somebody wrote from there: WhatsApp takes free words for a day after it."""
    if address.channel is not Channel.WHATSAPP:
        return None
    heard = await at.tx.messages.heard_from(address.id)
    return None if heard is None else at.now - heard


async def _hold(at: At, message: Message, decision: Decision) -> None:
    until = release(message, decision, at.post.ctx.policy)
    await at.tx.messages.update(replace(message, status=MessageStatus.QUEUED, because=decision.because))
    await at.tx.outbox.settle(at.row.id, "queued", due=until, note=str(decision.because))
    data = {"message": message.id, "until": until}
    await at.tx.facts.add(Note(message.case, None, "message.held", decision.because, data), at.now)


async def drop(at: At, message: Message, because: Because) -> None:
    """It will not leave. Its case hears of it, unless there is nothing left to say anyway."""
    moot = because in MOOT
    status = MessageStatus.CANCELLED if moot else MessageStatus.FAILED
    status = MessageStatus.EXPIRED if because is Because.EXPIRED else status
    await at.tx.messages.update(replace(message, status=status, because=because))
    await at.tx.outbox.settle(at.row.id, "cancelled" if moot else "done", note=str(because))
    kind = "message.cancelled" if moot else "message.failed"
    await at.tx.facts.add(Note(message.case, None, kind, because, {"message": message.id}), at.now)
    if not moot:
        await lost(at.tx, message, because, at.now)
