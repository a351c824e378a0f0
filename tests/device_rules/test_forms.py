"""Whole-rule forms: counts, rows, sequences, silence, groups, schedules; what they become, what is refused."""

from textwrap import dedent, indent

import pytest

from device_rules import BookError, RuleBook
from device_rules.rule import Group, Schedule
from device_rules.source import EventMatch
from device_rules.tree import Compare, Kind, Ref, Silent

SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
HEAD = """\
model: t/t
version: 1
expect_every: 60s
{top}metrics:
  temp: {{unit: "°C", range: [-40, 100]}}
  power: {{unit: W}}
  door: {{type: enum, values: [open, closed], every: on_change}}
  flag: {{type: bool}}
attributes:
  limit: {{default: 5}}
rules:
"""


def book_of(*rules, top=""):
    """A book of these rules; each gets an id, a title and a severity."""
    text = "".join(
        f"  - id: r{number}\n    title: t\n    severity: minor\n{indent(dedent(rule).strip(), '    ')}\n"
        for number, rule in enumerate(rules)
    )
    return RuleBook.parse(HEAD.format(top=top) + text)


def refusal(*rules, top=""):
    with pytest.raises(BookError) as caught:
        book_of(*rules, top=top)
    return str(caught.value)


@pytest.mark.parametrize(
    ("count", "text", "number", "span", "watched"),
    [
        ("3 of reboot within 10m", "count(event.reboot, 10m)", 3, 10 * MINUTE, EventMatch("reboot")),
        ("3 of event.reboot within 600s", "count(event.reboot, 10m)", 3, 10 * MINUTE, EventMatch("reboot")),
        ('2 of error(code="E4") within 1d', 'count(event.error(code="E4"), 1d)', 2, DAY, EventMatch("error", (("code", "E4"),))),
        ("1 of event['door-open'] within 1h", 'count(event["door-open"], 1h)', 1, HOUR, EventMatch("door-open")),
        ("5 of temp > 30 within 1h", "times(temp > 30, 1h)", 5, HOUR, None),
        ("5 of flag within 1h", "times(flag, 1h)", 5, HOUR, None),
        ('5 of door == "closed within" within 1h', None, 0, 0, None),
        ("5 of avg(temp, 1h) > 30 and flag within 2h", "times(avg(temp, 1h) > 30 and flag, 2h)", 5, 2 * HOUR, None),
    ],
)  # fmt: skip
def test_a_count_compares_how_often_something_happened(count, text, number, span, watched):
    if text is None:
        assert "`door` is never 'closed within'" in refusal(f"count: {count}")
        return
    book = book_of(f"count: {count}")
    rule, source = book.rules[0], book.sources[-1]
    assert isinstance(rule.when, Compare)
    assert (rule.when.op, rule.when.left.text, rule.when.left.slot) == (">=", text, source.slot)
    assert (rule.when.right.value, rule.when.text) == (number, count)
    assert (source.text, source.span, source.expected, source.needed, source.event) == (
        text,
        span,
        0,
        0,
        watched,
    )
    assert (source.form, source.condition is None) == ("events" if watched else "times", watched is not None)
    assert rule.events == ({watched.name} if watched else set())
    assert rule.rests_on_readings is (watched is None)


def test_a_count_and_the_function_that_says_the_same_are_kept_once():
    book = book_of("count: 3 of reboot within 10m", "when: count(event.reboot, 10m) > 5")
    assert len(book.sources) == 1


@pytest.mark.parametrize(
    ("count", "told"),
    [
        ("reboot", "write it like `3 of event.reboot within 10m`"),
        ("3 of reboot", "write it like"),
        ("0 of reboot within 10m", "count from 1 to 512"),
        ("600 of reboot within 10m", "count from 1 to 512"),
        ("3 of reboot within 10", "`10` is not a span of time"),
        ("3 of reboot within 0s", "a window is longer than nothing"),
        ("3 of temp > 30 within 30s", "the window of 30s is shorter than the time between two readings (1m)"),
        ("3 of temp within 10m", "`temp` is a number, not something true or false"),
        ("3 of closed within 10m", '`closed` is a value; write door == "closed", or event.closed for an event'),
        ("3 of flg within 10m", "unknown name `flg`. Did you mean `flag`? Write event.flg for an event"),
        ("3 of limit within 10m", "`limit` is an attribute; write `attr.limit`"),
        ("3 of hour within 10m", "`hour` is a function"),
        ("3 of reboot(3) within 10m", "say what the data of the event must be by name"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_count_is_told(count, told):
    text = refusal(f"count: {count}")
    assert text.startswith("book.yaml:15: rules[0].count: ")
    assert told in text


def test_readings_in_a_row_are_a_truth_of_their_own():
    book = book_of("when: temp > 30 and flag\nconsecutive: 5\nfor: 2m")
    rule, [source] = book.rules[0], book.sources
    assert isinstance(rule.when, Ref)
    assert (rule.when.kind, rule.when.slot, rule.when.text) == (
        Kind.BOOL,
        source.slot,
        "5 in a row: temp > 30 and flag",
    )
    assert (source.form, source.argument, source.condition.text) == ("consecutive", 5, "temp > 30 and flag")
    assert (rule.proof_slots, rule.rests_on_readings, rule.need.known) == ((0, 3), True, 2 * MINUTE)
    assert {book.slots[slot].name for slot in rule.looks} == {source.text, "temp", "flag"}


def test_a_sequence_has_a_step_for_everything_that_must_or_must_not_happen():
    book = book_of('sequence: [door == "open", event.beep within 5m, not door == "closed" within 30m]')
    rule, [source] = book.rules[0], book.sources
    assert (rule.when.kind, rule.when.slot) == (Kind.BOOL, source.slot)
    assert source.form == "sequence"
    assert [(step.wanted, step.within) for step in source.steps] == [
        (True, 0),
        (True, 5 * MINUTE),
        (False, 30 * MINUTE),
    ]
    assert (source.steps[0].watched.text, source.steps[1].watched) == ('door == "open"', EventMatch("beep"))
    assert source.text == "r0: door == 'open', event.beep within 5m, not door == 'closed' within 30m"
    assert rule.when.text == 'door == "open", then event.beep within 5m, then not door == "closed" within 30m'
    assert (rule.events, source.until) == ({"beep"}, None)
    assert {book.slots[slot].name for slot in rule.looks} == {source.text, "door"}


def test_a_sequence_that_ends_with_a_happening_lasts_until_it_is_clear():
    book = book_of("sequence: [opened, alarm within 5m]\nclear: temp < 20")
    [source] = book.sources
    assert source.until.text == "temp < 20"
    assert book.rules[0].clear.text == "temp < 20 and not (opened, then alarm within 5m)"
    assert "add `clear: …`" in refusal("sequence: [opened, alarm within 5m]")


def test_two_rules_never_share_a_sequence():
    rule = "sequence: [opened, not shut within 30m]"
    assert [source.text.split(":")[0] for source in book_of(rule, rule).sources] == ["r0", "r1"]


@pytest.mark.parametrize(
    ("sequence", "told"),
    [
        ("[opened]", "rules[0].sequence: "),
        ("[not opened, shut within 5m]", "the first step begins it all"),
        ("[opened within 5m, shut within 5m]", "the first step begins it all"),
        ("[opened, shut]", "say how soon after the step before, like `shut within 30m`"),
        ("[opened, not shut]", "like `not shut within 30m`"),
        ("[opened, not shut within 5]", "`5` is not a span of time"),
        ("[opened, not shut within 0s]", "a window is longer than nothing"),
        ("[opened, not temp within 5m]", "`temp` is a number, not something true or false"),
        ("[opened, not tmp > 5 within 5m]", "unknown name `tmp`. Did you mean `temp`?"),
        ("[a, b within 1m, c within 1m, d within 1m, e within 1m, f within 1m, g within 1m, h within 1m, not i within 1m]", "at most 8"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_sequence_is_told(sequence, told):
    assert told in refusal(f"sequence: {sequence}")


def test_silence_can_be_learned():
    rule = book_of("silent_for: learned").rules[0]
    assert isinstance(rule.when, Silent)
    assert (rule.learned, rule.silent_for, rule.when.span) == (True, 2 * MINUTE, 2 * MINUTE)
    plain = book_of("silent_for: 15m").rules[0]
    assert (plain.learned, plain.silent_for) == (False, 15 * MINUTE)


@pytest.mark.parametrize(
    ("share_of", "by"),
    [
        ("fleet", ("fleet",)),
        ("site", ("site",)),
        ("cohort(firmware)", ("firmware",)),
        ("cohort(region, model,firmware)", ("model", "firmware", "region")),
    ],
)
def test_a_share_is_asked_of_a_group(share_of, by):
    rule = book_of(f"when: temp > 30\nshare_of: {share_of}\nfraction: 20%\nat_least: 10\nfor: 10m").rules[0]
    assert rule.group == Group(by, 0.2, 10)
    assert rule.when.text == "temp > 30"


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("when: flag\nshare_of: house\nfraction: 20%\nat_least: 10", "rules[0].share_of: `house` is no group; write fleet, site, or cohort(…)"),
        ("when: flag\nshare_of: cohort()\nfraction: 20%\nat_least: 10", "is no group"),
        ("when: flag\nshare_of: cohort(model, model)\nfraction: 20%\nat_least: 10", "is no group"),
        ("when: flag\nshare_of: cohort(colour)\nfraction: 20%\nat_least: 10", "is no group"),
        ("when: flag\nshare_of: fleet\nat_least: 10", "say of how many"),
        ("when: flag\nshare_of: fleet\nfraction: 20%", "say of how many"),
        ("when: flag\nshare_of: fleet\nfraction: 0%\nat_least: 10", "`0%` is not a share"),
        ("when: flag\nshare_of: fleet\nfraction: 20\nat_least: 10", "`20` is not a share"),
        ("when: flag\nshare_of: fleet\nfraction: 20%\nat_least: 0", "rules[0].at_least"),
        ("when: flag\nfraction: 20%", "`fraction` goes with `share_of`"),
        ("silent_for: 5m\nshare_of: fleet\nfraction: 20%\nat_least: 3", "`share_of` goes with `when`, not with `silent_for`"),
        ("when: flag\nshare_of: fleet\nfraction: 20%\nat_least: 3\nclear: not flag", "leave `clear` out"),
        ("when: flag\nshare_of: fleet\nfraction: 20%\nat_least: 3\nlevels: [{severity: major, when: flag}]", "a group has one severity"),
        ("when: flag\nshare_of: fleet\nfraction: 20%\nat_least: 3\ntests: [{name: x, given: {}, expect: none}]", "cannot be tried on one device"),
        ("silent_for: 5m\nconsecutive: 3", "`consecutive` goes with `when`, not with `silent_for`"),
        ("when: flag\nconsecutive: 1", "rules[0].consecutive"),
        ("when: flag\nconsecutive: 5000", "rules[0].consecutive"),
        ("when: flag\ncount: 3 of a within 5m", "it has `when` and `count`"),
        ("for: 3m", "it has none of them"),
        ("silent_for: 5m\nfor: 3m", "`silent_for` already says how long"),
        ("when: flag\nwithin: 3m", "`within` stands inside `count: 3 of event.reboot within 10m`"),
        ("when: flag\nany: x", "write `when: any(site.devices, …)`"),
        ("when: flag\nmaintenance: yes", "rules[0].maintenance: `yes` is not one of ignored"),
        ("when: hour() > 22", "looks at nothing that arrives from a device, so it would never begin"),
        ("when: attr.limit > 22", "looks at nothing that arrives from a device"),
        ("when: unusual(temp) > 3", "`unusual` alone is too often wrong to contact anybody"),
        ("when: unusual(temp) > 3 or flag", "`unusual` alone is too often wrong"),
        ("when: not (unusual(temp) < 3 and flag)", "`unusual` alone is too often wrong"),
        ("count: 3 of unusual(temp) > 3 within 1h", "`unusual` alone is too often wrong"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_is_refused(rule, told):
    assert told in refusal(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "when: unusual(temp) > 3 and power > 5",
        "when: unusual(temp) > 3\nshadow: true",
        "when: not (unusual(temp) < 3 or power < 5)",
        "when: (unusual(temp) > 3 or flag) and power > 5",
        "count: 3 of unusual(temp) > 3 and flag within 1h",
        "when: hour() > 22 and temp > 30",
        "when: count(event.reboot, 1h) > 3",
        "when: missing(temp, 1h)",
        "when: presence == 'offline_lost'",
        "when: any(site.devices, flag)",
        "count: 3 of reboot within 1h\nfor: 5m\nclear: temp < 3",
    ],
)
def test_a_form_that_can_be_is_taken(rule):
    assert len(book_of(rule).rules) == 1


def test_a_rule_of_a_group_and_a_rule_of_a_device_do_not_hold_each_other_back():
    group = "when: flag\nshare_of: {}\nfraction: 20%\nat_least: 3\nunless: {}"
    assert book_of(group.format("site", "[r1]"), group.format("fleet", "[]")).rules[1].unless == ("r1",)
    assert "neither can hold the other back" in refusal(
        "when: flag\nunless: [r1]", group.format("fleet", "[]")
    )
    assert "neither can hold the other back" in refusal("when: flag", group.format("fleet", "[r0]"))


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ('{days: [mon, fri], from: "08:00", to: "20:00"}', Schedule((1, 5), 8 * HOUR, 20 * HOUR)),
        ("{from: 22:30, to: 06:00}", Schedule((1, 2, 3, 4, 5, 6, 7), 22 * HOUR + 30 * MINUTE, 6 * HOUR)),
        ("{days: [sun, sat, sat]}", Schedule((6, 7), 0, DAY)),
    ],
)
def test_a_rule_can_sleep_at_certain_hours(schedule, expected):
    assert book_of(f"when: flag\nschedule: {schedule}").rules[0].schedule == expected


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ("{days: [monday]}", "rules[0].schedule.days[0]: `monday` is not one of mon, tue, wed, thu, fri, sat, sun. Did you mean `mon`?"),
        ("{days: []}", "rules[0].schedule.days"),
        ("{from: 8}", "rules[0].schedule.from: `8` is not a time of day; write it like \"08:00\""),
        ("{from: '25:00'}", "is not a time of day"),
        ("{to: '24:01'}", "is not a time of day"),
        ("{from: '08:00', to: '08:00'}", "`from` and `to` are the same; leave both out for the whole day"),
        ("{form: '08:00'}", "unknown key `form`. Did you mean `from`?"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_schedule_is_told(schedule, told):
    assert told in refusal(f"when: flag\nschedule: {schedule}")


def test_a_book_says_when_its_devices_are_worked_on():
    top = 'maintenance: door == "open" and count(event.service, 1h) >= 1\nreorder: 2s\nlate_limit: 10m\n'
    book = book_of("when: flag", "when: flag\nmaintenance: ignored", top=top)
    assert book.maintenance.text == 'door == "open" and count(event.service, 1h) >= 1'
    assert (book.reorder, book.late_limit) == (2 * SECOND, 10 * MINUTE)
    assert [rule.heeds_maintenance for rule in book.rules] == [True, False]
    assert [source.form for source in book.sources] == ["events"]
    plain = book_of("when: flag")
    assert (plain.maintenance, plain.reorder, plain.late_limit) == (None, 0, 5 * MINUTE)


@pytest.mark.parametrize(
    ("top", "told"),
    [
        ("reorder: 6s\n", "book.yaml:4: reorder: `6s`: readings wait for each other at most 5s"),
        ("late_limit: soon\n", "book.yaml:4: late_limit: `soon` is not a span of time"),
        ("maintenance: dor\n", "book.yaml:4: maintenance: unknown name `dor`. Did you mean `door`?"),
        ("maintenance: temp\n", "maintenance: `temp` is a number, not something true or false"),
        ("reordr: 1s\n", "unknown key `reordr`. Did you mean `reorder`?"),
        ("events: [reboot]\n", "`events` need no list"),
    ],
)
def test_a_mistake_at_the_top_of_a_book_is_told(top, told):
    assert told in refusal("when: flag", top=top)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("when: avg(temp, 1h) > 30", "when: avg(temp, 2h) > 30"),
        ("when: avg(temp, 1h) > 30", "when: avg(temp, 1h) > 30\nneeds: {coverage: 50%}"),
        ("when: flag", "when: flag\nconsecutive: 3"),
        ("when: flag\nconsecutive: 3", "when: flag\nconsecutive: 4"),
        ("when: flag", "when: flag\nschedule: {days: [mon]}"),
        ("when: flag", "when: flag\nmaintenance: ignored"),
        ("silent_for: 2m", "silent_for: learned"),
        ("sequence: [a, not b within 5m]", "sequence: [a, not b within 6m]"),
        ("count: 3 of a within 5m", "count: 3 of a(x=1) within 5m"),
        (
            "when: flag\nshare_of: fleet\nfraction: 20%\nat_least: 3",
            "when: flag\nshare_of: site\nfraction: 20%\nat_least: 3",
        ),
    ],
)
def test_a_rule_that_is_judged_otherwise_has_another_fingerprint(one, other):
    first, second = book_of(one).rules[0], book_of(other).rules[0]
    assert first.fingerprint != second.fingerprint
    assert (
        book_of("when: temp > 90", one).rules[1].fingerprint
        == book_of("when: power > 1", one).rules[1].fingerprint
    )
