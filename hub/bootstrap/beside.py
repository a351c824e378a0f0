"""What stands beside a rule book: its guided fixes (plays.yaml) and their stories (plays_tests.yaml), for who writes them.

A hub starts without a play that is missing, and the care team helps instead; whoever writes a book is told. It contacts nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_rules import BookError, RuleBook
from device_rules.yaml_file import Problem, load_yaml, nearest
from hub.bootstrap.shelf import in_one_voice, pack_folder
from hub.domain.play import Play
from hub.ports import BadInput
from voice_skills.matcher import Matcher
from voice_skills.packs import add_pack
from voice_skills.play_lint import lint
from voice_skills.play_stories import Astray, astray
from voice_skills.stories_file import FILE, Story, load_stories
from voice_skills.story_script import script
from voice_skills.words import Phrasebook, house_words

PLAYS = "plays.yaml"


@dataclass(frozen=True, slots=True)
class Walked:
    """A story that was walked: where it leads elsewhere (nowhere, when it holds), and the lines of its transcript."""

    story: Story
    astray: Sequence[Astray]
    said: Sequence[str]

    def __str__(self) -> str:
        told = [str(each) for each in self.astray] or [f"passed: {self.story.play}: {self.story.name}"]
        return "\n".join([*told, *self.said])


@dataclass(frozen=True, slots=True)
class Beside:
    """The guided fixes beside a book, the words of the languages that they are written in, and their stories."""

    plays: Sequence[Play]
    words: Phrasebook
    stories: Sequence[Story]

    def walked(self, transcript: str = "") -> Iterator[Walked]:
        """Every story, with where it leads elsewhere, and what is said in the language `transcript` ("": nothing).

        Raises BadInput for a language that the plays are not written in.
        """
        known = self.words.languages()
        if transcript and transcript not in known:
            raise BadInput(
                "--transcript",
                f"no guided fix is written in {transcript!r}",
                nearest(transcript, known).strip(),
            )
        if not self.stories:
            return
        ears, plays = Matcher(self.words), {play.id: play for play in self.plays}
        for story in self.stories:
            play = plays[story.play]
            said = script(story, play, self.words, ears, transcript) if transcript else ()
            yield Walked(story, tuple(astray(story, play, self.words, ears)), tuple(said))


def beside(path: str, book: RuleBook) -> Beside:
    """What stands beside `book`, which was read at `path`.

    Raises BadInput when a file is not sound, BookError for each mistake in words and for each rule that names a play that is
    not there.
    """
    file = Path(path).expanduser()
    folder = file.parent if file.is_file() else pack_folder(path)
    plays: list[Play] = []
    words = house_words()
    if (folder / PLAYS).is_file():
        plays, words = add_pack(folder, words, str(folder / PLAYS))
        words = in_one_voice(words, folder.resolve().name)
        complaints = lint(plays, words)
        if complaints:
            place, _, cause = "\n".join(complaints).partition(": ")  # each says its file, line and remedy
            raise BadInput(place, cause)
    missing = list(_missing(book, [play.id for play in plays]))
    if missing:
        raise BookError(missing)
    return Beside(plays, words, load_stories(folder, plays, str(folder / FILE)))


def _missing(book: RuleBook, plays: list[str]) -> Iterator[Problem]:
    """A problem for each rule whose play is not among `plays`; `book.name` is the file that it was read from."""
    if all(not rule.play or rule.play in plays for rule in book.rules):
        return
    document = load_yaml(Path(book.name).read_text(encoding="utf-8"), book.name)
    told = "there is no such guided fix in the plays.yaml beside this book."
    if not plays:
        told = "there is no plays.yaml with guided fixes beside this book; write one, or leave `play` out"
    for number, written in enumerate(document.data["rules"]):
        play = written.get("play")
        if play and play not in plays:
            yield document.problem(("rules", number, "play"), f"`{play}`: {told}{nearest(play, plays)}")
