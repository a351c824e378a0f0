"""How a story is told in the terminal: one line per happening, people's words as they said them, in their own time."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from simulators.scenario import Scenario
from simulators.world import Line, local

INDENT = 9
STYLES: Mapping[str, tuple[str, str]] = {
    "scene": ("italic", "{text}"),
    "hub": ("cyan", "hub      {text}"),
    "out": ("green", "→ {who}   “{text}”"),
    "in": ("yellow", "{who} →   “{text}”"),
    "deed": ("yellow", "{who}   {text}"),
    "says": ("yellow", "{who}, aloud   “{text}”"),
    "speaker": ("magenta", "speaker  “{text}”"),
    "agent": ("blue", "{who}, agent   {text}"),
}


class Teller:
    """Tells one story to one terminal."""

    def __init__(self, story: Scenario, console: Console | None = None) -> None:
        self.story = story
        self.console = console or Console(highlight=False, soft_wrap=True)
        self.width = min(max(self.console.width, 60), 110)

    def opening(self, url: str, taken: int | None) -> None:
        """The title, the scene, and where to look on."""
        self.console.print()
        self.console.print(Text(self.story.title, style="bold"))
        self._paragraph(self.story.opening)
        self.console.print()
        if taken is not None:
            self.console.print(Text(f"Port {taken} is taken, so the console is on the next free one."))
        self.console.print(
            Text.assemble("Watch it as an agent would: ", (f"{url}/console", "bold underline"))
        )
        self.console.print(Text.assemble("Be one of the customers:    ", (f"{url}/demo", "bold underline")))
        self.console.print()

    def line(self, line: Line) -> None:
        """One line of the story."""
        style, shape = STYLES[line.kind]
        told = shape.format(who=line.who.split(" ")[0], text=line.text)
        if line.kind == "scene":
            self.console.print()
        wrapped = textwrap.wrap(told, self.width - INDENT) or [""]
        self.console.print(Text.assemble((f"  {local(line.at)}  ", "dim"), (wrapped[0], style)))
        for rest in wrapped[1:]:
            self.console.print(Text(" " * INDENT + rest, style=style))

    def closing(self, well: bool, missing: list[str]) -> None:
        """How it ended."""
        self.console.print()
        if well:
            self._paragraph(self.story.closing)
            return
        self.console.print(Text("The story did not end as it should:", style="red"))
        for one in missing:
            self.console.print(Text(f"  {one}", style="red"))

    def note(self, text: str) -> None:
        """A remark beside the story."""
        self.console.print(Text(text))

    def staying(self, url: str) -> None:
        """What to do now."""
        self.console.print()
        self.console.print(f"The hub runs on, now in real time. Look around: {url}/console")
        self.console.print(f"Your turn: break a device, text, talk and ring: {url}/demo")
        self.console.print("Ctrl-C ends it, and everything it kept is gone.")

    def _paragraph(self, text: str) -> None:
        for part in textwrap.wrap(" ".join(text.split()), self.width):
            self.console.print(Text(part))
