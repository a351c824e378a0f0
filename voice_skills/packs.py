"""Packs: the plays and phrases beside the rules of each model, read from a folder, linted, ready for the hub.

It reads files once, when the hub starts. A pack is a folder with `rules.yaml` (which names the model) and `plays.yaml`.
"""

from __future__ import annotations

from pathlib import Path

from hub.domain.play import Play
from hub.ports import BadInput
from voice_skills.play_lint import lint
from voice_skills.playbook import load_plays
from voice_skills.words import Phrasebook, read

Plays = dict[tuple[str, str], Play]


def load_packs(folder: Path, words: Phrasebook) -> tuple[Plays, Phrasebook]:
    """The plays of every pack in `folder` by (model, play id), and `words` with their phrases.

    Raises BadInput for a file that cannot be read (file, line) and for plays that the lint refuses (all complaints).
    """
    plays: Plays = {}
    for pack in sorted(each for each in folder.iterdir() if (each / "plays.yaml").is_file()):
        found, words = add_pack(pack, words)
        for play in found:
            plays[model_of(pack), play.id] = play
    complaints = lint(plays.values(), words)
    if complaints:
        raise BadInput(str(folder), "\n".join(complaints), "Mend the plays, or leave the pack out")
    return plays, words


def add_pack(pack: Path, words: Phrasebook) -> tuple[list[Play], Phrasebook]:
    """The plays of one pack, and `words` with theirs. Raises BadInput."""
    name = f"{pack.name}/plays.yaml"
    found, phrases = load_plays((pack / "plays.yaml").read_text(encoding="utf-8"), name, pack.name)
    return found, words.plus(phrases)


def model_of(pack: Path) -> str:
    """The model that the pack's rules are for. Raises BadInput when there is none."""
    name = f"{pack.name}/rules.yaml"
    rules = pack / "rules.yaml"
    data = read(rules.read_text(encoding="utf-8"), name).data if rules.is_file() else None
    model = data.get("model") if isinstance(data, dict) else None
    if not isinstance(model, str) or not model:
        raise BadInput(name, "the pack names no model", "Write `model: maker/model` in its rules.yaml")
    return model
