"""The shelf: rule books, plays and words of the packs that the settings name. Read once, when the hub starts.

A pack is the name of a shipped one (`heatpump`) or a folder of the maker's own with a rules.yaml and a plays.yaml. In a
language that a pack does not use at all, its plays are told in English: better than nothing. That is told. A language that a
pack uses in some places only is a mistake, which the lint names. English is asked of every pack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import device_rules
from device_rules import RuleBook
from hub.domain.play import Play
from hub.ports import BadInput
from hub.settings.slips import nearest as near_name
from voice_skills.packs import add_pack
from voice_skills.play_lint import lint
from voice_skills.words import LENDS, Phrasebook, house_words

SHIPPED = Path(device_rules.__file__).parent / "packs"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the hub knows about devices and how it speaks. `plays` by (model, play id), `books` by model; `unwritten` are the
    languages of the house in which packs are not written, each with these: they are told in English."""

    books: Mapping[str, RuleBook]
    plays: Mapping[tuple[str, str], Play]
    words: Phrasebook
    unwritten: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def lending(self) -> list[str]:
        """`freezer is not written in de, es: …`, a sentence for each pack that is told in English."""
        packs = {pack: None for packs in self.unwritten.values() for pack in packs}
        return [
            f"{pack} is not written in {', '.join(each for each, silent in self.unwritten.items() if pack in silent)}: "
            "whoever reads that is told of its devices in English."
            for pack in packs
        ]


def pack_folder(name: str) -> Path:
    """The folder of a shipped pack or of the maker's own. Raises BadInput naming the shipped ones."""
    for folder in (Path(name).expanduser(), SHIPPED / name):
        if (folder / "rules.yaml").is_file():
            return folder
    shipped = ", ".join(sorted(each.parent.name for each in SHIPPED.glob("*/rules.yaml")))
    near = near_name(name, shipped.split(", "))
    remedy = f"Name a folder with a rules.yaml, or one of: {shipped}."
    raise BadInput(name, "there is no pack of that name", near if near.startswith("Did") else remedy)


def read_book(path: str) -> RuleBook:
    """The book in a file, a folder or a shipped pack. Raises BadInput or BookError (with all mistakes)."""
    file = Path(path).expanduser()
    if not file.is_file():
        file = pack_folder(path) / "rules.yaml"
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            str(file), f"it cannot be read: {error}", "A rule book is a YAML file in UTF-8."
        ) from None
    return RuleBook.parse(text, str(file))


def take_down(packs: Iterable[str]) -> Shelf:
    """Everything in `packs`. Raises BadInput or BookError; two packs for one model are refused."""
    books: dict[str, RuleBook] = {}
    plays: dict[tuple[str, str], Play] = {}
    words, told = house_words(), dict[str, list[Play]]()
    for name in packs:
        folder = pack_folder(name)
        book = read_book(str(folder))
        if book.model in books:
            raise BadInput(
                name, f"the model {book.model} has a book already", "Leave one of the two packs out."
            )
        books[book.model] = book
        if (folder / "plays.yaml").is_file():
            found, words = add_pack(folder, words)
            plays |= {(book.model, play.id): play for play in found}
            told[folder.resolve().name] = found
    complaints = [each for pack, found in told.items() for each in lint(found, in_one_voice(words, pack))]
    if complaints:
        raise BadInput("plays", "\n".join(complaints), "Mend the plays, or leave the pack out.")
    lent, unwritten = _lent(words, told)
    return Shelf(books, plays, lent, unwritten)


def in_one_voice(words: Phrasebook, pack: str) -> Phrasebook:
    """`words` in the languages in which `pack` is written, of which English is always one."""
    written = {each for each in words.languages() if pack in _packs_in(words.keys(each))}
    return replace(words, speaks=frozenset({*written, LENDS}))


def _lent(words: Phrasebook, packs: Iterable[str]) -> tuple[Phrasebook, dict[str, list[str]]]:
    """`words` with the English of every pack in the languages that it is not written in, and which these are."""
    entries = dict(words.entries)
    unwritten: dict[str, list[str]] = {}
    for language in words.languages():
        written = _packs_in(words.keys(language))
        if silent := [pack for pack in packs if pack not in written]:
            unwritten[language] = silent
            english = {
                key: replace(entry, lent=True)
                for key, entry in words.entries[LENDS].items()
                if key.startswith("plays/") and key.split("/")[1] in silent
            }
            entries[language] = {**english, **words.entries[language]}
    return replace(words, entries=entries), unwritten


def _packs_in(keys: Iterable[str]) -> set[str]:
    return {key.split("/")[1] for key in keys if key.startswith("plays/")}
