"""Whoever writes a guided fix is told by `rules test` and `rules check` what is wrong with it and with its stories."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli.app import app

BOOK = """\
model: a/freezer
version: 1
expect_every: 60s
metrics: {inside: {type: float, unit: "°C"}}
rules:
  - id: too-warm
    title: The freezer is too warm
    severity: major
    when: inside > -12
    for: 10m
    play: too-warm
    tests:
      - name: a warm quarter of an hour
        given: {inside: "-18x5 -10x15"}
        expect: [{at: 15m, raise: major}]
"""
PLAYS = """\
plays:
  - id: too-warm
    opening: {en: "Your {device} is too warm."}
    reminder: {en: "Your {device} is still too warm."}
    go: {en: "help me fix it"}
    first: door
    steps:
      door:
        ask: {en: "Is the door of your {device} shut?"}
        choices:
          - {id: done, say: {en: "I have shut it"}, then: watch}
          - {id: shut, say: {en: "it was shut"}, then: person}
      watch:
        check: {en: "I will watch it for an hour."}
        within: 1h
        then: cold
        failed: person
      cold:
        solved: {en: "Your {device} is cold again."}
      person:
        agent: {en: "A person from our team will get back to you."}
"""
STORIES = """\
too-warm:
  - name: it was open
    turns:
      - {says: go, at: door}
      - {says: done, at: watch}
      - {telemetry: over, at: cold}
"""


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "freezer"
    folder.mkdir()
    (folder / "rules.yaml").write_text(BOOK, encoding="utf-8")
    (folder / "plays.yaml").write_text(PLAYS, encoding="utf-8")
    (folder / "plays_tests.yaml").write_text(STORIES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def rules(*words: str) -> str:
    result = CliRunner().invoke(app, ["rules", *words])
    return f"{result.exit_code} {result.output}"


def test_the_stories_of_a_makers_own_pack_are_run_with_the_tests_of_its_book(pack: Path) -> None:
    assert rules("test", "freezer") == (
        "0 passed: too-warm: a warm quarter of an hour\npassed: too-warm: it was open\n2 passed, 0 failed\n"
    )


def test_a_false_story_fails_with_file_and_line_and_what_happened_instead(pack: Path) -> None:
    (pack / "plays_tests.yaml").write_text(STORIES.replace("at: cold", "at: person"), encoding="utf-8")

    assert rules("test", "freezer") == (
        "1 passed: too-warm: a warm quarter of an hour\n"
        "FAILED: freezer/plays_tests.yaml:6: too-warm: it was open (en)\n"
        "  expected: at person\n"
        "  got:      at cold\n"
        "1 passed, 1 failed\n"
    )


@pytest.mark.parametrize("command", ["test", "check"])
@pytest.mark.parametrize(
    ("slip", "told"),
    [
        (("plays.yaml", "check:", "chek:"), "14: `chek` is no kind of step. Did you mean `check`?\n"),
        (("plays.yaml", "plays:\n", "plays: [\n"), "2: not readable as YAML: "),
        (
            ("plays_tests.yaml", "says: done", "say: done"),
            "5: a turn tells nothing called `say`. Did you mean",
        ),
        (
            ("plays_tests.yaml", "at: cold", "at: cool"),
            "6: too-warm has no step `cool`. Did you mean `cold`?\n",
        ),
    ],
    ids=["a step", "yaml", "a turn", "a goal"],
)
def test_a_slip_in_a_guided_fix_or_its_stories_is_told_once_with_its_line(
    pack: Path, command: str, slip: tuple[str, str, str], told: str
) -> None:
    file, good, bad = slip
    (pack / file).write_text((pack / file).read_text("utf-8").replace(good, bad, 1), "utf-8")

    assert rules(command, "freezer").startswith(f"2 freezer/{file}:{told}")


def test_a_word_that_no_guided_fix_may_say_is_told_with_its_file_once(pack: Path) -> None:
    (pack / "plays.yaml").write_text(PLAYS.replace("Is the door", "Climb a ladder. Is the door"), "utf-8")

    told = rules("check", "freezer")

    assert told.startswith(
        "2 freezer/plays.yaml:9: too-warm: “ladder” without saying not to: Climb a ladder."
    )
    assert told.count("plays.yaml") == told.count("\n") - told.count("  Mend")


def test_a_book_in_the_folder_where_one_stands_is_tested_as_well(
    pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pack)

    assert rules("test", ".").endswith("2 passed, 0 failed\n")
    assert rules("test", "rules.yaml").endswith("2 passed, 0 failed\n")
    assert rules("check", ".").startswith("0 a/freezer, version 1: 1 rule and 1 guided fix, sound.")


def test_a_story_can_be_read_as_the_customer_reads_it(pack: Path) -> None:
    told = rules("test", "freezer", "--transcript", "en")

    assert (
        "passed: too-warm: it was open\n  hub:      Nordwarm: Hello Maximilian. Your freezer is too warm."
        in told
    )
    assert (
        "  customer: I have shut it\n"
        "  hub:      I will watch it for an hour.\n"
        "  (the fault is over)\n"
        "  hub:      Your freezer is cold again.\n"
        "2 passed, 0 failed\n"
    ) in told
    assert "in 'xx'\n  Known here: en." in rules("test", "freezer", "--transcript", "xx")
