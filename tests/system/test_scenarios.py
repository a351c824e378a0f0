"""Every scenario is a test: the whole hub lives through it, ends as it should, and tells it in words that read well."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest

from simulators.people import personas
from simulators.scenario import FOLDER, load
from tests.house.reading import blocks
from tests.system.hub_process import clean, free_port

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

SCENARIOS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def shown(page: str) -> list[str]:
    """What a page shows of a story, line by line, without the time of day."""
    [told] = blocks(page, "text")
    lines = re.split(r"^  \d\d:\d\d  ", told.text, flags=re.MULTILINE)
    return [re.escape(" ".join(line.split())) for line in lines if line]


SAID: dict[str, list[str]] = {
    "one-afternoon": [
        r"Ada →   “LINK”",
        r"This speaker is linked to you",
        r"→ Ben   “Nordwarm: Guten Tag Ben",
        r"Cleo →   “STOP”",
        r"We will not contact you any more",
        r"→ Ada   “Nordwarm: Hello Ada\. Your garden heat pump is icing up\.",
        r"Ada clears the snow away",
        r"Ada's garden heat pump itself reports that it works again",
        r"Ada, aloud   “Alexa, open Nordwarm",
        r"Ada's router has carried it out",
        r"Your internet line is steady again",
        r"Dag, agent   takes the ticket: Ben Krause",
    ],
    "a-stumbling-carrier": [
        r"→ Cleo   “Nordwarm: Hello Cleo\. The door",
        r"Cleo closes the fridge door",
        r"proved by telemetry",
        r"all is well",
    ],
    "a-voice-in-the-kitchen": shown("docs/home-assistant.md"),
    "asked-first": [
        r"Ada →   “status”",
        r"→ Ada   “",
        r"Ada →   “person”",
        r"Dag, agent   takes the ticket: Ada Berg",
    ],
}


async def tell(name: str, log: Path) -> tuple[int, str]:
    """Play a scenario as its users do; the exit status and what was told, lines joined."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", "simulate", name, "--log", str(log), "--port", str(free_port()),
        env=clean() | {"COLUMNS": "400"}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await process.communicate()
    return process.returncode or 0, told.decode()


def test_every_scenario_has_its_words_here() -> None:
    assert sorted(SAID) == SCENARIOS


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_scenario_ends_as_it_should_and_keeps_names_and_words_out_of_the_log(
    name: str, tmp_path: Path
) -> None:
    status, told = await tell(name, tmp_path / "hub.log")
    text = " ".join(told.split())

    assert status == 0, told
    for words in SAID[name]:
        assert re.search(" ".join(words.split()), text), f"nobody said {words!r} in:\n{told}"
    log = (tmp_path / "hub.log").read_text()
    assert "case=" in log
    assert leaks(name, told, log) == []


def leaks(name: str, told: str, log: str) -> list[str]:
    """Numbers, names, codes and sentences of people that a log line repeats."""
    story = load(name)
    secrets = {person.phone for person in story.people if person.phone}
    secrets |= {part for person in story.people for part in person.name.split() if len(part) > 3}
    secrets |= set(re.findall(r"Your code is (\d{6})", told))
    secrets |= {text[:40] for text in re.findall(r"“([^”]{25,})”", told)}
    return sorted(secret for secret in secrets if secret in log)


def test_a_leak_would_be_found() -> None:
    phone = personas()["ada"].phone

    assert leaks("asked-first", "“A long enough sentence of somebody.”", f"level=info to={phone}") == [phone]


async def test_a_scenario_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    status, told = await tell("no-such-day", tmp_path / "hub.log")

    assert status == 2
    assert "one-afternoon" in told
