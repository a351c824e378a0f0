"""How a person may be reached, as they choose it on their page: ways, quiet time, being woken, language.

Every choice is a line with who, when and how; switching a way on for the first time is a consent, with the words that were
shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.domain.customer import Basis, BasisKind, Channel, Customer, Purpose
from hub.domain.ids import CustomerId, Moment
from hub.domain.ladder import address_for
from hub.flow.consent_choices import By, choose, grant
from hub.flow.push_addresses import country_of
from hub.ports import Tx
from hub.web.customer.texts import Texts
from hub.web.door import Door

HOW = "web page /p"
WAYS = (Channel.SMS, Channel.WHATSAPP, Channel.PUSH, Channel.PHONE, Channel.VOICE, Channel.EMAIL)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach the person: whether it is on, and what they agree to by switching it on (empty: they have before)."""

    channel: str
    label: str
    on: bool
    consent: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What can be chosen, as it stands."""

    ways: tuple[Way, ...]
    quiet_from: str
    quiet_to: str
    wake: bool
    language: str


async def reach_of(tx: Tx, house: Door, customer: CustomerId, texts: Texts) -> Reach:
    """The choices of a person."""
    person = await tx.people.customer(customer) or Customer(customer)
    return Reach(
        ways=tuple(await _ways(tx, house, customer, texts)),
        quiet_from=_clock(person.quiet.begins),
        quiet_to=_clock(person.quiet.ends),
        wake=person.wake_me,
        language=texts.language,
    )


async def _ways(tx: Tx, house: Door, customer: CustomerId, texts: Texts) -> list[Way]:
    """The ways that the house has set up and the person has an address for."""
    addresses = await tx.people.addresses(customer)
    off = (await tx.people.preference(customer)).channels_off
    agreed = _agreed(await tx.people.bases(customer))
    found = []
    for channel in WAYS:
        if channel not in house.ctx.policy.channels or address_for(addresses, channel) is None:
            continue
        label, known = texts(f"channel_{channel.value}"), channel in agreed
        consent = "" if known else texts("consent", channel=label)
        found.append(Way(channel.value, label, known and channel not in off, consent))
    return found


def _agreed(bases: Sequence[Basis]) -> frozenset[Channel]:
    """The channels with a basis for service that was not taken back."""
    newest = {line.channel: line for line in bases if line.purpose is Purpose.SERVICE}
    return frozenset(each for each, line in newest.items() if line.kind is not BasisKind.WITHDRAWN)


async def keep(tx: Tx, house: Door, customer: CustomerId, told: Mapping[str, Any], texts: Texts) -> str:
    """Keep what the form says. Answers the notice to show."""
    by = By("customer", HOW, Moment(house.clock.now()))
    begins, ends = _minutes(str(told.get("from", ""))), _minutes(str(told.get("to", "")))
    if begins is None or ends is None:
        return "wrong_time"
    wanted = {str(each) for each in told.get("ways", ())}
    ways = await _ways(tx, house, customer, texts)
    if await tx.people.suppressed(customer) is not None:  # then START comes first, and no way can be chosen
        ways = []
    off = {str(each) for each in (await tx.people.preference(customer)).channels_off}
    for way in ways:
        if way.channel in wanted and way.consent:
            await grant(tx, await _consent(tx, house, (customer, way), by), by)
    off -= {way.channel for way in ways if way.channel in wanted}
    off |= {way.channel for way in ways if way.channel not in wanted}
    items = {"channels_off": sorted(off), "quiet": [begins, ends], "wake_me": bool(told.get("wake"))}
    await choose(tx, customer, items, by)
    return "kept"


async def _consent(tx: Tx, house: Door, of: tuple[CustomerId, Way], by: By) -> Basis:
    customer, way = of
    country = await country_of(tx, customer, by.now, house.ctx.policy.country)
    return Basis(
        customer,
        Purpose.SERVICE,
        Channel(way.channel),
        BasisKind.CONSENT,
        by.now,
        country=country,
        who=by.who,
        how=by.how,
        wording=way.consent,
    )


async def speak(tx: Tx, house: Door, customer: CustomerId, language: str) -> None:
    """From now on in `language`, here and in every message."""
    await choose(tx, customer, {"language": language}, By("customer", HOW, Moment(house.clock.now())))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _minutes(text: str) -> int | None:
    found = _TIME.fullmatch(text.strip())
    return int(found[1]) * 60 + int(found[2]) if found else None
