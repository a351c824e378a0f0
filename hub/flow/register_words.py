"""An import in words: what came in, what is left as it is, whom nobody may contact, and what is worth a look. Ids only."""

from __future__ import annotations

from collections.abc import Sequence

from hub.domain.ids import CustomerId
from hub.domain.plural import many
from hub.flow.consent_reach import Reach
from hub.flow.enlist import Named
from hub.flow.sheets import Sheet

SHOWN = 20  # lines of one kind that a report prints
ONE = {
    Sheet.SITES: ("site", "sites"),
    Sheet.CUSTOMERS: ("customer", "customers"),
    Sheet.DEVICES: ("device", "devices"),
    Sheet.BASES: ("basis", "bases"),
}


def same_told(rows: int) -> str:
    """How many rows are no news."""
    return f"{many(rows, 'row')} {'says' if rows == 1 else 'say'} what is known already."


def told(what: str, named: Sequence[Named]) -> list[str]:
    """`2 sites added: home, lake.`, a line for each sheet."""
    lines = []
    for sheet in Sheet:
        mine = [f"{one} ({columns})" if columns else one for kind, one, columns in named if kind is sheet]
        if mine:
            lines.append(f"{many(len(mine), *ONE[sheet])} {what}: {some(mine)}.")
    return lines


def groundless_told(people: Sequence[str]) -> list[str]:
    """Who may not be contacted, for nothing says why they may."""
    if not people:
        return []
    have = "customer has" if len(people) == 1 else "customers have"
    return [
        f"{len(people)} {have} no basis on record: listed, not contacted ({some(people)}). Import bases.csv."
    ]


def unjudged_told(devices: Sequence[str]) -> list[str]:
    """Devices that no rule book is written for."""
    if not devices:
        return []
    have, they = ("device has", "it sends") if len(devices) == 1 else ("devices have", "they send")
    return [
        f"{len(devices)} {have} a model without a rule book: {some(devices)}. Nobody judges what {they}. "
        "Add the pack to rules.packs, or mend the model."
    ]


def speechless_told(people: Sequence[str]) -> list[str]:
    """People in whose language nothing is written."""
    if not people:
        return []
    one = len(people) == 1
    have, them = ("customer has", "this one") if one else ("customers have", "these")
    return [
        f"{len(people)} {have} a language that the hub does not speak: {some(people)}. "
        f"It writes and speaks to {them} in English."
    ]


def shared_told(shared: Sequence[tuple[CustomerId, CustomerId]]) -> list[str]:
    """People with the address of somebody else."""
    if not shared:
        return []
    have = "customer has" if len(shared) == 1 else "customers have"
    named = [f"{one} (like {other})" for one, other in shared]
    return [
        f"{len(shared)} {have} a number or mail address that somebody else has, too: {some(named)}. "
        "What is written from it counts as written by one of them."
    ]


def stopped_told(people: Sequence[str]) -> list[str]:
    """Who has said stop."""
    if not people:
        return []
    if len(people) == 1:
        return ["1 of the customers has said stop, and stays in peace."]
    return [f"{len(people)} of the customers have said stop; they stay in peace."]


def reach_told(found: Sequence[Reach], rehearsal: bool) -> list[str]:
    """Who may be contacted after an import, and why the others may not, by reason."""
    if not found:
        return []
    verb = "could then be contacted" if rehearsal else "can be contacted"
    why: dict[str, list[str]] = {}
    for one in found:
        if not one.channels:
            why.setdefault(one.because.agent, []).append(one.customer)
    able = [f"{one.customer} ({', '.join(one.channels)})" for one in found if one.channels]
    lines = [f"{len(able)} of {many(len(found), 'customer')} {verb}{': ' if able else ''}{some(able)}."]
    return lines + [f"{len(them)} not: {reason} {some(them)}." for reason, them in sorted(why.items())]


def some(names: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
