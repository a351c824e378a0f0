"""`beforehand user`: people at the desk, and keys for programs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from hub.bootstrap.wiring import bare_context
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import parse_clock
from hub.domain.agent import AgentRole, User
from hub.domain.ids import Moment, UserId
from hub.domain.plural import many
from hub.flow.leaving import Left, at_desk, last_who_decides, leave
from hub.ports import BadInput, Tx
from hub.settings import Settings
from hub.web.access import Scope
from hub.web.passwords import hash_password, new_token, token_hash

user = typer.Typer(help="People at the desk, and keys for programs.", no_args_is_help=True)
Answer = TypeVar("Answer")
Scopes = Annotated[
    list[str] | None,
    typer.Option(
        "--scope", help="read, tickets, import, switches or admin; give it several times. Default: read."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask again.")]


class Seat(StrEnum):
    """The roles that can be given; `left` comes of `remove` alone."""

    AGENT = AgentRole.AGENT.value
    SUPERVISOR = AgentRole.SUPERVISOR.value
    ADMIN = AgentRole.ADMIN.value
    INSTALLER = AgentRole.INSTALLER.value


@user.command()
@plainly
def add(
    login: str,
    name: Annotated[str, typer.Option(help="What customers and colleagues read; default: the login.")] = "",
    role: Annotated[Seat | None, typer.Option(help="Default: agent.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Somebody who is there already gets a new password.")
    ] = False,
    config: Config = None,
) -> None:
    """Add a person, or give one a new password (--again). The password is asked for, or read from standard input."""
    settings = settings_of(config)
    there = asyncio.run(_with(settings, lambda tx: tx.house.user(UserId(login)), fresh=True))
    there = None if there is None or there.role is AgentRole.LEFT else there
    if there is not None and not again:
        _ask_about(there)
    password = _password()
    kept = there or User(UserId(login), login, AgentRole.AGENT)
    person = User(
        kept.id, name or kept.name, AgentRole(role.value) if role else kept.role, hash_password(password)
    )
    asyncio.run(_with(settings, lambda tx: _put(tx, person)))
    typer.echo(f"{login} may sign in as {person.role}.")
    if there is not None:
        typer.echo("The password is new; whoever was signed in as them is signed out.")


def _ask_about(there: User) -> None:
    """A new password for somebody who is there takes theirs away: that is never done in passing. Raises BadInput."""
    cause = f"{there.id} is at the desk already, as {there.role}"
    if not sys.stdin.isatty():
        raise BadInput(there.id, cause, "To give them a new password, add --again.")
    if not typer.confirm(f"{cause}. Give them a new password?"):
        raise BadInput(there.id, "nothing was changed", "Run it again when you are sure.")


def _password() -> str:
    if sys.stdin.isatty():
        password = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().strip()
    if len(password) < 10:
        raise typer.BadParameter("A password has at least ten characters.")
    return password


async def _put(tx: Tx, person: User) -> None:
    await tx.house.put_user(person)
    await tx.house.close_sessions(person.id)


@user.command("list")
@plainly
def list_(config: Config = None) -> None:
    """List the people at the desk: login, role, name."""
    found = asyncio.run(_with(settings_of(config), lambda tx: tx.house.users()))
    here = [each for each in found if each.role is not AgentRole.LEFT]
    for each in here:
        typer.echo(f"{each.id}  {each.role}  {each.name}")
    if not here:
        typer.echo("Nobody is at the desk. Add somebody: beforehand user add LOGIN --role supervisor")


@user.command()
@plainly
def remove(
    login: str,
    force: Annotated[
        bool, typer.Option("--force", help="Also the last who may decide about incidents and pauses.")
    ] = False,
    yes: Yes = False,
    config: Config = None,
) -> None:
    """Remove LOGIN from the desk: signed out at once, and their tickets need somebody else. History keeps their name."""
    settings = settings_of(config)
    person = asyncio.run(_with(settings, lambda tx: _removable(tx, login, force)))
    if (
        sys.stdin.isatty()
        and not yes
        and not typer.confirm(f"Remove {person.name} ({login}, {person.role})?")
    ):
        raise BadInput(login, "nothing was changed", "Run it again when you are sure.")
    ctx, now = bare_context(settings), Moment(parse_clock(settings.clock).now())
    left: Left = asyncio.run(_with(settings, lambda tx: leave(tx, person, now, ctx)))
    typer.echo(
        f"{login} is removed: {many(left.sessions, 'session')} and {many(left.keys, 'key')} ended, "
        f"{many(len(left.tickets), 'ticket')} back in the queue. What they wrote keeps their name."
    )
    if left.visits:
        booked = many(left.visits, "visit")
        typer.echo(f"Still booked with them: {booked}. See: beforehand bookings --seat {login} --days 366")


async def _removable(tx: Tx, login: str, force: bool) -> User:
    """Whom to remove. Raises BadInput for nobody, and for the last who decides."""
    person = await at_desk(tx, login)
    if not force and await last_who_decides(tx, person):
        cause = f"{login} is the last who may decide about incidents and pauses"
        raise BadInput(login, cause, "Add another supervisor first, or add --force.")
    return person


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
    kept = token_hash(token)
    asyncio.run(_with(settings_of(config), lambda tx: tx.house.add_key(kept, name, wanted), fresh=True))
    typer.echo(token)


@user.command()
@plainly
def keys(config: Config = None) -> None:
    """List the keys of programs: name and scopes. The keys themselves are not kept."""
    found = asyncio.run(_with(settings_of(config), lambda tx: tx.house.keys()))
    for name, scopes in found:
        typer.echo(f"{name}  {', '.join(scopes)}")
    if not found:
        typer.echo("There is no key. Make one: beforehand user key NAME")


@user.command()
@plainly
def revoke(name: str, yes: Yes = False, config: Config = None) -> None:
    """Take back every key of the program NAME: from now on it is a stranger."""
    settings = settings_of(config)
    if sys.stdin.isatty() and not yes and not typer.confirm(f"Take back every key of {name}?"):
        raise BadInput(name, "nothing was changed", "Run it again when you are sure.")
    count = asyncio.run(_with(settings, lambda tx: tx.house.revoke(name)))
    if not count:
        raise BadInput(name, "there is no key of this name", "See: beforehand user keys")
    typer.echo(f"{many(count, 'key')} of {name} taken back.")


async def _with(
    settings: Settings, doing: Callable[[Tx], Awaitable[Answer]], *, fresh: bool = False
) -> Answer:
    """Do it in one transaction. `fresh`: a hub may begin with it."""
    async with store_of(settings, fresh=fresh) as store, store.transaction() as tx:
        return await doing(tx)
