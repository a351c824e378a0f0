"""`beforehand explain`: why something happened, or did not, in the words of the timeline."""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console

from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import iso
from hub.domain.because import Because
from hub.domain.ids import CaseId, DeviceId
from hub.ports import BadInput, FactRow
from hub.settings import Settings

LONG_AGO = 1_000_000_000_000_000  # µs: a number beyond this is a moment (2001 or later)


@plainly
def explain(what: str = typer.Argument(help="The id of a case or a device."), config: Config = None) -> None:
    """Tell the story of a case or a device: every fact with its reason."""
    console = Console(highlight=False, soft_wrap=True)
    facts = asyncio.run(_facts(settings_of(config), what))
    for fact in facts:
        more = ", ".join(
            f"{name}={_plain(value)}" for name, value in fact.data.items() if value not in ("", None, [], {})
        )
        told = f"{iso(fact.at)}  {fact.kind:22} {_reason(fact)}" + (f"  ({more})" if more else "")
        console.print(told, markup=False)
    if not facts:
        console.print("Nothing has happened yet.")


def _plain(value: object) -> object:
    """A value as a person reads it: a moment as a time."""
    return iso(value) if isinstance(value, int) and value > LONG_AGO else value


def _reason(fact: FactRow) -> str:
    known = Because.__members__.get(fact.because.upper())
    return known.agent if known else fact.because


async def _facts(settings: Settings, what: str) -> list[FactRow]:
    async with store_of(settings) as store, store.reading() as tx:
        if await tx.cases.get(CaseId(what)) is not None:
            return await tx.facts.of_case(CaseId(what))
        if await tx.devices.get(DeviceId(what)) is not None:
            facts = {fact.seq: fact for fact in await tx.facts.of_device(DeviceId(what))}
            for case in await tx.cases.of_device(DeviceId(what)):  # what was said about it is told there
                facts |= {fact.seq: fact for fact in await tx.facts.of_case(case.id)}
            return [facts[seq] for seq in sorted(facts)]
    raise BadInput(what, "neither a case nor a device has this id", "Find it in the console's search box.")
