"""Functions of time in conditions: what they watch, what comes out, and how mistakes in them are told."""

import pytest

from device_rules import BookError, RuleBook
from device_rules.functions import FUNCTIONS
from device_rules.source import EventMatch
from device_rules.tree import Abs, Kind, Ref, leaves

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
HEAD = """\
model: t/t
version: 1
expect_every: 60s
metrics:
  temp: {unit: "°C", range: [-40, 100]}
  power: {unit: W, every: 1s}
  energy: {unit: Wh, kind: counter}
  door: {type: enum, values: [open, closed], every: on_change}
  level: {every: on_change}
  flag: {type: bool}
  note: {type: text}
attributes:
  limit: {unit: "°C", default: 5}
rules:
"""


def book_of(*conditions, **keys):
    """A book with a rule for each condition."""
    extra = "".join(f"    {key}: {value}\n" for key, value in keys.items())
    rules = "".join(
        f"  - id: r{number}\n    title: t\n    severity: minor\n    shadow: true\n    when: >-\n      {text}\n{extra}"
        for number, text in enumerate(conditions)
    )
    return RuleBook.parse(HEAD + rules)


def refusal(condition):
    with pytest.raises(BookError) as caught:
        book_of(condition)
    return str(caught.value)


def ref_of(book):
    """What the last rule sees of the last function."""
    slot = book.sources[-1].slot
    return next(leaf for leaf in leaves(book.rules[-1].when) if isinstance(leaf, Ref) and leaf.slot == slot)


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("avg(temp, 1h) > 3", ("avg(temp, 1h)", "avg", "temp", HOUR, 60, 48, 0)),
        ("avg( temp,60m ) > 3", ("avg(temp, 1h)", "avg", "temp", HOUR, 60, 48, 0)),
        ("avg(temp, '90m') > 3", ("avg(temp, 1h30m)", "avg", "temp", 90 * MINUTE, 90, 72, 0)),
        ("avg(temp, 1m) > 3", ("avg(temp, 1m)", "avg", "temp", MINUTE, 1, 1, 0)),
        ("avg(temp, 1.5m) > 3", ("avg(temp, 1m30s)", "avg", "temp", 90_000_000, 1, 1, 0)),
        ("avg(power, 1h) > 3", ("avg(power, 1h)", "avg", "power", HOUR, 3600, 2880, 0)),
        ("avg(level, 1h) > 3", ("avg(level, 1h)", "avg", "level", HOUR, 0, 1, 0)),
        ("min(temp, 1h) > 3", ("min(temp, 1h)", "min", "temp", HOUR, 60, 48, 0)),
        ("max(temp, 1h) > 3", ("max(temp, 1h)", "max", "temp", HOUR, 60, 48, 0)),
        ("sum(temp, 1h) > 3", ("sum(temp, 1h)", "sum", "temp", HOUR, 60, 1, 0)),
        ("count(door, 1h) > 3", ("count(door, 1h)", "count", "door", HOUR, 0, 0, 0)),
        ("stddev(temp, 1h) > 3", ("stddev(temp, 1h)", "stddev", "temp", HOUR, 60, 48, 0)),
        ("stddev(level, 1h) > 3", ("stddev(level, 1h)", "stddev", "level", HOUR, 0, 2, 0)),
        ("stddev(temp, 1m) > 3", ("stddev(temp, 1m)", "stddev", "temp", MINUTE, 1, 2, 0)),
        ("quantile(temp, 1h, 0.95) > 3", ("quantile(temp, 1h, 0.95)", "quantile", "temp", HOUR, 60, 48, 0.95)),
        ("quantile(temp, 1h, 1) > 3", ("quantile(temp, 1h, 1.0)", "quantile", "temp", HOUR, 60, 48, 1)),
        ("first(temp, 1h) > 3", ("first(temp, 1h)", "first", "temp", HOUR, 60, 1, 0)),
        ("last(temp, 1h) > 3", ("last(temp, 1h)", "last", "temp", HOUR, 60, 1, 0)),
        ("delta(temp, 1h) > 3", ("delta(temp, 1h)", "delta", "temp", HOUR, 60, 2, 0)),
        ("increase(energy, 1h) > 3", ("increase(energy, 1h)", "increase", "energy", HOUR, 60, 2, 0)),
        ("rate(energy, 1h) > 3", ("rate(energy, 1h)", "rate", "energy", HOUR, 60, 2, 0)),
        ("changes(door, 1h) > 3", ("changes(door, 1h)", "changes", "door", HOUR, 0, 1, 0)),
        ("prev(temp) > 3", ("prev(temp)", "prev", "temp", 0, 0, 1, 0)),
        ("stuck(temp, 6h)", ("stuck(temp, 6h)", "stuck", "temp", 6 * HOUR, 360, 1, 0)),
        ("missing(temp, 6h)", ("missing(temp, 6h)", "missing", "temp", 6 * HOUR, 360, 1, 0)),
        ("drift(temp, 1d) > 3", ("drift(temp, 1d)", "drift", "temp", DAY, 1440, 1, 0)),
        ("unusual(temp) > 3", ("unusual(temp)", "unusual", "temp", MINUTE, 0, 1, 0)),
        ("forecast(temp, 7d) > 3", ("forecast(temp, 7d)", "forecast", "temp", 7 * DAY, 10080, 8064, 7 * DAY)),
        ("forecast(temp, 7d, 1d) > 3", ("forecast(temp, 7d, 1d)", "forecast", "temp", DAY, 1440, 1152, 7 * DAY)),
        ("forecast(temp, 7d, 7d) > 3", ("forecast(temp, 7d)", "forecast", "temp", 7 * DAY, 10080, 8064, 7 * DAY)),
        ("fleet(temp, 'p95') > 3", ('fleet(temp, "p95")', "fleet", "temp", 0, 0, 1, 0)),
    ],
)  # fmt: skip
def test_a_function_of_a_metric_says_what_it_watches(condition, told):
    text, form, metric, span, expected, needed, argument = told
    book = book_of(condition)
    [source] = book.sources
    assert (source.text, source.form, source.metric) == (text, form, metric)
    assert (source.span, source.expected, source.needed, source.argument) == (
        span,
        expected,
        needed,
        argument,
    )
    assert book.slots[source.base].name == metric
    assert (book.slots[source.slot].name, book.slots[source.slot].sort) == (text, "derived")
    assert source.counter is (metric == "energy")
    assert book.rules[0].looks == {source.slot, source.base}


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("share(temp>30, 1h) > 0.5", ("share(temp > 30, 1h)", "share", HOUR, 60, 48)),
        ("times((door == \"open\"), 1h) > 3", ("times(door == 'open', 1h)", "times", HOUR, 0, 0)),
        ("times(temp - prev(temp) > 3, 1h) > 3", ("times(temp - prev(temp) > 3, 1h)", "times", HOUR, 0, 0)),
        ("share(presence == 'online', 1d) < 0.5", ("share(presence == 'online', 1d)", "share", DAY, 1440, 1152)),
        ("any(site.devices, temp > 30)", ("any(site.devices, temp > 30)", "any", 0, 0, 1)),
        ("all(site.devices, abs(temp) > 30)", ("all(site.devices, abs(temp) > 30)", "all", 0, 0, 1)),
    ],
)  # fmt: skip
def test_a_function_of_a_condition_keeps_the_condition(condition, told):
    text, form, span, expected, needed = told
    source = book_of(condition).sources[-1]
    assert (source.text, source.form, source.base, source.metric) == (text, form, -1, "")
    assert (source.span, source.expected, source.needed) == (span, expected, needed)
    assert source.condition.kind is Kind.BOOL


@pytest.mark.parametrize(
    ("written", "text", "match"),
    [
        ("event.reboot", "count(event.reboot, 1h)", EventMatch("reboot")),
        ("event.error(code='E42')", 'count(event.error(code="E42"), 1h)', EventMatch("error", (("code", "E42"),))),
        ("event.e(b=2, a=-1.5)", "count(event.e(a=-1.5, b=2), 1h)", EventMatch("e", (("a", -1.5), ("b", 2.0)))),
        ("event.e(on=True)", "count(event.e(on=True), 1h)", EventMatch("e", (("on", True),))),
        ("event['door-open']", 'count(event["door-open"], 1h)', EventMatch("door-open")),
        ("event['reboot']", "count(event.reboot, 1h)", EventMatch("reboot")),
        ("event['a b'](c=1)", 'count(event["a b"](c=1), 1h)', EventMatch("a b", (("c", 1.0),))),
    ],
)  # fmt: skip
def test_events_are_counted_by_name_and_by_what_their_data_says(written, text, match):
    book = book_of(f"count({written}, 1h) >= 3")
    [source] = book.sources
    assert (source.text, source.form, source.event, source.base) == (text, "events", match, -1)
    assert book.rules[0].events == {match.name}
    assert not book.rules[0].rests_on_readings


@pytest.mark.parametrize(
    ("condition", "kind", "unit", "bounds"),
    [
        ("avg(temp, 1h) > 3", Kind.NUMBER, "°C", (-40, 100)),
        ("avg(power, 1h) > 3", Kind.NUMBER, "W", None),
        ("sum(temp, 1h) > 300", Kind.NUMBER, "°C", None),
        ("stddev(temp, 1h) > 3", Kind.NUMBER, "°C", (0, 70)),
        ("delta(temp, 1h) > 3", Kind.NUMBER, "°C", (-140, 140)),
        ("increase(energy, 1h) > 3", Kind.NUMBER, "Wh", (0, float("inf"))),
        ("rate(energy, 1h) > 3", Kind.NUMBER, "Wh/s", None),
        ("rate(level, 1h) > 3", Kind.NUMBER, "/s", None),
        ("share(flag, 1h) > 0.3", Kind.NUMBER, "", (0, 1)),
        ("count(temp, 1h) > 3", Kind.NUMBER, "", (0, 512)),
        ("count(temp, 1d) > 3", Kind.NUMBER, "", (0, float("inf"))),
        ("count(event.x, 1d) > 3", Kind.NUMBER, "", (0, 512)),
        ("times(flag, 1d) > 3", Kind.NUMBER, "", (0, 512)),
        ("drift(temp, 1h) > 3", Kind.NUMBER, "", (0, float("inf"))),
        ("unusual(temp) > 3", Kind.NUMBER, "", (0, float("inf"))),
        ("prev(door) == 'open'", Kind.TEXT, "", None),
        ("last(flag, 1h)", Kind.BOOL, "", None),
        ("stuck(note, 1h)", Kind.BOOL, "", None),
        ("flag and hour() > 3", Kind.NUMBER, "", (0, 23)),
        ("flag and weekday() > 3", Kind.NUMBER, "", (1, 7)),
        ("fleet(temp, 'p5') > temp", Kind.NUMBER, "°C", (-40, 100)),
    ],
)
def test_what_a_function_answers_has_a_kind_a_unit_and_bounds(condition, kind, unit, bounds):
    ref = ref_of(book_of(condition))
    assert (ref.kind, ref.unit, ref.range) == (kind, unit, bounds)


def test_the_same_call_in_two_rules_is_kept_once():
    book = book_of("avg(temp, 1h) > 3", "temp > 2 + avg(temp, 60m)", "avg(temp, 2h) > 3")
    assert [source.text for source in book.sources] == ["avg(temp, 1h)", "avg(temp, 2h)"]


def test_a_rule_with_other_needs_has_values_of_its_own():
    rules = HEAD + "".join(
        f"  - {{id: r{number}, title: t, severity: minor, when: '{when}', needs: {needs}}}\n"
        for number, (when, needs) in enumerate(
            [
                ("avg(temp, 1h) > 3", "{}"),
                ("avg(temp, 1h) > 3", "{coverage: 50%}"),
                ("avg(temp, 1h) > 3", "{max_gap: 5m}"),
                ("avg(temp, 1h) > 3", "{max_gap: 5m, coverage: 50%}"),
                ("sum(temp, 1h) > 3", "{coverage: 50%}"),
                ("avg(level, 1h) > 3", "{max_gap: 5m, coverage: 50%}"),
                ("share(prev(temp) > 3, 1h) > 0.3", "{max_gap: 5m}"),
                ("avg(temp, 1h) > 4", "{max_gap: 3m, coverage: 80%}"),
            ]
        )
    )
    book = RuleBook.parse(rules)
    assert [source.text for source in book.sources] == [
        "avg(temp, 1h)",
        "avg(temp, 1h) [coverage 0.5]",
        "avg(temp, 1h) [max_gap 5m]",
        "avg(temp, 1h) [coverage 0.5, max_gap 5m]",
        "sum(temp, 1h)",
        "avg(level, 1h)",
        "prev(temp) [max_gap 5m]",
        "share(prev(temp) > 3, 1h) [max_gap 5m]",
    ]
    assert [source.needed for source in book.sources[:4]] == [48, 30, 48, 30]
    gaps = [book.slots[source.base].gap for source in book.sources[:4]]
    assert gaps == [3 * MINUTE, 3 * MINUTE, 5 * MINUTE, 5 * MINUTE]
    assert book.rules[3].when.left.text == "avg(temp, 1h)"


@pytest.mark.parametrize(
    ("coverage", "needed"), [("55%", 55), ("0.7", 70), ("29%", 29), ("57%", 57), ("100%", 100)]
)
def test_a_share_of_the_window_is_not_rounded_up_by_accident(coverage, needed):
    book = book_of("avg(temp, 100m) > 3", needs=f"{{coverage: {coverage}}}")
    assert book.sources[0].needed == needed


def test_what_stands_inside_comes_before_what_it_stands_in():
    book = book_of("share(prev(temp) > 3 and flag, 1h) > 0.3 or avg(temp, 1h) > 3")
    assert [source.form for source in book.sources] == ["prev", "share", "avg"]
    names = {book.slots[slot].name for slot in book.rules[0].looks}
    assert names == {"temp", "flag", "prev(temp)", "share(prev(temp) > 3 and flag, 1h)", "avg(temp, 1h)"}


def test_proof_is_a_fresh_observation_of_what_is_behind_a_window():
    proof = {
        name: book_of(name).rules[0] for name in ("avg(temp, 1h) > 3", "missing(temp, 1h)", "stuck(door, 1h)")
    }
    assert [(rule.proof_slots, rule.rests_on_readings) for rule in proof.values()] == [
        ((0,), True), ((), False), ((), True),
    ]  # fmt: skip


def test_a_number_has_a_distance_from_zero():
    node = book_of("abs(avg(temp, 1h) - temp) > 3").rules[0].when
    assert isinstance(node.left, Abs)
    assert node.left.unit == "°C"
    assert [leaf.text for leaf in leaves(node)] == ["avg(temp, 1h)", "temp"]


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("avg(temp) > 3", "`avg(temp)`: avg takes 2 arguments, 1 given; write avg(metric, window), like avg(temp, 1h)"),
        ("avg() > 3", "avg takes 2 arguments, 0 given"),
        ("avg(*temp) > 3", "avg takes 2 arguments, 1 given"),
        ("hour(1) > 3", "hour takes no arguments, 1 given; write hour()"),
        ("abs(temp, 3) > 3", "abs takes 1 argument, 2 given; write abs(number)"),
        ("forecast(temp) > 3", "forecast takes 2 or 3 arguments, 1 given"),
        ("avg(metric=temp, window=1h) > 3", "arguments have no names here; write it like avg(metric, window)"),
        ("avg(temp, 60) > 3", "`60` is not a span of time. A number needs its unit."),
        ("avg(temp, '1 hour') > 3", "`1 hour` is not a span of time"),
        ("avg(temp, 400d) > 3", "`400d` is longer than a year"),
        ("avg(temp, attr.limit) > 3", "`attr.limit` is not a span of time; write avg(metric, window)"),
        ("max(temp, power) > 3", "`power` is not a span of time; write max(metric, window), like max(temp, 1h)"),
        ("avg(temp, 30s) > 3", "the window of 30s is shorter than the time between two readings (1m); make it longer"),
        ("avg(temp, 0s) > 3", "a window is longer than nothing"),
        ("count(event.x, 0s) > 3", "a window is longer than nothing"),
        ("forecast(temp, 0s, 1h) > 3", "a forecast looks ahead"),
        ("avg(power, 365d) > 3", "a window of 365d at one reading a second is 31,536,000 readings; at most 5,000,000: make"),
        ("averge(temp, 1h) > 3", "`averge` is not a function. Did you mean `avg`?"),
        ("temp.avg(1h) > 3", "`temp.avg` is not a function."),
        ("avg(tmp, 1h) > 3", "unknown name `tmp`. Did you mean `temp`?"),
        ("avg(door, 1h) > 3", "`avg` is of numbers, and `door` is of type enum"),
        ("unusual(flag) > 3", "`unusual` is of numbers, and `flag` is of type bool"),
        ("avg(attr.limit, 1h) > 3", "`attr.limit` is no metric and never changes"),
        ("avg(limit, 1h) > 3", "`limit` is no metric and never changes"),
        ("avg(presence, 1h) > 3", "avg looks at metrics, and `presence` is not one"),
        ("avg(temp + 1, 1h) > 3", "`temp + 1` is not a metric; avg looks at one metric, by its name"),
        ("avg(1h, temp) > 3", "`1h` is not a metric"),
        ("avg(avg(temp, 1h), 1h) > 3", "`avg(temp, 1h)` stands inside `avg`"),
        ("share(avg(temp, 1h) > 3, 1h) > 0.1", "`avg(temp, 1h)` stands inside `share`; there only prev and abs can be asked"),
        ("times(share(flag, 1h) > 0.1, 1h) > 1", "`share(flag, 1h)` stands inside `times`"),
        ("any(site.devices, hour() > 3)", "`hour()` stands inside `any`"),
        ("share(temp, 1h) > 0.1", "`temp` is a number, not something true or false. Compare it with a value"),
        ("share(1 > 3, 1h) > 0.1", "compares two constants"),
        ("any(devices, flag)", "any asks the devices of the site; write any(site.devices, condition)"),
        ("fleet(power, 'p95') > 3", "`fleet` needs the range of `power`; give the metric `range: [low, high]`"),
        ("fleet(temp, 'p100') > 3", "write the percentile from p1 to p99 in quotes"),
        ("fleet(temp, p95) > 3", "write the percentile from p1 to p99 in quotes"),
        ("quantile(temp, 1h, 0) > 3", "p is a share above 0 and up to 1, like 0.95; found `0`"),
        ("quantile(temp, 1h, 95) > 3", "found `95`"),
        ("quantile(temp, 1h, True) > 3", "found `True`"),
        ("missing(door, 1h)", "`door` is sent only when it changes, so it is never missing; ask `silent_for` instead"),
        ("share(flag, 1h) > 1.2", "never changes: `share(flag, 1h)` ranges from 0 to 1"),
        ("share(flag, 1h) >= 0", "never changes"),
        ("hour() == 24 and flag", "never changes: `hour()` ranges from 0 to 23"),
        ("weekday() in [6, 7, 9] and flag", "never changes: `weekday()` ranges from 1 to 7"),
        ("changes(temp, 1h) < 0", "never changes: `changes(temp, 1h)` is never below 0"),
        ("abs(temp) < 0", "never changes: `abs(temp)` is never below 0 °C"),
        ("times(flag, 1h) > 600", "ranges from 0 to 512"),
        ("prev(door) == 'opn'", "`prev(door)` is never 'opn'. Did you mean `open`?"),
        ("avg(temp, 1h) > power", "mixes °C (`avg(temp, 1h)`) and W (`power`)"),
        ("rate(energy, 1h) > energy", "mixes Wh/s (`rate(energy, 1h)`) and Wh (`energy`)"),
        ("avg(temp, 1h)", "is a number, not something true or false"),
        ("temp > 5m", "`5m` is a span of time; it stands within functions only, like avg(temp, 5m)"),
        ("avg > 5", "`avg` is a function; write what it is of, like avg(temp, 1h)"),
        ("event.reboot", "`event.reboot` is an event, not a value; count it, like count(event.reboot, 1h) >= 1"),
        ("event.error(code=1)", "`event.error(code=1)` is an event, not a value"),
        ("count(event.e('E42'), 1h) > 1", "say what the data of the event must be by name"),
        ("count(event.e(code=temp), 1h) > 1", "the data of an event is compared with constants"),
        ("count(event[3], 1h) > 1", "name the event, like event.reboot"),
        ("temp > 3 # warm", "a `#` within a condition"),
        ("temp > 3 && flag", "write `and` for `&&`"),
        ("temp > 3 || flag", "write `or` for `||`"),
        ("!flag", "write `not` for `!`"),
        ("temp = 3", "write `==` to compare"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_function_is_told_with_its_remedy(condition, told):
    text = refusal(condition)
    assert text.startswith("book.yaml:19: rules[0].when: ")
    assert told in text


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_the_example_of_every_function_is_one(name):
    function = FUNCTIONS[name]
    text = function.example if function.answers is Kind.BOOL else f"{function.example} == {function.example}"
    text = f"temp > 3 and ({text} or flag)" if name in {"hour", "weekday"} else text
    book = book_of(text)
    assert book.sources[-1].form == function.form
