"""Asking the gate: gathers everything a decision rests on, for whoever wants to send and for the relay alike.

One way of asking, so that both ask the same thing. It decides nothing and sends nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from hub.domain.asked import Asked, Decision
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import Message, Phrase
from hub.domain.customer import NO_REST, Address, Channel, Customer, QuietHours
from hub.domain.fitting import ON_UNIT, SPOKEN, fitted, numbered, reached
from hub.domain.ids import Moment
from hub.domain.ladder import recipients
from hub.domain.policy import Policy
from hub.domain.satellite import at_satellite, parse
from hub.domain.text import segments
from hub.flow.areas import zones_of_number
from hub.flow.context import Context
from hub.flow.incident_hold import brakes
from hub.flow.near import still_near
from hub.ports import BadInput, Tx

SPREAD = (Because.QUIET_HOURS, Because.CAP_FLEET)
NO_QUIET = QuietHours(0, 0)


async def rendered(tx: Tx, message: Message, ctx: Context, now: Moment | None = None) -> str:
    """The message's text: as it was written, or its phrases in its language with name, brand and telephone number, as
    it leaves at `now` (None: when it was made).

    Raises BadInput when a phrase, a variable or the language is missing.
    """
    if message.text:
        return message.text
    name = given_name(await tx.people.name(message.customer))
    merged = {"name": name, "brand": ctx.policy.brand, "phone": ctx.policy.phone}
    home = await _home(tx, message, ctx)
    fit = fitted(message.phrases, message.channel) if home is None else home
    if not await _on_unit(tx, message, fit, ctx):
        fit = numbered(fit, _cost(message.language, merged, ctx))
    fit = reached(fit, ctx.policy, message.at if now is None else now)
    second = any(phrase.key == "frame.second" for phrase in fit)
    whose = {"home": await _whose(tx, message)} if second else {}
    said = [Phrase(phrase.key, merged | phrase.variables | whose) for phrase in fit]
    form = ctx.words.spoken if home is not None or message.channel in SPOKEN else ctx.words.text
    language = ctx.words.tongue(said, message.language)
    return " ".join(form(phrase, language) for phrase in said).strip()


async def _on_unit(tx: Tx, message: Message, phrases: Sequence[Phrase], ctx: Context) -> bool:
    """Whether what is said of our number is true: that it stands on the device."""
    known = ctx.policy.number_on_unit
    if "*" in known or all(phrase.key != ON_UNIT for phrase in phrases):
        return True
    case = await tx.cases.get(message.case) if message.case is not None else None
    device = await tx.devices.get(case.device) if case is not None else None
    return device is not None and device.model in known


def _cost(language: str, merged: Mapping[str, str], ctx: Context) -> Callable[[Sequence[Phrase]], int]:
    """How many text messages phrases take."""

    def cost(said: Sequence[Phrase]) -> int:
        tongue = ctx.words.tongue(said, language)
        return segments(
            " ".join(ctx.words.text(Phrase(one.key, {**merged, **one.variables}), tongue) for one in said)
        )

    return cost


async def _whose(tx: Tx, message: Message) -> str:
    """Whose home a second contact is told about: the owner's name and what the home is called. Read when it leaves, and kept
    nowhere."""
    case = await tx.cases.get(message.case) if message.case is not None else None
    site = await tx.people.site(case.site) if case is not None and case.site is not None else None
    if site is None:
        return ""
    there = recipients(await tx.people.residents(site.id, message.at))
    name = await tx.people.name(there[0]) if there else ""
    return ", ".join(part for part in (name, site.label) if part)


async def _home(tx: Tx, message: Message, ctx: Context) -> tuple[Phrase, ...] | None:
    """What is said through a satellite at home; None when it leaves another way."""
    if message.channel is not Channel.VOICE or message.address is None:
        return None
    address = await tx.people.address(message.address)
    if address is None or parse(address.value) is None:
        return None
    talk = await tx.talks.get(message.case) if message.case is not None else None
    near = talk is not None and await still_near(tx, talk, message.at, ctx)
    return at_satellite(message.kind, message.phrases, near)


def given_name(name: str) -> str:
    """What we call a person: the first of two names, or the whole where it begins with a title."""
    first, _, rest = name.partition(" ")
    return name if first.endswith(".") or not rest else first


async def gather(tx: Tx, message: Message, now: Moment, ctx: Context) -> Asked:
    """As `asked`, with the message's words as they are now; words that cannot be made are none, which the lint refuses:
    a missing phrase or variable stops the send, not the customer."""
    try:
        text = await rendered(tx, message, ctx, now)
    except BadInput:
        text = ""
    return await asked(tx, message, text, now, ctx)


async def asked(tx: Tx, message: Message, text: str, now: Moment, ctx: Context) -> Asked:
    """Everything the gate needs to know about `message`, whose rendered words are `text`, at `now`.

    Holds the case's row until the transaction ends: a decision and an acknowledgement never pass each other. The message
    itself, if it is stored already, does not count against its own caps.
    """
    case = await tx.cases.get(message.case, lock=True) if message.case is not None else None
    customer = await tx.people.customer(message.customer) or Customer(message.customer, message.language)
    if not ctx.policy.quiet_hours:
        customer = replace(customer, quiet=NO_QUIET)
    address = await tx.people.address(message.address) if message.address is not None else None
    caps = ctx.policy.caps
    brake = await brakes(tx, message, case, now, ctx.policy)
    return Asked(
        message=message,
        customer=customer,
        address=address,
        case=case,
        bases=tuple(await tx.people.bases(message.customer)),
        suppressed=await tx.people.suppressed(message.customer, _stands_for(message, address)) is not None,
        zones=await _zones(tx, (customer, address), case, now, ctx.policy),
        history=await tx.messages.history(message, case, caps, now),
        switches=await tx.house.switches(),
        caps=caps,
        text=text,
        test_address=address is not None and address.value in ctx.policy.test_numbers,
        preference=await tx.people.preference(message.customer),
        rest=ctx.policy.rest if ctx.policy.quiet_hours else NO_REST,
        incident_hold=brake.hold,
        hold_because=brake.because,
        pace=brake.pace,
    )


def _stands_for(message: Message, address: Address | None) -> Channel:
    return address.channel if message.channel is Channel.PAPER and address is not None else message.channel


async def _zones(
    tx: Tx, who: tuple[Customer, Address | None], case: Case | None, now: Moment, policy: Policy
) -> tuple[str, ...]:
    """Their own zone when they have named one; else those of all their sites; else the case's site; else those of the
    number's area; else the maker's. Where one source knows several, all of them count."""
    customer, address = who
    if customer.zone:
        return (customer.zone,)
    zones = {site.zone for site in await tx.people.sites_of(customer.id, now)}
    if not zones and case is not None and case.site is not None:
        site = await tx.people.site(case.site)
        zones = {site.zone} if site is not None else set()
    zones = zones or (zones_of_number(address.value) if address is not None else set())
    return tuple(sorted(zones)) or (policy.zone,)


def release(message: Message, decision: Decision, policy: Policy) -> Moment:
    """When a held message is judged again. Ends of nights and pauses are spread out, each message at its own moment."""
    until = decision.until or Moment(0)
    if decision.because not in SPREAD or policy.spread <= 0:
        return until
    share = int.from_bytes(hashlib.blake2b(message.id.encode(), digest_size=4).digest(), "big") / 2**32
    return Moment(until + int(policy.spread * share))
