"""All commands in one table. What is not built yet is absent."""

from __future__ import annotations

import typer

from hub.cli import rules
from hub.cli.alexa import alexa
from hub.cli.bookings import bookings
from hub.cli.database import db
from hub.cli.demo import demo, simulate
from hub.cli.enrol import import_
from hub.cli.incidents import incidents
from hub.cli.keeping import backup, catch_up, restore
from hub.cli.outbox import outbox
from hub.cli.pausing import switches
from hub.cli.people import user
from hub.cli.push import push
from hub.cli.reporting import alive, report
from hub.cli.rights import people
from hub.cli.running import check, run
from hub.cli.sending import go_live
from hub.cli.telling import explain

app = typer.Typer(
    help="Beforehand: your devices ask for help before your customers have to.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(demo)
app.command()(check)
app.command("import")(import_)
app.command("go-live")(go_live)
app.add_typer(switches)
app.command()(explain)
app.command()(simulate)
app.command()(bookings)
app.command()(report)
app.command()(alive)
app.command()(backup)
app.command()(restore)
app.command("catch-up")(catch_up)
app.add_typer(outbox, name="outbox")
app.add_typer(rules.app, name="rules")
app.add_typer(db, name="db")
app.add_typer(incidents, name="incidents")
app.add_typer(user, name="user")
app.add_typer(people, name="people")
app.add_typer(push, name="push")
app.add_typer(alexa, name="alexa")
