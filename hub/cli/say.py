"""How commands speak: a mistake is told with place, cause and remedy, never as a traceback; exit status 2.

Between a question and its answer stand no log lines: a command shows warnings, on standard error, and else only its answer. The
hub itself and `check` set up their own.
"""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

import structlog
import typer

from device_rules import BookError
from hub.flow.sheets import BadSheet
from hub.ports import BadInput
from hub.settings.slips import BadSettings

P = ParamSpec("P")
R = TypeVar("R")


def tell_line(mistake: BadInput) -> None:
    """One of several mistakes, on a line of its own."""
    where = typer.style(f"{mistake.place}: {mistake.cause}.", fg="red")
    typer.echo(f"{where} {mistake.remedy}".rstrip(), err=True)


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
            with quietly():
                return command(*args, **kwargs)
        except BadSheet as mistakes:
            for one in mistakes.problems:
                tell(one)
        except BadSettings as mistakes:
            for one in mistakes.problems:
                tell_line(one)
        except BadInput as mistake:
            tell(mistake)
        except BookError as mistake:
            typer.secho(str(mistake), fg="red", err=True)
        except KeyboardInterrupt:
            typer.echo("\nStopped.", err=True)
            raise typer.Exit(130) from None
        raise typer.Exit(2)

    return told


@contextmanager
def quietly() -> Iterator[None]:
    """Log lines of warnings and worse, on standard error, for as long as the block lasts."""
    before = structlog.get_config()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=_on_standard_error,
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def _on_standard_error(*_names: Any) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)
