"""`beforehand user`: people at the desk, and keys for programs."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.domain.agent import AgentRole, User
from hub.domain.ids import UserId
from hub.settings import Settings
from hub.web.access import Scope
from hub.web.passwords import hash_password, new_token, token_hash

user = typer.Typer(help="People at the desk, and keys for programs.", no_args_is_help=True)
Scopes = Annotated[
    list[str] | None,
    typer.Option(
        "--scope", help="read, tickets, import, switches or admin; give it several times. Default: read."
    ),
]


@user.command()
@plainly
def add(
    login: str,
    name: Annotated[str, typer.Option(help="What customers and colleagues read; default: the login.")] = "",
    role: AgentRole = AgentRole.AGENT,
    config: Config = None,
) -> None:
    """Add a person, or give one a new password. The password is asked for, or read from standard input."""
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().strip()
    if len(password) < 10:
        raise typer.BadParameter("A password has at least ten characters.")
    asyncio.run(_add(settings_of(config), User(UserId(login), name or login, role, hash_password(password))))
    typer.echo(f"{login} may sign in as {role}.")


async def _add(settings: Settings, person: User) -> None:
    async with store_of(settings, fresh=True) as store, store.transaction() as tx:
        await tx.house.put_user(person)


@user.command()
@plainly
def key(name: str, scope: Scopes = None, config: Config = None) -> None:
    """Make an API key for the program NAME and print it once; only its hash is kept."""
    known = [str(each) for each in Scope]
    wanted = scope or ["read"]
    for each in wanted:
        if each not in known:
            raise typer.BadParameter(f"{each} is no scope; there are: {', '.join(known)}")
    token = new_token()
    asyncio.run(_key(settings_of(config), name, (token_hash(token), wanted)))
    typer.echo(token)


async def _key(settings: Settings, name: str, made: tuple[str, list[str]]) -> None:
    async with store_of(settings, fresh=True) as store, store.transaction() as tx:
        await tx.house.add_key(made[0], name, made[1])
