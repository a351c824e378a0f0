"""`beforehand alexa`: the skill's files, ready for Amazon's command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.bootstrap.skill import LINKING, write_skill
from hub.cli.opening import Config, settings_of
from hub.cli.say import plainly

alexa = typer.Typer(help="The Alexa skill: its files for Amazon's command line.", no_args_is_help=True)


@alexa.callback()
def skill() -> None:
    """The Alexa skill."""


@alexa.command()
@plainly
def package(
    folder: Annotated[Path, typer.Argument(help="Where to write the package.")],
    url: Annotated[str, typer.Option(help="The hub's public address (default: web.public_url).")] = "",
    invocation: Annotated[str, typer.Option(help="How people call the skill (default: BRAND help).")] = "",
    config: Config = None,
) -> None:
    """Write the skill into FOLDER: manifest, what people may say in each language, account linking."""
    settings = settings_of(config)
    for path in write_skill(settings, folder, url, invocation):
        typer.echo(path)
    if not (settings.alexa.privacy_url and settings.alexa.terms_url):
        typer.echo(
            "alexa.privacy_url and alexa.terms_url are not set: the skill can be tried, and not published."
        )
    if not settings.alexa.link_secret:
        typer.echo(
            f"{LINKING} is not written: alexa.link_secret is not set. Without it customers link with a code that comes by text; "
            "to let them link in the Alexa app, set BEFOREHAND_ALEXA_LINK_SECRET to a long random secret and run this again."
        )
    typer.echo(f"Next: cd {folder} && ask deploy")
