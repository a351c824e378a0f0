"""`beforehand incidents list|show|dry-run|approve|reject|edit|close`: what supervisors decide, from the command line.

Who decides is named by `--by`, a user of the desk, and gives their password: above the size for two people it takes two
different ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from device_rules.reading import MINUTE, SECOND
from hub.bootstrap.wiring import bare_context
from hub.cli.deciding import Claim, Password, Who, named, proved
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import iso, parse_clock
from hub.domain.agent import User
from hub.domain.because import Because
from hub.domain.ids import CaseId, Moment, UserId
from hub.domain.incident import UNDECIDED, Incident
from hub.domain.incident_life import Refused
from hub.flow import incident_acts as acts
from hub.flow.context import Context
from hub.flow.incident_trial import MOST, Trial, dry_run
from hub.flow.incident_words import ENGLISH
from hub.ports import BadInput, Tx
from hub.settings import Settings
from hub.web.console.incident_sheet import ALONE, agreement, course, happened, many, said, untried

incidents = typer.Typer(help="The same fault on many devices, as one matter.", no_args_is_help=True)
Which = Annotated[str, typer.Argument(help="The incident's id, as `incidents list` shows it.")]
ASKED = 50  # households that are asked about, unless somebody wants more
HEARD = "Those who were told before hear it now."
Act = Callable[[Tx, acts.By, Context], Awaitable[Incident]]


@incidents.command("list")
@plainly
def list_(every: bool = typer.Option(False, "--all", help="Closed ones too."), config: Config = None) -> None:
    """Incidents, newest first."""
    settings = settings_of(config)

    async def read() -> list[Incident]:
        async with store_of(settings) as store, store.reading() as tx:
            return await tx.incidents.page("", 200, open_only=not every)

    found = asyncio.run(read())
    if not found:
        typer.echo("There is no incident.")
        return
    table = Table(title_justify="left")
    table.add_column("id", overflow="fold", no_wrap=True)  # whole: every other command asks for it
    for column in ("state", "what", "where", "since"):
        table.add_column(column, overflow="fold")
    for one in found:
        table.add_row(one.id, said(one), one.title, one.about.words, iso(one.opened))
    Console().print(table)


@incidents.command()
@plainly
def show(incident: Which, config: Config = None) -> None:
    """One incident: how it stands, in numbers, and what has happened."""
    settings = settings_of(config)

    async def read() -> list[str]:
        async with store_of(settings) as store, store.reading() as tx:
            one = await _known(tx, incident)
            tally = await tx.incidents.tally(incident)
            facts = await tx.facts.of_case(CaseId(incident))
        news = f", next news by {iso(one.next_update)}" if one.next_update else ""
        return [
            f"{one.title}: {one.about.words}",
            f"{said(one)}: {one.because.agent}{news}",
            f"{many(tally.cases, 'device')}, {tally.open} not recovered; {many(tally.told, 'household')} told "
            f"({many(tally.lost, 'message')} lost), "
            f"{tally.waiting} waiting; {tally.apart} go their own way",
            *filter(None, (untried(one, tally),)),
            *(f"{iso(fact.at)}  {happened(fact)}" for fact in facts),
        ]

    typer.echo("\n".join(asyncio.run(read())))


@incidents.command("dry-run")
@plainly
def dry_run_(
    incident: Which, most: Annotated[int, typer.Option(min=1, max=MOST)] = ASKED, config: Config = None
) -> None:
    """Who would be told, when, by what, why not, and at what cost. Sends and changes nothing."""
    settings = settings_of(config)

    async def read() -> Trial:
        async with store_of(settings) as store, store.reading() as tx:
            one = await _known(tx, incident)
            return await dry_run(tx, one, _now(settings), bare_context(settings), most)

    _show(asyncio.run(read()))


@incidents.command()
@plainly
def approve(incident: Which, by: Who = "", password: Password = None, config: Config = None) -> None:
    """Let the incident speak for all of them: canary first, then paced."""
    decision = Decision(incident, by, password)
    tried: list[Trial] = []

    async def say_yes(tx: Tx, who: acts.By, ctx: Context) -> Incident:
        after = await acts.approve(tx, incident, who, ctx)
        tried.append(await dry_run(tx, after, who.at, ctx, ASKED))
        return after

    after = _decide(config, decision, say_yes)
    typer.echo(f"{said(after)}: {after.because.agent}")
    _show_texts(tried[0])


@incidents.command()
@plainly
def reject(incident: Which, by: Who = "", password: Password = None, config: Config = None) -> None:
    """It is not one matter: contacts go on one by one."""
    after = _decide(
        config, Decision(incident, by, password), lambda tx, who, ctx: acts.reject(tx, incident, who)
    )
    typer.echo(f"{said(after)}: {after.because.agent}")


@incidents.command()
@plainly
def edit(  # noqa: PLR0913, PLR0917 - one parameter an option
    incident: Which,
    by: Who = "",
    words: Annotated[list[str] | None, typer.Option("--say", help="What to say, as en=… or de=…")] = None,
    next_update: Annotated[datetime | None, typer.Option(help="When there is news (UTC).")] = None,
    password: Password = None,
    config: Config = None,
) -> None:
    """Change what it says, and when there is news, and tell everyone who was told before."""
    texts = dict(_by_language(each) for each in words or ())
    when = None if next_update is None else Moment(int(next_update.replace(tzinfo=UTC).timestamp()) * SECOND)

    async def change(tx: Tx, who: acts.By, ctx: Context) -> Incident:
        before = await _known(tx, incident)  # what is not named stays as it is
        news = acts.News({**before.words, **texts}, when or before.next_update, tell=True)
        return await acts.edit(tx, incident, who, news, ctx)

    after = _decide(config, Decision(incident, by, password), change)
    waits = after.state in UNDECIDED
    typer.echo(f"Changed. {'Nobody hears it before it is approved.' if waits else HEARD}")
    if after.because is Because.INCIDENT_REWORDED:
        typer.echo(after.because.agent)
    languages = bare_context(settings_of(config)).words.languages()
    if after.words and (others := [each for each in languages if each not in after.words]):
        typer.echo(
            f"There are own words in {', '.join(sorted(after.words))}; whoever reads {', '.join(others)} hears the house's. "
            f"Whoever reads a language that the hub does not speak is written to in English, and hears "
            f"{'these English words' if ENGLISH in after.words else 'the house, too'}."
        )


@incidents.command()
@plainly
def close(
    incident: Which,
    by: Who = "",
    because: Annotated[str, typer.Option(help="Why it is over.")] = "fixed",
    password: Password = None,
    config: Config = None,
) -> None:
    """It is over: everyone who was told is told that, once."""
    decision = Decision(incident, by, password)
    _decide(config, decision, lambda tx, who, ctx: acts.close(tx, incident, who, because))
    typer.echo("It is over. Everyone who was told is told so, and what still fails goes on by itself.")


def _by_language(said: str) -> tuple[str, str]:
    language, mark, text = said.partition("=")
    if not mark or len(language) != 2:
        raise BadInput(said, "the language is missing", "Write: --say en='We are restarting the service.'")
    if not text.strip():
        raise BadInput(said, "there are no words", "Write: --say en='We are restarting the service.'")
    return language, text


@dataclass(frozen=True, slots=True)
class Decision:
    """About which incident, who says they decide, and where their password is read (None: it is asked for)."""

    incident: str
    by: str
    password: Path | None


def _decide(config: Path | None, what: Decision, act: Act) -> Incident:
    """Do it as that user. Raises BadInput."""
    settings = settings_of(config)
    claim = Claim(what.by, what.password, settings.incidents.password)
    who = proved(claim, asyncio.run(_meant(settings, what.incident, claim)))
    try:
        return asyncio.run(_done(settings, acts.By(who, _now(settings), how=claim.how), act))
    except Refused as refused:
        remedy = f"See: beforehand incidents show {what.incident}"
        raise BadInput(what.incident, str(refused), remedy) from None


async def _meant(settings: Settings, incident: str, claim: Claim) -> User:
    async with store_of(settings) as store, store.reading() as tx:
        await _known(tx, incident)
        return named(claim, await tx.house.user(UserId(claim.login)))


async def _done(settings: Settings, by: acts.By, act: Act) -> Incident:
    async with store_of(settings) as store, store.transaction() as tx:
        return await act(tx, by, bare_context(settings))


async def _known(tx: Tx, incident: str) -> Incident:
    found = await tx.incidents.get(incident)
    if found is None:
        raise BadInput(incident, "there is no such incident", "List them: beforehand incidents list")
    return found


def _now(settings: Settings) -> Moment:
    return Moment(parse_clock(settings.clock).now())


def _show(trial: Trial) -> None:
    table = Table(*("customer", "devices", "by", "when", "segments", "because"), title_justify="left")
    for plan in trial.planned:
        when = iso(plan.at - plan.at % MINUTE) if plan.at else "own way" if plan.own_way else "never"
        devices = ", ".join(plan.devices[:2]) + (" …" if len(plan.devices) > 2 else "")
        row = (
            plan.customer or "nobody",
            devices,
            plan.channel or "",
            when,
            str(plan.segments),
            str(plan.because),
        )
        table.add_row(*row)
    Console().print(table)
    refused = ", ".join(f"{count} {because}" for because, count in trial.refused.items())
    typer.echo(
        f"{many(trial.households, 'household')}; asked about {len(trial.planned)}: {many(trial.messages, 'message')} in "
        f"{many(trial.segments, 'segment')}, not told: {refused or 'nobody'}."
    )
    _show_words(trial)
    if trial.alone:
        typer.echo(f"{ALONE} Add agents: beforehand user add LOGIN --role agent")
    typer.echo(" ".join((*course(trial, iso), agreement(trial))))


def _show_words(trial: Trial) -> None:
    """Who is asked one by one all the same, and what the others would read, by language."""
    for household, own in trial.apart:
        when = iso(own.at - own.at % MINUTE)
        typer.echo(f"Goes its own way, once approved: {household}, {own.customer} by {own.channel}, {when}.")
    _show_texts(trial)


def _show_texts(trial: Trial) -> None:
    """What is read, word for word, and by when it promises news."""
    for language, text in sorted(trial.texts.items()):
        typer.echo(f"{language}: {text}")
    news = trial.incident.next_update
    typer.echo(f"It promises next news by {iso(news)}." if news else "It promises no next news.")
