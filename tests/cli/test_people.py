"""`beforehand user`: who is at the desk, who leaves it, and which programs have keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hub.cli.app import app
from hub.domain.agent import AgentRole
from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.ids import Moment, UserId
from hub.ports import Tx
from hub.store import open_store
from hub.web.passwords import token_hash
from tests.contracts.makings import T0, case

SECRET = "the secret of the command line's tests"
WORD = "a long enough password\n"


@pytest.fixture
def dsn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store in which Dag is the only supervisor, and Eva an agent."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BEFOREHAND_STORE_SECRET", SECRET)
    monkeypatch.setenv("BEFOREHAND_STORE_DSN", f"sqlite:///{tmp_path}/hub.sqlite")
    assert (
        beforehand("user", "add", "dag", "--role", "supervisor", "--name", "Dag Holm", given=WORD).exit_code
        == 0
    )
    assert beforehand("user", "add", "eva", "--name", "Eva Lind", given=WORD).exit_code == 0
    return f"sqlite:///{tmp_path}/hub.sqlite"


def beforehand(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=given)


def within(dsn: str, doing: Callable[[Tx], Awaitable[Any]]) -> Any:
    async def done() -> Any:
        store = await open_store(dsn, SECRET)
        try:
            async with store.transaction() as tx:
                return await doing(tx)
        finally:
            await store.close()

    return asyncio.run(done())


def test_everybody_at_the_desk_is_listed_with_their_role(dsn: str) -> None:
    assert beforehand("user", "list").output.splitlines() == [
        "dag  supervisor  Dag Holm",
        "eva  agent  Eva Lind",
    ]


def test_who_leaves_is_out_at_once_and_their_tickets_need_somebody_else(dsn: str) -> None:
    async def works(tx: Tx) -> None:
        await tx.house.open_session("hash", UserId("eva"), Moment(T0 * 2))
        await tx.house.add_key("hash", "eva", ["read"])
        await tx.cases.save(case("case-1", state=CaseState.WITH_AGENT, agent=UserId("eva")))

    within(dsn, works)
    told = beforehand("user", "remove", "eva")
    assert told.exit_code == 0, told.output
    assert "1 session and 1 key ended, 1 ticket back in the queue" in told.output

    async def left(tx: Tx) -> None:
        eva, found = await tx.house.user(UserId("eva")), await tx.cases.get(case("case-1").id)
        assert eva is not None and (eva.name, eva.password, eva.role) == ("Eva Lind", "", AgentRole.LEFT)
        assert found is not None and (found.agent, found.needs_agent) == (None, Because.AGENT_LEFT)
        assert await tx.house.session("hash", Moment(T0)) is None
        assert await tx.house.key("hash") is None

    within(dsn, left)
    assert "eva" not in beforehand("user", "list").output
    assert "nobody at the desk has this login" in beforehand("user", "remove", "eva").output


def test_the_last_supervisor_stays_unless_somebody_insists(dsn: str) -> None:
    kept, gone = beforehand("user", "remove", "dag"), beforehand("user", "remove", "dag", "--force")

    assert (kept.exit_code, gone.exit_code) == (2, 0)
    assert "the last who may decide" in kept.output


def test_a_new_password_for_somebody_who_is_there_is_never_given_in_passing(dsn: str) -> None:
    refused = beforehand("user", "add", "dag", given="another long password\n")
    given = beforehand("user", "add", "dag", "--again", given="another long password\n")

    assert refused.exit_code == 2 and "--again" in refused.output
    assert "may sign in as supervisor" in given.output, "the role stays"


def test_a_key_is_listed_without_its_secret_and_can_be_taken_back(dsn: str) -> None:
    token = beforehand("user", "key", "crm", "--scope", "read", "--scope", "tickets").stdout.strip()
    assert beforehand("user", "keys").output == "crm  read, tickets\n"

    assert "1 key of crm taken back" in beforehand("user", "revoke", "crm").output
    assert within(dsn, lambda tx: tx.house.key(token_hash(token))) is None
    assert beforehand("user", "revoke", "crm").exit_code == 2
