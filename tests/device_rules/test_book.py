"""What a rule book may say, and how it is told what it may not."""

import jsonschema
import pytest

from device_rules import BookError, RuleBook, load_yaml
from device_rules.durations import parse_span, spell_span

GOOD = """\
model: acme/pump
version: 7
expect_every: 60s
metrics:
  room_temp: {unit: "°C", range: [-40, 60]}
  power:     {unit: W}
  setpoint:  {unit: "°C", every: on_change}
  mode:      {type: enum, values: [off, heat, cool]}
  errors:    {type: int, kind: counter}
attributes:
  limit: {default: 5}
rules:
  - id: cold
    title: Cold
    severity: major
    when: mode == "heat" and room_temp < setpoint - 2
    for: 20m
"""


def refusal(text):
    with pytest.raises(BookError) as caught:
        RuleBook.parse(text, "pump.yaml")
    return str(caught.value)


def test_a_good_book_knows_its_metrics_and_rules():
    book = RuleBook.parse(GOOD, "pump.yaml")
    [rule] = book.rules
    assert (book.model, book.version, book.expect_every) == ("acme/pump", 7, 60_000_000)
    assert (rule.id, rule.title, rule.severity, rule.play, rule.packet, rule.shadow) == (
        "cold", "Cold", "major", "", (), False,
    )  # fmt: skip
    mode, room = book.metrics["mode"], book.metrics["room_temp"]
    assert (mode.type, mode.values) == ("enum", ("off", "heat", "cool"))
    assert (room.unit, room.range, room.every, room.max_gap) == ("°C", (-40.0, 60.0), 60_000_000, 180_000_000)
    assert book.metrics["setpoint"].every is None
    assert book.metrics["errors"].kind == "counter"


def test_the_json_schema_for_editors_takes_a_good_book_and_refuses_a_bad_one():
    schema, good = RuleBook.schema(), load_yaml(GOOD, "f").data
    jsonschema.validate(good, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**good, "expect_every": "soon"}, schema)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title: Cold", "titel: Cold", "pump.yaml:14: rules[0].titel: unknown key `titel`. Did you mean `title`?"),
        ("severity: major", "severity: majr", "pump.yaml:15: rules[0].severity: `majr` is not one of info, minor, major, critical, safety. Did you mean `major`?"),
        ("room_temp <", "rom_temp <", "pump.yaml:16: rules[0].when: unknown name `rom_temp`. Did you mean `room_temp`?"),
        ('== "heat"', "== heat", 'pump.yaml:16: rules[0].when: `heat` is a value, not a metric; write "heat" in quotes'),
        ('== "heat"', '== "heet"', "`mode` is never 'heet'. Did you mean `heat`?"),
        ("for: 20m", "for: 20", "pump.yaml:17: rules[0].for: `20` is not a span of time. A number needs its unit."),
        ("for: 20m", "for: 2 hours", "Write it like 90s, 20m, 1h30m or 7d"),
        ("for: 20m", "unless: [gone]", "pump.yaml:17: rules[0].unless[0]: no other rule is called `gone`"),
        ("for: 20m", "packet: [room_tmp]", "unknown metric `room_tmp`. Did you mean `room_temp`?"),
        ("for: 20m", "silent_for: 20m", "rule `cold` needs one of `when:`, `silent_for:`, `count:` and `sequence:`, and not two; it has `when` and `silent_for`"),
        ("for: 20m", "levels: [{severity: minor, when: room_temp < 5}]", "a level must be worse than the rule itself"),
        ("for: 20m", "needs: {coverage: 200%}", "not a coverage. Write a share from 10% to 100%, like 80%"),
        ("for: 20m", "shadow: yes", "pump.yaml:17: rules[0].shadow"),
        ("setpoint - 2", "power", "mixes °C (`room_temp`) and W (`power`)"),
        ("setpoint - 2", "'cold'", "compares a number (`room_temp`) with a text"),
        ("setpoint - 2", "200", "never changes: `room_temp` ranges from -40 to 60 °C"),
        ("setpoint - 2", "limit", "`limit` is an attribute; write `attr.limit`"),
        ("setpoint - 2", "attr.limt", "unknown attribute `limt`. Did you mean `limit`?"),
        ("setpoint - 2", "avg(room_temp, 10)", "`avg(room_temp, 10)`: `10` is not a span of time. A number needs its unit."),
        ("model: acme/pump", "modle: acme/pump", "`model` is missing"),
        ("version: 7", "version: seven", "pump.yaml:2: version"),
        ("range: [-40, 60]", "range: [60, -40]", "goes from low to high"),
        ("values: [off, heat, cool]", "unit: W", "an enum needs `values: […]`"),
        ("id: cold", "id: Cold Room", "is not a name: small letters, digits and `-`"),
        ("power:  ", "presence:", "`presence` is a word of the language"),
        ("power:  ", "Power:", "metrics.Power"),
        ("expect_every: 60s", "expect_every: learned", "only `silent_for` can be learned; write a span like 15m"),
        ("default: 5", "default: warm", "`warm` is not a value of type float"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_its_path_and_the_remedy(old, new, told):
    assert old in GOOD
    assert told in refusal(GOOD.replace(old, new))


def test_all_mistakes_are_told_at_once():
    text = (
        GOOD.replace("room_temp <", "rom_temp <")
        .replace("for: 20m", "unless: [gone]")
        .replace("[-40, 60]", "[60, 0]")
    )
    assert len(refusal(text).splitlines()) == 3


def test_rules_that_hold_each_other_back_in_a_circle_are_refused():
    rules = "".join(
        f"  - {{id: {one}, title: t, severity: minor, when: power > 1, unless: [{other}]}}\n"
        for one, other in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    assert "`a`, `b`, `c` inhibit one another in a circle" in refusal(GOOD + rules)


def test_two_rules_of_one_id_are_refused():
    assert "another rule `cold`" in refusal(
        GOOD + "  - {id: cold, title: t, severity: minor, when: power > 1}\n"
    )


@pytest.mark.parametrize("condition", ["1 > 3", "not True", "True"])
def test_a_rule_that_looks_at_nothing_is_refused(condition):
    told = refusal(GOOD.replace('mode == "heat" and room_temp < setpoint - 2', condition))
    assert "never changes" in told or "not text" in told


def test_what_is_not_a_book_is_refused():
    assert "begins with `model:`" in refusal("- just\n- a list\n")
    assert "begins with `model:`" in refusal("")


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("given: {rom_temp: 18x3}, expect: none", "unknown metric `rom_temp`. Did you mean `room_temp`?"),
        ("given: {room_temp: warm}, expect: none", "`warm` is not a number. Write series like"),
        ("given: {mode: heatx3 hotx3}, expect: none", "`mode` is never `hot`"),
        ("given: {room_temp: 18x99999}, expect: none", "at most"),
        ("given: {power: 1}, expect: nothing", "expect is `none` or a list"),
        (
            "given: {power: 1}, expect: [{at: 5m, rise: major}]",
            "unknown outcome `rise`. Did you mean `raise`?",
        ),
        ("given: {power: 1}, expect: [{at: 5m, raise: huge}]", "`huge` is not a severity"),
        ("given: {power: 1}, expect: [{raise: major}]", "each expectation is like"),
        ("given: {attributes: {limt: 3}}, expect: none", "unknown attribute `limt`"),
    ],
)
def test_a_test_in_the_book_is_checked_too(test, told):
    text = GOOD + f"    tests: [{{name: x, {test}}}]\n"
    assert "pump.yaml:18: rules[0].tests[0]" in refusal(text)
    assert told in refusal(text)


@pytest.mark.parametrize(
    ("text", "span"), [("90s", 90), ("20m", 1200), ("1h30m", 5400), ("1.5h", 5400), ("7d", 604800)]
)
def test_spans_are_written_as_people_write_them(text, span):
    assert parse_span(text) == span * 1_000_000
    assert parse_span(spell_span(parse_span(text))) == span * 1_000_000


@pytest.mark.parametrize(
    "text",
    ["", "m", "-5m", "5", 5, None, "5 m", "5y", "9" * 50 + "d", "400d", "1m" * 21],
)
def test_what_is_not_a_span_is_refused(text):
    with pytest.raises(ValueError, match="`"):
        parse_span(text)
