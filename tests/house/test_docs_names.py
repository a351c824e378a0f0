"""What the documents name is there: commands, options, make targets, pages, settings, figures, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer

from hub.bootstrap.front import application, door_of
from hub.bootstrap.wiring import open_hub
from hub.cli.app import app
from hub.ingest.decoders.mapping import UNITS
from hub.settings import Mapping_, Settings, names
from hub.web import health
from hub.web.api import bookings, house, incidents, nouns, pins, registers, rights, sending, tickets
from tests.house.reading import ROOT, anchors, links, pages, read, shell

EVERY = [str(page.relative_to(ROOT)) for page in pages()]
DOCS = [page for page in EVERY if not page.startswith(("docs/decisions/0", "simulators/", "notifiers/"))]


def commands(group: Any, name: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every command by its words, with its options."""
    if not hasattr(group, "commands"):
        yield name, {option for parameter in group.params for option in parameter.opts}
        return
    for word, inner in group.commands.items():
        yield from commands(inner, f"{name} {word}".strip())


COMMANDS = dict(commands(typer.main.get_command(app)))


def named(words: list[str]) -> str:
    """The command that these words call, or what was written."""
    for length in (2, 1):
        if " ".join(words[:length]) in COMMANDS:
            return " ".join(words[:length])
    return " ".join(words)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_engineer_can_read_about_every_command(command: str) -> None:
    assert command in {named(words) for page in DOCS for words in shell(read(page))}


@pytest.mark.parametrize("page", DOCS)
def test_every_command_that_a_page_shows_exists_with_its_options(page: str) -> None:
    for words in shell(read(page)):
        assert named(words) in COMMANDS, f"{page}: beforehand {' '.join(words)}"
        options = {word for word in words if word.startswith("--")}
        assert options <= COMMANDS[named(words)], f"{page}: beforehand {' '.join(words)}"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/start.md"])
def test_every_make_target_that_a_page_names_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))

    assert set(re.findall(r"(?:^ *|`)make ([a-z-]+)", read(page), re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", EVERY)
def test_no_link_of_a_page_leads_nowhere(page: str) -> None:
    lost = [link for link in links(read(page)) if not leads_somewhere(page, link)]

    assert lost == [], f"{page} points to what is not there"


def leads_somewhere(page: str, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (ROOT / page).parent / path if path else ROOT / page
    if not anchor:
        return target.exists()
    return target.is_file() and anchor in anchors(target.read_text(encoding="utf-8"))


def test_every_page_stands_in_the_index() -> None:
    listed = {Path(link).name for link in links(read("docs/README.md"))}

    assert {page.name for page in (ROOT / "docs").glob("*.md")} - listed == set()


@pytest.mark.parametrize("page", DOCS)
def test_every_setting_that_a_page_names_exists(page: str) -> None:
    known = {*names(), *(f"{name}_FILE" for name in names())}

    assert set(re.findall(r"BEFOREHAND_[A-Z_]*[A-Z]", read(page))) - known == set()


async def test_an_operator_can_read_about_every_figure_of_a_hub_and_about_no_other(tmp_path: Path) -> None:
    folder = {"dsn": f"sqlite:///{tmp_path}/hub.sqlite", "secret": "of the house tests"}
    given = {"store": folder, "log": {"path": tmp_path / "log"}, "paper": {"file": tmp_path / "paper.txt"}}
    hub = await open_hub(Settings.model_validate(given), screen=None)
    try:
        wire = httpx.ASGITransport(app=application(door_of(hub)))
        async with httpx.AsyncClient(transport=wire, base_url="http://127.0.0.1") as http:
            figures = (await http.get("/metrics")).text
    finally:
        await hub.close()

    told = set(re.findall(r"beforehand_[a-z_]+", read("docs/operations.md")))
    assert told == set(re.findall(r"^# TYPE (\w+)", figures, re.MULTILINE))


def test_the_log_lines_that_an_operator_looks_up_are_written_by_the_hub() -> None:
    code = "\n".join(
        file.read_text(encoding="utf-8")
        for room in ("hub", "notifiers")
        for file in (ROOT / room).rglob("*.py")
    )
    rows = re.findall(r"^\| (.+?) \|", read("docs/operations.md").split("## What to do")[1], re.MULTILINE)
    told = {word for row in rows for word in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", row)}

    assert len(told) > 5
    assert {word for word in told if f'"{word}"' not in code} == set()


def test_every_address_that_a_page_shows_is_served() -> None:
    routers = (
        bookings.router,
        health.router,
        house.router,
        incidents.router,
        nouns.router,
        pins.router,
        registers.router,
        rights.router,
        sending.router,
        tickets.router,
    )
    paths = [str(getattr(route, "path", "")) for router in routers for route in router.routes]
    shapes = [re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in paths]
    told = {path for page in DOCS for path in re.findall(r"/api/v1/[\w/-]+|/healthz|/readyz", read(page))}

    assert len(told) > 4
    assert {path for path in told if not any(shape.fullmatch(path) for shape in shapes)} == set()


def test_a_maker_can_read_about_every_key_and_unit_of_a_mapping() -> None:
    page = read("docs/mapping.md")

    assert [name for name in [*Mapping_.model_fields, *UNITS] if f"`{name}`" not in page] == []


def test_the_readme_is_read_in_a_few_minutes() -> None:
    assert len(read("README.md").splitlines()) <= 120
