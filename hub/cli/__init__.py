"""The command line: `beforehand`. Each command says what it did, or what to do next."""

from __future__ import annotations

from hub.cli.app import app


def main() -> None:
    """The entry point of `beforehand`."""
    app()
