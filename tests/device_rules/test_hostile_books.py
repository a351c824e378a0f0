"""Books that mean harm, or mean too much: each is refused with a reason, and at once."""

import time
from textwrap import indent

import pytest

from device_rules import BookError, RuleBook
from device_rules.limits import MOST_STATE, size_of

AT_ONCE = 2.0  # seconds of CPU; less than half of that where this was written
HEAD = """\
model: t/t
version: 1
expect_every: 1s
metrics:
  temp: {unit: "°C"}
  power: {unit: W}
  door: {type: enum, values: [open, closed]}
rules:
"""


def rule(number=0, when="temp > 3", rest=""):
    return f"  - {{id: r{number}, title: t, severity: minor, when: '{when}'{rest}}}\n"


def refused(text):
    """Why the book is refused, which must not take long."""
    began = time.process_time()
    with pytest.raises(BookError) as caught:
        RuleBook.parse(text)
    took = time.process_time() - began
    assert took < AT_ONCE, f"{took:.2f}s"
    return str(caught.value)


CONDITIONS = {
    "huge": ("temp > 3 and " * 500 + "temp > 3", "at most 2000"),
    "many parts": ("temp>3 or " * 190 + "temp>3", "too large: at most 300 parts"),
    "brackets": ("(" * 900 + "temp > 3" + ")" * 900, "not readable as a condition"),
    "nots": ("not " * 400 + "temp > 3", "too large"),
    "signs": ("-" * 1900 + "temp > 3", "too large"),
    "attributes": ("attr" + ".a" * 900 + " > 3", "not part of the language"),
    "calls": ("abs(" * 150 + "temp" + ")" * 150 + " > 3", "too large"),
    "choices": ("temp > (" + "1 if temp > 2 else (" * 20 + "1" + ")" * 21, "inside one another"),
    "choices in abs": ("temp > " + "abs(1 if temp > 2 else " * 9 + "1" + ")" * 9, "inside one another"),
    "power": ("temp > 9**9**9**9", "only + - * / can be reckoned with"),
    "shift": ("temp > 1 << 99999999", "only + - * / can be reckoned with"),
    "long number": ("temp > " + "9" * 1900, "is not a number"),
    "long text": ('temp == "' + "a" * 1900 + '"', "compares a number"),
    "long name": ("a" * 1900 + " > 3", "unknown name"),
    "repeated text": ('"a" * 99999999 == door', "not a number"),
    "comprehension": ("[x for x in temp] == 3", "not part of the language"),
    "lambda": ("(lambda: 3)() > 3", "is not a function"),
    "import": ('__import__("os").system("true")', "is not a function"),
    "formatting": ('f"{temp:>999999999}" == door', "not part of the language"),
    "spans": ("1m" * 900 + " > 3", "is a span of time"),
    "half spans": ("avg(temp, " + "1m" * 900 + "x) > 3", "not readable"),
    "quotes": ('temp > "' + "\\\\\"" * 600, "not readable"),
    "a year a second": ("avg(temp, 365d) > 3", "31,536,000 readings; at most 5,000,000"),
    "no window": ("avg(temp, 0s) > 3", "longer than nothing"),
}  # fmt: skip


@pytest.mark.parametrize(("when", "told"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_hostile_condition_is_refused_at_once(when, told):
    text = HEAD + f"  - id: r\n    title: t\n    severity: minor\n    when: |\n      {when}\n"
    assert told in refused(text)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("count", "3 of " + " " * 1900 + "x", "write it like"),
        ("count", "3 of" + " within" * 280, "`within` is not a span"),
        ("count", "9" * 1900 + " of reboot within 5m", "write it like"),
        ("sequence", ["a", "not " * 400 + "b within 5m"], "too large"),
        ("sequence", ["a", " within" * 280], "`within` is not a span"),
        ("for", "1m" * 4000, "is not a span of time"),
        ("for", "9" * 20_000, "more than 40 digits"),
        ("for", "9" * 30 + "d", "longer than a year"),
        ("unless", ["x"] * 50_000, "at most 100"),
        ("unless", [f"x{number}" for number in range(100)], "no other rule is called `x0`"),
        ("packet", ["temp"] * 50_000, "at most 100"),
        ("id2", "x", "unknown key `id2`"),
        ("x" * 100_000, "x", "unknown key"),
        ("share_of", "cohort(" + "model," * 30 + ")", "rules[0].share_of"),
        ("share_of", "cohort(" + "a" * 1_000_000 + ")", "at most 100 characters"),
        ("schedule", {"days": ["mon"] * 50_000 + ["x"]}, "`x` is not one of mon"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_hostile_key_is_refused_at_once(key, value, told):
    condition = "" if key in {"count", "sequence"} else "    when: temp > 3\n"
    text = HEAD + "  - id: r\n    title: t\n    severity: minor\n" + condition
    assert told in refused(
        text + f"    ? {key}\n    : {value!s}\n" if len(key) > 1000 else text + f"    {key}: {value}\n"
    )


def test_long_ids_names_and_words_are_refused():
    assert "is not a name" in refused(HEAD + rule().replace("id: r0", "id: " + "a" * 500_000))
    assert "at most 200 characters" in refused(HEAD + rule().replace("title: t", "title: " + "a" * 500_000))
    assert "at most 100 characters" in refused(HEAD.replace("open,", "o" * 500_000 + ",") + rule())
    assert "is not a name" in refused(HEAD.replace("power:", "p" * 900 + ":") + rule())


def test_an_enormous_list_of_words_is_refused():
    words = ", ".join(f"w{number}" for number in range(100_000))
    assert "at most 500 items" in refused(HEAD.replace("open, closed", words) + rule())


def test_a_file_of_ten_megabytes_is_not_even_read():
    assert "at most 2097152 are read" in refused("# " + "x" * 10_000_000)
    assert "at most" in refused("a: [" + "1, " * 4_000_000 + "]")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: &a [lol]\nb: &b [*a, *a]\nc: [*b, *b]\n", "the anchor `&a` is not allowed"),
        ("a: " + "*a " * 1000, "the alias `*a` is not allowed"),
        (
            "a: [" + ", ".join(f"&x{number} 1" for number in range(1000)) + "]",
            "the anchor `&x0` is not allowed",
        ),
        ("<<: {model: x}\nmodel: y", "unknown key `<<`"),
        ("[" * 1_000_000, "nested more than 20 levels deep"),
        ("{a: " * 300_000, "nested more than 20 levels deep"),
        ("- " * 900_000, "nested more than 20 levels deep"),
        ("? " * 900_000, "a key must be one word"),
        ("[" + "1," * 900_000 + "]", "more than 150000 values in one file"),
        ("- a\n" * 400_000, "more than 150000 values in one file"),
        ("a: '" + "''" * 900_000, "not readable as YAML"),
        ("".join(f"k{number}: 1\n" for number in range(70_000)), "more than 5000 keys in one place"),
        ("".join(f"k{number}: 1\n" for number in range(4_000)), "unknown key `k0`"),
        ("a: 1\n" * 300_000, "`a` is there twice"),
        ("!!python/object/apply:os.system ['true']", "the tag"),
        ("\ud800", "not readable as YAML"),
        ("%YAML 9.9\n---\na: 1", "book.yaml:1"),
        ("--- a\n" * 300_000, "another document"),
    ],
    ids=lambda value: value[:12].encode(errors="replace").decode().strip(),
)
def test_hostile_yaml_is_refused_at_once(text, told):
    assert told in refused(text)


def test_of_very_many_mistakes_the_first_are_told():
    told = refused(HEAD + "".join(rule(number, f"tmp{number} > 3") for number in range(2000)))
    assert len(told.splitlines()) == 51
    assert told.startswith("book.yaml:9: rules[0].when: unknown name `tmp0`. Did you mean `temp`?")
    assert told.endswith("and more like these; mend them and check again")
    names = indent("".join(f"metric_number_{number}_of_many: {{}}\n" for number in range(1900)), "  ")
    head = HEAD.replace("rules:\n", names + "rules:\n")
    assert "Did you mean `metric_number_7_of_many`?" in refused(head + rule(0, "metric_number_7_of_man > 3"))
    refused(head + "".join(rule(number, "metric_number_x_of_man > 3") for number in range(500)))


def test_rules_that_wait_for_each_other_in_a_long_row_are_put_in_order():
    rules = [rule(number, rest=f", unless: [r{number + 1}]" if number < 499 else "") for number in range(500)]
    book = RuleBook.parse(HEAD + "".join(rules))
    assert [one.id for one in book.rules] == [f"r{number}" for number in reversed(range(500))]
    rules[-1] = rule(499, rest=", unless: [r0]")
    assert "inhibit one another in a circle" in refused(HEAD + "".join(rules))


def test_too_many_functions_of_time_are_refused():
    conditions = [
        " or ".join(f"first(temp, {number * 50 + inner + 1}s) > 3" for inner in range(50))
        for number in range(41)
    ]
    told = refused(HEAD + "".join(rule(number, when) for number, when in enumerate(conditions)))
    assert "this book has more than 2,000 different functions of time" in told


def test_windows_that_would_keep_too_much_are_named():
    plain = " or ".join(f"avg(temp, {hours}h) > 3" for hours in range(1, 34))
    assert RuleBook.parse(HEAD + rule(0, plain)).sources[-1].expected == 33 * 3600
    told = refused(HEAD + rule(0, plain) + rule(1, "avg(temp, 510s) > 3 or quantile(temp, 40h, 0.5) > 3"))
    assert told.startswith("book.yaml:8: rules: this book would keep up to 1,0")
    assert (
        "The largest: `avg(temp, 8m30s)` (32 KB), `avg(temp, 1h)` (30 KB), `avg(temp, 2h)` (30 KB)." in told
    )


def test_what_a_value_may_keep_is_bounded():
    written = "avg(temp, 9m) > 3 or avg(temp, 366d) > 3 or count(event.x, 366d) > 3 or unusual(temp) > 3 and temp > 3 "
    written += "or drift(temp, 1d) > 3 or prev(temp) > 3 or hour() > 3 or missing(temp, 1d) or share(temp > 3, 1d) > 0.3"
    book = RuleBook.parse((HEAD + rule(0, written, ", shadow: true")).replace("every: 1s", "every: 60s"))
    sizes = {source.form: size_of(source) for source in book.sources}
    assert max(sizes.values()) <= MOST_STATE / 30
    assert (sizes["hour"], sizes["missing"], sizes["prev"] < 200) == (0, 0, True)


def test_rules_that_see_every_metric_otherwise_are_bounded_too():
    names = "".join(f"  m{number}: {{}}\n" for number in range(1000))
    many = [
        " or ".join(f"m{(number * 80 + inner) % 1000} > 3" for inner in range(80)) for number in range(170)
    ]
    rules = "".join(
        rule(number, when, f", needs: {{max_gap: {number + 1}s}}") for number, when in enumerate(many)
    )
    assert "this book would keep up to" in refused(HEAD.replace("rules:\n", names + "rules:\n") + rules)


def test_more_text_in_conditions_than_anybody_reads_is_refused():
    long = " or ".join(f"temp > {number}" for number in range(70))
    assert "the conditions of this book have" in refused(
        HEAD + "".join(rule(number, long) for number in range(700))
    )


def test_tests_that_are_endless_are_refused_at_once():
    series = " ".join(["1+1x99999"] * 30)
    test = f"    tests: [{{name: x, given: {{temp: '{series}'}}, expect: none}}]\n"
    told = refused(HEAD + "  - id: r\n    title: t\n    severity: minor\n    when: temp > 3\n" + test)
    assert "a series has at most 20000 samples" in told
    given = ", ".join(["{name: x, given: {temp: '1+1x19999'}, expect: [{at: 1h, rais: x}]}"] * 90)
    rules = "".join(
        f"  - {{id: r{number}, title: t, severity: minor, when: temp > 3, tests: [{given}]}}\n"
        for number in range(100)
    )
    assert "unknown outcome `rais`" in refused(HEAD + rules)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("version: 1", "version: " + "9" * 39, "at most 1000000000"),
        ("version: 1", "version: .inf", "version"),
        ('unit: "°C"', "range: [-.inf, .inf]", "goes from low to high"),
        ('unit: "°C"', "range: [.nan, 3]", "goes from low to high"),
        ('unit: "°C"', "range: [0, 1e999]", "goes from low to high"),
        ('unit: "°C"', "every: 0s", "it takes some time"),
        ("expect_every: 1s", "expect_every: 0s", "it takes some time"),
        ('unit: "°C"', "max_gap: 0s", "must hold for some time"),
    ],
)
def test_numbers_without_bounds_are_refused(old, new, told):
    assert told in refused(HEAD.replace(old, new) + rule())
