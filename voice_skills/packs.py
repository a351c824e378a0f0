"""Packs: the plays beside the rules of a model, read from their folder, and the phrases that they bring along.

It reads files once, when the hub starts. Which packs there are, and the lint, are the business of `hub/bootstrap/shelf.py`.
"""

from __future__ import annotations

from pathlib import Path

from hub.domain.play import Play
from voice_skills.playbook import load_plays
from voice_skills.words import Phrasebook


def add_pack(pack: Path, words: Phrasebook, name: str = "") -> tuple[list[Play], Phrasebook]:
    """The plays of the pack in folder `pack` (its plays.yaml, called `name` in errors), and `words` with theirs.

    Raises BadInput naming the line.
    """
    called = pack.resolve().name  # "." has a name too
    text = (pack / "plays.yaml").read_text(encoding="utf-8")
    found, phrases = load_plays(text, name or f"{called}/plays.yaml", called)
    return found, words.plus(phrases)
