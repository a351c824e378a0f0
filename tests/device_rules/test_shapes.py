"""Whoever writes a wrong shape is told what was found and what to write, never in the words of a library."""

import re

import pytest

from device_rules import BookError, RuleBook

BOOK = """\
model: a/b
version: 1
expect_every: 60s
metrics:
  temp: {unit: "°C"}
  mode: {type: enum, values: [off, heat]}
  flag: {type: bool}
rules:
  - id: hot
    title: Hot
    severity: major
    when: temp > 1
"""
FOREIGN = re.compile(r"[Ii]nput should|valid (list|dict|tuple|int)|instance of|after validation|\w+Text\b")


def refusal(old, new):
    assert old in BOOK
    with pytest.raises(BookError) as caught:
        RuleBook.parse(BOOK.replace(old, new), "b.yaml")
    return str(caught.value)


KEYS = {
    "unless: a": "b.yaml:13: rules[0].unless: `unless` is a list; found `a`. Write it like `unless: [a]`",
    "unless: {a: b}": "found a mapping. Write it like `unless: [a]`",
    "packet: temp": "`packet` is a list; found `temp`. Write it like `packet: [temp]`",
    "schedule: {days: mon}": "`days` is a list; found `mon`. Write it like `days: [mon, tue]`",
    "schedule: [mon]": "`schedule` is a mapping; found a list. Write it like `schedule: {days: [mon, tue]",
    "levels: {severity: safety}": "`levels` is a list; found a mapping. Write it like `levels: [{severity:",
    "levels: [safety]": "an entry of `levels` is a mapping; found `safety`. Write it like `levels: [{",
    "needs: 80%": "`needs` is a mapping; found `80%`. Write it like `needs: {coverage: 80%}`",
    "tests: [x]": "an entry of `tests` is a mapping; found `x`",
    "consecutive: three": "`consecutive` is a whole number; found `three`. Write it like `consecutive: 3`",
    "consecutive: 1": "`consecutive` is at least 2; found `1`",
    "sequence: [temp > 1]": "`sequence` has 1, but needs at least 2. Write it like `sequence: [",
    "shadow: yes": "`shadow` is true or false; found `yes`. Write it like `shadow: true`",
    "silent_for: learn": "`learn` is neither a span of time nor `learned`. Did you mean `learned`?",
}


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_the_wrong_shape_is_told_with_an_example(key):
    told = refusal("    when: temp > 1\n", f"    when: temp > 1\n    {key}\n")
    assert KEYS[key] in told
    assert not FOREIGN.search(told)


ELSEWHERE = [
    ('{unit: "°C"}', "{range: [0]}", "`range` is two numbers, from low to high; found a list. Write it like `range: [0, 20]`"),
    ('{unit: "°C"}', "{range: 5}", "found `5`. Write it like `range: [0, 20]`"),
    ('{unit: "°C"}', "{range: [a, 5]}", "found `a`. Write it like `range: [0, 20]`"),
    ('temp: {unit: "°C"}', "range: {unit: [x]}", "`unit` is text; found a list"),
    ('{unit: "°C"}', "°C", '`temp` is a mapping; found `°C`. Write it like `temp: {unit: "°C"}`'),
    ('{unit: "°C"}', "", "`temp` is a mapping; found nothing"),
    ('{unit: "°C"}', "{type: number}", "Did you mean `float`?"),
    ('{unit: "°C"}', "{type: string}", "Did you mean `text`?"),
    ('{unit: "°C"}', "{every: onchange}", "neither a span of time nor `on_change`. Did you mean `on_change`?"),
    ("[off, heat]", "off", "`values` is a list; found `off`. Write it like `values: [open, closed]`"),
    ("version: 1", "version: one", "`version` is a whole number; found `one`"),
    ("title: Hot", "title: [Hot]", "`title` is text; found a list"),
    ("title: Hot", "title: 5", "`5` is not text; put it in quotes"),
    ("title: Hot", "title: Hot: boiler", 'b.yaml:10: not readable as YAML: a second `:` in one entry; put the text in quotes'),
    ("title: Hot", "title: @boiler", "put the text in quotes"),
    ("title: Hot", "title: 'Hot", "a quote that is never closed"),
    ("    title", "\ttitle", "indent with spaces"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), ELSEWHERE)
def test_a_wrong_shape_anywhere_is_told_with_what_to_write(old, new, said):
    told = refusal(old, new)
    assert said in told
    assert not FOREIGN.search(told)


CONDITIONS = {
    'presence == "offline"': 'Write "offline_lost" (it vanished) or "offline_clean" (it said goodbye)',
    "presence == offline_lost": '`offline_lost` is a value, not a metric; write "offline_lost" in quotes',
    "temp > 100%": "a `%` behind a number; leave it out",
    "temp > 1 AND flag": "write `and` for `AND`",
    "temp > 1 OR flag": "write `or` for `OR`",
    "flag and NOT flag": "write `not` for `NOT`",
    "temp > 1 && flag": "write `and` for `&&`",
    "'!flag'": "write `not` for `!`",
    "temp > 100C": "a unit behind a number; leave it out",
    "temp > 100 °C": "a unit behind a number; leave it out",
    "mode == “heat”": "write straight quotes",
    "temp => 3": "write `>=` for `=>`",
    "temp = 3": "write `==` to compare",
    "temp > 1,5": "numbers have a point, like 1.5",
    "temp > 1 and": "something is missing at its end",
    "avg(temp, 10m) > 3 and (": "something is missing at its end",
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_slip_in_a_condition_is_told_with_its_remedy(condition):
    told = refusal("when: temp > 1", f"when: {condition}")
    assert told.startswith("b.yaml:12: rules[0].when: ")
    assert CONDITIONS[condition] in told
    assert "Did you mean `online`" not in told
