"""A mail arrives, and one click ends mails: by a person's finger, by a mail program, never by a scanner that only looks."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from hub.clock import fast_clock
from hub.domain.case import CaseState
from hub.domain.customer import BasisKind, Channel
from hub.domain.sealed import UNSUBSCRIBE, seal
from notifiers.email.channel import Email, Mailing
from simulators.mail import MailServer
from tests.flow.home import ADA, START
from tests.web.hooks.line import SECRET, Line, line

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@dataclass
class Mailed:
    """Ada's mailbox, and the hub that writes to it."""

    house: Line
    server: MailServer

    async def fails(self) -> str:
        """The heat pump fails, and a mail arrives; the link in its head."""
        self.case = await self.house.home.fails("hp-1", "icing-up")
        head = self.server.mails[-1].message["List-Unsubscribe"]
        return str(head).strip("<>")

    async def allowed(self) -> list[bool]:
        """Whether mails are allowed, for every purpose that the ledger knows."""
        async with self.house.home.store.reading() as tx:
            lines = {
                each.purpose: each for each in await tx.people.bases(ADA) if each.channel is Channel.EMAIL
            }
        return [each.kind is not BasisKind.WITHDRAWN for each in lines.values()]


@asynccontextmanager
async def mailed(folder: Path, language: str = "en") -> AsyncIterator[Mailed]:
    async with MailServer() as server:

        def make(hub: str) -> Email:
            def leave(message: str) -> str:
                return f"{hub}/hooks/email/{seal(SECRET, UNSUBSCRIBE, message)}"

            sender = "Nordwarm <care@nordwarm.example>"
            mailing = Mailing("127.0.0.1", server.port, sender, leave, tls="none")
            return Email(mailing, fast_clock(START, 60))

        async with line(folder, Channel.EMAIL, "ada@home.example", make, language) as house:
            yield Mailed(house, server)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Mailed]:
    async with mailed(tmp_path) as made:
        yield made


async def test_a_mail_says_what_is_wrong_and_how_to_reach_a_person_and_asks_for_no_numbers(
    here: Mailed,
) -> None:
    await here.fails()
    mail = here.server.mails[0].message
    words = mail.get_body(("plain",)).get_content()
    assert words.startswith("Nordwarm: Hello Ada.")
    assert "To talk to a person, ring us: +49 30 5550100." in words
    assert not re.search(r"Reply \d|STOP", words)


async def test_a_mail_programs_one_click_ends_mails_and_nothing_else(here: Mailed) -> None:
    link = await here.fails()
    async with httpx.AsyncClient() as http:
        answer = await http.post(link, data=ONE_CLICK)
    assert answer.status_code == 200
    assert await here.allowed() == [False, False, False]
    async with here.house.home.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is None


async def test_whoever_only_looks_changes_nothing_and_sees_a_page_with_one_button(here: Mailed) -> None:
    link = await here.fails()
    async with httpx.AsyncClient() as http:
        page = await http.get(link)
    assert page.status_code == 200
    assert "No more e-mails?" in page.text
    assert page.text.count("<button") == 1
    assert await here.allowed() == [True]


async def test_clicking_twice_is_as_good_as_once(here: Mailed) -> None:
    link = await here.fails()
    async with httpx.AsyncClient() as http:
        texts = [(await http.post(link, data=ONE_CLICK)).text for _ in range(2)]
    assert texts[0] == texts[1]
    assert "We will not send you any more e-mails" in texts[0]
    async with here.house.home.store.reading() as tx:
        withdrawn = [each for each in await tx.people.bases(ADA) if each.kind is BasisKind.WITHDRAWN]
    assert len(withdrawn) == 3


async def test_a_link_with_a_broken_seal_or_of_another_purpose_opens_nothing(here: Mailed) -> None:
    link = await here.fails()
    base, _, token = link.rpartition("/")
    wrong = [
        token[:-1] + "x",
        "msg_1.",
        token.partition(".")[0],
        seal(SECRET, "page", token.partition(".")[0]),
    ]
    async with httpx.AsyncClient() as http:
        codes = [(await http.post(f"{base}/{each}", data=ONE_CLICK)).status_code for each in wrong]
    assert codes == [404] * 4
    assert await here.allowed() == [True]


async def test_after_it_the_next_fault_goes_another_way(here: Mailed) -> None:
    link = await here.fails()
    async with httpx.AsyncClient() as http:
        await http.post(link, data=ONE_CLICK)
    await here.house.home.wakes(61)
    assert len(here.server.mails) == 1
    assert (await here.house.home.case(here.case)).state is CaseState.WITH_AGENT


async def test_start_does_not_bring_mails_back_that_were_ended_by_themselves(here: Mailed) -> None:
    link = await here.fails()
    async with httpx.AsyncClient() as http:
        await http.post(link, data=ONE_CLICK)
    await here.house.home.writes("STOP")
    await here.house.home.writes("START")
    assert await here.allowed() == [False, False, False]


async def test_a_german_customer_reads_german_on_the_page(tmp_path: Path) -> None:
    async with mailed(tmp_path, "de") as here, httpx.AsyncClient() as http:
        page = await http.get(await here.fails())
    assert '<html lang="de">' in page.text
    assert "Keine E-Mails mehr?" in page.text
