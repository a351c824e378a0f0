"""The registers of a scenario: customers, sites, devices and bases as the CSV files that a hub imports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from hub.clock import iso
from simulators.devices import Fridge, HeatPump, Router
from simulators.scenario import Scenario

YEAR = 365 * 86_400_000_000
MODELS = {"heatpump": HeatPump.model, "fridge": Fridge.model, "router": Router.model}


def registers(scenario: Scenario) -> dict[str, str]:
    """File name → CSV text. Everybody has agreed by contract, a year before the story starts."""
    since = iso(scenario.starts - YEAR)
    home_of = {key: home for home in scenario.homes for key in home.people}
    customers = [(one, home_of[one.key]) for one in scenario.people if one.key in home_of]
    sheets: dict[str, tuple[str, list[tuple[str, ...]]]] = {
        "sites.csv": (
            "site zone country label",
            [(home.id, home.zone, home.country, home.label) for home in scenario.homes],
        ),
        "customers.csv": (
            "customer name language phone zone site role since",
            [
                (one.key, one.name, one.language, one.phone, one.zone, home.id, "owner", since)
                for one, home in customers
            ],
        ),
        "devices.csv": (
            "device model name serial site since",
            [
                (thing.id, MODELS[thing.kind], thing.name, thing.serial, thing.home, since)
                for thing in scenario.things
            ],
        ),
        "bases.csv": (
            "customer purpose channel kind country at who how wording",
            [
                (one.key, "service", channel, "contract", home.country, since, "shop", "order form", "v3")
                for one, home in customers
                for channel in ("sms", "voice")
            ],
        ),
    }
    return {name: _csv(columns.split(), rows) for name, (columns, rows) in sheets.items()}


def _csv(columns: list[str], rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
