"""Every module belongs to a layer: import-linter does not notice a newcomer by itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def layers() -> set[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    street = next(contract for contract in contracts if contract["name"] == "The street runs one way")
    return {name.strip(" ()") for layer in street["layers"] for name in layer.split("|")}


def test_every_room_of_the_hub_is_on_a_floor() -> None:
    rooms = {
        f"hub.{path.stem}"
        for path in (ROOT / "hub").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and not path.stem.startswith("__")
    }

    assert rooms - layers() == set()


def test_every_top_level_package_is_on_a_floor() -> None:
    packages = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} - {"tests"}

    assert packages - {name.split(".")[0] for name in layers()} == set()
