"""What the house's YAML reader takes as text, and what it refuses, with the line."""

import pytest

from device_rules import BookError, load_yaml


def refusal(text):
    with pytest.raises(BookError) as caught:
        load_yaml(text, "book.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    "word", ["off", "no", "yes", "on", "12:30", "2026-01-01", "1_000", "y", "0b11", "=", "<<"]
)
def test_words_that_older_yaml_twists_stay_text(word):
    assert load_yaml(f"a: {word}", "f").data == {"a": word}


@pytest.mark.parametrize(
    ("written", "value"),
    [("true", True), ("False", False), ("~", None), ("", None), ("12", 12), ("-3", -3), ("0x1F", 31), ("0o17", 15),
     ("1.5", 1.5), ("1e3", 1000.0), (".inf", float("inf")), ("-.inf", float("-inf")), ("'1'", "1"), ("+7", 7)],
)  # fmt: skip
def test_the_core_schema_is_read(written, value):
    assert load_yaml(f"a: {written}", "f").data == {"a": value}


def test_lines_are_kept_for_every_path():
    document = load_yaml("a: 1\nb:\n  - x: 2\n    y: 3\n  - x: 4\n", "f")
    assert document.line(("b", 0, "y")) == 4
    assert document.line(("b", 1)) == 5
    assert document.line(("b", 1, "nothing")) == 5
    assert document.line(("nowhere",)) == 1


def test_a_key_that_is_there_twice_is_refused():
    assert refusal("a:\n  b: 1\n  c: 2\n  b: 3\n") == "book.yaml:4: `b` is there twice in a; keep one of them"


def test_a_billion_laughs_are_refused_at_the_first():
    laughs = "a: &a [lol]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert refusal(laughs) == "book.yaml:1: the anchor `&a` is not allowed; write the value out"
    assert "alias `*a`" in refusal("a: *a\n")


def test_tags_and_second_documents_are_refused():
    assert "tag" in refusal("a: !!python/object/apply:os.system ['ls']\n")
    assert "another document" in refusal("a: 1\n---\nb: 2\n")


def test_deep_nesting_is_refused():
    assert "levels deep" in refusal("[" * 5000)
    assert "levels deep" in refusal("\n".join(" " * depth + "a:" for depth in range(100)))


def test_what_is_too_big_is_refused_quickly():
    assert "at most" in refusal("a" * 10_000_000)
    assert "values in one file" in refusal("[" + "1," * 160_000 + "]")


@pytest.mark.parametrize(
    "text", ["a: [1", "a: b: c", "\t- x", "a: 'x", "\x00", "a: " + "9" * 5000, "? [a]\n: b"]
)
def test_what_is_not_yaml_is_refused_with_its_line(text):
    assert refusal(text).startswith("book.yaml:1")


def test_an_empty_file_is_nothing():
    assert load_yaml("", "f").data is None
