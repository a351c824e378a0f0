"""The ladder: who is asked at a step, on which address, when a hold ends, and what is left when nobody can be reached.

Pure. The steps themselves are data (`case.Step`), frozen into the case when it starts; the gate decides each message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from device_rules.fault import Severity
from hub.domain.because import Because
from hub.domain.case import Case, To
from hub.domain.contact import Message, MessageClass, MessageStatus
from hub.domain.customer import Address, Channel, Health
from hub.domain.ids import CustomerId, Moment
from hub.domain.policy import Policy
from hub.domain.site import Residence, Role

SPREAD = (Because.QUIET_HOURS, Because.CAP_FLEET)  # holds that end for many at once
ASKED_ROLES = (Role.OWNER, Role.OCCUPANT)
LOST = (MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.EXPIRED, MessageStatus.CANCELLED)
_STANDS_FOR = {Channel.PAPER: (Channel.PAPER, Channel.SMS)}


def recipients(residents: Iterable[Residence]) -> list[CustomerId]:
    """Whom to ask, owners first; installers and caretakers are never asked about somebody's home."""
    chosen = [each for each in residents if each.role in ASKED_ROLES]
    chosen.sort(key=lambda each: (ASKED_ROLES.index(each.role), each.since, each.customer))
    return list(dict.fromkeys(each.customer for each in chosen))


def second_contacts(residents: Iterable[Residence], asked: Iterable[CustomerId] = ()) -> list[CustomerId]:
    """Whom to ask when those at home cannot or do not answer: who is named for it, then whoever else lives there. Nobody
    who has been `asked` already."""
    there, before = list(residents), set(asked)
    named = [each for each in there if each.role is Role.SECOND_CONTACT]
    named.sort(key=lambda each: (each.since, each.customer))
    found = dict.fromkeys((*(each.customer for each in named), *recipients(there)))
    return [each for each in found if each not in before]


def address_for(addresses: Iterable[Address], channel: Channel) -> Address | None:
    """The address to use for `channel`: a healthy one first, then by rank. Paper stands for a text."""
    wanted = _STANDS_FOR.get(channel, (channel,))
    fitting = [each for each in addresses if each.channel in wanted]
    fitting.sort(
        key=lambda each: (each.health is not Health.GOOD, wanted.index(each.channel), each.rank, each.id)
    )
    return fitting[0] if fitting else None


def kind_of(case: Case) -> MessageClass:
    """The class of what the ladder says next."""
    if case.severity is Severity.SAFETY:
        return MessageClass.SAFETY
    return MessageClass.FIRST if case.contacted is None else MessageClass.REMINDER


def urgent(case: Case) -> bool:
    """Critical and safety faults don't wait for anybody's morning: an agent hears of them at once."""
    return case.severity.rank >= Severity.CRITICAL.rank


def release_at(case: Case, until: Moment, policy: Policy) -> Moment:
    """When a hold of the ladder that ends at `until` is looked at again: spread, so that not all of a fleet's texts
    leave at 08:00; what is urgent is not."""
    if urgent(case) or policy.spread <= 0:
        return until
    number = int.from_bytes(hashlib.blake2b(case.id.encode(), digest_size=4).digest(), "big")
    return Moment(until + number % policy.spread)


def digest_until(case: Case, policy: Policy) -> Moment | None:
    """Until when the first message about a minor fault waits for company; None: it need not. Counted from the end of its
    hold-down, so that it waits once."""
    if case.severity.rank >= Severity.MAJOR.rank or case.contacted is not None or policy.digest <= 0:
        return None
    return Moment(case.opened + policy.hold_downs[case.severity] + policy.digest)


def agent_comes_last(case: Case) -> bool:
    """Whether nothing but agents is left on the ladder from the current step on; a supervisor still has to be told."""
    left = case.ladder[case.step :]
    return all(step.channel is Channel.AGENT and step.to is not To.SUPERVISOR for step in left)


def informed_is_enough(case: Case) -> bool:
    """Whether a ladder that has ended needs no agent: a minor fault, whose ladder names none."""
    names_agent = any(step.channel is Channel.AGENT for step in case.ladder)
    return case.severity.rank < Severity.MAJOR.rank and not names_agent


def why_ended(messages: Sequence[Message]) -> Because:
    """Every step was tried; or nobody could be asked at all, because nothing that was said has arrived anywhere."""
    asked = (MessageClass.FIRST, MessageClass.REMINDER, MessageClass.SAFETY)
    arrived = any(each.kind in asked and each.status not in LOST for each in messages)
    return Because.LADDER_ENDED if arrived else Because.CANNOT_BE_CONTACTED


def still_allowed(reasons: Sequence[Because]) -> tuple[str, ...]:
    """What a person may still do when the hub may not or cannot: `call_by_hand`, `letter`, `installer`."""
    if Because.SUPPRESSED in reasons or Because.NO_BASIS in reasons:
        return ("letter", "installer")
    if Because.NO_CUSTOMER in reasons:
        return ("installer",)
    return ("call_by_hand", "letter", "installer")
