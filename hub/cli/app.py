"""All commands in one table. What is not built yet is absent.

A command's module is loaded when the command is called: all of them together take two seconds, and whoever wants to pause
sending should not wait for the web server of the demo.
"""

from __future__ import annotations

from collections import UserDict
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = {
    "run": "running:run",
    "demo": "demo:demo",
    "check": "checking:check",
    "import": "enrol:import_",
    "go-live": "sending:go_live",
    "pause": "pausing:pause",
    "resume": "pausing:resume",
    "explain": "telling:explain",
    "simulate": "demo:simulate",
    "bookings": "bookings:bookings",
    "report": "reporting:report",
    "alive": "reporting:alive",
    "backup": "keeping:backup",
    "restore": "keeping:restore",
    "catch-up": "keeping:catch_up",
    "outbox": "outbox:outbox",
    "rules": "rules:app",
    "db": "database:db",
    "incidents": "incidents:incidents",
    "user": "people:user",
    "people": "rights:people",
    "push": "push:push",
    "alexa": "alexa:alexa",
}
"""What is typed → where it is: the module in `hub.cli`, and in it a function or a group of commands."""


class Shelf(UserDict[str, Any]):
    """The commands of `COMMANDS` by name; each is loaded when it is taken down."""

    def __getitem__(self, name: str) -> Any:
        found = super().__getitem__(name)
        if isinstance(found, str):
            found = self[name] = _loaded(name, found)
        return found


class Table(TyperGroup):
    """The group of all commands. Only its help page loads them all."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**(attrs | {"commands": {}}))
        self.commands = Shelf(COMMANDS)

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the table."""
        return [*self.commands]


def _loaded(name: str, where: str) -> Any:
    module, attribute = where.split(":")
    found = getattr(import_module(f"hub.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        group = typer.main.get_group(found)
        group.name = name
        return group
    alone = typer.Typer(add_completion=False)
    alone.command(name)(found)
    return typer.main.get_command(alone)


app = typer.Typer(
    cls=Table,
    help="Beforehand: your devices ask for help before your customers have to.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _beforehand() -> None:
    """Beforehand: your devices ask for help before your customers have to."""
