"""Who decides at the command line: a user of the desk, by name and password, so that what is recorded of them is true.

Whoever has a shell on this machine has the store, too: this keeps nobody out. It keeps two people's approval from being given by
one person in passing. No password is kept or shown.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from hub.domain.agent import AgentRole, User
from hub.domain.ids import UserId
from hub.ports import BadInput
from hub.web.passwords import verify_password

Who = Annotated[
    str, typer.Option("--by", help="Your login at the desk (a supervisor); your password is asked for.")
]
Password = Annotated[
    Path | None,
    typer.Option("--password-file", help="Read the password from this file instead of asking for it."),
]
AT = "command line"
UNASKED = "command line, no password asked"
DECIDE = (AgentRole.SUPERVISOR, AgentRole.ADMIN)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are, and where their password is read: a file, else the terminal, else standard input. `asked`
    is what the house wants: False takes the name alone."""

    login: str
    file: Path | None
    asked: bool

    @property
    def how(self) -> str:
        """How they decided, for the record."""
        return AT if self.asked else UNASKED


def named(claim: Claim, user: User | None) -> User:
    """The supervisor who is meant. Raises BadInput when nobody is named, or it is none."""
    if not claim.login:
        raise BadInput("--by", "nobody is named who decides", "Add --by LOGIN: a supervisor of the desk.")
    if user is None or user.role not in DECIDE:
        remedy = (
            "Ask one: `beforehand user list` names them, the console shows it to them, and with --by LOGIN "
            "they decide here with their own password."
        )
        raise BadInput("--by", f"{claim.login} is no supervisor", remedy)
    return user


def proved(claim: Claim, user: User) -> UserId:
    """The user, when the password is theirs. Asks for it, so no transaction may be open. Raises BadInput."""
    if claim.asked and not verify_password(user.password, _password(claim)):
        remedy = f"Try again. A new one is set by: beforehand user add {user.id} --again"
        raise BadInput("--by", f"this is not the password of {user.id}", remedy)
    return user.id


def _password(claim: Claim) -> str:
    """The password as it is given. Raises BadInput when there is none."""
    if claim.file is not None:
        given = _first_line(claim.file)
    elif sys.stdin.isatty():
        given = typer.prompt(f"Password of {claim.login}", hide_input=True, err=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        remedy = "Run it in a terminal, which asks for it, or give it by --password-file or standard input."
        raise BadInput("--by", f"the password of {claim.login} is missing", remedy)
    return str(given)


def _first_line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise BadInput("--password-file", f"{file} cannot be read: {why}", "Name another file.") from None
