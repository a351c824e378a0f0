"""The rule-writer's guide: its books are sound and pass their tests, and commands, pictures and messages are what really comes."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from device_rules import Describe, Engine, Reading, RuleBook, Tick, as_text
from device_rules.durations import spell_span
from device_rules.reading import MINUTE
from device_rules.rehearsal import run_tests
from hub.cli.app import app
from hub.domain.because import Because
from tests.house.reading import Block, blocks, read
from tests.house.rules_on_pages import book_text, code, complaint, head_of, rule_text, table

GUIDE = "docs/rules-guide.md"
BOOKS = [block for block in blocks(GUIDE, "yaml") if block.name not in {"mistaken.yaml", "broken.yaml"}]
HEAD = head_of(GUIDE)
FORMS = table(read(GUIDE), "what you see | form | example")
MISTAKES = table(read(GUIDE), "you write | you are told | because")
COMMANDS = re.findall(
    r"^    beforehand ([^\n]+)\n\n```text output\n(.*?)^```$", read(GUIDE), re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize("block", BOOKS, ids=lambda block: block.text[:40].replace("\n", " "))
def test_a_rule_of_the_guide_passes_its_own_tests(block: Block) -> None:
    results = run_tests(RuleBook.parse(book_text(block), GUIDE))

    assert [str(result) for result in results if not result.passed] == []


def test_most_rules_of_the_guide_are_tried() -> None:
    assert sum(block.text.count("given:") for block in BOOKS) >= 20


@pytest.mark.parametrize(("seen", "form", "example"), FORMS, ids=[row[0] for row in FORMS])
def test_a_form_that_a_rule_writer_finds_in_the_table_can_be_used(seen: str, form: str, example: str) -> None:
    assert complaint(rule_text(HEAD, code(example))) == ""
    assert all(any(word in example for word in part.split(" … ")) for part in code(form)[:1])


@pytest.mark.parametrize(("written", "told", "_because"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_a_common_mistake_is_answered_as_the_guide_says(written: str, told: str, _because: str) -> None:
    assert [complaint(rule_text(HEAD, code(written)))] == code(told)


def test_there_are_as_many_mistakes_and_forms_as_an_engineer_may_meet() -> None:
    assert len(FORMS) >= 18
    assert len(MISTAKES) >= 18


@pytest.mark.parametrize(("command", "output"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_a_command_of_the_guide_prints_what_the_guide_shows(
    command: str, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for block in blocks(GUIDE, "yaml"):
        if block.name:
            (tmp_path / block.name).write_text(block.text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert CliRunner().invoke(app, command.split()).output == output


def test_the_guide_shows_a_sound_book_a_failing_test_and_a_broken_book() -> None:
    assert [command for command, _ in COMMANDS] == [
        "rules check freezer.yaml",
        "rules test mistaken.yaml",
        "rules check broken.yaml",
    ]


def test_the_stopwatch_of_the_guide_stands_still_while_nothing_is_known() -> None:
    rows = table(read(GUIDE), "minute | it sends | the condition is | known true for")
    keys = ["when: inside > -12", "for: 10m"]
    engine = Engine([RuleBook.parse(rule_text(HEAD, keys))])
    engine.judge(Describe("freezer-7", 0, 0, "acme/freezer-c1"))

    raised = []
    for minute in range(14):
        at = minute * MINUTE
        raised += engine.judge(Tick(at, 0))
        if minute < 6 or minute > 9:
            value = -18.0 if minute < 1 else -10.0
            raised += engine.judge(Reading("freezer-7", at, at, {"inside": value}))
        for row in [row for row in rows if row[0] == str(minute)]:
            why = engine.why("freezer-7", "on-the-page", at)
            stopwatch = re.search(r"(?:known true|held) for (\w+)", as_text(why))
            truth = {True: "yes", False: "no", None: "unknown"}[why.when.truth]
            assert row[1] == ("nothing" if 6 <= minute <= 9 else f"{value:g}")
            held = spell_span(raised[0].evidence.held) if raised else stopwatch[1] if stopwatch else "0s"
            assert row[2:] == [truth, held]
    assert [(change.kind.value, change.at // MINUTE) for change in raised] == [("raised", 13)]
    assert rows[-1][0] == "13"


def test_the_explanation_of_the_guide_is_what_the_engine_says() -> None:
    [program] = blocks(GUIDE, "python")
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(compile(program.text, GUIDE, "exec"), {})

    assert told.getvalue() in [block.text for block in blocks(GUIDE, "text")]


def test_the_reason_that_the_guide_quotes_is_what_the_timeline_says() -> None:
    assert f'*"{Because.SHADOW_RULE.agent}"*' in read(GUIDE)
