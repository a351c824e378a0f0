"""How commands speak: a mistake is told with place, cause and remedy, never as a traceback; exit status 2."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import typer

from device_rules import BookError
from hub.flow.sheets import BadSheet
from hub.ports import BadInput

P = ParamSpec("P")
R = TypeVar("R")


def tell(mistake: BadInput) -> None:
    """One mistake: where, what, and what to do."""
    typer.secho(f"{mistake.place}: {mistake.cause}", fg="red", err=True)
    if mistake.remedy:
        typer.echo(f"  {mistake.remedy}", err=True)


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Wrap a command so that what people did wrong is told in their words."""

    @functools.wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BadSheet as mistakes:
            for one in mistakes.problems:
                tell(one)
        except BadInput as mistake:
            tell(mistake)
        except BookError as mistake:
            typer.secho(str(mistake), fg="red", err=True)
        except KeyboardInterrupt:
            typer.echo("\nStopped.", err=True)
            raise typer.Exit(130) from None
        raise typer.Exit(2)

    return told
