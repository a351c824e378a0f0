"""The policy from the settings: ladders of one's own, by severity and by rule, and slips that are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_rules.fault import Severity
from device_rules.reading import HOUR, MINUTE
from hub.bootstrap.policy import policy_of
from hub.bootstrap.shelf import take_down
from hub.domain.case import Step, To
from hub.domain.customer import Channel
from hub.domain.policy import HEAL_WAITS, LADDERS, Policy
from hub.ports import BadInput
from hub.settings import load

BOOKS = take_down(("heatpump", "fridge")).books


def read(tmp_path: Path, toml: str) -> Policy:
    file = tmp_path / "beforehand.toml"
    file.write_text(toml)
    return policy_of(load({}, file).policy, None, BOOKS)


def test_an_operator_who_sets_nothing_gets_what_the_docs_say() -> None:
    assert policy_of(load({}).policy) == Policy()


def test_a_ladder_of_a_rule_is_read_with_whom_it_turns_to(tmp_path: Path) -> None:
    policy = read(
        tmp_path,
        '[[policy.ladders_by_rule.icing-up]]\nchannel = "sms"\nto = "second"\nwait = "1h"\n'
        '[[policy.ladders_by_rule.icing-up]]\nchannel = "agent"\nto = "supervisor"\n',
    )
    own = (Step(Channel.SMS, HOUR, To.SECOND), Step(Channel.AGENT, 0, To.SUPERVISOR))
    assert policy.ladder_of(Severity.MINOR, ("nordwarm/heatpump-x1", "icing-up")) == own
    assert policy.ladders == LADDERS


def test_patience_is_read_as_people_write_it(tmp_path: Path) -> None:
    policy = read(
        tmp_path,
        '[policy]\nbundle = "30s"\ndigest = "0s"\nsleepy = "2h"\nagent_confirm = "30m"\n'
        '[policy.heal_waits]\nmajor = "5m"\n',
    )
    assert (policy.bundle, policy.digest, policy.sleepy) == (MINUTE // 2, 0, 2 * HOUR)
    assert policy.agent_confirm == 30 * MINUTE
    assert policy.heal_waits == {**HEAL_WAITS, Severity.MAJOR: 5 * MINUTE}


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('[[policy.ladders_by_rule.icing-upp]]\nchannel = "sms"\n', "icing-up?"),
        ('[[policy.ladders_by_rule.icing-upp]]\nchannel = "sms"\n', "no rule book has this rule"),
        (
            '[[policy.ladders.major]]\nchannel = "sms"\nto = "supervisor"\n',
            "ladders.major[0]: a supervisor is told with",
        ),
        ('[[policy.ladders.major]]\nchannel = "agent"\nto = "second"\n', "nobody's second contact"),
        ('[[policy.ladders.major]]\nchannel = "pigeon"\n', "policy.ladders.major[0].channel"),
        ('[[policy.ladders.major]]\nchannel = "sms"\nto = "third"\n', "policy.ladders.major[0].to"),
    ],
)
def test_a_slip_in_a_ladder_is_told_before_anybody_is_contacted(tmp_path: Path, toml: str, told: str) -> None:
    with pytest.raises(BadInput) as slip:
        read(tmp_path, toml)
    assert told in str(slip.value)
