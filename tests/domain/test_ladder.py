"""The ladder: who is asked, where, when a hold ends, and what is left when nobody can be reached."""

from __future__ import annotations

from device_rules.fault import Severity
from device_rules.reading import HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.case import Step
from hub.domain.contact import MessageClass, MessageStatus
from hub.domain.customer import Address, Channel, Health
from hub.domain.ids import AddressId, CaseId, CustomerId, Moment, SiteId
from hub.domain.ladder import (
    address_for,
    agent_comes_last,
    kind_of,
    recipients,
    release_at,
    still_allowed,
    why_ended,
)
from hub.domain.policy import Policy
from hub.domain.site import Residence, Role
from tests.domain.asking import ADA, EVENING, case, message

BEN = CustomerId("ben")
KIEL = SiteId("kiel")


def address(
    name: str, channel: Channel = Channel.SMS, health: Health = Health.GOOD, rank: int = 0
) -> Address:
    return Address(AddressId(name), ADA, channel, f"+{name}", health, rank)


def test_owners_are_asked_first_and_installers_never() -> None:
    people = [
        Residence(KIEL, CustomerId("ida"), Role.INSTALLER, Moment(1)),
        Residence(KIEL, BEN, Role.OCCUPANT, Moment(1)),
        Residence(KIEL, ADA, Role.OWNER, Moment(5)),
        Residence(KIEL, ADA, Role.OCCUPANT, Moment(5)),
    ]
    assert recipients(people) == [ADA, BEN]


def test_a_number_that_works_is_preferred_to_a_better_ranked_one_that_does_not() -> None:
    dead, good = address("1", health=Health.DEAD), address("2", rank=3)
    assert address_for([dead, good], Channel.SMS) == good
    assert address_for([dead], Channel.SMS) == dead
    assert address_for([good], Channel.EMAIL) is None


def test_paper_stands_for_a_text() -> None:
    phone, paper = address("1"), address("2", Channel.PAPER)
    assert address_for([phone], Channel.PAPER) == phone
    assert address_for([phone, paper], Channel.PAPER) == paper


def test_the_second_thing_said_is_a_reminder_and_safety_is_its_own_class() -> None:
    assert kind_of(case()) is MessageClass.FIRST
    assert kind_of(case(contacted=EVENING)) is MessageClass.REMINDER
    assert kind_of(case(severity=Severity.SAFETY, contacted=EVENING)) is MessageClass.SAFETY


def test_the_ends_of_holds_are_spread_but_not_for_what_is_urgent() -> None:
    policy = Policy()
    ends = {release_at(case(id=CaseId(f"case_{n}")), EVENING, policy) for n in range(200)}
    assert len(ends) > 150 and all(EVENING <= end < EVENING + 30 * MINUTE for end in ends)
    assert release_at(case(severity=Severity.CRITICAL), EVENING, policy) == EVENING
    assert release_at(case(), EVENING, Policy(spread=0)) == EVENING


def test_a_ladder_ends_when_only_agents_are_left() -> None:
    ladder = (Step(Channel.AGENT, 0), Step(Channel.SMS, HOUR), Step(Channel.AGENT, 0))
    ends = [agent_comes_last(case(ladder=ladder, step=step)) for step in range(4)]
    assert ends == [False, False, True, True]


def test_an_agent_is_told_whether_the_customer_was_silent_or_could_not_be_reached() -> None:
    sent, failed = message(status=MessageStatus.DELIVERED), message(status=MessageStatus.FAILED)
    assert why_ended([failed, sent]) is Because.LADDER_ENDED
    assert why_ended([failed]) is Because.CANNOT_BE_CONTACTED
    assert why_ended([]) is Because.CANNOT_BE_CONTACTED
    answer = message(MessageClass.TURN, status=MessageStatus.DELIVERED)
    assert why_ended([answer]) is Because.CANNOT_BE_CONTACTED


def test_who_said_stop_is_not_called_by_hand_either() -> None:
    assert still_allowed([Because.SUPPRESSED]) == ("letter", "installer")
    assert still_allowed([Because.ADDRESS_UNHEALTHY]) == ("call_by_hand", "letter", "installer")
    assert still_allowed([Because.NO_CUSTOMER]) == ("installer",)
