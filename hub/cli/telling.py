"""`beforehand explain`: why something happened, or did not, in the words of the timeline."""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console

from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import iso
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.ids import CaseId, CustomerId, DeviceId, MessageId, Moment, SiteId
from hub.domain.quiet import local
from hub.ports import BadInput, FactRow, Tx
from hub.settings import Settings

LONG_AGO = 1_000_000_000_000_000  # µs: a number beyond this is a moment (2001 or later)


@plainly
def explain(what: str = typer.Argument(help="The id of a case or a device."), config: Config = None) -> None:
    """Tell the story of a case or a device: every fact with its reason, whom it was about, in UTC and the home's own time."""
    console = Console(highlight=False, soft_wrap=True)
    told = asyncio.run(_told(settings_of(config), what))
    for line in told:
        console.print(line, markup=False)
    if not told:
        console.print("Nothing has happened yet.")


async def _told(settings: Settings, what: str) -> list[str]:
    async with store_of(settings) as store, store.reading() as tx:
        return await told(tx, what, settings.policy.zone)


async def told(tx: Tx, what: str, zone: str) -> list[str]:
    """The story of a case or a device, one line a fact; `zone` where the home's own is not known. Raises BadInput when there is
    neither."""
    facts, site = await _facts(tx, what)
    home = await tx.people.site(site) if site is not None else None
    there = home.zone if home is not None else zone
    return [await _line(tx, fact, site, there) for fact in facts]


async def _line(tx: Tx, fact: FactRow, site: SiteId | None, zone: str) -> str:
    who = await _who(tx, fact, site)
    data = {name: value for name, value in fact.data.items() if name != "customer"}
    more = [
        f"{name}={_plain(value, zone)}" for name, value in data.items() if value not in ("", None, [], {})
    ]
    shown = ", ".join([*([f"to {who}" if "message" in data else who] if who else []), *more])
    return f"{_when(fact.at, zone)}  {fact.kind:22} {_reason(fact)}" + (f"  ({shown})" if shown else "")


async def _who(tx: Tx, fact: FactRow, site: SiteId | None) -> str:
    """Whom a fact is about: their role in the home and their id, never their name; empty when it is about nobody."""
    who = str(fact.data.get("customer") or "")
    if not who and fact.data.get("message"):
        message = await tx.messages.get(MessageId(str(fact.data["message"])))
        who = message.customer if message is not None else ""
    if not who or site is None:
        return who
    here = await tx.people.residents(site, fact.at)
    roles = [one.role.value.replace("_", " ") for one in here if one.customer == CustomerId(who)]
    return " ".join([*roles[:1], who])


def _when(moment: Moment, zone: str) -> str:
    """A moment in UTC, and beside it on the clock of the home: `2026-11-21T17:00:00Z (18:00 Berlin)`."""
    there = local(moment, zone)
    return f"{iso(moment)} ({there:%H:%M} {zone.rsplit('/', 1)[-1].replace('_', ' ')})"


def _plain(value: object, zone: str) -> object:
    """A value as a person reads it: a moment as a time."""
    return _when(Moment(value), zone) if isinstance(value, int) and value > LONG_AGO else value


def _reason(fact: FactRow) -> str:
    known = Because.__members__.get(fact.because.upper())
    return known.agent if known else fact.because


async def _facts(tx: Tx, what: str) -> tuple[list[FactRow], SiteId | None]:
    """The facts in order, and the home that they are about."""
    case: Case | None = await tx.cases.get(CaseId(what))
    if case is not None:
        return await tx.facts.of_case(case.id), case.site
    device = await tx.devices.get(DeviceId(what))
    if device is None:
        raise BadInput(
            what, "neither a case nor a device has this id", "Find it in the console's search box."
        )
    facts = {fact.seq: fact for fact in await tx.facts.of_device(device.id)}
    for each in await tx.cases.of_device(device.id):  # what was said about it is told there
        facts |= {fact.seq: fact for fact in await tx.facts.of_case(each.id)}
    return [facts[seq] for seq in sorted(facts)], device.site
