"""The language of conditions: what it says, what it refuses, and that compiled and interpreted truth agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_rules.comparison import Wrong
from device_rules.compile import compile_judge, compile_mask
from device_rules.language import Names, parse_condition
from device_rules.tree import Kind, Ref
from device_rules.truth import truth_of
from tests.promises import tried

NAMES = Names(
    {
        "a": Ref("a", Kind.NUMBER, 0),
        "b": Ref("b", Kind.NUMBER, 1),
        "mode": Ref("mode", Kind.TEXT, 2, "", ("on", "off")),
        "flag": Ref("flag", Kind.BOOL, 3),
    },
    {"limit": Ref("attr.limit", Kind.NUMBER, 4)},
)
WIDTH = 5


def truth(text, *values):
    node = parse_condition(text, NAMES)
    padded = [*values, *([None] * (WIDTH - len(values)))]
    compiled = compile_judge([node], WIDTH)(padded)[0]
    assert compiled is truth_of(node, padded)
    assert bool(compile_mask([node], WIDTH)(padded)) is (compiled is True)
    return compiled


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("a > 3", (5.0,), True),
        ("1 < a <= 5", (5.0,), True),
        ("1 < a <= 5", (0.5,), False),
        ("1 < a < b", (0.5, None), False),
        ("1 < a < b", (2.0, None), None),
        ("a > 3 and b > 3", (1.0, None), False),
        ("a > 3 and b > 3", (5.0, None), None),
        ("a > 3 or b > 3", (5.0, None), True),
        ("a > 3 or b > 3", (1.0, None), None),
        ("not a > 3", (None,), None),
        ("not (a > 3 and b > 3)", (1.0, None), True),
        ("a + b * 2 - 1 == 10", (5.0, 3.0), True),
        ("a / b > 2", (5.0, 0.0), None),
        ("-a < 0", (5.0,), True),
        ("a > -3", (1.0,), True),
        ("mode == 'on'", (None, None, "on"), True),
        ("mode in ['on', 'off']", (None, None, "on"), True),
        ("mode not in ('on',)", (None, None, "off"), True),
        ("a in {1, 2}", (2.0,), True),
        ("flag", (None, None, None, True), True),
        ("not flag", (None, None, None, None), None),
        ("flag == True", (None, None, None, False), False),
        ("a > (3 if mode == 'on' else 8)", (5.0, None, "on"), True),
        ("a > (3 if mode == 'on' else 8)", (5.0, None, "off"), False),
        ("a > (3 if mode == 'on' else 8)", (5.0, None, None), None),
        ("a > 3 if flag else b > 3", (5.0, None, None, True), True),
        ("a > attr.limit", (5.0, None, None, None, 4.0), True),
        ("a > attr.limit", (5.0,), None),
    ],
)
def test_a_condition_is_true_false_or_unknown(text, values, expected):
    assert truth(text, *values) is expected


def test_a_condition_may_be_folded_over_lines():
    assert truth("a > 3\nand b > 3", 5.0, 5.0) is True


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('ls')", "a.__class__", "(lambda: 1)() > a", "[x for x in a]", "a if b", "a >", "",
        "a is None", "a ** 9 > 1", "a // 2 > 1", "a % 2 == 1", "f'{a}' == 'x'", "a := 5", "a[0] > 1", "~a > 1",
        "mode > 'on'", "mode + 'x' == 'on'", "a and b", "a > 'x'", "flag > 1", "-mode == 'on'", "1 < 2", "a in 'abc'",
        "a in []", "mode in [1]", "mode in [other]", "a / 0 > 1", "a > 1e999", "a == None", "a > 1j", "await a",
        "a > 1 if flag else 3", "mode == ('on' if flag else 3)", "a > 9" + "9" * 400, "attr > 3", "attr.a.b > 3", "*a",
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_a_reason(text):
    with pytest.raises(Wrong, match=r"\w"):
        parse_condition(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 900 + "a > 1" + ")" * 900,
        "not " * 450 + "flag",
        "-" * 900 + "a > 1",
        "a + " * 480 + "a > 1",
        "a > 1 and " * 190 + "a > 1",
        "1 if flag else " * 100 + "2 > a",
        "a" * 3000,
        "a > (" + "1 if a > (" * 10 + "1" + ") else 2" * 10 + ")",
    ],
)
def test_huge_and_deep_conditions_are_refused(text):
    with pytest.raises(Wrong, match=r"\w"):
        parse_condition(text, NAMES)


numbers = st.sampled_from(["a", "b", "attr.limit", "0", "1", "2.5", "-1"])
terms = st.recursive(
    numbers,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner)
        | st.builds("({} if flag else {})".format, inner, inner)
    ),
    max_leaves=4,
)
measured = st.builds(
    "({} {} {} * a)".format, terms, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), terms
)
simple = measured | st.sampled_from(
    ["flag", "mode == 'on'", "mode in ['on', 'off']", "a not in [1, 2]", "0 < a <= b < 2"]
)
conditions = st.recursive(
    simple,
    lambda inner: (
        st.builds("({} and {})".format, inner, inner)
        | st.builds("({} or {})".format, inner, inner)
        | st.builds("not {}".format, inner)
        | st.builds("({} if {} else {})".format, inner, inner, inner)
    ),
    max_leaves=5,
)
small = st.none() | st.sampled_from([0.0, 1.0, 2.0, -1.0, 2.5])
devices = st.tuples(
    small, small, st.sampled_from([None, "on", "off"]), st.sampled_from([None, True, False]), small
).map(list)


@tried(150)
@given(conditions, st.lists(devices, min_size=1, max_size=6))
def test_compiled_and_interpreted_truth_agree(text, values):
    try:
        node = parse_condition(text, NAMES)
    except Wrong:
        return  # such as a division by the constant zero
    judge, mask = compile_judge([node], WIDTH), compile_mask([node], WIDTH)
    for row in values:
        expected = truth_of(node, row)
        assert judge(row) == (expected,)
        assert bool(mask(row)) is (expected is True)


@tried(150)
@given(conditions, devices, devices)
def test_knowing_more_never_changes_what_was_already_known(text, values, more):
    try:
        node = parse_condition(text, NAMES)
    except Wrong:
        return
    before = truth_of(node, values)
    filled = [other if value is None else value for value, other in zip(values, more, strict=True)]
    after = truth_of(node, filled)
    assert before is None or after is before or "/" in text  # a division by zero is unknown, known or not
