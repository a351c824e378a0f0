"""The shelf: rule books, plays and words of the packs that the settings name. Read once, when the hub starts.

A pack is the name of a shipped one (`heatpump`) or a folder of the maker's own with a rules.yaml and a plays.yaml. The hub
speaks the languages in which all of them are written. A language that a pack does not use at all is left out, and told; one
that a pack uses in some places only is a mistake, which the lint names. English is asked of every pack.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import device_rules
from device_rules import RuleBook
from hub.domain.play import Play
from hub.ports import BadInput
from hub.settings.slips import nearest as near_name
from voice_skills.packs import add_pack
from voice_skills.play_lint import lint
from voice_skills.words import PHRASES, Phrasebook, house_words

SHIPPED = Path(device_rules.__file__).parent / "packs"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the hub knows about devices and how it speaks. `plays` by (model, play id), `books` by model; `unwritten` are the
    languages that the house could speak, each with the packs that are not written in it."""

    books: Mapping[str, RuleBook]
    plays: Mapping[tuple[str, str], Play]
    words: Phrasebook
    unwritten: Mapping[str, Sequence[str]] = field(default_factory=dict)


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
    words, told = house_words(), []
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
            told.append(folder.resolve().name)
    words, unwritten = in_one_voice(words, told)
    complaints = lint(plays.values(), words)
    if complaints:
        raise BadInput("plays", "\n".join(complaints), "Mend the plays, or leave the pack out.")
    return Shelf(books, plays, words, unwritten)


def in_one_voice(words: Phrasebook, packs: Iterable[str]) -> tuple[Phrasebook, dict[str, list[str]]]:
    """`words` in the languages in which every one of `packs` is written, and those languages that are left out."""
    using = {language: _packs_in(words.keys(language)) for language in words.languages()}
    unwritten = {
        language: silent
        for language, written in using.items()
        if (silent := [pack for pack in packs if pack in using["en"] and pack not in written])
    }
    kept = [language for language in words.languages() if language not in unwritten]
    return (_only(words, kept), unwritten) if unwritten else (words, {})


def _packs_in(keys: Iterable[str]) -> set[str]:
    return {key.split("/")[1] for key in keys if key.startswith("plays/")}


def _only(words: Phrasebook, languages: Collection[str]) -> Phrasebook:
    files = [each for each in sorted(PHRASES.glob("*.yaml")) if each.stem in languages]
    house = house_words((each.read_text(encoding="utf-8"), f"phrases/{each.name}") for each in files)
    return house.plus(
        {
            language: {
                key: entry for key, entry in words.entries[language].items() if key.startswith("plays/")
            }
            for language in languages
        }
    )
