"""A setting that takes a promise from customers is told before the hub runs: where it is, what it means, how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.bootstrap.promises import broken_promises
from hub.settings import load

NIGHT = """[policy]
quiet_hours = false
customer_day = 0
customer_week = 1000
case_reminders = 99
fleet_hour = 0
rule_rest = "0s"
expiry = "1m"
revoke_all = false
phone = "+49 900 5 123456"
[policy.quiet_weekdays]
monday = "all"
tuesday = "all"
wednesday = "all"
thursday = "all"
friday = "all"
saturday = "all"
sunday = "all"
[phone]
person = "+19005551234"
[incidents]
failures = 1
opt_outs = 1
automatic = ["*"]
password = false
"""
HIGH = "[policy]\ncustomer_day = 21\ncustomer_week = 0\nfleet_hour = 2001\n"


def told(folder: Path, toml: str) -> list[str]:
    file = folder / "beforehand.toml"
    file.write_text(toml)
    return [str(each).replace(f"{file}:", "") for each in broken_promises(load({}, file))]


def test_an_engineer_is_told_of_each_promise_that_the_settings_switch_off(tmp_path: Path) -> None:
    lines = told(tmp_path, NIGHT)

    assert [line.split(": ")[:2] for line in lines] == [
        ["2", "policy.quiet_hours"],
        ["3", "policy.customer_day"],
        ["4", "policy.customer_week"],
        ["5", "policy.case_reminders"],
        ["6", "policy.fleet_hour"],
        ["7", "policy.rule_rest"],
        ["8", "policy.expiry"],
        ["9", "policy.revoke_all"],
        ["10", "policy.phone"],
        ["11", "policy.quiet_weekdays"],
        ["20", "phone.person"],
        ["22", "incidents.failures"],
        ["23", "incidents.opt_outs"],
        ["24", "incidents.automatic"],
        ["25", "incidents.password"],
    ]
    assert "nobody is protected at night" in lines[0]
    assert lines[0].endswith("Write quiet_hours = true")


def test_caps_of_nothing_and_of_far_too_much_are_both_told(tmp_path: Path) -> None:
    lines = told(tmp_path, HIGH)

    assert len(lines) == 3
    assert "nobody is protected from too many messages in a day" in lines[0]
    assert "no customer ever gets" in lines[1]
    assert "thousands of households" in lines[2]


def test_settings_that_keep_every_promise_are_told_nothing(tmp_path: Path) -> None:
    weekend = (
        '[policy]\nquiet_weekdays = {saturday = "all", sunday = "all"}\ncustomer_day = 1\nexpiry = "1d"\n'
    )

    assert told(tmp_path, "") == []
    assert told(tmp_path, weekend) == []


@pytest.mark.parametrize(
    ("toml", "place"),
    [
        (
            "[sms]\naccount_sid = 'AC0123456789abcdef0123456789abcdef'\nauth_token = 'x'\nsender = '+4915112345678'\n",
            "web.public_url",
        ),
        ("[mqtt]\ntopics = []\n", "mqtt.topics"),
        ("[rules]\npacks = []\n", "rules.packs"),
        ("[store]\nkeep = '1d'\n", "store.keep"),
        ("[policy]\nsupervisor_after = '1000h'\n", "policy.supervisor_after"),
        ("[policy.hold_downs]\ncritical = '10d'\n", "policy.hold_downs"),
        ("[incidents]\ndevices = 1000000\nshare = 1\n", "incidents.devices"),
        ("[incidents]\nhold = '30d'\n", "incidents.hold"),
        ("[incidents]\ncanary_share = 1\ncanary_most = 100000\n", "incidents.canary_share"),
    ],
)
def test_what_leaves_people_unheard_or_unprotected_is_told(tmp_path: Path, toml: str, place: str) -> None:
    assert [place in line for line in told(tmp_path, toml)] == [True]
