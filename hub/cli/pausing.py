"""`beforehand pause` and `beforehand resume`: everything, or one rule, channel, provider or incident."""

from __future__ import annotations

import asyncio
import difflib
from typing import Annotated

import typer

from hub.bootstrap.shelf import take_down
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import WallClock, iso, parse_clock
from hub.domain.gate import Switches
from hub.domain.ids import Moment, UserId
from hub.domain.pauses import Pause, Scope
from hub.flow.pausing import pause_part, resume_part
from hub.flow.switching import pause as switch
from hub.ports import BadInput
from hub.settings import Settings

BY = UserId("command line")
switches = typer.Typer(help="Pause and resume.")
Rule = Annotated[str, typer.Option("--rule", help="Only what this rule has found.")]
Channel_ = Annotated[str, typer.Option("--channel", help="Only this channel (sms, push, …).")]
Provider = Annotated[str, typer.Option("--provider", help="Only what this provider carries (twilio, …).")]
Incident = Annotated[str, typer.Option("--incident", help="Only what belongs to this incident.")]
All = Annotated[
    bool, typer.Option("--all", help="Everything: the kill switch. So it is when nothing is named.")
]
Part = tuple[Scope, str]


@switches.command()
@plainly
def pause(  # noqa: PLR0913, PLR0917 - one parameter an option
    why: Annotated[str, typer.Argument(help="Why; colleagues read it.")] = "",
    because: Annotated[str, typer.Option("--because", help="The same, as an option.")] = "",
    rule: Rule = "",
    channel: Channel_ = "",
    provider: Provider = "",
    incident: Incident = "",
    everything: All = False,
    resume: Annotated[bool, typer.Option("--resume", help="Let contacts run again.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Show what is paused.")] = False,
    config: Config = None,
) -> None:
    """Stop messages at once, with those that wait already: all of them, or a part."""
    settings = settings_of(config)
    part = _part(
        {Scope.RULE: rule, Scope.CHANNEL: channel, Scope.PROVIDER: provider, Scope.INCIDENT: incident},
        everything,
        "resume" if resume else "pause",
    )
    if show:
        _tell(asyncio.run(_switches(settings)))
    elif resume:
        _resume(settings, part)
    else:
        _pause(settings, part, because or why)


@switches.command()
@plainly
def resume(  # noqa: PLR0913, PLR0917 - one parameter an option
    rule: Rule = "",
    channel: Channel_ = "",
    provider: Provider = "",
    incident: Incident = "",
    everything: All = False,
    config: Config = None,
) -> None:
    """Let run again what was paused; what waited is judged anew."""
    part = _part(
        {Scope.RULE: rule, Scope.CHANNEL: channel, Scope.PROVIDER: provider, Scope.INCIDENT: incident},
        everything,
        "resume",
    )
    _resume(settings_of(config), part)


def _pause(settings: Settings, part: Part | None, why: str) -> None:
    if part is None:
        asyncio.run(_everything(settings, True, why or "paused from the command line"))
        typer.echo("All contacts are paused. Resume: beforehand resume")
        return
    if part[0] is Scope.RULE:
        _known_rule(settings, part[1])
    if not why.strip():
        raise BadInput(
            "--because",
            "colleagues need to know why",
            f'beforehand pause --{part[0]} {part[1]} --because "…"',
        )
    asyncio.run(_one(settings, part, why))
    typer.echo(f"The {part[0]} {part[1]} is paused. Resume: beforehand resume --{part[0]} {part[1]}")


def _resume(settings: Settings, part: Part | None) -> None:
    if part is None:
        was, after = asyncio.run(_everything_again(settings))
        typer.echo(
            "Contacts run again; what waited is judged anew."
            if was
            else "Contacts were not paused: nothing has changed."
        )
        if after.pauses:
            _tell(after)
        return
    asyncio.run(_one_again(settings, part))
    typer.echo(f"The {part[0]} {part[1]} runs again; what waited is judged anew.")


def _part(named: dict[Scope, str], everything: bool, command: str) -> Part | None:
    """The one part that is named; None for everything. Raises BadInput when there are several."""
    found = [(scope, name) for scope, name in named.items() if name]
    if len(found) + everything > 1:
        raise BadInput(command, "it is about one thing at a time", "Run it once for each.")
    return found[0] if found else None


def _known_rule(settings: Settings, rule: str) -> None:
    books = take_down(settings.rules.packs).books.values()
    known = sorted({each.id for book in books for each in book.rules})
    if rule not in known:
        near = difflib.get_close_matches(rule, known, 1)
        listed = f"There are: {', '.join(known)}."
        raise BadInput(rule, "no rule has this name", (f"Did you mean {near[0]}? " if near else "") + listed)


def _tell(now: Switches) -> None:
    if now.paused:
        since = f" since {iso(now.paused_since)}" if now.paused_since is not None else ""
        by = f" by {now.paused_by}" if now.paused_by else ""
        typer.echo(f"Everything is paused{since}{by}: {now.paused_because or 'nobody said why'}")
    for each in now.pauses:
        typer.echo(f"{each.scope} {each.name} is paused since {iso(each.since)} by {each.by}: {each.because}")
    if not now.paused and not now.pauses:
        typer.echo("Nothing is paused.")


def _now(settings: Settings) -> Moment:
    clock: WallClock = parse_clock(settings.clock)
    return Moment(clock.now())


async def _switches(settings: Settings) -> Switches:
    async with store_of(settings, any_secret=True) as store, store.reading() as tx:
        return await tx.house.switches()


async def _everything(settings: Settings, paused: bool, why: str) -> Switches:
    async with store_of(settings, any_secret=True) as store, store.transaction() as tx:
        return await switch(tx, BY, paused, why, _now(settings))


async def _everything_again(settings: Settings) -> tuple[bool, Switches]:
    """Whether everything was paused, and how it stands now."""
    async with store_of(settings, any_secret=True) as store, store.transaction() as tx:
        was = (await tx.house.switches(lock=True)).paused
        return was, await switch(tx, BY, False, "", _now(settings))


async def _one(settings: Settings, part: Part, why: str) -> Switches:
    async with store_of(settings, any_secret=True) as store, store.transaction() as tx:
        return await pause_part(tx, Pause(*part, why, BY, _now(settings)))


async def _one_again(settings: Settings, part: Part) -> Switches:
    async with store_of(settings, any_secret=True) as store, store.transaction() as tx:
        return await resume_part(tx, part, BY, _now(settings))
