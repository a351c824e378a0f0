"""Ladders and bundles in the small: who comes second, what makes no sense, and what a message about several things says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device_rules.fault import Severity
from device_rules.reading import HOUR, MINUTE
from hub.domain.case import Case, CaseState, Step, To
from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Question, Reply
from hub.domain.customer import Channel
from hub.domain.ids import CustomerId, Moment, SiteId
from hub.domain.ladder import (
    agent_comes_last,
    digest_until,
    informed_is_enough,
    recipients,
    second_contacts,
)
from hub.domain.policy import LADDERS, Policy, ladder_mistakes
from hub.domain.site import Residence, Role
from hub.domain.wording import as_bundle, to_second_contact, which_of
from tests.domain.asking import EVENING, case


def lives(who: str, role: Role) -> Residence:
    return Residence(SiteId("home"), CustomerId(who), role, Moment(0))


HOME = [
    lives("ivan", Role.INSTALLER),
    lives("cleo", Role.SECOND_CONTACT),
    lives("ben", Role.OCCUPANT),
    lives("ada", Role.OWNER),
]


def test_the_second_person_is_who_is_named_for_it_then_whoever_else_lives_there() -> None:
    assert recipients(HOME) == ["ada", "ben"]
    assert second_contacts(HOME) == ["cleo", "ada", "ben"]
    assert second_contacts(HOME, [CustomerId("ada")]) == ["cleo", "ben"]
    assert second_contacts(HOME[2:], [CustomerId("ada")]) == ["ben"]
    assert second_contacts([HOME[0]]) == [], "an installer is nobody's second contact"


@pytest.mark.parametrize("severity", list(Severity))
def test_the_ladders_that_come_with_the_hub_make_sense(severity: Severity) -> None:
    assert ladder_mistakes(LADDERS[severity]) == []


def test_a_ladder_that_makes_no_sense_is_told_by_its_step() -> None:
    wrong = [Step(Channel.SMS, 0, To.SUPERVISOR), Step(Channel.AGENT, 0, To.SECOND), Step(Channel.SMS, -1)]
    first, second, third = ladder_mistakes(wrong)
    assert first.startswith("step 1: a supervisor") and second.startswith("step 2: an agent")
    assert third.startswith("step 3: nobody can wait")


def test_a_rules_own_ladder_goes_before_the_plays_and_that_before_the_severitys() -> None:
    mine, plays = (Step(Channel.PHONE, 0),), (Step(Channel.PUSH, 0),)
    policy = Policy(ladders_by_rule={"cold": plays, "acme/x1:cold": mine})
    assert policy.ladder_of(Severity.MAJOR, ("acme/x1", "cold")) == mine
    assert policy.ladder_of(Severity.MAJOR, ("acme/x2", "cold")) == plays
    assert policy.ladder_of(Severity.MAJOR, ("acme/x1", "ice"), plays) == plays
    assert policy.ladder_of(Severity.MAJOR, ("acme/x1", "ice")) == LADDERS[Severity.MAJOR]


def standing(severity: Severity, *steps: Step, **changes: object) -> Case:
    return replace(case(state=CaseState.CONTACTING, severity=severity, ladder=steps), **changes)  # type: ignore[arg-type]


def test_only_a_minor_ladder_without_an_agent_ends_with_the_customer_informed() -> None:
    text, agent = Step(Channel.SMS, HOUR), Step(Channel.AGENT, 0)
    assert informed_is_enough(standing(Severity.MINOR, text))
    assert not informed_is_enough(standing(Severity.MINOR, text, agent))
    assert not informed_is_enough(standing(Severity.MAJOR, text))


def test_a_supervisor_is_told_even_when_only_our_own_people_are_left() -> None:
    agent, supervisor = Step(Channel.AGENT, 0), Step(Channel.AGENT, 0, To.SUPERVISOR)
    assert agent_comes_last(standing(Severity.CRITICAL, agent))
    assert not agent_comes_last(standing(Severity.CRITICAL, agent, supervisor))


def test_a_digest_is_waited_for_once_and_only_by_what_is_minor() -> None:
    minor = standing(Severity.MINOR, opened=EVENING)
    assert digest_until(minor, Policy()) == EVENING + 5 * MINUTE + HOUR
    assert digest_until(minor, Policy(digest=0)) is None
    assert digest_until(standing(Severity.MAJOR, opened=EVENING), Policy()) is None
    assert digest_until(replace(minor, contacted=EVENING), Policy()) is None


def reply(about: str) -> Reply:
    go = Question(Expecting.CHOICE, (Phrase("choice.go"),), (Phrase("again"),))
    return Reply((Phrase(f"opening.{about}"),), go)


def keys(said: Reply) -> list[str]:
    return [each.key for each in said.say]


def test_up_to_three_things_are_told_in_full_and_the_rest_is_counted() -> None:
    names = [(f"case-{n}", f"device {n}") for n in range(5)]
    two = as_bundle([reply("a"), reply("b")], names[:2])
    assert keys(two) == ["bundle.two", "opening.a", "opening.b", "bundle.which"]
    assert two.ask is not None and two.ask.expecting is Expecting.WHICH_CASE and len(two.ask.options) == 2
    four = as_bundle([reply(each) for each in "abcd"], names[:4])
    assert keys(four) == [
        "bundle.many",
        "opening.a",
        "opening.b",
        "opening.c",
        "bundle.one_more",
        "bundle.which",
    ]
    assert four.ask is not None and len(four.ask.options) == 3
    five = as_bundle([reply(each) for each in "abcde"], names, again=True)
    assert keys(five)[0] == "bundle.many.again" and five.say[-2] == Phrase("bundle.more", {"n": "2"})


def test_several_things_about_one_device_ask_one_question() -> None:
    both = as_bundle([reply("a"), reply("b")], [("case-0", "pump")])
    assert keys(both) == ["bundle.same", "opening.a", "opening.b"] and both.ask == reply("a").ask


def test_a_name_with_a_bar_in_it_confuses_nobody() -> None:
    assert which_of([("case-1", "pump|left"), ("case-2", "fridge")]) == "which:case-1|pump/left|case-2|fridge"


def test_a_second_contact_is_told_why_right_after_who_we_are() -> None:
    said = to_second_contact((Phrase("frame.hello"), Phrase("opening.a")), asked=True)
    keys = ["frame.hello", "frame.second", "frame.second_silent", "opening.a"]
    assert [each.key for each in said] == keys
    unasked = to_second_contact((Phrase("frame.hello"), Phrase("frame.our_number")), asked=False)
    keys = ["frame.hello", "frame.second", "frame.second_alone", "choice.zero"]
    assert [each.key for each in unasked] == keys, "they do not stand at the unit, and nobody was asked"
    assert to_second_contact((), asked=True) == ()
